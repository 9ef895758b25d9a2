"""point_history: tracks of an index fingertip, windows of seven recordings of four motions."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handpose.containers.motion import Motion, Motions
from handpose.datasets.dataset import Dataset
from handpose.errors import DatasetError
from handpose.system.deprecation import warn_renamed

NAME = "point_history"
TRACKS_FILE, LABELS_FILE = "point_history.csv", "point_history_classifier_label.csv"

WINDOW = 16
"""Frames of a window."""
WIDTH, HEIGHT = 960, 540
"""Pixels of the camera's image: the coordinates are multiples of 1/960 and of 1/540."""
FRAMES_A_SECOND = 30
"""Assumed; the files hold no times."""

_MOST_SKIPPED = 12
"""Frames by which one window of a recording may be later than the one before: four are shared."""
_LARGEST = 1e6
"""Of a label's code, and of a point in widths of the image."""
_CORNER_MARGIN = 60
"""Pixels around the image's corner in which no finger was ever seen."""


def read_point_history(path: Path, block_frames: int | None = 90) -> Dataset:
    """Read the fingertip tracks.

    Parameters
    ----------
    path : Path
        ``point_history.csv``; the names of the labels are beside it.
    block_frames : int or None, default=90
        Each recording is cut into blocks of so many frames, and windows that lie in two blocks are
        left out. None keeps them all, and each recording is one group.

    Returns
    -------
    Dataset
        `X` are motions: 16 frames of one point, in units of the image's height, as a camera sees
        it (not mirrored). `y` are ``"Stop"``, ``"Clockwise"``, ``"Counter Clockwise"`` and
        ``"Move"``, as the person sees it. `groups` are ``RECORDING.BLOCK``: windows of different
        groups share no frame. `paths` are ``RECORDING/FRAME``: where a window begins.

    Raises
    ------
    DatasetError
        If the files are missing or hold something else.

    Notes
    -----
    Frames without a pointing finger are at the image's corner (0, 0) in the file; they become
    NaN. A window that shares no frames with the one before nor the one after, the first after a
    press of a key, is left out: seven of 5,296.
    """
    if block_frames is not None and block_frames < WINDOW:
        raise DatasetError(
            f"block_frames must be at least {WINDOW} or None, but got {block_frames}"
        )
    codes, windows = _read(path)
    names = _label_names(path.with_name(LABELS_FILE), codes)
    recordings = list(_recordings(codes, windows))
    if not recordings:
        raise DatasetError(f"{path}: no two windows of a label share frames")
    kept = [
        (number, int(start))
        for number, recording in enumerate(recordings)
        for start in recording.starts
        if _block(start, block_frames) == _block(start + WINDOW - 1, block_frames)
    ]
    times = np.arange(WINDOW) * 1000 / FRAMES_A_SECOND
    return Dataset(
        Motions(Motion(recordings[i].track[start : start + WINDOW], times) for i, start in kept),
        y=[names[recordings[i].code] for i, _ in kept],
        groups=[f"{i}.{_block(start, block_frames)}" for i, start in kept],
        paths=[f"{i}/{start}" for i, start in kept],
        name=NAME,
    )


@dataclass(frozen=True, eq=False)
class PointHistory:
    """Deprecated: `handpose.load_dataset("point_history")` gives a `Dataset`."""

    motions: Motions
    labels: NDArray[np.str_]
    groups: NDArray[np.str_]
    recordings: NDArray[np.intp]
    starts: NDArray[np.intp]

    def __iter__(self) -> Iterator[Any]:
        return iter((self.motions, self.labels, self.groups))

    def __len__(self) -> int:
        return len(self.motions)


def load_point_history(
    folder: str | Path | None = None, *, block_frames: int | None = 90
) -> PointHistory:
    """Deprecated: `handpose.load_dataset("point_history")`."""
    warn_renamed("load_point_history", 'load_dataset("point_history")')
    from handpose.datasets.registry import DATASETS, find_file

    path = find_file(DATASETS[NAME]) if folder is None else Path(folder) / TRACKS_FILE
    data = read_point_history(path, block_frames)
    places = np.array([path.split("/") for path in data.paths], np.intp).reshape(-1, 2)
    return PointHistory(data.X, data.y, data.groups, *places.T)


