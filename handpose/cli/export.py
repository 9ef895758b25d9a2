"""``handpose export``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from handpose.cli.console import out
from handpose.errors import OptionError
from handpose.export import SUFFIXES, export_model
from handpose.models import load_model


def export(
    model: Annotated[
        str, typer.Argument(metavar="NAME|FILE", help="digits, hagrid or a .handpose file.")
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help=f"File to write: {', '.join(SUFFIXES)}."
        ),
    ] = None,
    web: Annotated[
        Path | None,
        typer.Option(
            "--web", metavar="DIR", help="Folder to write: both files, networks, constants."
        ),
    ] = None,
    with_networks: Annotated[
        bool,
        typer.Option(
            "--with-networks",
            help="Also write the networks that find hands, and pipeline.json; "
            "with --web, as ONNX too.",
        ),
    ] = False,
    min_score: Annotated[
        float | None,
        typer.Option(
            min=0, max=1, help="Below it, a hand shows no gesture; default: as in recognize."
        ),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace files that exist.")
    ] = False,
) -> None:
    """Write a model for programs without Python: ONNX, TFLite, MediaPipe, the web."""
    if (output is None) == (web is None):
        raise OptionError("export needs either --output FILE or --web DIR")
    written = export_model(
        load_model(model),
        output or web or Path(),
        web=web is not None,
        with_networks=with_networks,
        min_score=min_score,
        overwrite=overwrite,
    )
    for path in written:
        out.print(f"{path}: {path.stat().st_size / 1e3:,.0f} kB")
