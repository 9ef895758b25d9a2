"""The work on a folder, in parallel, so that a run that was killed can go on.

A folder is cut into chunks of consecutive files. A worker gives back the rows of a chunk, so that
it needs nothing but the photos; this process writes them as a part file, whose name says what went
into it. When all are there they become the table. No process holds more than a chunk of photos.
"""

from __future__ import annotations

import hashlib
import json
import platform
import shutil
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from threading import Lock
from typing import Any

import pyarrow as pa

from handpose.containers.landmarks import Landmarks
from handpose.containers.motion import Motions
from handpose.datasets import Dataset, ImageItem, PictureFolder, read_table
from handpose.datasets.parquet import MOTION_SCHEMA, SCHEMA, read_notes, read_rows, write_tables
from handpose.datasets.table import to_arrow
from handpose.errors import DatasetError, ImageError, WorkerError
from handpose.extraction.clips import as_one_hand, follow, shows_both, stills_of
from handpose.extraction.engines import with_executor, with_processes
from handpose.extraction.summary import ExtractionSummary, Progress, summary_of
from handpose.extractors import Extractor, make_extractor
from handpose.images import read_image
from handpose.images.formats import VIDEO_SUFFIXES, suffix_of
from handpose.provenance import Provenance

CHUNK = 16
"""Images in a part file: what a killed run loses at most, for each worker. A video is one
part."""

_ONE_AT_A_TIME = Lock()
"""Extractors are not made for several threads, which the workers of some executors have."""

_NOTES = "errors, two_hands"
"""What tables note beside their rows; parts and cached tables that note less are made again."""


@dataclass(frozen=True)
class Recipe:
    """What a worker has to know.

    Attributes
    ----------
    root : Path
    extractor : str
    options : str
        As JSON, so that it can be a cache's key.
    videos : bool
        Whether a video is one motion; else each frame that is taken is a still hand.
    every : int
        Which frames of a video are taken: every one (1), every second (2), ...
    """

    root: Path
    extractor: str
    options: str
    videos: bool
    every: int = 1


@dataclass(frozen=True)
class Finished:
    """What a worker gives back of a chunk.

    Attributes
    ----------
    rows : pyarrow.Table
    notes : dict
        Errors, and how many files of each label show two hands.
    n_files : int
    provenance : dict
        Of the worker's extractor.
    """

    rows: pa.Table
    notes: dict[str, Any]
    n_files: int
    provenance: dict[str, Any]


def run(
    pictures: PictureFolder,
    table: Path,
    recipe: Recipe,
    workers: int | Executor,
    progress: Progress | None,
) -> ExtractionSummary:
    """Write the table of a folder, by so many processes or the workers of an executor."""
    items = pictures.items
    provenance = extractor_of(recipe).provenance
    folder = table.with_name(f"{table.name}.parts")
    folder.mkdir(parents=True, exist_ok=True)
    chunks = _chunks(items, recipe)
    parts = [folder / name_of(chunk, recipe, provenance) for chunk in chunks]
    _run_all(recipe, chunks, parts, workers, progress)

    errors: list[tuple[str, str]] = []
    two_hands: Counter[str] = Counter()
    for notes in map(read_notes, parts):
        errors += notes["errors"]
        two_hands += Counter(notes["two_hands"])
    if len(errors) == len(items):
        shutil.rmtree(folder)
        what, reason = f"{len(items)} {pictures.kind}s", errors[0][1]
        raise DatasetError(f"{recipe.root}: none of its {what} can be read ({reason})")
    name = recipe.root.resolve().name
    metadata: dict[str, Any] = {
        "name": name,
        "extractor": provenance,
        "errors": errors,
        "two_hands": two_hands,
    }
    if recipe.every > 1:
        metadata["every"] = recipe.every
    if recipe.videos:
        _write_motions(parts, table, metadata, pictures)
    else:
        write_tables((read_rows(part) for part in parts), table, metadata)
    shutil.rmtree(folder)
    return summary_of(table, pictures)


def _chunks(items: Sequence[ImageItem], recipe: Recipe) -> list[list[ImageItem]]:
    """Up to `CHUNK` photos that follow each other, or one video."""
    chunks: list[list[ImageItem]] = []
    closed = True
    for item in items:
        alone = recipe.videos or suffix_of(item.path) in VIDEO_SUFFIXES
        if alone or closed or len(chunks[-1]) == CHUNK:
            chunks.append([])
        chunks[-1].append(item)
        closed = alone
    return chunks


def _write_motions(
    parts: Sequence[Path], table: Path, metadata: dict[str, Any], pictures: PictureFolder
) -> None:
    """Both hands of every clip where a label needs both, else one."""
    kept = [part for part in map(read_table, parts) if len(part)]
    data = Dataset(
        Motions.concat([part.X for part in kept]),
        y=[part.y[0] for part in kept],
        groups=[part.groups[0] for part in kept],
        paths=[part.paths[0] for part in kept],
    )
    found = Counter(data.y[data.X.detected].tolist())
    summary = ExtractionSummary(table, found, two_hands=metadata["two_hands"])
    if not summary.signs_of_two_hands:
        data = Dataset(Motions(map(as_one_hand, data.X)), data.y, data.groups, data.paths)
    write_tables([to_arrow(data)], table, metadata, MOTION_SCHEMA)


