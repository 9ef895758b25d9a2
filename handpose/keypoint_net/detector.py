"""`KeypointDetector`: a trained net on whole pictures."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handpose.containers.keypoints import Keypoints
from handpose.containers.skeletons import HAND, Skeleton
from handpose.errors import HandposeError
from handpose.images import as_rgb
from handpose.keypoint_net.estimator import KeypointNet
from handpose.networks.faces import FaceFinder
from handpose.networks.pictures import Picture
from handpose.networks.regions import Regions, crops
from handpose.system.parameter_rules import check_counts

FACE = "face"
"""Beginning of the names of skeletons that are looked for in faces."""


class KeypointDetector:
    """Predicts the points of a net of your own in any picture.

    If the name of the skeleton begins with ``face``, MediaPipe's BlazeFace finds faces, and the net
    sees an upright square around each; otherwise it sees the whole picture. (A net for hands is an
    extractor: `make_extractor`.)

    Parameters
    ----------
    file : str, Path or KeypointNet
        A file of `KeypointNet.save`, or a fitted net.
    most : int, default=4
        Most faces.
    mirrored : bool, default=False
        Whether the images are mirrored, like those of a selfie camera; then left and right points
        are swapped.
    threads : int, default=2
        Threads of the face network.

    Raises
    ------
    ModelFileError
        If the file is invalid.
    HandposeError
        If the net is one for hands.
    AssetError
        If the face network cannot be found or fetched.
    ValueError
        If `most` or `threads` is not a whole number from 1 up.
    """

    def __init__(
        self,
        file: str | Path | KeypointNet,
        *,
        most: int = 4,
        mirrored: bool = False,
        threads: int = 2,
    ):
        check_counts(most=most, threads=threads)
        self._net = file if isinstance(file, KeypointNet) else KeypointNet.load(file)
        if self.skeleton == HAND:
            raise HandposeError("a net for hands is an extractor: make_extractor(FILE.keypoints)")
        self._options: dict[str, Any] = {"most": most, "mirrored": mirrored, "threads": threads}
        self._faces = FaceFinder(threads) if self.skeleton.name.startswith(FACE) else None

    @property
    def skeleton(self) -> Skeleton:
        """The skeleton of the points."""
        return self._net.skeleton

    def detect(self, image: NDArray[np.uint8]) -> Keypoints:
        """Predict the points in one image.

        Parameters
        ----------
        image : ndarray of uint8, shape (height, width, 3)
            RGB.

        Returns
        -------
        Keypoints
            Faces by falling score; or one row of unknown score for the whole picture.
        """
        image = as_rgb(image)
        if self._faces is None:
            score, side = (np.full(1, x, np.float32) for x in (np.nan, max(image.shape[:2])))
            return self._keypoints(self._net.predict(image[None]), score, side)
        picture = Picture(image)
        regions, sure = self._faces(picture, self._options["most"])
        score, side = sure.astype(np.float32), regions.side.astype(np.float32)
        return self._keypoints(self._placed(picture, regions), score, side)

    def __reduce__(self) -> tuple[Any, ...]:
        return partial(KeypointDetector, self._net, **self._options), ()

    def _keypoints(
        self,
        points: NDArray[np.float32],
        score: NDArray[np.float32],
        side: NDArray[np.float32],
    ) -> Keypoints:
        if self._options["mirrored"]:
            points = points[:, self.skeleton.mirror]
        return Keypoints(self.skeleton, points, score, side)

    def _placed(self, picture: Picture, regions: Regions) -> NDArray[np.float32]:
        """Points in each region, in pixels of the image."""
        size = self._net.size
        if not len(regions):
            return np.empty((0, len(self.skeleton), 2), np.float32)
        points = self._net.predict(crops(picture, regions, size))
        return regions.to_image(points / size).astype(np.float32)
