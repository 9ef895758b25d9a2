"""Extracting a whole folder of images into a landmark table.

The folder is cut into chunks of consecutive images. A worker writes each finished chunk as a part
file, whose name says what went into it; when all are there they become the table. A run that was
killed finds the parts of the one before it and goes on. No process holds more than a chunk.
"""

from __future__ import annotations

import hashlib
import json
import shutil
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
from handpose.datasets import Dataset, ImageItem, list_images
from handpose.datasets.table import table_metadata, to_arrow, write_tables
from handpose.errors import DatasetError, ImageError
from handpose.extractors import DEFAULT_EXTRACTOR, WORKER_OPTIONS, Extractor, make_extractor
from handpose.files import naming, replacing
from handpose.images import read_image
from handpose.landmarks import Landmarks
from handpose.locks import one_writer

CHUNK = 16
"""Images in a part file: what a killed run loses at most, for each worker."""

Progress = Callable[[int, int], None]


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
    """

    path: Path
    found: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    errors: list[tuple[str, str]] = field(default_factory=list)

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
        )


def extract_folder(
    root: str | Path,
    table: str | Path,
    *,
    extractor: str = DEFAULT_EXTRACTOR,
    options: dict[str, Any] | None = None,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> ExtractionSummary:
    """Find the hand in every image of a folder, and write a landmark table.

    Of several hands in an image the surest is kept. An image without a hand is a row too. An image
    that cannot be read is named in the summary, and the others are still done.

    Parameters
    ----------
    root : str or Path
        See `handpose.datasets.list_images` for its layout.
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

    Returns
    -------
    ExtractionSummary

    Raises
    ------
    DatasetError
        If the folder holds no images, or none of them can be read.
    """
    root, table = Path(root), Path(table)
    list_images(root)  # what cannot work is said before anybody waits
    jobs = jobs or cpu_count()
    alone = WORKER_OPTIONS.get(extractor, {}) if jobs > 1 else {}
    recipe = _Recipe(root, extractor, json.dumps(alone | (options or {}), sort_keys=True))
    provenance = _extractor(recipe.extractor, recipe.options).provenance
    with one_writer(table), naming(table):
        return _extract(recipe, provenance, table, jobs, progress)


def _extract(
    recipe: _Recipe, provenance: dict[str, Any], table: Path, jobs: int, progress: Progress | None
) -> ExtractionSummary:
    root, items = recipe.root, list_images(recipe.root)
    folder = table.with_name(f"{table.name}.parts")
    folder.mkdir(parents=True, exist_ok=True)
    chunks = [items[i : i + CHUNK] for i in range(0, len(items), CHUNK)]
    parts = [folder / _part_name(chunk, root, provenance) for chunk in chunks]
    _run(recipe, chunks, parts, jobs, progress)

    summary = ExtractionSummary(table)
    if not any(pq.read_metadata(part).num_rows for part in parts):
        _, reason = table_metadata(pq.read_table(parts[0]))["errors"][0]
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
) -> ExtractionSummary:
    """Like `extract_folder`, with a table in the user's cache that is made once.

    The table is made anew when an image, a label or the extractor changes.
    """
    root = Path(root)
    with make_extractor(extractor) as probe:
        key = _part_name(list_images(root), root.resolve(), probe.provenance)
    table = cache_dir() / "tables" / f"{root.resolve().name}-{key}"
    report = table.with_suffix(".json")
    kept = _kept(table, report)
    if kept is not None:
        return kept
    with one_writer(report):
        kept = _kept(table, report)  # another process may have made it meanwhile
        if kept is not None:
            return kept
        summary = extract_folder(root, table, extractor=extractor, jobs=jobs, progress=progress)
        with replacing(report) as temporary:
            temporary.write_text(json.dumps([summary.found, summary.missed, summary.errors]))
        return summary


def _kept(table: Path, report: Path) -> ExtractionSummary | None:
    """What was noted about a cached table; None where it has to be made."""
    try:
        found, missed, errors = json.loads(report.read_text())
        unread = [(path, reason) for path, reason in errors]
        summary = ExtractionSummary(table, Counter(found), Counter(missed), unread)
    except (OSError, ValueError, TypeError):
        return None
    return summary if table.is_file() else None


@dataclass(frozen=True)
class _Recipe:
    """What a worker has to know; strings, so that it can be a cache's key."""

    root: Path
    extractor: str
    options: str


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
    for item in chunk:
        try:
            rows.append((item, _best_hand(extractor, recipe.root / item.path)))
        except ImageError as error:
            errors.append((item.path, str(error)))
    items = [item for item, _ in rows]
    dataset = Dataset(
        Landmarks.concat([hand for _, hand in rows]),
        labels=[item.label for item in items],
        subjects=[item.subject for item in items],
        paths=[item.path for item in items],
    )
    write_tables([to_arrow(dataset)], part, {"errors": errors})
    return len(chunk)


def _best_hand(extractor: Extractor, path: Path) -> Landmarks:
    image = read_image(path)
    hands = extractor.detect(image)
    return hands[:1] if len(hands) else Landmarks.missing([image.shape[1::-1]])


@lru_cache(maxsize=1)
def _extractor(name: str, options: str) -> Extractor:
    """One extractor for each worker process, made at its first chunk."""
    return make_extractor(name, **json.loads(options))


def _part_name(chunk: Sequence[ImageItem], root: Path, provenance: dict[str, Any]) -> str:
    """A name that changes when an image, a label or the extractor does."""
    digest = hashlib.sha256(json.dumps(provenance, sort_keys=True).encode())
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
        table = pq.read_table(part)
        summary.errors += [(p, e) for p, e in table_metadata(table).get("errors", [])]
        for label, detected in zip(
            table["label"].to_pylist(), table["detected"].to_pylist(), strict=True
        ):
            (summary.found if detected else summary.missed)[label] += 1
        yield table
