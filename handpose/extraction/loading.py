"""Data sets by name, table or folder; folders of photos and videos as tables."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Literal

from handpose.assets import cache_dir
from handpose.datasets import Dataset, PictureFolder, read_folder, read_table
from handpose.datasets.registry import folder_to_extract, read_dataset
from handpose.errors import DatasetError, HandposeWarning, UnknownNameError
from handpose.extraction.summary import ExtractionSummary, Progress, summary_of
from handpose.extractors import DEFAULT_EXTRACTOR, PHOTO_OPTIONS, WORKER_OPTIONS
from handpose.system.deprecation import renamed_arguments, warn_renamed
from handpose.system.files import naming
from handpose.system.locks import one_writer
from handpose.system.stores import Place, StorePath, place_of

VIDEOS: dict[str, bool | Literal["both"]] = {"motions": True, "stills": "both"}
"""What may become of videos: how `read_folder` lists them."""

Listed = Callable[[PictureFolder], None]


@renamed_arguments(name="name_or_path")
def load_dataset(
    name_or_path: str | Path | StorePath,
    *,
    path: str | Path | None = None,
    extractor: str = DEFAULT_EXTRACTOR,
    n_jobs: int | None = None,
    progress: Progress | None = None,
    **options: Any,
) -> Dataset:
    """Load a known data set, a table, or a folder of photos or videos.

    Parameters
    ----------
    name_or_path : str or Path
        A key of `DATASETS`; a table that `extract_folder` or `write_table` wrote (Parquet); a CSV
        file of 42 or 63 numbers and a label a row, or HaGRID's annotations (JSON), or a folder of
        such files; or a folder of photos or videos, see `handpose.datasets.read_folder`.
    path : str or Path, optional
        File or folder of a known data set, where it is not in the usual place.
    extractor : str, default="native"
        Finds the hands in photos and videos, once; the landmarks are kept in the user's cache.
    n_jobs : int, optional
        Worker processes; by default (or -1) one for each processor core.
    progress : callable (done, total), optional
        Called with counts of files.
    **options
        Keywords of the extractor for photos and videos, see `make_extractor`.

    Returns
    -------
    Dataset
        Unpacks as ``X, y, groups``. `X` are `Landmarks` of still hands, with a row for each photo,
        also where no hand was found; `Motions` of videos and tracks; or images of faces.

    Raises
    ------
    UnknownNameError
        If there is neither such a data set nor such a file, or the extractor has no such option.
    DatasetError
        If the data set is not on this machine, the file or folder cannot be used, or options of an
        extractor are given for landmarks that were already found.

    Warns
    -----
    HandposeWarning
        For what is left out of a folder, for each file that cannot be read, and for each video
        without a hand.
    """
    dataset, summary = load_with_summary(
        name_or_path,
        path=path,
        extractor=extractor,
        n_jobs=n_jobs,
        progress=progress,
        listing=partial(_warn, stacklevel=6),  # the line that calls this function
        **options,
    )
    for line in summary.problems() if summary else ():
        warnings.warn(line, HandposeWarning, stacklevel=3)
    return dataset


def load_with_summary(
    name_or_path: str | Path | StorePath,
    *,
    path: str | Path | None = None,
    extractor: str = DEFAULT_EXTRACTOR,
    n_jobs: int | None = None,
    progress: Progress | None = None,
    listing: Listed | None = None,
    **options: Any,
) -> tuple[Dataset, ExtractionSummary | None]:
    """Like `load_dataset`; also gives the summary of a folder that was extracted."""
    dataset = read_dataset(name_or_path, path)
    if dataset is not None:
        check_unused(name_or_path, options)
        return dataset, None
    pictures = folder_to_extract(name_or_path, path)
    summary = _extract(pictures, None, extractor, options, n_jobs, progress, listing)
    return read_table(summary.path), summary


def check_unused(source: object, options: Mapping[str, object]) -> None:
    """Raise DatasetError for options of an extractor where no hand has to be found."""
    if options:
        raise DatasetError(
            f"{source} holds landmarks, so {' and '.join(options)} would change nothing; leave it "
            "out, or name a folder of photos or videos"
        )


@renamed_arguments(root="path", jobs="n_jobs")
def extract_folder(
    path: str | Path | StorePath,
    table: str | Path | StorePath | None = None,
    *,
    extractor: str = DEFAULT_EXTRACTOR,
    videos: str | None = None,
    every: int = 1,
    n_jobs: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
    listing: Listed | None = None,
    **options: Any,
) -> ExtractionSummary:
    """Find the hands in every image or video of a folder, and write a landmark table.

    Of several hands in an image the surest is kept. Of a video both are, where most videos of a
    label show both in most frames; else the one that is seen more. A file without a hand is a row
    too. A file that cannot be read is named in the summary, and the others are still done.

    Parameters
    ----------
    path : str or Path
        See `handpose.datasets.read_folder` for its layout. Also a folder of a store that fsspec
        reaches (``s3://bucket/photos``; extra `stores`): workers copy 16 files at a time.
    table : str or Path, optional
        The Parquet file to write, also in a store. It appears when all is done; until then the
        finished parts lie beside it in ``TABLE.parts``. A name without a suffix is a folder in
        which the parts stay, for photos by the million; `read_table` reads it. By default the table
        is in the user's cache, and is made again only when a file, a label or the extractor
        changes.
    extractor : str, default="native"
        Name of the extractor.
    videos : {"motions", "stills"}, optional
        ``"motions"``: each video is one motion, and photos are left out. ``"stills"``: photos, and
        beside them frames of videos, a row each with the surest hand; the `path` of such a row
        says which frame and which track (``wave/a.mp4#frame=12&track=0``). By default photos, or
        motions where the folder has no photo.
    every : int, default=1
        Which frames of a video are taken: every one (1), every second (2), ...
    n_jobs : int, optional
        Worker processes; by default (or -1) one for each processor core.
    executor : concurrent.futures.Executor, optional
        Does the work in place of processes of this machine: Dask's ``client.get_executor()``,
        `concurrent.futures.ProcessPoolExecutor`, MPI's and others. The folder must have the same
        path on all machines. A chunk of files whose worker died is done by another; each file is a
        row once.
    progress : callable (done, total), optional
        Called with counts of files.
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
        If the folder holds no images or videos, none of them can be read, or `every` is below 1.
    UnknownNameError
        If there is no such extractor, or `videos` is another word.
    StoreError
        If a store cannot be reached. What was finished is kept.
    WorkerError
        If workers of the executor failed three times at a chunk, do not see the folder, or have
        another extractor. What was finished is kept, and the next call goes on from there.
    """
    if isinstance(options.get("options"), dict):
        warn_renamed("extract_folder(options={...})", "its keywords as arguments", stacklevel=4)
        options |= options.pop("options")
    if videos is not None and videos not in VIDEOS:
        raise UnknownNameError("kind of videos", videos, VIDEOS)
    if every < 1:
        raise DatasetError(f"every must be 1 or more, but got {every}")
    pictures = read_folder(path, videos=VIDEOS[videos] if videos else None)
    target = None if table is None else place_of(table)
    workers = executor or n_jobs
    return _extract(pictures, target, extractor, options, workers, progress, listing, every)


def _extract(
    pictures: PictureFolder,
    table: Place | None,
    extractor: str,
    options: dict[str, Any],
    workers: int | Executor | None,
    progress: Progress | None,
    listing: Listed | None,
    every: int = 1,
) -> ExtractionSummary:
    from joblib import effective_n_jobs  # known data sets and tables do not need it

    from handpose.extraction.work import Recipe, extractor_of, name_of, run

    (listing or _warn)(pictures)
    root = pictures.root
    if isinstance(workers, Executor):
        root = root.resolve()  # the working folder of a worker is another
    else:
        workers = effective_n_jobs(workers or -1)
    shares = WORKER_OPTIONS.get(extractor, {}) if workers != 1 else {}
    options = PHOTO_OPTIONS.get(extractor, {}) | shares | options
    chosen = json.dumps(options, sort_keys=True)
    recipe = Recipe(root, extractor, chosen, pictures.videos, every)
    provenance = extractor_of(recipe).provenance  # an error here comes before any work
    if table is not None:
        with _alone(table):
            return run(pictures, table, recipe, workers, progress)
    name = f"{root.resolve().name}-{name_of(pictures.items, recipe, provenance)}"
    table = cache_dir() / "tables" / name
    kept = _kept(table, pictures)
    if kept is not None:
        return kept
    with one_writer(table), naming(table):
        # Another process may have made it meanwhile.
        return _kept(table, pictures) or run(pictures, table, recipe, workers, progress)


@contextmanager
def _alone(table: Place) -> Iterator[None]:
    """The only process that writes a table. Stores have no locks."""
    if isinstance(table, StorePath):
        yield
        return
    with one_writer(table), naming(table):
        yield


def _kept(table: Path, pictures: PictureFolder) -> ExtractionSummary | None:
    """The summary of a cached table; None where it has to be made."""
    try:
        return summary_of(table, pictures) if table.is_file() else None
    except (DatasetError, OSError, ValueError, KeyError, TypeError):
        return None  # damaged, or of an earlier version


def _warn(pictures: PictureFolder, stacklevel: int = 5) -> None:
    for line in (*pictures.notes, *pictures.unreadable):
        warnings.warn(f"{pictures.root}: {line}", HandposeWarning, stacklevel=stacklevel)
