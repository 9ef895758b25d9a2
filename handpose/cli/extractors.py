"""The options of an extractor."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from handpose.extractors import DEFAULT_NUM_HANDS

NumHandsOption = Annotated[
    int | None,
    typer.Option(
        min=1,
        metavar="N",
        help=f"Hands (or faces) to look for in an image; default: {DEFAULT_NUM_HANDS}.",
    ),
]
EffortOption = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="How far to search for hands: fast, balanced or thorough; default: balanced.",
    ),
]
MinConfidenceOption = Annotated[
    float | None,
    typer.Option(
        metavar="P",
        help="Least confidence in a hand, from 0 to 1: lower finds more hands, and more that are "
        "none; default: the extractor's own.",
    ),
]


def extractor_options(
    num_hands: int | None, effort: str | None, min_confidence: float | None
) -> dict[str, Any]:
    """The options that were given, as keywords of `handpose.make_extractor`."""
    options = {
        "num_hands": num_hands,
        "effort": effort,
        "min_detection_confidence": min_confidence,
    }
    return {name: value for name, value in options.items() if value is not None}
