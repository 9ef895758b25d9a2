"""Signs: both hands and the body of people who sign letters and words, as Holistic finds them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handpose.containers.labels import NO_GESTURE
from handpose.containers.motion import Motion, Motions
from handpose.containers.skeletons import BODY
from handpose.datasets.dataset import Dataset
from handpose.datasets.motion_arrays import FRAME_MS, ArrayForm, check_range, read_arrays

LETTERS_FILE = "letters.npz"
WORDS_FILE = "sequences.npz"

NOTHING = "-"
"""asl_sequences' label of hands that do nothing."""

_FORMS = {
    "hands": ArrayForm("number", ("n", "frames", 2, 21, 3)),
    "pose": ArrayForm("number", ("n", "frames", 25, 4)),
    "y": ArrayForm("text", ("n",)),
}
_SEEN = 0.5
"""Least visibility of a point of the body that counts as seen."""
_LARGEST = 100.0
"""In image sides: whatever is farther away was not seen."""

HD, VGA = (1280, 720), (640, 480)
"""Width and height of the images, in pixels.

The files hold shares of the width and height of images whose size they do not say. With these sides
the bones of the palm keep their lengths best as hands turn (of 1:1, 6:5, 4:3, 3:2, 16:9 and 2:1):
16:9 for each large session of asl_sequences, 4:3 or a neighbour of it for most of the signers of
signed_words.
"""


def read_asl_sequences(path: Path) -> Dataset:
    """Read letters or words of the American sign language.

    Parameters
    ----------
    path : Path
        An ``.npz`` with the arrays ``hands`` (n, frames, 2, 21, 3): left and right, in shares of
        the image's width and height, zeros or NaN = not seen; ``pose`` (n, frames, 25, 4): x, y, z
        and visibility of the first 25 points of `BODY`; ``y``; and ``session`` (n,).

    Returns
    -------
    Dataset
        `X` are motions of two hands with a body, in pixels of images of 1280 x 720; a body that is
        never seen is left out. `y` are the file's labels; ``"-"``, hands that do nothing, is
        ``"no_gesture"``. `groups` are the sessions.

    Raises
    ------
    DatasetError
        If the file is missing, damaged or of another form.

    Notes
    -----
    The files have no times: 30 frames a second are assumed.
    """
    forms = _FORMS | {"session": ArrayForm("integer", ("n",))}
    arrays = read_arrays(path, "asl_sequences", forms)
    labels = np.where(arrays["y"] == NOTHING, NO_GESTURE, arrays["y"])
    lengths = np.full(len(labels), arrays["hands"].shape[1])
    motions = _motions(path, arrays, lengths, HD)
    return Dataset(motions, labels, arrays["session"].astype(str), name="asl_sequences")


def read_signed_words(path: Path) -> Dataset:
    """Read takes of signed words.

    Parameters
    ----------
    path : Path
        An ``.npz`` with the arrays ``hands``, ``pose`` and ``y`` of `read_asl_sequences`, and
        ``length`` (frames of a take; those after it do not count) and ``signer`` (n,).

    Returns
    -------
    Dataset
        `X` are motions of two hands with a body, in pixels of images of 640 x 480; a body that is
        never seen is left out. `groups` are the signers.

    Raises
    ------
    DatasetError
        If the file is missing, damaged or of another form.

    Notes
    -----
    The files have no times: 30 frames a second are assumed.
    """
    numbers = ArrayForm("integer", ("n",))
    forms = _FORMS | {"length": numbers, "signer": numbers}
    arrays = read_arrays(path, "signed_words", forms)
    check_range(path, "length", arrays["length"], 1, arrays["hands"].shape[1])
    motions = _motions(path, arrays, np.maximum(arrays["length"], 2), VGA)
    return Dataset(motions, arrays["y"], arrays["signer"].astype(str), name="signed_words")


def _motions(
    path: Path, arrays: dict[str, NDArray[Any]], lengths: NDArray[Any], size: tuple[int, int]
) -> Motions:
    if arrays["hands"].shape[1] < 2:
        check_range(path, "frames", np.array(arrays["hands"].shape[1:2]), 2, 10**6)
    rows = zip(arrays["hands"], arrays["pose"], lengths.tolist(), strict=True)
    return Motions(_motion(hands[:n], pose[:n], size) for hands, pose, n in rows)


def _motion(hands: NDArray[Any], pose: NDArray[Any], size: tuple[int, int]) -> Motion:
    width, height = size
    points = hands.astype(np.float32)
    seen = (np.abs(points) < _LARGEST).all((2, 3)) & points.any((2, 3))
    points = np.where(seen[..., None, None], points, np.nan) * (width, height, width)
    times = np.arange(len(points)) * FRAME_MS
    return Motion(points, times, body=_body(pose.astype(np.float32), size))


def _body(pose: NDArray[np.float32], size: tuple[int, int]) -> NDArray[np.float32] | None:
    """Points of the body in pixels, shape (frames, 33, 2); None if none is ever seen."""
    body = np.full((len(pose), len(BODY), 2), np.nan, np.float32)
    near = (np.abs(pose[..., :2]) < _LARGEST).all(-1)
    body[:, : pose.shape[1]] = np.where(
        (near & (pose[..., 3] >= _SEEN))[..., None], pose[..., :2] * size, np.nan
    )
    return None if np.isnan(body).all() else body
