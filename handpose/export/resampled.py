"""Motions in a description: from landmarks at any times to equally many frames of each hand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from handpose.containers.motion import MIN_SEEN, ROUNDING_MS
from handpose.export import tracing as xp
from handpose.export.graph import Value
from handpose.export.tracing import Traced

_NEVER = 1e30
"""Time of a frame that there is not."""


@dataclass(frozen=True)
class Resampled:
    """What `handpose.features.motion_frames` fills in before anything else.

    Attributes
    ----------
    points : Traced of shape (n, frames, hands, k, axes)
        At equal steps of time, in pixels; zeros where a hand is hardly ever seen.
    seen : Traced of bool, shape (n, frames, hands)
    seconds : Traced of shape (n,)
    usable : Value of bool, shape (n, 1)
        Which motions show a hand in `MIN_SEEN` frames or more.
    """

    points: Traced
    seen: Traced
    seconds: Traced
    usable: Value


def resampled(
    points: Value, times: Value, n_frames: int, *, max_gap_ms: float, axes: int
) -> Resampled:
    """Bring motions to equally many frames.

    Parameters
    ----------
    points : Value of shape (n, any frames, hands, k, 2 or 3)
        A hand of which a number is not finite is not seen in that frame.
    times : Value of shape (n, any frames)
        Milliseconds; of frames that show a hand they grow.
    n_frames : int
    max_gap_ms : float
        As in `motion_frames`.
    axes : {2, 3}
        Coordinates that are looked at.
    """
    hands, k = points.shape[2:4]
    there = Traced((points * 0.0).sum(3, 4).equal(0.0))
    usable = there.sum(1, keepdims=True) > MIN_SEEN - 0.5
    shown, when = there & usable, Traced(times)[:, :, None]
    shows = shown.any(2, keepdims=True)
    found = usable.any(2, keepdims=True)
    first = xp.where(found, xp.where(shows, when, _NEVER).min(1, keepdims=True), 0.0)
    last = xp.where(found, xp.where(shows, when, -_NEVER).max(1, keepdims=True), 1.0)
    shares = np.linspace(0, 1, n_frames, dtype=np.float32)
    even = (first + (last - first) * shares[None, None])[:, :, None]  # (n, 1, 1, frames)
    between = _Between(shown[..., None], when[..., None], even)
    planes = xp.where(there[..., None, None], Traced(points), 0.0)[..., :axes]
    rows = planes.reshape(len(planes), planes.shape[1], hands, k * axes).transpose(0, 2, 1, 3)
    start, end = (between.chosen(time) @ rows for time in (between.start, between.end))
    even_rows = start + between.share[:, 0, ..., None] * (end - start)
    seen = between.seen(max_gap_ms, (last - first)[..., None] / (n_frames - 1)) & usable[..., None]
    return Resampled(
        even_rows.transpose(0, 2, 1, 3).reshape(len(planes), n_frames, hands, k, axes),
        seen[:, 0].transpose(0, 2, 1),
        ((last - first) / 1000.0)[:, 0, 0],
        found[:, 0].value,
    )


class _Between:
    """The frames that show a hand just before and after even times, of shape (n, 1, hands, t).

    Parameters
    ----------
    shown : Traced of bool, shape (n, frames, hands, 1)
    when : Traced of shape (n, frames, 1, 1)
    even : Traced of shape (n, 1, 1, t)
    """

    def __init__(self, shown: Traced, when: Traced, even: Traced):
        self._shown, self._when, self._even = shown, when, even
        earlier = when < even
        self._before = xp.where(shown & earlier, when, -_NEVER).max(1, keepdims=True)
        self._after = xp.where(shown & ~earlier, when, _NEVER).min(1, keepdims=True)
        self._has_before, self._has_after = self._before > -_NEVER / 2, self._after < _NEVER / 2
        self.start = xp.where(self._has_before, self._before, self._after)
        self.end = xp.where(self._has_after, self._after, self._before)

    @property
    def share(self) -> Traced:
        """Of the way from start to end."""
        way = xp.maximum(self.end - self.start, ROUNDING_MS)
        return xp.clip((self._even - self.start) / way, 0.0, 1.0)

    def chosen(self, time: Traced) -> Traced:
        """1 at the frame of a time, 0 elsewhere, shape (n, hands, t, frames)."""
        equal = Traced(self._when.value.equal(time.value))
        return (self._shown & equal).astype(np.float32).transpose(0, 2, 3, 1)

    def seen(self, max_gap_ms: float, step: Traced) -> Traced:
        """Whether a hand is seen at the even times, which are a step apart."""
        bridged = self.end - self.start <= max_gap_ms + ROUNDING_MS
        near = step / 2 + ROUNDING_MS
        close = (self._after - self._even <= near) | (self._even - self._before <= near)
        return (self._has_before & self._has_after & bridged) | close
