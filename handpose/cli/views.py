"""The annotated picture of a frame, for windows and recordings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from handpose.drawing import Shown, draw_live_view
from handpose.recognition import VideoRecognition
from handpose.recognition.keypoint_video import KeypointFrame


def frame_view(
    result: VideoRecognition,
    labels: Sequence[str],
    *,
    status: str = "",
    hint: str = "",
    mirror: bool = False,
) -> NDArray[np.uint8]:
    """Draw a frame with its hands, steady gestures and score bars.

    Parameters
    ----------
    result : VideoRecognition
    labels : sequence of str
        What the columns of `result.probabilities` stand for.
    status, hint, mirror
        See `handpose.drawing.draw_live_view`.
    """
    hands = shown_hands(result, labels)
    return draw_live_view(result.frame.rgb, hands, status=status, hint=hint, mirror=mirror)


def shown_hands(result: VideoRecognition, labels: Sequence[str]) -> list[Shown]:
    """What a view says of the hands of a frame."""
    return [
        Shown(
            points=hand.landmarks.points[0, :, :2],
            gesture=hand.steady_gesture,
            title=f"{hand.handedness.lower()} hand".strip(),
            scores=dict(zip(labels, row.tolist(), strict=True)),
        )
        for hand, row in zip(result, result.probabilities, strict=True)
    ]


def keypoint_view(
    result: KeypointFrame, *, status: str = "", hint: str = "", mirror: bool = False
) -> NDArray[np.uint8]:
    """Draw a frame with the points of what was found.

    Parameters
    ----------
    result : KeypointFrame
    status, hint, mirror
        See `handpose.drawing.draw_live_view`.
    """
    skeleton = result.keypoints.skeleton
    found = [Shown(points, skeleton=skeleton) for points in result.keypoints.points]
    return draw_live_view(result.frame.rgb, found, status=status, hint=hint, mirror=mirror)
