"""Gestures and motions with their begin and end, as lines of JSON or as a table."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from rich.table import Table

from handpose.cli.console import out
from handpose.containers.motion import Motions
from handpose.datasets import read_table
from handpose.errors import DatasetError, HandposeError
from handpose.models.gestures import GestureModel
from handpose.recognition.finding import find_motions
from handpose.temporal import GestureEvent

TABLE_SUFFIX = ".parquet"


def is_table(source: str) -> bool:
    """Whether a source is a table of takes, by its name."""
    return Path(source).suffix.lower() == TABLE_SUFFIX


class EventList:
    """Prints events as they come, or all of them in a table for each source.

    Parameters
    ----------
    as_json : bool
        One object a line, when an event has ended.
    """

    def __init__(self, as_json: bool):
        self._as_json = as_json
        self._rows: dict[str, list[tuple[str, GestureEvent]]] = {}

    def begin(self, source: str) -> None:
        """Note a source, which may have no event."""
        self._rows.setdefault(source, [])

    def add(self, source: str, event: GestureEvent, take: str = "") -> None:
        """Take an event; one that has not ended is left out."""
        if not event.has_ended:
            return
        if self._as_json:
            place = {"source": source} | ({"take": take} if take else {})
            print(json.dumps({**place, **event.to_dict()}), flush=True)
        else:
            self._rows.setdefault(source, []).append((take, event))

    def show(self) -> None:
        """Print the tables."""
        for source, rows in () if self._as_json else self._rows.items():
            out.print(f"{source}: {'' if rows else 'nothing was recognised'}".rstrip())
            if rows:
                out.print(_table(rows))


def _table(rows: list[tuple[str, GestureEvent]]) -> Table:
    with_takes = any(take for take, _ in rows)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in (*(["take"] if with_takes else []), "kind", "shown"):
        table.add_column(heading, overflow="fold")
    for heading in ("from s", "to s", "score"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("hand")
    for take, event in rows:
        times = (event.started_ms, event.ended_ms or event.started_ms)
        seconds = [f"{time / 1000:.2f}" for time in times]
        shown = (event.kind, event.gesture or "unknown", *seconds, f"{event.score:.2f}")
        table.add_row(*([take] if with_takes else []), *shown, event.handedness.lower())
    return table


def takes_of(source: str) -> tuple[Motions, list[str]]:
    """The takes of a table, and a name for each.

    Raises
    ------
    DatasetError
        If it holds still hands.
    """
    data = read_table(source)
    if not isinstance(data.X, Motions):
        raise DatasetError(
            f"{source} holds still hands, but takes of motions are expected; measure still hands "
            "with handpose evaluate"
        )
    names = [path or f"take {row}" for row, path in enumerate(data.paths.tolist(), start=1)]
    return data.X, names


def take_events(
    model: GestureModel, source: str, min_score: float | None, hold_ms: float
) -> Iterator[tuple[str, list[GestureEvent] | HandposeError]]:
    """The motions in each take of a table, or what is wrong with it."""
    takes, names = takes_of(source)
    for take, name in zip(takes, names, strict=True):
        try:
            yield name, find_motions(model, take, min_score=min_score, hold_ms=hold_ms)
        except HandposeError as error:
            yield name, error
