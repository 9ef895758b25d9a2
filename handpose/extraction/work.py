"""The work on a folder, in parallel, so that a run that was killed can go on.

A folder is cut into chunks of consecutive files. A worker writes each finished chunk as a part
file, whose name says what went into it; when all are there they become the table. No process holds
more than a chunk of photos.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from joblib import Parallel, delayed

from handpose.containers.landmarks import Landmarks
from handpose.containers.motion import Motions
from handpose.datasets import Dataset, ImageItem, PictureFolder, read_table
from handpose.datasets.parquet import MOTION_SCHEMA, SCHEMA, read_notes, read_rows, write_tables
from handpose.datasets.table import to_arrow
from handpose.errors import DatasetError, ImageError
from handpose.extraction.clips import as_one_hand, follow, shows_both
from handpose.extraction.summary import ExtractionSummary, Progress, summary_of
from handpose.extractors import Extractor, make_extractor
from handpose.images import read_image

CHUNK = 16
"""Images in a part file: what a killed run loses at most, for each worker. A video is one part."""

_NOTES = "errors, two_hands"
"""What tables note beside their rows; parts and cached tables that note less are made again."""


@dataclass(frozen=True)
class Recipe:
    """What a worker has to know; `options` as JSON, so that it can be a cache's key."""

    root: Path
    extractor: str
    options: str
    videos: bool


def run(
    pictures: PictureFolder, table: Path, recipe: Recipe, n_jobs: int, progress: Progress | None
) -> ExtractionSummary:
    """Write the table of a folder."""
    items, size = pictures.items, 1 if recipe.videos else CHUNK
    provenance = extractor_of(recipe).provenance
    folder = table.with_name(f"{table.name}.parts")
    folder.mkdir(parents=True, exist_ok=True)
    chunks = [items[i : i + size] for i in range(0, len(items), size)]
    parts = [folder / name_of(chunk, recipe.root, provenance) for chunk in chunks]
    _run_all(recipe, chunks, parts, n_jobs, progress)

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
    metadata = {"name": name, "extractor": provenance, "errors": errors, "two_hands": two_hands}
    if recipe.videos:
        _write_motions(parts, table, metadata, pictures)
    else:
        write_tables((read_rows(part) for part in parts), table, metadata)
    shutil.rmtree(folder)
    return summary_of(table, pictures)


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
    n_jobs: int,
    progress: Progress | None,
) -> None:
    todo = [(chunk, part) for chunk, part in zip(chunks, parts, strict=True) if not part.is_file()]
    total = sum(map(len, chunks))
    done = total - sum(len(chunk) for chunk, _ in todo)
    if progress:
        progress(done, total)
    parallel = Parallel(n_jobs=min(n_jobs, max(len(todo), 1)), return_as="generator_unordered")
    for finished in parallel(delayed(_extract_chunk)(recipe, chunk, part) for chunk, part in todo):
        done += finished
        if progress:
            progress(done, total)


def _extract_chunk(recipe: Recipe, chunk: Sequence[ImageItem], part: Path) -> int:
    """Write one part file. Runs in a worker."""
    extractor = extractor_of(recipe)
    found: list[Any] = []
    items, errors = [], []
    two_hands: Counter[str] = Counter()
    for item in chunk:
        try:
            path = recipe.root / item.path
            if recipe.videos:
                found.append(follow(extractor, path))
                second = shows_both(found[-1])
            else:
                hand, second = best_hand(extractor, path)
                found.append(hand)
        except ImageError as error:
            errors.append((item.path, str(error)))
            continue
        items.append(item)
        two_hands[item.label] += second
    dataset = Dataset(
        Motions(found) if recipe.videos else Landmarks.concat(found),
        y=[item.label for item in items],
        groups=[item.subject for item in items],
        paths=[item.path for item in items],
    )
    notes = {"errors": errors, "two_hands": two_hands}
    write_tables([to_arrow(dataset)], part, notes, MOTION_SCHEMA if recipe.videos else SCHEMA)
    return len(chunk)


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


def name_of(chunk: Sequence[ImageItem], root: Path, provenance: dict[str, Any]) -> str:
    """A file name that changes when an image, a label or the extractor does."""
    digest = hashlib.sha256(json.dumps([_NOTES, provenance], sort_keys=True).encode())
    for item in chunk:
        digest.update(f"{item.path}\0{item.label}\0{item.subject}\0{_stamp(root, item)}".encode())
    return f"{digest.hexdigest()[:20]}.parquet"


def _stamp(root: Path, item: ImageItem) -> str:
    try:
        status = (root / item.path).stat()
    except OSError:
        return "missing"
    return f"{status.st_size} {status.st_mtime_ns} {status.st_ctime_ns}"
