"""`rendered_clips`: short videos of a rigged hand, with exact keypoints, gestures and motions."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from handpose.containers.landmarks import N_LANDMARKS
from handpose.containers.motion import Motion, Motions
from handpose.datasets.dataset import Dataset
from handpose.datasets.places import shipped_folder
from handpose.datasets.rendered import PROVENANCE
from handpose.errors import DatasetError, UnknownNameError

CLIPS = ("still", "moving", "gestures", "crossing", "leaving", "swipes", "circles")
"""The names that `read_clip` knows."""

_FPS = 30.0
_FARTHEST = 1e6
_FACTS = ["frame", "timestamp_ms", "hand", "handedness", "gesture", "motion", "visible"]
_COLUMNS = [*_FACTS, *(f"{axis}{k}" for k in range(N_LANDMARKS) for axis in "xyz")]


@dataclass(frozen=True, eq=False)
class Clip:
    """A video whose hands are known exactly, frame by frame.

    Attributes
    ----------
    name : str
    path : Path
        The video; `read_frames` reads it.
    fps : float
    timestamps_ms : ndarray of int64, shape (frames,)
    points : ndarray of float32, shape (frames, hands, 21, 3)
        Pixels, as in `Landmarks`. NaN where no keypoint of a hand is inside the picture. A hand
        that another one hides has its points.
    visible : ndarray of float32, shape (frames, hands)
        Share of a hand's keypoints that are inside the picture.
    handedness : ndarray of str, shape (hands,)
        ``"Left"`` or ``"Right"``: the person's own hand.
    gestures : ndarray of object, shape (frames, hands)
        The digit that is shown, as str; None while one pose turns into another and while a hand
        is outside the picture.
    motions : ndarray of object, shape (frames, hands)
        The motion that a hand makes from its first frame to its last, such as ``"swipe_left"``:
        the person's own direction, the other one in an image that is not mirrored. None between
        motions, for ways that show nothing, and outside the picture.
    """

    name: str
    path: Path
    fps: float
    timestamps_ms: NDArray[np.int64]
    points: NDArray[np.float32]
    visible: NDArray[np.float32]
    handedness: NDArray[np.str_]
    gestures: NDArray[np.object_]
    motions: NDArray[np.object_]


def read_clip(name: str) -> Clip:
    """Read one of the clips that ship with handpose.

    Parameters
    ----------
    name : str
        One of `CLIPS`.

    Returns
    -------
    Clip

    Raises
    ------
    UnknownNameError
        If there is no such clip.
    DatasetError
        If its files are missing or damaged.

    Examples
    --------
    >>> clip = read_clip("crossing")
    >>> clip.points.shape, clip.handedness.tolist()
    ((180, 2, 21, 3), ['Right', 'Left'])
    """
    if name not in CLIPS:
        raise UnknownNameError("clip", name, CLIPS)
    return read_clip_table(shipped_folder("rendered_clips") / f"{name}.csv")


def read_rendered_clips(path: Path) -> Dataset:
    """Read the clips as motions; `read_clip` tells more of one.

    Parameters
    ----------
    path : Path
        A clip's table; those of the others are beside it.

    Returns
    -------
    Dataset
        `X` are the exact keypoints of each hand of each clip. `y` is the digit that a hand shows,
        ``""`` where it shows several. `groups` are the clips, `paths` the videos.
    """
    rows = []
    for clip in map(read_clip_table, sorted(path.parent.glob("*.csv"))):
        for hand, handedness in enumerate(clip.handedness.tolist()):
            digits = set(clip.gestures[:, hand].tolist()) - {None}
            motion = Motion(clip.points[:, hand], clip.timestamps_ms, handedness)
            rows.append((motion, digits.pop() if len(digits) == 1 else "", clip))
    return Dataset(
        Motions(motion for motion, _, _ in rows),
        y=[digit for _, digit, _ in rows],
        groups=[clip.name for _, _, clip in rows],
        paths=[clip.path.name for _, _, clip in rows],
        name="rendered_clips",
        provenance=PROVENANCE,
    )


def read_clip_table(path: Path) -> Clip:
    """Read a clip's table; the video is beside it.

    Parameters
    ----------
    path : Path
        ``<name>.csv`` with one row a frame and hand.

    Raises
    ------
    DatasetError
        If the table or the video is missing, or the table is damaged.
    """
    video = path.with_suffix(".mp4")
    try:
        facts, points = _columns(path)
        hands = _hands(facts["frame"].astype(int), facts["hand"].astype(int))
        handedness = _handedness(facts["handedness"].reshape(-1, hands))
        timestamps = _timestamps(facts["timestamp_ms"].astype(np.int64).reshape(-1, hands))
        visible = _shares(facts["visible"].astype(np.float64).reshape(-1, hands))
        if not video.is_file():
            raise ValueError(f"{video.name} is missing")
    except (OSError, ValueError, csv.Error) as error:
        raise DatasetError(
            f"{path}: the clip is not whole ({error}); put back the file that ships"
        ) from None
    return Clip(
        name=path.stem,
        path=video,
        fps=_FPS,
        timestamps_ms=timestamps,
        points=points.reshape(-1, hands, N_LANDMARKS, 3),
        visible=visible,
        handedness=handedness,
        gestures=_shown(facts["gesture"]).reshape(-1, hands),
        motions=_shown(facts["motion"]).reshape(-1, hands),
    )


def _columns(path: Path) -> tuple[dict[str, NDArray[np.str_]], NDArray[np.float32]]:
    """The columns of text, and the points, NaN where they are empty."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    if not rows or rows[0] != _COLUMNS:
        raise ValueError(f"its columns must be {', '.join(_COLUMNS[:9])}, ...")
    if len(rows) == 1 or {len(row) for row in rows} != {len(_COLUMNS)}:
        raise ValueError(f"it must have rows, and {len(_COLUMNS)} cells in each")
    table = np.array(rows[1:])
    cells = table[:, len(_FACTS) :]
    points = np.where(cells == "", "nan", cells).astype(np.float64)
    finite = np.isfinite(points)
    if (np.abs(points[finite]) > _FARTHEST).any():
        raise ValueError(f"no coordinate may be beyond {_FARTHEST:g} pixels")
    if (finite.any(axis=1) != finite.all(axis=1)).any():
        raise ValueError("a hand is either whole or missing")
    return dict(zip(_FACTS, table.T, strict=False)), points.astype(np.float32)


