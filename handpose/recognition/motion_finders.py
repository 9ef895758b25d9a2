"""From the last moments of a hand, tick by tick, to events: two ways of finding motions."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handpose.containers.labels import NO_GESTURE_LABELS, is_no_gesture
from handpose.containers.motion import Motion
from handpose.models.gestures import GestureModel
from handpose.models.phases import PHASES, Phases
from handpose.recognition.windows import DEFAULT_WINDOW_MS, LOOK_AHEAD_MS, firsts_before
from handpose.temporal import (
    Candidate,
    CoveringSegmenter,
    FrameClock,
    GestureEvent,
    Look,
    Segmenter,
)
from handpose.temporal.segmentation import SETTLE_MS

Chances = NDArray[np.float64]
"""Of each label, for one window."""

SETTLE = 0.14
"""For how long no window must be surer, in lengths of the median motion; never less than
`SETTLE_MS`. Chosen on people of SHREC'17: see benchmarks/streams."""

WEIGHT = 2.0
"""Of the phases beside the odds of the label: chosen on people of SHREC'17, as the next two."""
USUAL = -1.5
"""What whole motions have: the mean log probabilities that they begin and that they end, added."""
LENGTH = 1.5
"""Of the length of a window (logarithm, over the median motion's): a stream has many more short
windows than long ones to take for a motion."""

_TINY = 1e-6


class MotionFinder(ABC):
    """Finds the motions of one hand, or of both, from windows that are named tick by tick."""

    _segmenter: Segmenter | CoveringSegmenter

    def __init__(self, model: GestureModel):
        self._classes = np.asarray(model.classes_)
        self._window_ms = model.window_ms or DEFAULT_WINDOW_MS

    @property
    def gesture(self) -> str | None:
        """The motion that is being shown."""
        return self._segmenter.gesture

    @abstractmethod
    def windows(self, lately: Motion | None) -> list[Motion]:
        """The windows of the last moments that are to be named; none where no hand is seen."""

    @abstractmethod
    def update(
        self, chances: Sequence[Chances], timestamp_ms: float, lately: Motion | None
    ) -> tuple[float | None, list[GestureEvent]]:
        """Take what these windows show: the highest score, if there is one, and the events."""

    @abstractmethod
    def end(self) -> list[GestureEvent]:
        """Tell what is left: the hand is gone, or the video is over."""


def finder_for(
    model: GestureModel,
    track_id: int | None,
    *,
    min_score: float,
    hold_ms: float,
    clock: FrameClock | None = None,
) -> MotionFinder:
    """What finds the motions of a model; by phases, where it has learnt them."""
    made: Any = SurestFinder if model.phases_ is None else WholeFinder
    found: MotionFinder = made(model, track_id, min_score=min_score, hold_ms=hold_ms, clock=clock)
    return found


def chances_of(model: GestureModel, windows: Sequence[Motion]) -> Sequence[Chances]:
    """What each window shows."""
    return list(model.window_scores(list(windows))) if windows else []


class SurestFinder(MotionFinder):
    """Tells the motion of the windows that are surest."""

    _segmenter: Segmenter

    def __init__(
        self,
        model: GestureModel,
        track_id: int | None,
        *,
        min_score: float,
        hold_ms: float,
        clock: FrameClock | None,
    ):
        super().__init__(model)
        self._labels = [str(label) for label in self._classes]
        settle_ms = max(SETTLE * self._window_ms, SETTLE_MS)
        self._segmenter = Segmenter(
            track_id,
            enter=min_score,
            hold_ms=hold_ms,
            settle_ms=settle_ms,
            exit_hold_ms=max(settle_ms, hold_ms),
            rejecting=NO_GESTURE_LABELS,
            clock=clock,
        )

    def windows(self, lately: Motion | None) -> list[Motion]:
        return [] if lately is None else [lately[first:] for first in self._firsts(lately)]

    def update(
        self, chances: Sequence[Chances], timestamp_ms: float, lately: Motion | None
    ) -> tuple[float | None, list[GestureEvent]]:
        if lately is None:
            return None, self._segmenter.update([], timestamp_ms)
        looks = [
            Look(_first_seen_ms(lately, first), dict(zip(self._labels, row.tolist(), strict=True)))
            for first, row in zip(self._firsts(lately), chances, strict=True)
        ]
        score = max((float(row.max()) for row in chances), default=None)
        return score, self._segmenter.update(looks, timestamp_ms, lately.handedness)

    def end(self) -> list[GestureEvent]:
        return self._segmenter.end()

    def _firsts(self, lately: Motion) -> list[int]:
        return firsts_before(lately, self._window_ms, len(lately) - 1)


