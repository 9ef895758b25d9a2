"""``handpose data``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from handpose.cli.console import APP_SETTINGS, err, out, progress_bar
from handpose.cli.contact_sheet import contact_sheet
from handpose.cli.sources import show_listing
from handpose.datasets import DATASETS, fetch_dataset
from handpose.datasets.folder import write_manifest
from handpose.datasets.manifest import MANIFEST
from handpose.datasets.registry import find_photos, is_here
from handpose.images.saving import check_picture_file, save_picture

app = typer.Typer(help="Data sets: list, fetch, look at.", no_args_is_help=True, **APP_SETTINGS)

Name = Annotated[str, typer.Argument(metavar="NAME", help="See: handpose data list.")]


@app.command("list")
def list_() -> None:
    """List the known data sets."""
    table = Table("name", "kind", "licence", "data", "photos", "what", box=None, pad_edge=False)
    for entry in DATASETS.values():
        absent = "fetch" if entry.archive else "absent"
        photos = "here" if entry.photos and find_photos(entry.name) else absent
        table.add_row(
            entry.name,
            entry.kind,
            entry.licence,
            "here" if is_here(entry) else absent,
            photos if entry.photos else "none",
            entry.summary,
        )
    out.print(table)


@app.command()
def fetch(
    name: Name,
    source: Annotated[
        str | None,
        typer.Option("--from", metavar="DIR|ZIP", help="A local copy of the originals."),
    ] = None,
) -> None:
    """Fetch the originals of a data set; every file is checked against its SHA-256."""
    err.print(f"fetching {name} ...")
    with progress_bar("verifying") as progress:
        folder = fetch_dataset(name, path=source, progress=progress)
    out.print(str(folder))


@app.command()
def manifest(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of images.")],
    layout: Annotated[
        str,
        typer.Option(
            metavar="LEVEL/LEVEL",
            help="What its folders mean, from outside: label, subject/label, ...",
        ),
    ] = "",
    subject: Annotated[
        str, typer.Option(metavar="WHO", help="Whose hands, where no folder says it.")
    ] = "",
) -> None:
    """List the images of a folder in its manifest.csv, with label and subject.

    What the manifest lists already stays as it is.
    """
    added = write_manifest(folder, layout, subject)
    show_listing(added)
    out.print(f"{folder / MANIFEST}: {len(added.items):,} added")
    if added.unreadable:
        raise typer.Exit(1)


@app.command()
def show(
    name: Name,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="GRID.png", help="Picture to write.")
    ],
    columns: Annotated[int, typer.Option(min=1, help="Examples of each label.")] = 8,
) -> None:
    """Draw examples of every label, with landmarks."""
    check_picture_file(output)
    save_picture(contact_sheet(name, columns), output)
    out.print(str(output))
