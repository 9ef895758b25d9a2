"""Running parts, and the one document that comes of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from benchmarks.keypoints_or_pixels.accuracy import folds_of
from benchmarks.keypoints_or_pixels.contenders import LEFT_OUT
from benchmarks.keypoints_or_pixels.machine import machine, versions
from benchmarks.keypoints_or_pixels.part import Part, Plots, Result, Setup, Table
from handpose.errors import DatasetError, HandposeError, UnknownNameError

Document = dict[str, Any]

_WHOLE = {"date", "machine", "parts", "seconds", "settings", "skipped", "versions"}


@dataclass
class Measured:
    """What a run of the benchmark gave.

    Attributes
    ----------
    document : dict
        As written to ``bench.json``.
    plots : dict of str to callable (path)
        File name without suffix to what draws it.
    failed : dict of str to str
        Parts that could not be measured although their data is here, with the reason.
    """

    document: Document
    plots: Plots = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)


def measure(
    setup: Setup,
    parts: Mapping[str, Part],
    names: Sequence[str] = (),
    *,
    kept: Document | None = None,
    announce: Callable[[str], None] = lambda line: None,
) -> Measured:
    """Run parts.

    Parameters
    ----------
    setup : Setup
    parts : mapping of str to Part
        All that are known, in order.
    names : sequence of str
        Those to run; none means all.
    kept : dict, optional
        A document of the same settings, whose other parts stay.
    announce : callable (str), optional
        Told which part begins, and which are skipped.

    Raises
    ------
    UnknownNameError
        If a name is not known.
    DatasetError
        If there is no data at all, or the settings are not those of `kept`.
    """
    chosen = choose(parts, names)
    check_data(setup.data, chosen)
    document = _beginning(setup)
    if kept is not None:
        check_same_settings(kept, document)
    done, skipped, measured = {}, {}, Measured(document)
    said: set[str] = set()
    for part in chosen:
        absent = missing_data(setup.data, part)
        if absent:
            skipped[part.name] = f"the data set {', '.join(absent)} is not in {setup.data}"
            announce(f"{part.name}: skipped, {skipped[part.name]}")
            continue
        announce(f"{part.name}: {part.question}")
        start = perf_counter()
        try:
            result = part.run(setup)
        except HandposeError as error:
            skipped[part.name] = measured.failed[part.name] = str(error)
            continue
        for note in result.notes:
            if note.startswith(LEFT_OUT) and note not in said:
                announce(note)
                said.add(note)
        done[part.name] = entry(part, result, perf_counter() - start)
        measured.plots |= part.draw(result.tables) if part.draw else {}
    _merge(document, done, skipped, kept or {}, parts)
    return measured


def choose(parts: Mapping[str, Part], names: Iterable[str]) -> list[Part]:
    """Those that are asked for, in the order of the benchmark; all where none is."""
    asked = set(names)
    for name in sorted(asked - set(parts)):
        raise UnknownNameError("part of the benchmark", name, parts)
    return [part for name, part in parts.items() if not asked or name in asked]


def check_data(data: Path, parts: Iterable[Part]) -> None:
    """Refuse a folder with none of the data sets, where every part needs some."""
    parts = list(parts)
    needed = sorted({name for part in parts for name in part.needs})
    if not all(part.needs for part in parts) or any((data / name).is_dir() for name in needed):
        return
    if not data.is_dir():
        raise DatasetError(f"{data}: no such folder; name the one with the data sets: --data DIR")
    raise DatasetError(f"{data}: holds none of the data sets {', '.join(needed)}")


def missing_data(data: Path, part: Part) -> list[str]:
    """Data sets that a part needs and that are not in the folder."""
    return [name for name in part.needs if not (data / name).is_dir()]


def check_same_settings(kept: Document, document: Document) -> None:
    """Refuse to mix parts that were measured with other settings."""
    for name, value in document["settings"].items():
        before = kept.get("settings", {}).get(name)
        if before != value:
            raise DatasetError(
                f"the other parts were measured with {name} {before}, not {value}; measure all "
                "parts (without --only), or name another folder with --out"
            )


def entry(part: Part, result: Result, seconds: float) -> Document:
    """What the document says of a part."""
    return plain(
        {
            "question": part.question,
            "seconds": round(seconds, 1),
            "exact": result.exact,
            "tables": {name: asdict(table) for name, table in result.tables.items()},
            "notes": result.notes,
        }
    )


def tables_of(found: Document) -> dict[str, Table]:
    """The tables of a part in a document."""
    return {name: Table(**table) for name, table in found["tables"].items()}


def plots_again(document: Document, parts: Mapping[str, Part]) -> Plots:
    """The plots that can be drawn from a document alone."""
    plots: Plots = {}
    for name, found in document["parts"].items():
        draw = parts[name].draw if name in parts else None
        if draw:
            plots |= draw(tables_of(found))
    return plots


def plain(value: Any) -> Any:
    """Only what JSON knows: no numpy, and null for what is no number."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not np.isfinite(value) else value


def read_document(path: Path) -> Document:
    """Read ``bench.json``.

    Raises
    ------
    DatasetError
        If it is not there, or not what the benchmark writes.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DatasetError(
            f"{path}: no such file; run python -m benchmarks.keypoints_or_pixels first"
        ) from None
    except ValueError as error:
        raise DatasetError(f"{path}: not a JSON document ({error})") from None
    if not isinstance(document, dict) or not set(document) >= _WHOLE:
        raise DatasetError(f"{path}: not a document of this benchmark")
    return document


def _beginning(setup: Setup) -> Document:
    installed = versions()
    return {
        "handpose": installed["handpose"],
        "date": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "machine": plain(machine()),
        "versions": installed,
        "settings": {"quick": setup.quick, "seed": setup.seed, "folds": folds_of(setup)},
    }


def _merge(
    document: Document,
    done: Document,
    skipped: dict[str, str],
    kept: Document,
    parts: Mapping[str, Part],
) -> None:
    """Fill in the parts, in order: those just measured, and those kept from before.

    What was measured before stays where measuring it again failed, under the date, machine and
    versions of its own.
    """
    before, absent = kept.get("parts", {}), kept.get("skipped", {})
    stamp = {name: kept.get(name) for name in ("date", "machine", "versions")}
    same = all(stamp[name] == document[name] for name in ("machine", "versions"))
    document["parts"], document["skipped"] = {}, {}
    for name in parts:
        if name in done:
            document["parts"][name] = done[name]
        elif name in before:
            document["parts"][name] = ({} if same else stamp) | before[name]
        elif name in skipped or name in absent:
            document["skipped"][name] = skipped.get(name) or absent[name]
    document["seconds"] = round(sum(p["seconds"] for p in document["parts"].values()), 1)
