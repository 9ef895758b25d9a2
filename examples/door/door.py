"""The door: frames of a camera in, open or shut out. Shut is what it is when anything is wrong."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import reduce
from math import ceil
from typing import Any, Protocol

from handpose import (
    GestureRecognizer,
    GestureSequence,
    GestureSequences,
    HandLiveness,
    VideoRecognition,
)
from handpose.containers.labels import NO_GESTURE_LABELS

from .audit import AuditLog
from .policy import Policy, State
from .secret import Secret


class Bolt(Protocol):
    """What `FileBolt` does: it falls shut by itself if `open` is not called again."""

    def open(self) -> None: ...
    def shut(self) -> None: ...


class Door:
    """Opens to a challenge and a secret sequence.

    Parameters
    ----------
    secret, policy, log, bolt
    gestures : sequence of str
        What challenges are drawn from.
    min_score : float
        Least mean score of each gesture.
    clock : callable, optional
        Seconds, for waits.
    """

    def __init__(
        self,
        secret: Secret,
        policy: Policy,
        log: AuditLog,
        bolt: Bolt,
        gestures: Sequence[str],
        min_score: float,
        clock: Callable[[], float] = time.monotonic,
    ):
        self._secret, self._policy, self._log, self._bolt = secret, policy, log, bolt
        self._gestures = sorted(set(gestures) - set(NO_GESTURE_LABELS))
        self._min_score, self._clock = min_score, clock
        self._liveness = HandLiveness()
        self._sequences = GestureSequences(
            pause_ms=policy.pause_ms, step_ms=policy.step_ms, total_ms=policy.total_ms
        )
        bolt.shut()
        self._state = reduce(State.after, log.records, State())
        self._append("started")
        self._now = clock()
        self._start_wait()
        self._open_until = float("-inf")
        self._last_ms: float | None = None
        if not self._state.challenge:
            self._draw()

    def see(self, seen: VideoRecognition) -> str:
        """Take the next frame; gives what to tell the person before the door."""
        last, self._last_ms = self._last_ms, seen.frame.timestamp_ms
        if last is not None and not 0 < self._last_ms - last <= self._policy.max_gap_ms:
            self._forget()
        before, now = self._now, self._clock()
        self._now = now
        if now < before:
            self.fail("the clock went back")
            self._start_wait()
        if now < self._open_until:
            self._bolt.open()
            return "open"
        self._bolt.shut()
        if now < self._wait_until:
            self._forget()
            return self._wait_words()
        self._liveness.update(seen.hands, seen.track_ids, self._last_ms)
        attempts = self._sequences.update(seen.events, self._last_ms)
        if any(self._judge(attempt) for attempt in attempts):
            self._open_until = now + self._policy.open_s
            self._bolt.open()
            return "open"
        if now < self._wait_until:
            return self._wait_words()
        return f"show {' '.join(self._state.challenge)}, then your sequence"

    def _wait_words(self) -> str:
        return f"wait {ceil(self._wait_until - self._now)} s"

    def fail(self, reason: str) -> None:
        """Shut, forget what was shown, and say why in the log."""
        self._bolt.shut()
        self._open_until = float("-inf")
        self._forget()
        self._log.append("failed", reason=reason)

    def _judge(self, attempt: GestureSequence) -> bool:
        """Whether to open. The attempt is on the disk before the secret is looked at."""
        asked = len(self._state.challenge)
        if attempt.gestures[:asked] != self._state.challenge:
            self._forget()
            return False  # not meant for the door: it has learnt nothing, and the challenge stays
        self._append("attempt")
        shown = GestureSequence(attempt.events[asked:], attempt.fault)
        reasons = {
            "sequence": not self._secret.matches(shown.gestures),
            "limits": attempt.fault is not None,
            "score": attempt.score < self._min_score,
            "not alive": not self._liveness.motion(attempt.events).is_alive(),
        }
        refused = [reason for reason, wrong in reasons.items() if wrong]
        if refused:
            self._append("refused", reasons=refused)
        else:
            self._append("opened")
        self._start_wait()
        self._draw()
        self._forget()
        return not refused

    def _append(self, event: str, **facts: Any) -> None:
        self._log.append(event, **facts)
        self._state = self._state.after(self._log.records[-1])

    def _draw(self) -> None:
        self._append("challenge", gestures=self._policy.drawn(self._gestures))

    def _start_wait(self) -> None:
        """Wait in full, after a restart too: no clock but our own is trusted."""
        self._wait_until = self._now + self._policy.wait_s(self._state.failures)

    def _forget(self) -> None:
        self._sequences.reset()
        self._liveness.reset()


def watch(
    recognizer: GestureRecognizer, source: Any, door: Door, tell: Callable[[str], None]
) -> None:
    """Show a source to the door until it ends. However it ends, the door is shut."""
    reason = "the camera is lost"
    try:
        with recognizer.stream(source) as frames:
            for seen in frames:
                tell(door.see(seen))
    except BaseException as error:
        reason = f"{type(error).__name__}: {error}"
        raise
    finally:
        door.fail(reason)
