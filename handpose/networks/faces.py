"""The face network (BlazeFace): squares around faces, upright."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from handpose.assets import FACE_NETWORK, asset_path
from handpose.networks.pictures import Picture
from handpose.networks.regions import Floats, Regions, crops
from handpose.networks.runtimes import choose_runtime, open_network
from handpose.networks.single_shot import Detections, anchors, decode
from handpose.networks.views import View, whole

INPUT_SIZE = 128
ANCHORS = anchors(INPUT_SIZE, ((8, 2), (16, 6)))
"""Shape (896, 2)."""
COLOURS = (-1.0, 1.0)
MIN_FACE_SCORE = 0.6
"""MediaPipe's value for far faces. With its 0.5 for near ones, hands are taken for faces more than
twice as often (sign_language_digits)."""

EYES_APART = 0.294
"""Distance between the eyes of a face in its region, in sides of the region."""
EYES_AT = (0.497, 0.345)
"""Position of the middle between the eyes in a face's region, whose corners are at 0 and 1. Both
values are the means of faces_lfpw, the training data of the face nets."""

_RIGHT_EYE, _LEFT_EYE = 2, 3


@dataclass(frozen=True)
class Faces(Detections):
    """Faces.

    The six key points are the person's right eye (on the left in the picture), the left eye, the
    tip of the nose, the middle of the mouth, the right ear and the left ear.
    """

    def regions(self, view: Regions) -> Regions:
        """Upright squares around the faces, in pixels of the image.

        Parameters
        ----------
        view : Regions
            The one square of the image in which the faces were found.
        """
        points = view.to_image(self.points)
        return face_regions(points[:, _RIGHT_EYE], points[:, _LEFT_EYE])


def face_regions(right_eye: Floats, left_eye: Floats) -> Regions:
    """Upright squares around faces.

    Parameters
    ----------
    right_eye, left_eye : ndarray of shape (n, 2)
        The person's own right and left; pixels of the image.
    """
    across = left_eye - right_eye
    side = np.hypot(across[:, 0], across[:, 1]) / EYES_APART
    angle = np.arctan2(across[:, 1], across[:, 0])
    upright = Regions((right_eye + left_eye) / 2, side, angle)
    centre = upright.to_image(np.tile(1 - np.array(EYES_AT), (len(side), 1, 1)))[:, 0]
    return Regions(centre, side, angle)


def decode_faces(
    boxes: NDArray[np.float32], logits: NDArray[np.float32], min_score: float, limit: int
) -> Faces:
    """Read the output of the face network.

    Parameters
    ----------
    boxes : ndarray of shape (896, 16)
    logits : ndarray of shape (896,)
    min_score : float
    limit : int
        Most faces.
    """
    found = decode(boxes, logits, ANCHORS, INPUT_SIZE, min_score, limit)
    return Faces(found.points, found.score)


class FaceFinder:
    """Squares around the faces of an image.

    Parameters
    ----------
    threads : int
    """

    def __init__(self, threads: int):
        path = asset_path(FACE_NETWORK)
        self._network = open_network(path, choose_runtime("auto"), threads, "f32", colours=COLOURS)

    def __call__(self, picture: Picture, most: int) -> tuple[Regions, Floats]:
        """Find faces.

        Parameters
        ----------
        picture : Picture
        most : int

        Returns
        -------
        regions : Regions of length n
        score : ndarray of shape (n,)
            In falling order.
        """
        view = whole(picture.width, picture.height)
        faces = self.faces(picture, view, most)
        return faces.regions(view.region), faces.score

    def faces(self, picture: Picture, view: View, most: int) -> Faces:
        """The faces in one square."""
        boxes, logits = self._network(crops(picture, view.region, INPUT_SIZE, view.border))
        return decode_faces(boxes[0], logits[0, :, 0], MIN_FACE_SCORE, most)
