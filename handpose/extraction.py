"""From photos and videos to a data set of landmarks.

A folder is cut into chunks of consecutive files. A worker writes each finished chunk as a part
file, whose name says what went into it; when all are there they become the table. A run that was
killed finds the parts of the one before it and goes on. No process holds more than a chunk.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from joblib import Parallel, delayed, effective_n_jobs

from handpose.assets import cache_dir
from handpose.containers.landmarks import Landmarks
from handpose.datasets import Dataset, ImageItem, PictureFolder, read_folder, read_table
from handpose.datasets.registry import read_dataset
from handpose.datasets.parquet import read_notes, read_rows, write_tables
from handpose.datasets.table import to_arrow
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
from handpose.system.deprecation import renamed_arguments, warn_renamed
from handpose.system.files import naming
from handpose.system.locks import one_writer

CHUNK = 16
"""Images in a part file: what a killed run loses at most, for each worker."""

_NOTES = "errors, two_hands"
"""What tables note beside their rows; parts and cached tables that note less are made again."""

Progress = Callable[[int, int], None]
Listed = Callable[[PictureFolder], None]

_MANY = 0.5
"""Share of a label's photos with two hands from which on it is said to be a sign of two hands."""


@dataclass
class ExtractionSummary:
    """The result of extracting a folder.

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
        What `PictureFolder.unreadable` says: files of formats that cannot be read.
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


@renamed_arguments(name="name_or_path")
def load_dataset(
    name_or_path: str | Path,
    *,
    path: str | Path | None = None,
    extractor: str = DEFAULT_EXTRACTOR,
    n_jobs: int | None = None,
    progress: Progress | None = None,
) -> Dataset:
    """Load a known data set, a table, or a folder of photos.

    Parameters
    ----------
    name_or_path : str or Path
        A key of `DATASETS`; a table that `extract_folder` or `write_table` wrote (Parquet); a CSV
        file of 42 or 63 numbers and a label a row, or HaGRID's annotations (JSON), or a folder of
        such files; or a folder of photos, see `handpose.datasets.read_folder`.
    path : str or Path, optional
        File or folder of a known data set, where it is not in the usual place.
    extractor : str, default="native"
        Finds the hands in photos. Their landmarks are extracted once and kept in the user's cache.
    n_jobs : int, optional
        Worker processes; by default (or -1) one for each processor core.
    progress : callable (done, total), optional
        Called with counts of images.

    Returns
    -------
    Dataset
        Unpacks as ``X, y, groups``. Hands that were not found are rows too.

    Raises
    ------
    UnknownNameError
        If there is neither such a data set nor such a file.
    DatasetError
        If the data set is not on this machine, or the file or folder cannot be used.

    Warns
    -----
    HandposeWarning
        For what is left out of a folder, and for each photo that cannot be read.
    """
    dataset, summary = load_with_summary(
        name_or_path,
        path=path,
        extractor=extractor,
        n_jobs=n_jobs,
        progress=progress,
        listing=partial(_warn, stacklevel=7),  # the line that calls this function
    )
    for _, reason in summary.errors if summary else ():
        warnings.warn(reason, HandposeWarning, stacklevel=3)
    return dataset


def load_with_summary(
    name_or_path: str | Path,
    *,
    path: str | Path | None = None,
    extractor: str = DEFAULT_EXTRACTOR,
    n_jobs: int | None = None,
    progress: Progress | None = None,
    listing: Listed | None = None,
) -> tuple[Dataset, ExtractionSummary | None]:
    """Like `load_dataset`; also tells what came of a folder of photos."""
    dataset = read_dataset(name_or_path, path)
    if dataset is not None:
        return dataset, None
    summary = extract_folder(
        name_or_path, extractor=extractor, n_jobs=n_jobs, progress=progress, listing=listing
    )
    return read_table(summary.path), summary


@renamed_arguments(root="path", jobs="n_jobs")
def extract_folder(
    path: str | Path,
    table: str | Path | None = None,
    *,
    extractor: str = DEFAULT_EXTRACTOR,
    n_jobs: int | None = None,
    progress: Progress | None = None,
    listing: Listed | None = None,
    **options: Any,
) -> ExtractionSummary:
    """Find the hand in every image of a folder, and write a landmark table.

    Of several hands in an image the surest is kept. An image without a hand is a row too. An image
    that cannot be read is named in the summary, and the others are still done.

    Parameters
    ----------
    path : str or Path
        See `handpose.datasets.read_folder` for its layout.
    table : str or Path, optional
        The Parquet file to write. It appears when all is done; until then the finished parts lie
        beside it in ``TABLE.parts``. By default it is in the user's cache, and is made again only
        when an image, a label or the extractor changes.
    extractor : str, default="native"
        Name of the extractor.
    n_jobs : int, optional
        Worker processes; by default (or -1) one for each processor core.
    progress : callable (done, total), optional
        Called with counts of images.
    listing : callable (PictureFolder), optional
        Called with what will be read, before the work; by default its notes become warnings.
    **options
        Keywords for `make_extractor`.

    Returns
    -------
    ExtractionSummary

    Raises
    ------
    DatasetError
        If the folder holds no images, or none of them can be read.
    """
    if isinstance(options.get("options"), dict):
        warn_renamed("extract_folder(options={...})", "its keywords as arguments", stacklevel=4)
        options |= options.pop("options")
    pictures = read_folder(path)
    (listing or _warn)(pictures)
    n_jobs = effective_n_jobs(n_jobs or -1)
    recipe = _recipe(pictures.root, extractor, options, n_jobs)
    provenance = _extractor(recipe.extractor, recipe.options).provenance
    cached = table is None
    target = _cached_table(pictures, provenance) if table is None else Path(table)
    kept = _kept(target, pictures) if cached else None
    if kept is not None:
        return kept
    with one_writer(target), naming(target):
        kept = _kept(target, pictures) if cached else None  # another process may have made it
        return kept or _extract(pictures, target, recipe, provenance, n_jobs, progress)


def _cached_table(pictures: PictureFolder, provenance: dict[str, Any]) -> Path:
    root = pictures.root.resolve()
    return cache_dir() / "tables" / f"{root.name}-{_part_name(pictures.items, root, provenance)}"


def _kept(table: Path, pictures: PictureFolder) -> ExtractionSummary | None:
    """The summary of a cached table; None where it has to be made."""
    try:
        return _summary(table, pictures) if table.is_file() else None
    except (DatasetError, OSError, ValueError, KeyError):  # damaged, or of an earlier version
        return None


def _summary(table: Path, pictures: PictureFolder) -> ExtractionSummary:
    rows, notes = read_rows(table, ["label", "detected"]), read_notes(table)
    counts = Counter(zip(rows["label"].to_pylist(), rows["detected"].to_pylist(), strict=True))
    return ExtractionSummary(
        table,
        Counter({label: n for (label, detected), n in counts.items() if detected}),
        Counter({label: n for (label, detected), n in counts.items() if not detected}),
        [(path, reason) for path, reason in notes["errors"]],
        Counter(notes["two_hands"]),
        pictures.unreadable,
    )


def _warn(pictures: PictureFolder, stacklevel: int = 4) -> None:
    for line in (*pictures.notes, *pictures.unreadable):
        warnings.warn(f"{pictures.root}: {line}", HandposeWarning, stacklevel=stacklevel)


@dataclass(frozen=True)
class _Recipe:
    """What a worker has to know; strings, so that it can be a cache's key."""

    root: Path
    extractor: str
    options: str


