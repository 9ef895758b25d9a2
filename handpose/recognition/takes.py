"""`TakeRecorder`: cuts a camera or a video into takes of a motion, and keeps those with a hand."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from handpose.containers.landmarks import Landmarks
from handpose.datasets.sample_folder import SampleFolder
from handpose.extractors import Extractor
from handpose.images import Frame
from handpose.images.frame import DEFAULT_RATE
from handpose.system.closing import Closing

DEFAULT_SECONDS = 2.0
"""How long a take lasts: an isolated sign takes one to two seconds."""

ENOUGH = 0.3
"""Share of a take's frames that must show a hand: it may be raised and lowered within the take."""


class TakeOutcome(Enum):
    """What happened to a take, in words for the user."""

    KEPT = "kept"
    NO_HAND = "hardly a hand in it: keep the hand in the picture"


@dataclass(frozen=True)
class TakeState:
    """Where the recording stands after a frame.

    Attributes
    ----------
    waiting_s : float
        Seconds until the next take begins; 0 while one is recorded.
    recorded : float
        Share of the take that is recorded.
    outcome : TakeOutcome or None
        Of the take that this frame ended.
    """

    waiting_s: float
    recorded: float = 0.0
    outcome: TakeOutcome | None = None


class TakeRecorder(Closing):
    """Records takes of one motion by one person, with a pause before each.

    Parameters
    ----------
    folder : SampleFolder of videos
        What it holds already counts.
    extractor : Extractor
    seconds : float, default=2.0
        Length of a take.
    pause_s : float, default=0.0
        Time before each take.
    fps : float, default=30
        Of the files.

    Attributes
    ----------
    hands : Landmarks
        The hands of the last frame.
    take : Path or None
        The video that was kept last.
    """

    def __init__(
        self,
        folder: SampleFolder,
        extractor: Extractor,
        *,
        seconds: float = DEFAULT_SECONDS,
        pause_s: float = 0.0,
        fps: float = DEFAULT_RATE,
    ):
        if not seconds > 0 or not pause_s >= 0:
            raise ValueError(
                f"a take needs more than 0 seconds and a pause of 0 or more, but got {seconds} and "
                f"{pause_s}"
            )
        self._folder, self._video = folder, extractor.video()
        self._seconds, self._pause_s, self._fps = seconds, pause_s, fps
        self.hands = Landmarks.empty()
        self.take: Path | None = None
        self._begin_ms: float | None = None
        self._frames: list[Frame] = []
        self._seen = 0

    def __len__(self) -> int:
        return len(self._folder.samples())

    def offer(self, frame: Frame) -> TakeState:
        """Take the next frame; one that ends a take writes it, if it shows a hand."""
        if self._begin_ms is None:
            self._begin_ms = frame.timestamp_ms + self._pause_s * 1000
        self.hands = self._video.detect(frame.rgb, frame.timestamp_ms)
        elapsed = (frame.timestamp_ms - self._begin_ms) / 1000
        if elapsed < 0:
            return TakeState(-elapsed)
        self._frames.append(frame)
        self._seen += len(self.hands) > 0
        period = 1 / self._fps
        if elapsed + period < self._seconds - period / 2:
            return TakeState(0.0, elapsed / self._seconds)
        return TakeState(0.0, 1.0, self._finish())

    def close(self) -> None:
        """Release what the video holds. A take that is not whole is not kept."""
        self._video.close()

    def _finish(self) -> TakeOutcome:
        frames, seen = self._frames, self._seen
        self._begin_ms, self._frames, self._seen = None, [], 0
        if len(frames) < 2 or seen < ENOUGH * len(frames):
            return TakeOutcome.NO_HAND
        self.take = self._folder.add_take(frames, self._fps)
        return TakeOutcome.KEPT
