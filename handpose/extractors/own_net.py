"""A trained net behind the palm network, as an extractor."""

from __future__ import annotations

import hashlib
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handpose.assets import ASSETS, PALM_NETWORK
from handpose.containers.landmarks import N_LANDMARKS, Landmarks
from handpose.containers.skeletons import HAND
from handpose.errors import HandposeError
from handpose.extractors.base import Extractor, HandVideo
from handpose.extractors.native.finder import HandFinder
from handpose.extractors.native.hands import INPUT_SIZE, Hands
from handpose.extractors.native.ladder import EFFORTS
from handpose.extractors.native.palms import open_palm_network
from handpose.images import as_rgb
from handpose.keypoint_net.estimator import KeypointNet
from handpose.networks.pictures import Picture
from handpose.networks.runtimes import choose_precision, choose_runtime

MIN_PALM = 0.6
"""Least score of the palm network: the net itself does not know whether a hand is there."""


class KeypointNetExtractor(Extractor):
    """Finds hands with the palm network and places their landmarks with a net of your own.

    Such a net knows 21 points and nothing else: z is 0, metres are NaN, handedness is unknown.
    A video is searched for palms in every frame, since a hand that is gone would not be noticed.

    Parameters
    ----------
    file : str or Path
        What `KeypointNet.save` wrote.
    num_hands : int, default=1
    mirrored : bool, default=False
        Makes no difference: handedness is unknown either way.
    threads : int, default=2
        Of the palm network.

    Raises
    ------
    ModelFileError
        If the file cannot be read safely.
    HandposeError
        If the net places other points than a hand's.
    AssetError
        If the palm network cannot be found or fetched.
    """

    def __init__(
        self, file: str | Path, *, num_hands: int = 1, mirrored: bool = False, threads: int = 2
    ):
        self._file = Path(file)
        self._options: dict[str, Any] = {"num_hands": num_hands, "mirrored": mirrored}
        self._threads = threads
        network = HandNetwork(KeypointNet.load(self._file))
        self._sha256 = hashlib.sha256(self._file.read_bytes()).hexdigest()
        runtime = choose_runtime("auto")
        palm_network = open_palm_network(runtime, threads, choose_precision("auto", runtime))
        self._finder = HandFinder(
            palm_network,
            network,
            refine=True,
            min_confidence=MIN_PALM,
            judge=lambda hands, candidates: candidates.score,
        )

    @property
    def provenance(self) -> dict[str, Any]:
        networks = {PALM_NETWORK: ASSETS[PALM_NETWORK].sha256, self._file.name: self._sha256}
        return {"name": "keypoint_net", "options": dict(self._options), "networks": networks}

    def detect(self, image: NDArray[np.uint8]) -> Landmarks:
        picture = Picture(as_rgb(image))
        wanted = self._options["num_hands"]
        for view in self._finder.views(picture, EFFORTS["balanced"].first):
            hands = self._finder.search(picture, view, wanted, Hands.none())
            if len(hands):
                break
        return self._landmarks(hands[:wanted], picture.width, picture.height)

    def detect_for_video(self, image: NDArray[np.uint8], timestamp_ms: int) -> Landmarks:
        return self.detect(image)

    def video(self) -> HandVideo:
        return HandVideo(self.detect_for_video)

    def reset(self) -> None:
        """Nothing is carried from frame to frame."""

    def close(self) -> None:
        """Nothing has to be released."""

    def __reduce__(self) -> tuple[Any, ...]:
        options = {**self._options, "threads": self._threads}
        return partial(KeypointNetExtractor, self._file, **options), ()

    def _landmarks(self, hands: Hands, width: int, height: int) -> Landmarks:
        size = np.tile([width, height], (len(hands), 1))
        return Landmarks(hands.points, score=hands.presence, image_size=size)


class HandNetwork:
    """A fitted `KeypointNet` in the place of the landmark network of `native`.

    It was trained on crops that are upright as those of `handpose.networks.regions.hand_regions`.
    Such a net knows neither depth nor handedness, nor whether a hand is there at all: z is 0,
    metres are NaN, either hand is as probable, and every region is a hand.
    """

    def __init__(self, net: KeypointNet):
        if net.skeleton != HAND:
            raise HandposeError(
                f"a hand has {N_LANDMARKS} points, but this net places the {len(net.skeleton)} of "
                f"{net.skeleton.name!r}, which handpose live --extractor shows; one for hands is "
                "trained with skeleton=HAND"
            )
        self._net = net
        self.sides = (INPUT_SIZE,)

    def __call__(self, images: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
        """Points, presence, handedness and metres of crops (n, side, side, 3).

        Returns
        -------
        list of ndarray
            (n, 63) x, y, z in pixels of the crop; (n, 1) and (n, 1) probabilities; (n, 63).
        """
        n = len(images)
        points = np.zeros((n, N_LANDMARKS, 3), np.float32)
        points[..., :2] = self._net.predict(images)
        return [
            points.reshape(n, -1),
            np.ones((n, 1), np.float32),
            np.full((n, 1), 0.5, np.float32),
            np.full((n, 3 * N_LANDMARKS), np.nan, np.float32),
        ]
