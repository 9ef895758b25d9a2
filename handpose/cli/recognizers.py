"""The options that make a recogniser."""

from __future__ import annotations

from typing import Annotated

import typer

ModelOption = Annotated[
    str, typer.Option("--model", metavar="NAME|FILE", help="digits, hagrid or a .handpose file.")
]
MotionsOption = Annotated[
    str | None,
    typer.Option(
        "--motions", metavar="FILE", help="A model of motions: in a video, they are named too."
    ),
]
ModelExtractorOption = Annotated[
    str | None,
    typer.Option(
        "--extractor",
        metavar="NAME|FILE",
        help="native, mediapipe or a .keypoints file; default: the one the model knows.",
    ),
]
MinScoreOption = Annotated[
    float | None,
    typer.Option(
        min=0,
        max=1,
        help="Below it, a hand shows no gesture, in photos and videos alike; default: the "
        "model's own, else 0.5 (0.8 of a model that does not tell none).",
    ),
]
FalseAcceptsOption = Annotated[
    float | None,
    typer.Option(
        "--false-accepts",
        metavar="RATE",
        min=0.001,
        max=1,
        help="Instead of --min-score: the share of hands with no known gesture that may be named, "
        "such as 0.01, by the model's card.",
    ),
]
HoldOption = Annotated[
    float,
    typer.Option(
        "--hold-ms", min=0, help="In a video, how long a gesture is shown before it counts."
    ),
]
MirroredOption = Annotated[
    bool, typer.Option("--mirrored", help="The images are mirrored, as a selfie camera's.")
]