def _recipe(root: Path, extractor: str, options: dict[str, Any], n_jobs: int) -> _Recipe:
    worker = WORKER_OPTIONS.get(extractor, {}) if n_jobs > 1 else {}
    options = PHOTO_OPTIONS.get(extractor, {}) | worker | options
    return _Recipe(root, extractor, json.dumps(options, sort_keys=True))


def _extract(
    pictures: PictureFolder,
    table: Path,
    recipe: _Recipe,
    provenance: dict[str, Any],
    n_jobs: int,
    progress: Progress | None,
) -> ExtractionSummary:
    root, items = pictures.root, pictures.items
    folder = table.with_name(f"{table.name}.parts")
    folder.mkdir(parents=True, exist_ok=True)
    chunks = [items[i : i + CHUNK] for i in range(0, len(items), CHUNK)]
    parts = [folder / _part_name(chunk, root, provenance) for chunk in chunks]
    _run(recipe, chunks, parts, n_jobs, progress)

    notes = _joined(read_notes(part) for part in parts)
    if len(notes["errors"]) == len(items):
        shutil.rmtree(folder)
        _, reason = notes["errors"][0]
        raise DatasetError(f"{root}: none of its {len(items)} images can be read ({reason})")
    metadata = {"name": root.resolve().name, "extractor": provenance, **notes}
    write_tables((read_rows(part) for part in parts), table, metadata)
    shutil.rmtree(folder)
    return _summary(table, pictures)


def _joined(notes: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """The notes of all parts as those of one table."""
    errors: list[tuple[str, str]] = []
    two_hands: Counter[str] = Counter()
    for note in notes:
        errors += note["errors"]
        two_hands += Counter(note["two_hands"])
    return {"errors": errors, "two_hands": two_hands}


def _run(
    recipe: _Recipe,
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
    run = Parallel(n_jobs=min(n_jobs, max(len(todo), 1)), return_as="generator_unordered")
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
