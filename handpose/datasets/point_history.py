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

from handpose.containers.motion import Motion
from handpose.datasets.places import DATA_VARIABLE, dataset_folders
from handpose.errors import DatasetError

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


@dataclass(frozen=True, eq=False)
class PointHistory:
    """Windows of the recordings. Unpacks as ``motions, labels, groups = history``.

    Attributes
    ----------
    motions : list of n Motion
        16 frames of one point, in units of the image's height, as a camera sees it: not mirrored.
    labels : ndarray of str, shape (n,)
        ``"Stop"``, ``"Clockwise"``, ``"Counter Clockwise"`` or ``"Move"``, as the person sees it.
    groups : ndarray of str, shape (n,)
        The recording and the block of it. Windows of different groups share no frame.
    recordings : ndarray of int, shape (n,)
        Counts from 0, in the order of the file.
    starts : ndarray of int, shape (n,)
        The window's first frame, counted within its recording.
    """

    motions: list[Motion]
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
    """Read the fingertip tracks.

    Parameters
    ----------
    folder : str or Path, optional
        With the two csv files; by default looked for where data sets are.
    block_frames : int or None, default=90
        Each recording is cut into blocks of so many frames, and windows that lie in two blocks are
        left out. None keeps them all, and each recording is one group.

    Raises
    ------
    DatasetError
        If the files are not on this machine, or hold something else.

    Notes
    -----
    Frames without a pointing finger stand as the image's corner (0, 0) in the file; they become
    NaN. A window that shares no frames with the one before nor the one after, the first after a
    press of a key, is left out: seven of 5,296.
    """
    if block_frames is not None and block_frames < WINDOW:
        raise DatasetError(
            f"block_frames must be at least {WINDOW} or None, but got {block_frames}"
        )
    folder = _folder() if folder is None else Path(folder)
    codes, windows = _read(folder / TRACKS_FILE)
    names = _label_names(folder / LABELS_FILE, codes)
    recordings = list(_recordings(codes, windows))
    if not recordings:
        raise DatasetError(f"{folder / TRACKS_FILE}: no two windows of a label share frames")
    kept = [
        (number, int(start))
        for number, recording in enumerate(recordings)
        for start in recording.starts
        if _block(start, block_frames) == _block(start + WINDOW - 1, block_frames)
    ]
    times = np.arange(WINDOW) * 1000 / FRAMES_A_SECOND
    return PointHistory(
        [Motion(recordings[i].track[start : start + WINDOW], times) for i, start in kept],
        np.array([names[recordings[i].code] for i, _ in kept]),
        np.array([f"{i}.{_block(start, block_frames)}" for i, start in kept]),
        np.array([i for i, _ in kept]),
        np.array([start for _, start in kept]),
    )


@dataclass(frozen=True, eq=False)
class _Recording:
    """A label's code, the first frame of each window, and the track (frames, 2)."""

    code: int
    starts: NDArray[np.intp]
    track: NDArray[np.float64]


def _block(frame: int, block_frames: int | None) -> int:
    return 0 if block_frames is None else int(frame) // block_frames


def _folder() -> Path:
    for folder in dataset_folders(NAME):
        if (folder / TRACKS_FILE).is_file():
            return folder
    raise DatasetError(
        f"{NAME}: {TRACKS_FILE} is not on this machine; put it and {LABELS_FILE} into a folder "
        f"{NAME} of the folder that {DATA_VARIABLE} names (datasets/{NAME}/README.md: from where)"
    )


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
