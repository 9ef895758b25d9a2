"""Faces in the middle of pictures: a net behind the face network, and that network's own points."""

from __future__ import annotations

import cv2
import numpy as np

import handpose as hp
from handpose.datasets import Dataset
from handpose.keypoint_net import KeypointNet
from handpose.networks.faces import FaceFinder
from handpose.networks.views import whole

OWN_POINTS = [3, 2, 4, 5]
"""Left eye, right eye, nose and mouth among the face network's points."""
MOST = 4


def points_in_pictures(net: KeypointNet, faces: Dataset) -> tuple[np.ndarray, np.ndarray]:
    """Points of each face, in pixels of its crop, with a border of half a side around the crop.

    Returns
    -------
    ours, theirs : ndarray of shape (n, 4, 2)
        Of the net and of the face network; NaN where that found no face.
    """
    detector, finder = hp.KeypointDetector(net, most=MOST, threads=1), FaceFinder(threads=1)
    ours, theirs = np.full((2, *faces.y.shape), np.nan, np.float32)
    for row, (image, true) in enumerate(zip(faces.X, faces.y, strict=True)):
        border = len(image) // 2
        wide = cv2.copyMakeBorder(image, *[border] * 4, cv2.BORDER_REPLICATE)
        rgb = cv2.cvtColor(wide, cv2.COLOR_GRAY2RGB)
        found = detector.detect(rgb).points - border
        if len(found):
            nearest = np.linalg.norm(found - true, axis=-1).mean(1).argmin()
            ours[row] = found[nearest]
            theirs[row] = _own_points(finder, rgb)[nearest] - border
    return ours, theirs


def _own_points(finder: FaceFinder, rgb: np.ndarray) -> np.ndarray:
    view = whole(rgb.shape[1], rgb.shape[0])
    faces = finder.faces(cv2.cvtColor(rgb, cv2.COLOR_RGB2RGBA), view, MOST)
    every = faces.points.reshape(1, -1, 2)
    return view.region.to_image(every).reshape(len(faces), -1, 2)[:, OWN_POINTS]
