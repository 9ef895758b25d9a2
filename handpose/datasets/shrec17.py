"""SHREC'17: hands in 3-D by a depth camera, 14 gestures with one finger or with the whole hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from handpose.containers.motion import Motion, Motions
from handpose.datasets.dataset import Dataset
from handpose.datasets.motion_arrays import (
    FRAME_MS,
    ArrayForm,
    check_coordinates,
    check_range,
    read_arrays,
    sequences,
)

FILE = "sequences.npz"

GESTURES = (
    *("Grab", "Tap", "Expand", "Pinch", "Rotation Clockwise", "Rotation Counter Clockwise"),
    *("Swipe Right", "Swipe Left", "Swipe Up", "Swipe Down"),
    *("Swipe X", "Swipe +", "Swipe V", "Shake"),
)
"""Gestures 1 to 14 of the track."""

FINGERS = ("finger", "hand")
"""Done with one finger (1) or the whole hand (2)."""

_FORMS = {
    "joints": ArrayForm("number", ("frames", 22, 3)),
    "length": ArrayForm("integer", ("n",)),
    "gesture": ArrayForm("integer", ("n",)),
    "finger": ArrayForm("integer", ("n",)),
    "subject": ArrayForm("integer", ("n",)),
    "trial": ArrayForm("integer", ("n",)),
}

_PALM = 1
"""The joint that a hand of 21 landmarks does not have."""


def read_shrec17(path: Path) -> Dataset:
    """Read a file of SHREC'17 with 14 labels: see `read_shrec17_28`."""
    data, _ = _read(path, "shrec17")
    return data


def read_shrec17_28(path: Path) -> Dataset:
    """Read a file of SHREC'17.

    Parameters
    ----------
    path : Path
        An ``.npz`` with the arrays ``joints`` (frames, 22, 3): metres, all sequences one after the
        other, the wrist, the palm, then four joints of each finger from the thumb to the little
        one; and ``length``, ``gesture`` (1 to 14), ``finger`` (1 or 2), ``subject`` and ``trial``
        of each sequence.

    Returns
    -------
    Dataset
        `X` are motions of a right hand in 3-D, in metres, as the camera opposite sees it (x to the
        image's right, y down, smaller z = nearer). Without the palm its joints are in the order of
        `HandLandmark`. `y` are ``"Tap (finger)"``, ``"Tap (hand)"`` and so on. `groups` are the
        subjects, `paths` are ``GESTURE/FINGER/SUBJECT/TRIAL``.

    Raises
    ------
    DatasetError
        If the file is missing, damaged or of another form.

    Notes
    -----
    De Smedt et al., "SHREC'17 Track: 3D Hand Gesture Recognition Using a Depth and Skeletal
    Dataset", 3DOR 2017. The file has no times: 30 frames a second, as the track says.
    """
    data, fingers = _read(path, "shrec17_28")
    labels = [f"{label} ({finger})" for label, finger in zip(data.y, fingers, strict=True)]
    return Dataset(data.X, labels, data.groups, data.paths, data.name)


def _read(path: Path, name: str) -> tuple[Dataset, list[str]]:
    arrays = read_arrays(path, name, _FORMS)
    check_range(path, "gesture", arrays["gesture"], 1, len(GESTURES))
    check_range(path, "finger", arrays["finger"], 1, len(FINGERS))
    check_coordinates(path, "joints", arrays["joints"])
    points = np.delete(arrays["joints"], _PALM, axis=1).astype(np.float32) * (-1, -1, 1)
    motions = Motions(
        Motion(points[start:end], np.arange(end - start) * FRAME_MS, "Right")
        for start, end in sequences(path, arrays["length"], len(points))
    )
    order = ("gesture", "finger", "subject", "trial")
    codes = np.stack([arrays[key] for key in order], axis=1)
    data = Dataset(
        motions,
        [GESTURES[gesture - 1] for gesture in arrays["gesture"]],
        arrays["subject"].astype(str),
        ["/".join(map(str, row)) for row in codes.tolist()],
        name,
    )
    return data, [FINGERS[finger - 1] for finger in arrays["finger"]]