def _run_all(
    recipe: Recipe,
    chunks: Sequence[Sequence[ImageItem]],
    parts: Sequence[Path],
    workers: int | Executor,
    progress: Progress | None,
) -> None:
    """Write the parts that are not there yet."""
    todo = [(chunk, part) for chunk, part in zip(chunks, parts, strict=True) if not part.is_file()]
    total = sum(map(len, chunks))
    done = total - sum(len(chunk) for chunk, _ in todo)
    if progress:
        progress(done, total)
    tasks = [partial(extract_chunk, recipe, chunk) for chunk, _ in todo]
    results = (
        with_processes(tasks, workers)
        if isinstance(workers, int)
        else with_executor(tasks, workers)
    )
    expected = Provenance.from_dict(extractor_of(recipe).provenance)
    schema = MOTION_SCHEMA if recipe.videos else SCHEMA
    for number, finished in results:
        _check_same(expected, finished.provenance)
        write_tables([finished.rows], todo[number][1], finished.notes, schema)
        done += finished.n_files
        if progress:
            progress(done, total)


def _check_same(expected: Provenance, found: dict[str, Any]) -> None:
    """Refuse the rows of a worker whose landmarks are others."""
    differences = expected.differences(Provenance.from_dict(found))
    if differences:
        raise WorkerError(
            f"a worker finds other landmarks than this machine would ({', '.join(differences)}); "
            "install the same handpose on every worker"
        )


def extract_chunk(recipe: Recipe, chunk: Sequence[ImageItem]) -> Finished:
    """The rows of a chunk. Runs in a worker; one at a time in each process."""
    if not recipe.root.is_dir():
        raise WorkerError(
            f"{recipe.root}: no such folder on the worker {platform.node()}; photos must have the "
            "same path on every machine"
        )
    with _ONE_AT_A_TIME:
        return _extract_chunk(recipe, chunk)


def _extract_chunk(recipe: Recipe, chunk: Sequence[ImageItem]) -> Finished:
    extractor = extractor_of(recipe)
    found: list[Any] = []
    of: list[ImageItem] = []
    paths, errors = [], []
    two_hands: Counter[str] = Counter()
    for item in chunk:
        try:
            rows = list(_rows_of(extractor, recipe, item))
        except ImageError as error:
            errors.append((item.path, str(error)))
            continue
        for place, hand, second in rows:
            found.append(hand)
            of.append(item)
            paths.append(item.path + place)
            two_hands[item.label] += second
    dataset = Dataset(
        Motions(found) if recipe.videos else Landmarks.concat(found),
        y=[item.label for item in of],
        groups=[item.subject for item in of],
        paths=paths,
    )
    notes = {"errors": errors, "two_hands": dict(two_hands)}
    return Finished(to_arrow(dataset), notes, len(chunk), extractor.provenance)


def _rows_of(
    extractor: Extractor, recipe: Recipe, item: ImageItem
) -> Iterable[tuple[str, Any, bool]]:
    """What follows the path in each row of a file, its hand or motion, and if there are two."""
    path = recipe.root / item.path
    if recipe.videos:
        motion = follow(extractor, path, recipe.every)
        return [("", motion, shows_both(motion))]
    if suffix_of(item.path) in VIDEO_SUFFIXES:
        return stills_of(extractor, path, recipe.every)
    return [("", *best_hand(extractor, path))]


def best_hand(extractor: Extractor, path: Path) -> tuple[Landmarks, bool]:
    """The surest hand of a picture, and whether there is a second one."""
    image = read_image(path)
    hands = extractor.detect(image)
    if not len(hands):
        return Landmarks.missing([image.shape[1::-1]]), False
    return hands[:1], len(hands) > 1


def extractor_of(recipe: Recipe) -> Extractor:
    """One extractor for each worker process, made at its first chunk."""
    return _extractor(recipe.extractor, recipe.options)


@lru_cache(maxsize=1)
def _extractor(name: str, options: str) -> Extractor:
    return make_extractor(name, **json.loads(options))


def name_of(chunk: Sequence[ImageItem], recipe: Recipe, provenance: dict[str, Any]) -> str:
    """A file name that changes when an image, a label, the extractor or the frames taken do."""
    made = [_NOTES, provenance] + ([recipe.every] if recipe.every > 1 else [])
    digest = hashlib.sha256(json.dumps(made, sort_keys=True).encode())
    for item in chunk:
        stamp = _stamp(recipe.root, item)
        digest.update(f"{item.path}\0{item.label}\0{item.subject}\0{stamp}".encode())
        if not recipe.videos and suffix_of(item.path) in VIDEO_SUFFIXES:
            digest.update(b"\0stills")
    return f"{digest.hexdigest()[:20]}.parquet"


def _stamp(root: Path, item: ImageItem) -> str:
    try:
        status = (root / item.path).stat()
    except OSError:
        return "missing"
    return f"{status.st_size} {status.st_mtime_ns} {status.st_ctime_ns}"
