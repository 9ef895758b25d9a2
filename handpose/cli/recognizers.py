"""The options that make a recogniser, and the recogniser that they make."""

from __future__ import annotations

from typing import Annotated

import typer

from handpose.extractors import make_extractor
from handpose.model_files import load_model
from handpose.recognizer import GestureRecognizer, extractor_of

ModelOption = Annotated[
    str, typer.Option("--model", metavar="NAME|FILE", help="digits, hagrid or a .handpose file.")
]
ModelExtractorOption = Annotated[
    str | None,
    typer.Option(
        "--extractor",
        metavar="NAME|FILE",
        help="native, mediapipe or a .keypoints file; default: the one the model knows.",
    ),
]
NumHandsOption = Annotated[
    int, typer.Option(min=1, help="Hands (or faces) to look for in an image.")
]
MinScoreOption = Annotated[
    float, typer.Option(min=0, max=1, help="Below it, a hand shows no gesture.")
]
MirroredOption = Annotated[
    bool, typer.Option("--mirrored", help="The images are mirrored, as a selfie camera's.")
]


def open_recognizer(
    model: str, extractor: str | None, *, num_hands: int, min_score: float, mirrored: bool
) -> GestureRecognizer:
    """Load a model, and make the extractor that is asked for or that the model knows."""
    fitted, card = load_model(model)
    made = make_extractor(extractor or extractor_of(card), num_hands=num_hands, mirrored=mirrored)
    return GestureRecognizer(made, fitted, min_score=min_score, card=card)
