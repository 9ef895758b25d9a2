"""The work on a folder, in parallel, so that a run that was killed can go on.

A folder is cut into chunks of consecutive files. A worker gives back the rows of a chunk, so that
it needs nothing but the photos; this process writes them as a part file, whose name says what went
into it. When all are there they become the table. Of a store a worker copies `CHUNK` photos at a
time.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, fields
from functools import lru_cache, partial
from pathlib import Path
from threading import Lock
from typing import Any

import pyarrow as pa

from handpose.containers.landmarks import Landmarks
from handpose.containers.motion import Motions
from handpose.datasets import Dataset, ImageItem, PictureFolder, read_table
from handpose.datasets.parquet import MOTION_SCHEMA, SCHEMA, read_rows
from handpose.datasets.table import to_arrow
from handpose.errors import DatasetError, ImageError, WorkerError
from handpose.extraction.clips import as_one_hand, follow, shows_both, stills_of
from handpose.extraction.engines import with_executor, with_processes
from handpose.extraction.notes import Notes, signs_of_two_hands
from handpose.extraction.outputs import CHUNK, Output
from handpose.extraction.summary import ExtractionSummary, Progress, summary_from
from handpose.extractors import Extractor, make_extractor
from handpose.images import read_image
from handpose.images.formats import VIDEO_SUFFIXES, suffix_of
from handpose.provenance import Provenance
from handpose.system.stores import Place, StorePath, local_copy

_ONE_AT_A_TIME = Lock()
"""Extractors are not made for several threads, which the workers of some executors have."""

_NOTES = ", ".join(field.name for field in fields(Notes))
"""What tables note beside their rows; parts and cached tables that note less are made again."""


@dataclass(frozen=True)
class Recipe:
    """What a worker has to know.

    Attributes
    ----------
    root : Path or StorePath
    extractor : str
    options : str
        As JSON, so that it can be a cache's key.
    videos : bool
        Whether a video is one motion; else each frame that is taken is a still hand.
    every : int
        Which frames of a video are taken: every one (1), every second (2), ...
    """

    root: Place
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
    notes : Notes
    provenance : dict
        Of the worker's extractor.
    """

    rows: pa.Table
    notes: Notes
    provenance: dict[str, Any]


def run(
    pictures: PictureFolder,
    table: Place,
    recipe: Recipe,
    workers: int | Executor,
    progress: Progress | None,
) -> ExtractionSummary:
    """Write the table of a folder, by so many processes or the workers of an executor."""
    output = Output(table)
    there = output.begin(videos=recipe.videos)
    provenance = extractor_of(recipe).provenance
    chunks = _chunks(pictures.items, recipe, output.chunk(len(pictures.items)))
    names = [name_of(chunk, recipe, provenance) for chunk in chunks]
    parts = dict(zip(names, chunks, strict=True))
    notes = output.notes([name for name in names if name in there])
    notes |= _run_all(recipe, parts, there, output, workers, progress)
    total = Notes.sum(notes[name] for name in names)
    if len(total.errors) == len(pictures.items):
        output.discard(names)
        what, reason = f"{len(pictures.items)} {pictures.kind}s", total.errors[0][1]
        raise DatasetError(f"{recipe.root}: none of its {what} can be read ({reason})")
    metadata = {"name": recipe.root.resolve().name, "extractor": provenance, **total.to_dict()}
    if recipe.every > 1:
        metadata["every"] = recipe.every
    if recipe.videos:
        output.finish(names, metadata, partial(_join_motions, total), MOTION_SCHEMA)
    else:
        output.finish(names, metadata, partial(map, read_rows), SCHEMA)
    return summary_from(total, table, pictures)


def _chunks(items: Sequence[ImageItem], recipe: Recipe, most: int) -> list[list[ImageItem]]:
    """So many photos at most that follow each other, or one video."""
    chunks: list[list[ImageItem]] = []
    closed = True
    for item in items:
        alone = recipe.videos or suffix_of(item.path) in VIDEO_SUFFIXES
        if alone or closed or len(chunks[-1]) == most:
            chunks.append([])
        chunks[-1].append(item)
        closed = alone
    return chunks