class WholeFinder(MotionFinder):
    """Tells motions that begin as motions do and end as motions do."""

    _segmenter: CoveringSegmenter

    def __init__(
        self,
        model: GestureModel,
        track_id: int | None,
        *,
        min_score: float,
        hold_ms: float,
        clock: FrameClock | None,
    ):
        assert model.phases_ is not None
        super().__init__(model)
        self._model, self._nothing = model, is_no_gesture(self._classes)
        self._knows_nothing = bool(is_no_gesture(model.classifier_.classes_).any())
        self._segmenter = CoveringSegmenter(track_id, enter=min_score, hold_ms=hold_ms, clock=clock)
        self._phases = _LatelyPhases(model.phases_)
        self._lately: Motion | None = None

    def windows(self, lately: Motion | None) -> list[Motion]:
        if lately is None:
            return []
        last = _last_known(lately)
        return [lately[first : last + 1] for first in self._firsts(lately, last)]

    def update(
        self, chances: Sequence[Chances], timestamp_ms: float, lately: Motion | None
    ) -> tuple[float | None, list[GestureEvent]]:
        left = self._left() if self._has_skipped(lately) else []
        self._lately = lately
        if lately is None:
            return None, self._segmenter.update(left, timestamp_ms)
        last = _last_known(lately)
        spans = [(first, last) for first in self._firsts(lately, last)]
        found = self._candidates(lately, spans, chances) if spans else []
        score = max((one.score for one in found), default=None)
        return score, self._segmenter.update([*left, *found], timestamp_ms, lately.handedness)

    def end(self) -> list[GestureEvent]:
        left, self._lately = self._left(), None
        return self._segmenter.end(left)

    def _has_skipped(self, lately: Motion | None) -> bool:
        """Whether frames of the moments before were not named and are forgotten now."""
        if self._lately is None:
            return False
        return lately is None or lately.timestamps_ms[0] > self._lately.timestamps_ms[-1]

    def _left(self) -> list[Candidate]:
        """The windows that end where it was not yet known what follows."""
        lately = self._lately
        if lately is None:
            return []
        ends = range(max(_last_known(lately) + 1, 1), len(lately))
        spans = [(first, last) for last in ends for first in self._firsts(lately, last)]
        chances = chances_of(self._model, [lately[first : last + 1] for first, last in spans])
        return self._candidates(lately, spans, chances) if spans else []

    def _firsts(self, lately: Motion, last: int) -> list[int]:
        return firsts_before(lately, self._window_ms, last) if last > 0 else []

    def _candidates(
        self, lately: Motion, spans: Sequence[tuple[int, int]], chances: Sequence[Chances]
    ) -> list[Candidate]:
        """The most probable motion of each window, and how much speaks for a whole one."""
        gestures = np.where(self._nothing, 0.0, np.array(chances))
        likely = gestures.max(1)
        unlikely = np.maximum(1 - (gestures.sum(1) if self._knows_nothing else likely), 0)
        odds = np.log((likely + _TINY) / (unlikely + _TINY))
        odds += WEIGHT * _wholeness(self._phases(lately, spans[-1][1]), np.array(spans))
        times = lately.timestamps_ms[np.array(spans)]
        odds += LENGTH * np.log((times[:, 1] - times[:, 0]) / self._window_ms)
        labels, scores = self._classes[gestures.argmax(1)].tolist(), 1 / (1 + np.exp(-odds))
        return [
            Candidate(str(label), score, *window)
            for label, score, window in zip(labels, scores.tolist(), times.tolist(), strict=True)
        ]


class _LatelyPhases:
    """Phases of the last moments: of each frame once."""

    def __init__(self, phases: Phases):
        self._phases = phases
        self._known: deque[tuple[float, Chances]] = deque()

    def __call__(self, lately: Motion, last: int) -> NDArray[np.float64]:
        """Log probabilities of `PHASES` in the frames up to one, shape (last + 1, 3)."""
        times = lately.timestamps_ms[: last + 1]
        while self._known and self._known[0][0] < times[0]:
            self._known.popleft()
        new = np.arange(len(self._known), last + 1)
        if len(new):
            self._known.extend(zip(times[new].tolist(), self._phases(lately, new), strict=True))
        return np.array([row for _, row in self._known])


def _last_known(lately: Motion) -> int:
    """The last frame of which it is known what follows."""
    times = lately.timestamps_ms
    return int(np.searchsorted(times, times[-1] - LOOK_AHEAD_MS, side="right")) - 1


def _wholeness(phases: NDArray[np.float64], spans: NDArray[np.intp]) -> NDArray[np.float64]:
    """How much windows begin in their first third and end in their last as whole motions do."""
    sums = np.concatenate([np.zeros((1, phases.shape[1])), phases.cumsum(0)])
    first, end = spans[:, 0], spans[:, 1] + 1
    third = np.maximum((end - first) // len(PHASES), 1)
    begins = sums[first + third, 0] - sums[first, 0]
    ends = sums[end, -1] - sums[end - third, -1]
    found: NDArray[np.float64] = (begins + ends) / third - USUAL
    return found


def _first_seen_ms(lately: Motion, first: int) -> float:
    """When a hand is first seen from a frame on."""
    return float(lately.timestamps_ms[first + int(lately.seen[first:].any(axis=1).argmax())])
