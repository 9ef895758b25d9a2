"""MediaPipe's own graph (Tasks, 1.x): the reference that other extractors are measured against."""

from __future__ import annotations

import os
import weakref
import zipfile
from functools import partial
from importlib import metadata
from io import BytesIO
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from handpose.assets import ASSETS, HAND_NETWORKS, PALM_NETWORK, asset_path
from handpose.containers.landmarks import Landmarks
from handpose.errors import OptionError
from handpose.extractors.base import Extractor, HandVideo
from handpose.extractors.mediapipe_results import from_mediapipe
from handpose.extractors.padding import padded, unpadded
from handpose.images import as_rgb
from handpose.system.extras import require


class MediaPipeExtractor(Extractor):
    """`HandLandmarker` of MediaPipe Tasks.

    Parameters
    ----------
    num_hands : int, default=1
        How many hands to look for.
    network : {"full", "lite"}, default="full"
        The landmark network.
    min_detection_confidence, min_presence_confidence, min_tracking_confidence : float, default=0.5
        MediaPipe's thresholds.
    retry : {"pad", None}, default="pad"
        What `detect` does when it finds nothing: ``"pad"`` looks again at the image enlarged to
        256 pixels, with a border of half its longer side.
    mirrored : bool, default=False
        Whether the images come mirrored, as a selfie camera shows them.

    Notes
    -----
    MediaPipe 1.2.2 names the hand as it is for an image that is *not* mirrored. It reports no
    confidence that a hand is there, so `Landmarks.score` repeats the handedness score. Its graph
    tries to reach a logging host while it detects; `native` opens no connection.
    """

    def __init__(
        self,
        *,
        num_hands: int = 1,
        network: Literal["full", "lite"] = "full",
        min_detection_confidence: float = 0.5,
        min_presence_confidence: float = 0.5,
        min_tracking_confidence: float = 0.5,
        retry: Literal["pad"] | None = "pad",
        mirrored: bool = False,
    ):
        require("mediapipe", "extractor 'mediapipe'", "mediapipe")
        confidences = {
            "min_detection_confidence": min_detection_confidence,
            "min_presence_confidence": min_presence_confidence,
            "min_tracking_confidence": min_tracking_confidence,
        }
        _check_confidences(confidences)
        if network not in HAND_NETWORKS:
            raise ValueError(f"network must be one of {sorted(HAND_NETWORKS)}, but got {network!r}")
        if retry not in ("pad", None):
            raise ValueError(f'retry must be "pad" or None, but got {retry!r}')
        self._options: dict[str, Any] = {
            "num_hands": num_hands,
            "network": network,
            **confidences,
            "retry": retry,
            "mirrored": mirrored,
        }
        self._landmarkers: dict[str, Any] = {}
        self._forgotten: list[str] = []
        weakref.finalize(self, _close_all, self._landmarkers)  # before the interpreter shuts down
        self._bundle = _task_bundle(HAND_NETWORKS[network])

    @property
    def provenance(self) -> dict[str, Any]:
        names = (PALM_NETWORK, HAND_NETWORKS[self._options["network"]])
        return {
            "name": "mediapipe",
            "version": metadata.version("mediapipe"),
            "options": dict(self._options),
            "networks": {name: ASSETS[name].sha256 for name in names},
        }

    def detect(self, image: NDArray[np.uint8]) -> Landmarks:
        image = as_rgb(image)
        hands = self._run(image)
        if len(hands) == 0 and self._options["retry"] == "pad":
            larger, scale, border = padded(image)
            size = (image.shape[1], image.shape[0])
            hands = unpadded(self._run(larger), scale, border, size)
        return hands

    def detect_for_video(self, image: NDArray[np.uint8], timestamp_ms: int) -> Landmarks:
        return self._follow(self._landmarker("VIDEO"), image, timestamp_ms)

    def video(self) -> HandVideo:
        self._close_forgotten()
        self._videos += 1
        name = f"VIDEO {self._videos}"
        landmarker = self._landmarkers[name] = self._created("VIDEO")
        video = HandVideo(partial(self._follow, landmarker), partial(self._end, name))
        weakref.finalize(video, self._forgotten.append, name)
        return video

    def reset(self) -> None:
        self._end("VIDEO")

    def close(self) -> None:
        _close_all(self._landmarkers)

    def _run(self, image: NDArray[np.uint8]) -> Landmarks:
        return self._landmarks(self._landmarker("IMAGE").detect(_mp_image(image)), image)

    def _follow(self, landmarker: Any, image: NDArray[np.uint8], timestamp_ms: int) -> Landmarks:
        image = as_rgb(image)
        return self._landmarks(landmarker.detect_for_video(_mp_image(image), timestamp_ms), image)

    def _end(self, name: str) -> None:
        landmarker = self._landmarkers.pop(name, None)
        if landmarker is not None:
            landmarker.close()

    def _close_forgotten(self) -> None:
        """Close videos that were not closed by their users. Garbage may be collected where
        MediaPipe holds the lock that closing needs, so nothing is closed there."""
        while self._forgotten:
            self._end(self._forgotten.pop())

    def _landmarker(self, mode: str) -> Any:
        if mode not in self._landmarkers:
            self._landmarkers[mode] = self._created(mode)
        return self._landmarkers[mode]

    def _created(self, mode: str) -> Any:
        os.environ.setdefault("GLOG_minloglevel", "2")
        from mediapipe.tasks.python import BaseOptions, vision

        o = self._options
        options = vision.HandLandmarkerOptions(
            base_options=BaseOptions(model_asset_buffer=self._bundle),
            running_mode=vision.RunningMode[mode],
            num_hands=o["num_hands"],
            min_hand_detection_confidence=o["min_detection_confidence"],
            min_hand_presence_confidence=o["min_presence_confidence"],
            min_tracking_confidence=o["min_tracking_confidence"],
        )
        return vision.HandLandmarker.create_from_options(options)

    def _landmarks(self, found: Any, image: NDArray[np.uint8]) -> Landmarks:
        size = (image.shape[1], image.shape[0])
        return from_mediapipe(found, size, mirrored=self._options["mirrored"])


def _check_confidences(confidences: dict[str, float]) -> None:
    for name, confidence in confidences.items():
        if not 0 <= confidence <= 1:
            raise OptionError(f"{name} must be from 0 to 1, but got {confidence!r}")


def _close_all(landmarkers: dict[str, Any]) -> None:
    while landmarkers:
        _, landmarker = landmarkers.popitem()
        landmarker.close()


def _mp_image(image: NDArray[np.uint8]) -> Any:
    import mediapipe as mp

    return mp.Image(image_format=mp.ImageFormat.SRGB, data=image)


def _task_bundle(hand_network: str) -> bytes:
    """The two networks as the ``.task`` archive that Tasks reads (it must not be compressed)."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as bundle:
        bundle.write(asset_path(PALM_NETWORK), "hand_detector.tflite")
        bundle.write(asset_path(hand_network), "hand_landmarks_detector.tflite")
    return buffer.getvalue()
