"""How fast a live view is."""

from __future__ import annotations

from time import perf_counter

from handpose.images import Frame

_NEWEST = 0.1
"""Weight of the newest frame in the running means."""


class Meter:
    """Counts frames and takes times."""

    def __init__(self) -> None:
        self._frames = self._dropped = 0
        self._first = self._last = 0.0
        self._interval = self._latency = 0.0
        self._total_latency = 0.0

    def count(self, frame: Frame) -> None:
        """Take note of a frame that was just recognised."""
        now = perf_counter()
        latency = now - frame.received
        if self._frames == 0:
            self._first, self._latency = now, latency
        elif self._frames == 1:
            self._interval = now - self._last
        else:
            self._interval += _NEWEST * (now - self._last - self._interval)
        self._latency += _NEWEST * (latency - self._latency)
        self._total_latency += latency
        self._frames += 1
        self._dropped += frame.dropped
        self._last = now

    def status(self) -> str:
        """Frame rate and latency of the last frames."""
        rate = f"{1 / self._interval:.0f} fps · " if self._interval else ""
        return f"{rate}{self._latency * 1000:.0f} ms"

    def summary(self) -> str:
        """Frame rate and latency of all frames."""
        if not self._frames:
            return "no frames"
        parts = [f"{self._frames} frame{'s' * (self._frames > 1)}"]
        if self._frames > 1:
            parts.append(f"{(self._frames - 1) / (self._last - self._first):.1f} a second")
        parts.append(f"mean latency {self._total_latency / self._frames * 1000:.1f} ms")
        if self._dropped:
            parts.append(f"{self._dropped} more came too fast and were dropped")
        return ", ".join(parts)