@dataclass(frozen=True, eq=False)
class _Recording:
    """A label's code, the first frame of each window, and the track (frames, 2)."""

    code: int
    starts: NDArray[np.intp]
    track: NDArray[np.float64]


def _block(frame: int, block_frames: int | None) -> int:
    return 0 if block_frames is None else int(frame) // block_frames


def _read(path: Path) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Label codes (n,), and windows in pixels relative to their first point, (n, 16, 2)."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an empty file is said better below
            table = np.loadtxt(path, delimiter=",", ndmin=2, encoding="utf-8")
    except FileNotFoundError:
        raise DatasetError(f"{path}: no such file") from None
    except (ValueError, UnicodeDecodeError) as error:
        raise DatasetError(f"{path}: not a table of numbers ({error})") from None
    if not len(table) or table.shape[1] != 1 + 2 * WINDOW or not np.isfinite(table).all():
        raise DatasetError(
            f"{path}: each row must have {1 + 2 * WINDOW} numbers, a label and {WINDOW} points, "
            f"but the table has shape {table.shape}"
        )
    pixels = table[:, 1:].reshape(-1, WINDOW, 2) * (WIDTH, HEIGHT)
    if not (np.abs(table) < _LARGEST).all():
        raise DatasetError(f"{path}: no number may be larger than {_LARGEST:g}")
    whole = np.round(pixels)
    if np.abs(pixels - whole).max() > 0.01 or whole[:, 0].any():
        raise DatasetError(
            f"{path}: points must be relative to the first one and multiples of 1/{WIDTH} and "
            f"1/{HEIGHT}"
        )
    return table[:, 0].astype(np.intp), whole.astype(np.intp)


def _label_names(path: Path, codes: NDArray[np.intp]) -> list[str]:
    try:
        names = path.read_text(encoding="utf-8-sig").split("\n")
    except FileNotFoundError:
        raise DatasetError(f"{path}: no such file") from None
    except UnicodeDecodeError as error:
        raise DatasetError(f"{path}: not a text in UTF-8 ({error})") from None
    names = [name.strip() for name in names if name.strip()]
    if codes.min() < 0 or codes.max() >= len(names):
        raise DatasetError(
            f"{path}: names {len(names)} labels, but the tracks use {codes.min()} to {codes.max()}"
        )
    return names


def _shift(window: NDArray[np.intp], later: NDArray[np.intp]) -> int:
    """By how many frames a window is later than another; -1 where they share none."""
    for frames in range(_MOST_SKIPPED + 1):
        shared = window[frames:]
        if np.array_equal(shared - shared[0], later[: WINDOW - frames]):
            return frames
    return -1


def _recordings(codes: NDArray[np.intp], windows: NDArray[np.intp]) -> Iterator[_Recording]:
    """Join windows of one label that share frames, each with the next."""
    shifts = np.array([_shift(window, later) for window, later in pairwise(windows)], np.intp)
    breaks = np.flatnonzero((shifts < 0) | (np.diff(codes) != 0)) + 1
    for rows in np.split(np.arange(len(codes)), breaks):
        if len(rows) > 1:
            starts = np.concatenate([[0], np.cumsum(shifts[rows[:-1]])])
            yield _Recording(int(codes[rows[0]]), starts, _camera_track(windows[rows], starts))


def _camera_track(windows: NDArray[np.intp], starts: NDArray[np.intp]) -> NDArray[np.float64]:
    """The whole track of a recording (frames, 2) in image heights, x as a camera sees it.

    NaN where the file has the image's corner: the smallest x and y, far from all else.
    """
    track = np.zeros((starts[-1] + WINDOW, 2))
    for window, start in zip(windows, starts, strict=True):
        track[start : start + WINDOW] = track[start] + window
    corner = track.min(axis=0)
    distance = np.linalg.norm(track - corner, axis=1)
    if distance.any() and distance[distance > 0].min() > _CORNER_MARGIN:
        track[distance == 0] = np.nan
    return track * (-1, 1) / HEIGHT
