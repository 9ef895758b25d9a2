"""Extracting a whole folder of images into a landmark table.

The folder is cut into chunks of consecutive images. A worker writes each finished chunk as a part
file, whose name says what went into it; when all are there they become the table. A run that was
killed finds the parts of the one before it and goes on. No process holds more than a chunk.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from joblib import Parallel, cpu_count, delayed

from handpose.assets import cache_dir
from handpose.containers.landmarks import Landmarks
from handpose.datasets import Dataset, ImageItem, PictureFolder, read_folder
from handpose.datasets.table import read_rows, table_metadata, to_arrow, write_tables
from handpose.errors import DatasetError, HandposeWarning, ImageError
from handpose.extractors import (
    DEFAULT_EXTRACTOR,
    PHOTO_OPTIONS,
    WORKER_OPTIONS,
    Extractor,
    make_extractor,
)
from handpose.images import read_image
from handpose.images.listing import listed
from handpose.system.files import naming, replacing
from handpose.system.locks import one_writer

CHUNK = 16
"""Images in a part file: what a killed run loses at most, for each worker."""

_NOTES = "errors, two_hands"
"""What a part file notes beside its rows; parts and cached tables that note less are made anew."""

Progress = Callable[[int, int], None]
Listed = Callable[[PictureFolder], None]

_MANY = 0.5
"""Share of a label's photos with two hands from which on it is said to be a sign of two hands."""


@dataclass
class ExtractionSummary:
    """What came of a folder.

    Attributes
    ----------
    path : Path
        The table.
    found, missed : Counter
        Images with and without a hand, for each label.
    errors : list of (str, str)
        Images that could not be read, with the reason. They have no row in the table.
    two_hands : Counter
        Images with a second hand, for each label. The table has the surer one.
    unreadable : list of str
        What `PictureFolder.unreadable` says: pictures that were not even tried.
    """

    path: Path
    found: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    errors: list[tuple[str, str]] = field(default_factory=list)
    two_hands: Counter[str] = field(default_factory=Counter)
    unreadable: list[str] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Whether every picture of the folder could be read."""
        return not self.errors and not self.unreadable

    @property
    def labels(self) -> list[str]:
        """The labels that occur, sorted."""
        return sorted({*self.found, *self.missed})

    def __str__(self) -> str:
        found, missed = self.found.total(), self.missed.total()
        share = found / (found + missed) if found + missed else 0.0
        unread = f", {len(self.errors)} unreadable" if self.errors else ""
        return (
            f"{found + missed} images: {found} hands found ({share:.1%}), {missed} missed{unread}"
            f"{self._second_hands()}"
        )

    def _second_hands(self) -> str:
        total = self.two_hands.total()
        if not total:
            return ""
        many = [x for x in self.labels if self.two_hands[x] > _MANY * self.found[x]]
        signs = f"; most of label {listed(many)} do, but only one is learnt" if many else ""
        return f"; {total} show a second hand, the surer one was taken{signs}"


def extract_folder(
    root: str | Path,
    table: str | Path,
    *,
    extractor: str = DEFAULT_EXTRACTOR,
    options: dict[str, Any] | None = None,
    jobs: int | None = None,
    progress: Progress | None = None,
    listing: Listed | None = None,
) -> ExtractionSummary:
    """Find the hand in every image of a folder, and write a landmark table.

    Of several hands in an image the surest is kept. An image without a hand is a row too. An image
    that cannot be read is named in the summary, and the others are still done.

    Parameters
    ----------
    root : str or Path
        See `handpose.datasets.read_folder` for its layout.
    table : str or Path
        The Parquet file to write. It appears when all is done; until then the finished parts lie
        beside it in ``TABLE.parts``.
    extractor : str
        Name of the extractor.
    options : dict, optional
        Keywords for `make_extractor`.
    jobs : int, optional
        Worker processes; by default one for each processor core.
    progress : callable (done, total), optional
        Called with counts of images.
    listing : callable (PictureFolder), optional
        Called with what will be read, before the work; by default its notes become warnings.

    Returns
    -------
    ExtractionSummary

    Raises
    ------
    DatasetError
        If the folder holds no images, or none of them can be read.
    """
    root, table = Path(root), Path(table)
    pictures = read_folder(root)
    (listing or _warn)(pictures)
    jobs = jobs or cpu_count()
    recipe = _recipe(root, extractor, options, jobs)
    _extractor(recipe.extractor, recipe.options)  # what cannot work is said before any work
    with one_writer(table), naming(table):
        return _extract(pictures, table, recipe, jobs, progress)


def _extract(
    pictures: PictureFolder, table: Path, recipe: _Recipe, jobs: int, progress: Progress | None
) -> ExtractionSummary:
    root, items = pictures.root, pictures.items
    provenance = _extractor(recipe.extractor, recipe.options).provenance
    folder = table.with_name(f"{table.name}.parts")
    folder.mkdir(parents=True, exist_ok=True)
    chunks = [items[i : i + CHUNK] for i in range(0, len(items), CHUNK)]
    parts = [folder / _part_name(chunk, root, provenance) for chunk in chunks]
    _run(recipe, chunks, parts, jobs, progress)

    summary = ExtractionSummary(table, unreadable=pictures.unreadable)
    if not any(pq.read_metadata(part).num_rows for part in parts):
        _, reason = table_metadata(read_rows(parts[0]))["errors"][0]
        shutil.rmtree(folder)
        raise DatasetError(f"{root}: none of its {len(items)} images can be read ({reason})")
    name = root.resolve().name
    write_tables(_collect(parts, summary), table, {"name": name, "extractor": provenance})
    shutil.rmtree(folder)
    return summary


def extract_cached(
    root: str | Path,
    *,
    extractor: str = DEFAULT_EXTRACTOR,
    jobs: int | None = None,
    progress: Progress | None = None,
    listing: Listed | None = None,
) -> ExtractionSummary:
    """Like `extract_folder`, with a table in the user's cache that is made once.

    The table is made anew when an image, a label or the extractor changes.
    """
    root = Path(root)
    pictures = read_folder(root)
    (listing or _warn)(pictures)
    with make_extractor(extractor, **PHOTO_OPTIONS.get(extractor, {})) as probe:
        key = _part_name(pictures.items, root.resolve(), probe.provenance)
    table = cache_dir() / "tables" / f"{root.resolve().name}-{key}"
    report = table.with_suffix(".json")
    kept = _kept(table, report, pictures)
    if kept is not None:
        return kept
    with one_writer(report):
        kept = _kept(table, report, pictures)  # another process may have made it meanwhile
        if kept is not None:
            return kept
        jobs = jobs or cpu_count()
        with naming(table):
            recipe = _recipe(root, extractor, None, jobs)
            summary = _extract(pictures, table, recipe, jobs, progress)
        with replacing(report) as temporary:
            temporary.write_text(json.dumps(_noted(summary)))
        return summary


def _kept(table: Path, report: Path, pictures: PictureFolder) -> ExtractionSummary | None:
    """What was noted about a cached table; None where it has to be made."""
    try:
        found, missed, errors, two_hands = json.loads(report.read_text())
        unread = [(path, reason) for path, reason in errors]
        counts = Counter(found), Counter(missed), unread, Counter(two_hands)
    except (OSError, ValueError, TypeError):
        return None
    return ExtractionSummary(table, *counts, pictures.unreadable) if table.is_file() else None


def _noted(summary: ExtractionSummary) -> list[Any]:
    return [summary.found, summary.missed, summary.errors, summary.two_hands]


def _warn(pictures: PictureFolder) -> None:
    for line in (*pictures.notes, *pictures.unreadable):
        warnings.warn(f"{pictures.root}: {line}", HandposeWarning, stacklevel=3)


@dataclass(frozen=True)
class _Recipe:
    """What a worker has to know; strings, so that it can be a cache's key."""

    root: Path
    extractor: str
    options: str


