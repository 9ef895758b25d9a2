"""What `handpose live` shows: gestures of hands, or the points of a net for something else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from handpose.containers.skeletons import HAND
from handpose.extractors import DEFAULT_NUM_HANDS, check_options, is_net_file
from handpose.images import Frame, Source
from handpose.keypoint_net import KeypointDetector, KeypointNet
from handpose.recognition import GestureRecognizer, GestureStream, load_recognizer
from handpose.recognition.keypoint_video import stream_keypoints
from handpose.recognition.spelling import Speller
from handpose.system.closing import Closing
from handpose.temporal import Steadying

Lines = Iterable[dict[str, Any]]


class Seen(Protocol):
    """What was seen in a frame."""

    @property
    def frame(self) -> Frame:
        """The frame."""

    def annotate(self, **view: Any) -> NDArray[np.uint8]:
        """The annotated frame; keywords as for `handpose.drawing.draw_live_view`."""


class GestureShow(Closing):
    """Hands and their gestures: one line of JSON for each event.

    Parameters
    ----------
    recognizer : GestureRecognizer
        Closed with the show.
    """

    def __init__(self, recognizer: GestureRecognizer):
        self._recognizer = recognizer
        self._stream: GestureStream | None = None

    def results(self, source: Source) -> Iterator[Any]:
        """What is seen in each frame."""
        self._stream = self._recognizer.stream(source)
        return self._stream

    def lines(self, result: Any) -> Lines:
        """What a frame has to report."""
        return (event.to_dict() for event in result.events)

    def last_lines(self) -> Lines:
        """What there is to report when the source has ended."""
        ended = self._stream.end() if self._stream is not None else ()
        return [event.to_dict() for event in ended]

    def banner(self) -> str:
        """What is written large below the picture."""
        return ""

    def close(self) -> None:
        """Close the recogniser."""
        self._recognizer.close()


class SpellShow(GestureShow):
    """Letters that become text: one line of JSON whenever the text changes.

    Parameters
    ----------
    recognizer : GestureRecognizer
        Closed with the show.
    speller : Speller
    """

    def __init__(self, recognizer: GestureRecognizer, speller: Speller):
        super().__init__(recognizer)
        self._speller, self._told = speller, ""

    def results(self, source: Source) -> Iterator[Any]:
        """What is seen in each frame; each is read."""
        for result in super().results(source):
            self._speller.update(result)
            yield result

    def lines(self, result: Any) -> Lines:
        """The text, if this frame changed it."""
        return self._changes(result.frame.timestamp_ms)

    def last_lines(self) -> Lines:
        """The text, if the end of the source changed it."""
        for event in self._stream.end() if self._stream is not None else ():
            self._speller.take_event(event)
        self._speller.end()
        return self._changes(None)

    def banner(self) -> str:
        """The text."""
        return self._speller.text

    def _changes(self, timestamp_ms: int | None) -> Lines:
        text = self._speller.text
        if text == self._told:
            return ()
        self._told = text
        return ({"event": "text", "text": text, "timestamp_ms": timestamp_ms},)


class KeypointShow(Closing):
    """Points of a net for something else than hands: one line of JSON for each frame.

    Parameters
    ----------
    detector : KeypointDetector
    steadying : Steadying
    """

    def __init__(self, detector: KeypointDetector, steadying: Steadying):
        self._detector, self._steadying = detector, steadying

    def results(self, source: Source) -> Iterator[Any]:
        """What is seen in each frame."""
        return stream_keypoints(self._detector, source, steadying=self._steadying)

    def lines(self, result: Any) -> Lines:
        """What a frame has to report."""
        return (result.to_dict(),)

    def last_lines(self) -> Lines:
        """Nothing."""
        return ()

    def banner(self) -> str:
        """Nothing."""
        return ""

    def close(self) -> None:
        """Nothing has to be released."""


def open_show(
    model: str,
    extractor: str | None,
    *,
    options: dict[str, Any],
    mirrored: bool,
    steadying: Steadying,
    speller: Speller | None = None,
    **gestures: Any,
) -> GestureShow | KeypointShow:
    """What an extractor is for: a net that knows no hands shows its points, all others gestures.

    Parameters
    ----------
    model, extractor, mirrored, steadying
        As for `load_recognizer`.
    options : dict
        Of the extractor.
    speller : Speller, optional
        Reads what hands spell.
    **gestures
        Keywords of `load_recognizer` that are for gestures only.
    """
    if extractor and is_net_file(extractor):
        net = KeypointNet.load(extractor)
        if net.skeleton != HAND:
            build = partial(_points_of, net)
            check_options(extractor, build, options)
            return KeypointShow(build(mirrored=mirrored, **options), steadying)
    recognizer = load_recognizer(
        model,
        extractor=extractor,
        mirrored=mirrored,
        steadying=steadying,
        **options,
        **gestures,
    )
    return GestureShow(recognizer) if speller is None else SpellShow(recognizer, speller)


def _points_of(
    net: KeypointNet, mirrored: bool, num_hands: int = DEFAULT_NUM_HANDS
) -> KeypointDetector:
    return KeypointDetector(net, most=num_hands, mirrored=mirrored)