def _hands(frames: NDArray[np.int_], hands: NDArray[np.int_]) -> int:
    """How many hands there are, each with one row in every frame."""
    n = int((frames == 0).sum())
    rows = np.arange(len(frames))
    if not n or len(rows) % n or (frames != rows // n).any() or (hands != rows % n).any():
        raise ValueError("its rows must be frame by frame, and hand by hand in each")
    return n


def _shares(visible: NDArray[np.float64]) -> NDArray[np.float32]:
    if not ((visible >= 0) & (visible <= 1)).all():
        raise ValueError("visible must be from 0 to 1")
    return visible.astype(np.float32)


def _handedness(sides: NDArray[np.str_]) -> NDArray[np.str_]:
    if (sides != sides[0]).any() or not set(sides[0].tolist()) <= {"Left", "Right"}:
        raise ValueError("each hand must be Left or Right throughout")
    return sides[0].astype("U5")


def _shown(names: NDArray[np.str_]) -> NDArray[np.object_]:
    """Names, None where there is none."""
    shown = names.astype(object)
    shown[shown == ""] = None
    return shown


def _timestamps(timestamps: NDArray[np.int64]) -> NDArray[np.int64]:
    if (timestamps != timestamps[:, :1]).any() or (np.diff(timestamps[:, 0]) <= 0).any():
        raise ValueError("its timestamps must grow from frame to frame")
    return timestamps[:, 0]
