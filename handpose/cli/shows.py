"""What `handpose live` shows: gestures of hands, or the points of a net for something else."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from handpose.cli.recognizers import open_recognizer
from handpose.cli.views import frame_view, keypoint_view
from handpose.containers.skeletons import HAND
from handpose.extractors import NET_SUFFIX
from handpose.images import Frame, Source
from handpose.keypoint_net import KeypointDetector, KeypointNet
from handpose.recognition import GestureRecognizer, GestureStream, VideoRecognition
from handpose.recognition.keypoint_video import KeypointFrame, stream_keypoints
from handpose.system.closing import Closing
from handpose.temporal import Steadying


class Seen(Protocol):
    """What was seen in a frame."""

    @property
    def frame(self) -> Frame:
        """The frame."""


Result = TypeVar("Result", bound=Seen)
Lines = Iterable[dict[str, Any]]


class Show(Closing, Generic[Result]):
    """Looks at frames one after the other, draws what it sees and says it as JSON."""

    @abstractmethod
    def results(self, source: Source) -> Iterator[Result]:
        """What is seen in each frame."""

    @abstractmethod
    def picture(self, result: Result, **view: Any) -> NDArray[np.uint8]:
        """The annotated frame; keywords as for `handpose.drawing.draw_live_view`."""

    @abstractmethod
    def lines(self, result: Result) -> Lines:
        """What there is to say of a frame."""

    def last_lines(self) -> Lines:
        """What there is to say when the source has ended."""
        return ()

    def close(self) -> None:
        """Release native resources."""


class GestureShow(Show[VideoRecognition]):
    """Hands and their gestures.

    Parameters
    ----------
    recognizer : GestureRecognizer
        Closed with the show.
    """

    def __init__(self, recognizer: GestureRecognizer):
        self._recognizer = recognizer
        self._stream: GestureStream | None = None

    def results(self, source: Source) -> Iterator[VideoRecognition]:
        self._stream = self._recognizer.stream(source)
        return self._stream

    def picture(self, result: VideoRecognition, **view: Any) -> NDArray[np.uint8]:
        return frame_view(result, self._recognizer.labels, **view)

    def lines(self, result: VideoRecognition) -> Lines:
        return (event.to_dict() for event in result.events)

    def last_lines(self) -> Lines:
        ended = self._stream.end() if self._stream is not None else ()
        return [event.to_dict() for event in ended]

    def close(self) -> None:
        self._recognizer.close()


class KeypointShow(Show[KeypointFrame]):
    """Points of a net that was trained on something else than hands.

    Parameters
    ----------
    detector : KeypointDetector
    steadying : Steadying
    """

    def __init__(self, detector: KeypointDetector, steadying: Steadying):
        self._detector, self._steadying = detector, steadying

    def results(self, source: Source) -> Iterator[KeypointFrame]:
        return stream_keypoints(self._detector, source, steadying=self._steadying)

    def picture(self, result: KeypointFrame, **view: Any) -> NDArray[np.uint8]:
        return keypoint_view(result, **view)

    def lines(self, result: KeypointFrame) -> Lines:
        return (result.to_dict(),)


def open_show(
    model: str,
    extractor: str | None,
    *,
    num_hands: int,
    min_score: float | None,
    mirrored: bool,
    steadying: Steadying,
) -> Show[Any]:
    """What an extractor is for: a net that knows no hands shows its points, all others gestures."""
    if extractor and extractor.endswith(NET_SUFFIX):
        net = KeypointNet.load(extractor)
        if net.skeleton != HAND:
            return KeypointShow(KeypointDetector(net, most=num_hands, mirrored=mirrored), steadying)
    return GestureShow(
        open_recognizer(
            model,
            extractor,
            num_hands=num_hands,
            min_score=min_score,
            mirrored=mirrored,
            steadying=steadying,
        )
    )