def _join_motions(total: Notes, parts: Sequence[Path]) -> list[pa.Table]:
    """Both hands of every clip where a label needs both, else one."""
    kept = [part for part in map(read_table, parts) if len(part)]
    motions = Motions.concat([part.X for part in kept])
    if not signs_of_two_hands(total.found, total.two_hands):
        motions = Motions(map(as_one_hand, motions))
    data = Dataset(
        motions,
        y=[part.y[0] for part in kept],
        groups=[part.groups[0] for part in kept],
        paths=[part.paths[0] for part in kept],
    )
    return [to_arrow(data)]


def _run_all(
    recipe: Recipe,
    parts: Mapping[str, Sequence[ImageItem]],
    there: Collection[str],
    output: Output,
    workers: int | Executor,
    progress: Progress | None,
) -> dict[str, Notes]:
    """Write the parts that are not there yet; gives their notes."""
    todo = [name for name in parts if name not in there]
    total = sum(map(len, parts.values()))
    done = total - sum(len(parts[name]) for name in todo)
    if progress:
        progress(done, total)
    tasks = [partial(extract_chunk, recipe, parts[name]) for name in todo]
    results = (
        with_processes(tasks, workers)
        if isinstance(workers, int)
        else with_executor(tasks, workers)
    )
    expected = Provenance.from_dict(extractor_of(recipe).provenance)
    notes = {}
    for number, finished in results:
        _check_same(expected, finished.provenance)
        name = todo[number]
        output.write(name, finished.rows, finished.notes)
        notes[name] = finished.notes
        done += len(parts[name])
        if progress:
            progress(done, total)
    return notes


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
    hands: list[Any] = []
    of: list[ImageItem] = []
    paths: list[str] = []
    notes = Notes()
    for item, path in _local(recipe.root, chunk):
        try:
            rows = list(_rows_of(extractor, recipe, path))
        except ImageError as error:
            reason = str(error).replace(str(path), str(recipe.root / item.path))
            notes.errors.append((item.path, reason))
            continue
        for place, hand, second in rows:
            hands.append(hand)
            of.append(item)
            paths.append(item.path + place)
            notes.two_hands[item.label] += second
    dataset = Dataset(
        Motions(hands) if recipe.videos else Landmarks.concat(hands),
        y=[item.label for item in of],
        groups=[item.subject for item in of],
        paths=paths,
    )
    detected = dataset.X.detected
    notes.found.update(dataset.y[detected].tolist())
    notes.missed.update(dataset.y[~detected].tolist())
    if recipe.videos:
        notes.without_hand += dataset.paths[~detected].tolist()
    return Finished(to_arrow(dataset), notes, extractor.provenance)


def _local(root: Place, chunk: Sequence[ImageItem]) -> Iterator[tuple[ImageItem, Path]]:
    """Each file and where it lies on this disk, for as long as it takes."""
    for start in range(0, len(chunk), CHUNK):
        some = chunk[start : start + CHUNK]
        with local_copy(root, [item.path for item in some]) as here:
            yield from ((item, here / item.path) for item in some)


def _rows_of(extractor: Extractor, recipe: Recipe, path: Path) -> Iterable[tuple[str, Any, bool]]:
    """What follows the path in each row of a file, its hand or motion, and if there are two."""
    if recipe.videos:
        motion = follow(extractor, path, recipe.every)
        return [("", motion, shows_both(motion))]
    if suffix_of(path) in VIDEO_SUFFIXES:
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


def _stamp(root: Place, item: ImageItem) -> str:
    path = root / item.path
    try:
        if isinstance(path, StorePath):
            return path.stamp()
        status = path.stat()
    except OSError:
        return "missing"
    return f"{status.st_size} {status.st_mtime_ns} {status.st_ctime_ns}"
