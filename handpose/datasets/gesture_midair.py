"""gesture_midair: a forefinger that draws 26 commands in the air."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from handpose.containers.motion import Motion, Motions
from handpose.datasets.dataset import Dataset
from handpose.datasets.motion_arrays import (
    ArrayForm,
    check_coordinates,
    read_arrays,
    sequences,
)
from handpose.errors import DatasetError

NAME = "gesture_midair"
FILE = "tracks.npz"

VIEW_MM = 500.0
"""Millimetres that stand for the image's height, the unit of tracks."""

_FORMS = {
    "points": ArrayForm("number", ("frames", 3)),
    "timestamps_ms": ArrayForm("number", ("frames",)),
    "length": ArrayForm("integer", ("n",)),
    "y": ArrayForm("text", ("n",)),
    "subject": ArrayForm("integer", ("n",)),
}


def read_gesture_midair(path: Path) -> Dataset:
    """Read tracks of a fingertip in 3-D.

    Parameters
    ----------
    path : Path
        An ``.npz`` with the arrays ``points`` (frames, 3): millimetres, x to the person's right, y
        up, z towards the person, all tracks one after the other; ``timestamps_ms`` of each frame;
        and ``length``, ``y`` and ``subject`` of each track.

    Returns
    -------
    Dataset
        `X` are motions of one point in 3-D, in units of half a metre, as a camera opposite the
        person sees them (x to the image's right, y down, smaller z = nearer). `groups` are the
        subjects.

    Raises
    ------
    DatasetError
        If the file is missing, damaged or of another form.

    Notes
    -----
    Of two frames with the same time the second is left out.
    """
    arrays = read_arrays(path, NAME, _FORMS)
    check_coordinates(path, "points", arrays["points"])
    times = arrays["timestamps_ms"].astype(np.float64)
    if not np.isfinite(times).all():
        raise DatasetError(f"{path}: timestamps_ms must be finite; get the file again")
    points = (arrays["points"].astype(np.float32) * (-1, -1, 1) / VIEW_MM).astype(np.float32)
    ranges = sequences(path, arrays["length"], len(points))
    return Dataset(
        Motions(_track(path, points[start:end], times[start:end]) for start, end in ranges),
        arrays["y"],
        arrays["subject"].astype(str),
        name=NAME,
    )


def _track(path: Path, points: np.ndarray, times: np.ndarray) -> Motion:
    later = np.concatenate([[True], np.diff(times) > 0])
    if (np.diff(times) < 0).any() or later.sum() < 2:
        raise DatasetError(f"{path}: the times of a track must grow; get the file again")
    return Motion(points[later], times[later])
