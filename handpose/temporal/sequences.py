"""Gestures one after another, as sequences that a pause ends."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from handpose.containers.timestamps import check_growing
from handpose.temporal.events import GestureEvent

Fault: TypeAlias = Literal["slow", "many", "overlap"]

_Hand: TypeAlias = "tuple[int | None, str]"
"""Number of a hand, and the kind of event: a hand may make a motion while it shows a gesture."""


@dataclass(frozen=True)
class GestureSequence:
    """Gestures that were shown one after another, until a pause.

    Attributes
    ----------
    events : tuple of GestureEvent
        One for each gesture, ended.
    fault : {"slow", "many", "overlap"} or None
        Which limit of `GestureSequences` was broken first: a time, the number of gestures, or that
        one gesture is shown at a time. Such a sequence matches nothing.
    """

    events: tuple[GestureEvent, ...]
    fault: Fault | None = None

    def __len__(self) -> int:
        return len(self.events)

    @property
    def gestures(self) -> tuple[str, ...]:
        """Their names, in order."""
        return tuple(str(event.gesture) for event in self.events)

    @property
    def score(self) -> float:
        """The lowest score of its gestures; 0 where there is none."""
        return min((event.score for event in self.events), default=0.0)

    @property
    def started_ms(self) -> int:
        """First frame of the first gesture."""
        return self.events[0].started_ms

    @property
    def ended_ms(self) -> int:
        """Last frame of the last gesture."""
        return max(event.ended_ms or event.started_ms for event in self.events)

    def matches(self, gestures: Sequence[str]) -> bool:
        """Whether it shows these gestures, in this order, no more and no fewer, without a fault.

        How long the comparison takes does not depend on which gesture is wrong.
        """
        same = hmac.compare_digest(encode_gestures(self.gestures), encode_gestures(gestures))
        return same and self.fault is None


def encode_gestures(gestures: Sequence[str]) -> bytes:
    """Names of gestures as bytes that no other names give, for hashing."""
    return json.dumps(list(gestures), separators=(",", ":")).encode()


class GestureSequences:
    """Collects the gestures of a video into sequences.

    A sequence begins with a gesture and ends with a pause, in which no gesture is shown: nobody
    needs to say how long it will be. One that breaks a limit goes on until the pause and is given
    with its fault, so that it counts as one attempt.

    Parameters
    ----------
    pause_ms : float, default=1500
        Time without a gesture that ends a sequence.
    step_ms : float, default=5000
        Most time from the beginning of a gesture to the beginning of the next one, or to its end.
    total_ms : float, default=20000
        Most time from the first frame to the last.
    most : int, default=16
        Gestures in a sequence.
    repeat_ms : float, default=300
        A gesture that comes again after less time was not gone: it is the same one, that flickered.
        After more, it counts again.

    Raises
    ------
    ValueError
        If a limit is not above 0, or `repeat_ms` is not below `pause_ms`: no gesture could be
        shown twice.

    Notes
    -----
    Events without a gesture (`Steadying.unknown_ms`) are left out; a gesture and a motion count
    alike. The hand may change from gesture to gesture, as its number does when it was out of sight,
    but not while one lasts.

    Examples
    --------
    >>> from handpose import GestureEvent
    >>> sequences = GestureSequences(pause_ms=1000)
    >>> for name, start, end in (("2", 0, 600), ("5", 900, 1500)):
    ...     _ = sequences.update([GestureEvent(name, 0, start, None, 0.99)], start + 100)
    ...     _ = sequences.update([GestureEvent(name, 0, start, end, 0.99)], end + 100)
    >>> sequences.update([], 2499), [found.gestures for found in sequences.update([], 2500)]
    ([], [('2', '5')])
    """

    def __init__(
        self,
        *,
        pause_ms: float = 1500,
        step_ms: float = 5000,
        total_ms: float = 20_000,
        most: int = 16,
        repeat_ms: float = 300,
    ):
        limits = {"pause_ms": pause_ms, "step_ms": step_ms, "total_ms": total_ms, "most": most}
        for name, limit in limits.items():
            if not limit > 0:
                raise ValueError(f"{name} must be above 0, but got {limit}")
        if not 0 <= repeat_ms < pause_ms:
            raise ValueError(
                f"repeat_ms must be from 0 to below pause_ms ({pause_ms}), but got {repeat_ms}"
            )
        self._pause_ms, self._step_ms, self._total_ms = pause_ms, step_ms, total_ms
        self._most, self._repeat_ms = most, repeat_ms
        self._last_ms: float | None = None
        self.reset()

    @property
    def gestures(self) -> tuple[str, ...]:
        """The gestures of the sequence that is being shown."""
        return tuple(str(event.gesture) for event in self._shown)

    def update(self, events: Iterable[GestureEvent], timestamp_ms: float) -> list[GestureSequence]:
        """Take the events of the next frame, also where there are none: time passes.

        Parameters
        ----------
        events : iterable of GestureEvent
            As `VideoRecognition.events` has them.
        timestamp_ms : float
            Of the frame; must grow from call to call.

        Returns
        -------
        list of GestureSequence
            The sequence that ended with this frame, if one did.

        Raises
        ------
        LandmarksError
            If the time does not grow.
        """
        check_growing(timestamp_ms, self._last_ms)
        self._last_ms = timestamp_ms
        over = self._take(events)
        paused = self._shown and timestamp_ms - self._until >= self._pause_ms
        return over + (self._close() if paused and not self._lasting else [])

    def end(self, events: Iterable[GestureEvent] = ()) -> list[GestureSequence]:
        """Give the sequence so far: the video is over.

        Parameters
        ----------
        events : iterable of GestureEvent
            The last ones, as `GestureStream.end` gives them.
        """
        over = self._take(events)
        self._last_ms = None
        return over + self._close()

    def reset(self) -> None:
        """Forget the sequence so far. What is being shown meanwhile belongs to none."""
        self._shown: list[GestureEvent] = []
        self._lasting: dict[_Hand, int | None] = {}  # where in `_shown`; None for one too many
        self._fault: Fault | None = None
        self._until = 0

    def _take(self, events: Iterable[GestureEvent]) -> list[GestureSequence]:
        over = []
        for event in events:
            if event.gesture is None:
                continue
            if event.has_ended:
                self._end(event)
                continue
            if self._shown and not self._lasting and self._is_after_pause(event):
                over += self._close()
            self._begin(event)
        if len(self._lasting) > 1:
            self._break("overlap")
        return over

    def _is_after_pause(self, event: GestureEvent) -> bool:
        """Whether the gesture began after the pause: frames may have come late."""
        return event.started_ms - self._until >= self._pause_ms

    def _begin(self, event: GestureEvent) -> None:
        hand = (event.track_id, event.kind)
        last = self._shown[-1] if self._shown else None
        if last is not None and self._goes_on(last, event):
            self._lasting[hand] = len(self._shown) - 1
            return
        if last is not None and event.started_ms - last.started_ms > self._step_ms:
            self._break("slow")
        if len(self._shown) == self._most:
            self._break("many")
            self._lasting[hand] = None
            return
        self._lasting[hand] = len(self._shown)
        self._shown.append(event)

    def _goes_on(self, last: GestureEvent, event: GestureEvent) -> bool:
        same = (last.gesture, last.kind) == (event.gesture, event.kind)
        return same and last.has_ended and event.started_ms - self._until < self._repeat_ms

    def _end(self, event: GestureEvent) -> None:
        hand = (event.track_id, event.kind)
        if hand not in self._lasting or event.ended_ms is None:
            return  # it began before `reset`
        index = self._lasting.pop(hand)
        self._until = max(self._until, event.ended_ms)
        if index is not None:
            begun = self._shown[index]
            score = min(begun.score, event.score) if begun.has_ended else event.score
            self._shown[index] = replace(event, started_ms=begun.started_ms, score=score)
        first, last = self._shown[0].started_ms, self._shown[-1].started_ms
        if event.ended_ms - first > self._total_ms or event.ended_ms - last > self._step_ms:
            self._break("slow")

    def _break(self, fault: Fault) -> None:
        self._fault = self._fault or fault

    def _close(self) -> list[GestureSequence]:
        events, fault = tuple(self._shown), self._fault
        self.reset()
        return [GestureSequence(events, fault)] if events else []
