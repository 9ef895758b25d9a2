"""Where the rows of a folder go: one table, or a folder of parts for many.

Finished parts lie beside the table that they become, or are the table: so a run that was killed
goes on, on any machine that reaches them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from handpose.datasets.parquet import read_notes, schema_of, write_tables
from handpose.datasets.parts import NOTES, write_notes
from handpose.errors import DatasetError
from handpose.extraction.notes import Notes
from handpose.system.stores import Place, local_copy, names_in, remove

CHUNK = 16
"""Photos of a part: what a killed run loses at most, for each worker. A video is one part."""
MOST = 512
"""Photos of a part that stays or lies in a store, where each file has its price."""
CHUNKS = 64
"""Of a folder of photos, before parts become larger."""

Join = Callable[[Sequence[Path]], Iterable[pa.Table]]
"""From parts to the rows of their table."""

_PART = re.compile(r"[0-9a-f]{20}\.parquet")


@dataclass(frozen=True)
class Output:
    """A table to be.

    Attributes
    ----------
    table : Path or StorePath
        A file; or a folder of parts, where its name has no suffix.
    """

    table: Place

    @property
    def in_parts(self) -> bool:
        """Whether the parts stay as they are."""
        return not self.table.suffix

    @property
    def folder(self) -> Place:
        """Where finished parts lie."""
        return self.table if self.in_parts else self.table.with_name(f"{self.table.name}.parts")

    def chunk(self, n: int) -> int:
        """Photos of a part, of so many."""
        if isinstance(self.table, Path) and not self.in_parts:
            return CHUNK
        return min(MOST, max(CHUNK, n // CHUNKS))

    def begin(self, *, videos: bool) -> set[str]:
        """The parts that are there already.

        Raises
        ------
        DatasetError
            If the folder holds other files, or motions would be written in parts.
        """
        if self.in_parts and videos:
            raise DatasetError(
                f"{self.table}: motions are written as one table; name it {self.table.name}.parquet"
            )
        names = set(names_in(self.folder))
        others = sorted(name for name in names if not _PART.fullmatch(name) and name != NOTES)
        if others:
            raise DatasetError(
                f"{self.folder}: holds other files, such as {others[0]}; name a new folder, or one "
                "table: NAME.parquet"
            )
        return names - {NOTES}

    def write(self, name: str, rows: pa.Table, notes: Notes) -> None:
        """Write a part."""
        write_tables([rows], self.folder / name, notes.to_dict(), schema_of(rows))

    def notes(self, names: Sequence[str]) -> dict[str, Notes]:
        """The notes of finished parts, by their names."""
        with local_copy(self.folder, names) as here:
            return {name: Notes.from_dict(read_notes(here / name)) for name in names}

    def finish(
        self, names: Sequence[str], metadata: dict[str, Any], join: Join, schema: pa.Schema
    ) -> None:
        """Make the table of its parts."""
        if self.in_parts:
            write_notes(self.table, names, metadata)
            for name in sorted({*names_in(self.table)} - {*names, NOTES}):
                remove(self.table / name)
            return
        with local_copy(self.folder, names) as here:
            write_tables(join([here / name for name in names]), self.table, metadata, schema)
        self.discard(names)

    def discard(self, names: Sequence[str]) -> None:
        """Remove these parts; in a folder of parts all others stay."""
        for name in names if self.in_parts else ():
            remove(self.folder / name)
        if not self.in_parts:
            remove(self.folder)