def _recipe(root: Path, extractor: str, options: dict[str, Any] | None, jobs: int) -> _Recipe:
    alone = PHOTO_OPTIONS.get(extractor, {})
    alone = alone | WORKER_OPTIONS.get(extractor, {}) if jobs > 1 else alone
    return _Recipe(root, extractor, json.dumps(alone | (options or {}), sort_keys=True))


def _run(
    recipe: _Recipe,
    chunks: Sequence[Sequence[ImageItem]],
    parts: Sequence[Path],
    jobs: int,
    progress: Progress | None,
) -> None:
    todo = [(chunk, part) for chunk, part in zip(chunks, parts, strict=True) if not part.is_file()]
    total = sum(map(len, chunks))
    done = total - sum(len(chunk) for chunk, _ in todo)
    if progress:
        progress(done, total)
    run = Parallel(n_jobs=min(jobs, max(len(todo), 1)), return_as="generator_unordered")
    for finished in run(delayed(_extract_chunk)(recipe, chunk, part) for chunk, part in todo):
        done += finished
        if progress:
            progress(done, total)


def _extract_chunk(recipe: _Recipe, chunk: Sequence[ImageItem], part: Path) -> int:
    """Write one part file. Runs in a worker."""
    extractor = _extractor(recipe.extractor, recipe.options)
    rows, errors = [], []
    two_hands: Counter[str] = Counter()
    for item in chunk:
        try:
            hand, others = _best_hand(extractor, recipe.root / item.path)
            rows.append((item, hand))
            two_hands[item.label] += others > 0
        except ImageError as error:
            errors.append((item.path, str(error)))
    items = [item for item, _ in rows]
    dataset = Dataset(
        Landmarks.concat([hand for _, hand in rows]),
        y=[item.label for item in items],
        groups=[item.subject for item in items],
        paths=[item.path for item in items],
    )
    write_tables([to_arrow(dataset)], part, {"errors": errors, "two_hands": two_hands})
    return len(chunk)


def _best_hand(extractor: Extractor, path: Path) -> tuple[Landmarks, int]:
    """The surest hand of a picture, and how many there are besides."""
    image = read_image(path)
    hands = extractor.detect(image)
    if not len(hands):
        return Landmarks.missing([image.shape[1::-1]]), 0
    return hands[:1], len(hands) - 1


@lru_cache(maxsize=1)
def _extractor(name: str, options: str) -> Extractor:
    """One extractor for each worker process, made at its first chunk."""
    return make_extractor(name, **json.loads(options))


def _part_name(chunk: Sequence[ImageItem], root: Path, provenance: dict[str, Any]) -> str:
    """A name that changes when an image, a label or the extractor does."""
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


def _collect(parts: Sequence[Path], summary: ExtractionSummary) -> Iterator[pa.Table]:
    for part in parts:
        table = read_rows(part)
        noted = table_metadata(table)
        summary.errors += [(p, e) for p, e in noted.get("errors", [])]
        summary.two_hands += Counter(noted.get("two_hands", {}))
        for label, detected in zip(
            table["label"].to_pylist(), table["detected"].to_pylist(), strict=True
        ):
            (summary.found if detected else summary.missed)[label] += 1
        yield table
