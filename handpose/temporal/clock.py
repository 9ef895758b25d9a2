"""The clock of a video: the time between its frames, and so how much time each frame covers."""

from __future__ import annotations

from collections import deque

from handpose.containers.timestamps import check_growing

ORDINARY_MS = 1000 / 30
"""What is taken for the period while the first interval alone is known and looks like a stall."""
BELIEVED_MS = 200.0
"""A first interval up to this is believed at once. A longer one may be a stall (a camera that warms
up, networks that are being opened), and is believed when a second one is as long."""
WHOLE_MS = 1.0
"""What whole milliseconds add to an interval: at 240 frames a second it is 4 or 5."""
LONGEST_MS = 3000.0
"""No frame covers more: half a frame a second, on an uneven clock."""

_REMEMBERED = 9
_QUANTILE = 0.75


class FrameClock:
    """Learns the period of a video from the times of its frames, whatever they show.

    The period is the upper quartile of the last nine intervals: two stalls among nine do not change
    it, while a source that gives its frames in bursts is as slow as its pauses.

    Attributes
    ----------
    period_ms : float
        How much time a frame covers.
    step_ms : float
        Time between the last two frames; 0 before there are two.
    """

    def __init__(self) -> None:
        self.period_ms = ORDINARY_MS
        self.step_ms = 0.0
        self._last: float | None = None
        self._steps: deque[float] = deque(maxlen=_REMEMBERED)

    @property
    def is_known(self) -> bool:
        """Whether the period was measured at least twice."""
        return len(self._steps) > 1

    def tick(self, timestamp_ms: float) -> None:
        """Take the next frame.

        Parameters
        ----------
        timestamp_ms : float

        Raises
        ------
        LandmarksError
            If the time does not grow.
        """
        check_growing(timestamp_ms, self._last)
        if self._last is not None:
            self.step_ms = timestamp_ms - self._last
            self._steps.append(self.step_ms)
            self.period_ms = min(self._period(), LONGEST_MS)
        self._last = timestamp_ms

    def covered(self, elapsed_ms: float) -> float:
        """How much of the time between two frames the first one covers."""
        return min(elapsed_ms, self.period_ms + WHOLE_MS)

    def _period(self) -> float:
        if not self.is_known:
            return self.step_ms if self.step_ms <= BELIEVED_MS else ORDINARY_MS
        return sorted(self._steps)[int(_QUANTILE * (len(self._steps) - 1))]
