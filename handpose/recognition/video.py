"""Videos that are being recognised: each has its own state, and ends what it began."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import TypeAlias

from handpose.containers.labels import NO_GESTURE_LABELS
from handpose.containers.landmarks import Landmarks
from handpose.containers.timestamps import check_growing
from handpose.extractors.base import HandVideo
from handpose.images import Frame
from handpose.recognition.motions import VideoMotions
from handpose.recognition.results import Recognition, VideoRecognition
from handpose.system.closing import Closing
from handpose.temporal import GestureEvent, SteadyHands, Steadying

Classify: TypeAlias = "Callable[[Landmarks], Recognition]"


class FollowedVideo:
    """What is carried from frame to frame of one video."""

    def __init__(self, hands: HandVideo, steadying: Steadying, motions: VideoMotions | None = None):
        self._hands, self._motions = hands, motions
        self._steady = SteadyHands(steadying, rejecting=NO_GESTURE_LABELS)
        self.last_ms: int | None = None
        self.frames = 0

    def next(self, frame: Frame, classify: Classify) -> VideoRecognition:
        """Recognise the next frame, which must be later than the one before."""
        now = frame.timestamp_ms
        check_growing(now, self.last_ms)
        self.last_ms = now
        self.frames += 1
        hands, found, ids, gone = self._steady.follow(self._hands.detect(frame.rgb, now), now)
        seen = classify(hands)
        scores = [dict(zip(seen.labels, row, strict=True)) for row in seen.probabilities.tolist()]
        steady, events = self._steady.label(ids, scores, hands.handedness.tolist(), now)
        known = {**vars(seen), "image_size": (frame.rgb.shape[1], frame.rgb.shape[0])}
        if self._motions is not None:
            known["motions"], known["motion_scores"], made = self._motions.update(found, ids, now)
            events += made
        return VideoRecognition(
            **known, track_ids=ids, steady_gestures=steady, events=(*gone, *events), frame=frame
        )

    def end(self) -> tuple[GestureEvent, ...]:
        """Release what the video holds; gives the ends of what was still being shown."""
        self._hands.close()
        motions = self._motions.end() if self._motions is not None else ()
        return (*self._steady.end(), *motions)


class GestureStream(Closing, Iterator[VideoRecognition]):
    """A source that is being recognised, frame by frame; see `GestureRecognizer.stream`.

    It has its own state, so several streams of one recogniser may run at once. It ends with its
    source, with an error of it, or when it is closed; `end` then gives the events of what was still
    being shown. `begin` is called for the first frame.
    """

    def __init__(
        self, frames: Iterator[Frame], begin: Callable[[], FollowedVideo], classify: Classify
    ):
        self._frames, self._begin, self._classify = frames, begin, classify
        self._video: FollowedVideo | None = None
        self._is_over = False
        self._left: tuple[GestureEvent, ...] = ()

    def __next__(self) -> VideoRecognition:
        if self._is_over:
            raise StopIteration
        try:
            if self._video is None:
                self._video = self._begin()
            return self._video.next(next(self._frames), self._classify)
        except BaseException:  # also StopIteration and KeyboardInterrupt: the stream is over
            self._stop()
            raise

    def end(self) -> tuple[GestureEvent, ...]:
        """End the stream, if it has not ended by itself, and free what it holds.

        Returns
        -------
        tuple of GestureEvent
            The gestures that were still being shown; empty when called again.
        """
        self._stop()
        left, self._left = self._left, ()
        return left

    def close(self) -> None:
        """End the stream; calling it twice does no harm."""
        self._stop()

    def _stop(self) -> None:
        self._is_over = True
        video, self._video = self._video, None
        if video is not None:
            self._left = video.end()
        close = getattr(self._frames, "close", None)
        if close is not None:
            close()


class GestureEvents(Closing, Iterator[GestureEvent]):
    """The events of a source, see `GestureRecognizer.events`.

    Whatever ends the source, an error and Ctrl-C too: first every gesture that was still being
    shown is ended, then the error is raised.
    """

    def __init__(self, stream: GestureStream):
        self._stream = stream
        self._waiting: deque[GestureEvent] = deque()
        self._error: BaseException | None = None

    def __next__(self) -> GestureEvent:
        while not self._waiting and self._error is None:
            try:
                self._waiting.extend(next(self._stream).events)
            except BaseException as error:  # raised below, once what was shown has been ended
                self._waiting.extend(self._stream.end())
                self._error = error
        if self._waiting:
            return self._waiting.popleft()
        reason, self._error = self._error, StopIteration()
        raise reason or StopIteration

    def end(self) -> tuple[GestureEvent, ...]:
        """End the source.

        Returns
        -------
        tuple of GestureEvent
            Those not given yet, and the ends of all gestures that were still being shown.
        """
        left = (*self._waiting, *self._stream.end())
        self._waiting.clear()
        self._error = self._error or StopIteration()
        return left

    def close(self) -> None:
        """End the source; calling it twice does no harm."""
        self._stream.close()
