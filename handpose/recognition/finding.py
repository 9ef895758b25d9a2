"""`find_motions`: the motions in a long one, without a video."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import check_is_fitted

from handpose.containers.motion import SLOTS, Motion
from handpose.errors import LandmarksError, ModelKindError
from handpose.extraction.clips import as_one_hand
from handpose.models.gestures import GestureModel
from handpose.models.threshold import threshold_of
from handpose.recognition.motion_finders import chances_of, finder_for
from handpose.recognition.windows import EVERY_MS, longest_ms
from handpose.system.words import counted
from handpose.temporal import GestureEvent, Steadying


def find_motions(
    model: GestureModel,
    motion: Motion,
    *,
    min_score: float | None = None,
    hold_ms: float = Steadying.hold_ms,
) -> list[GestureEvent]:
    """Find the motions in a long one: what `GestureRecognizer.events` finds in a video.

    Parameters
    ----------
    model : GestureModel of motions
        Fitted. It should have learnt what is no motion: see `with_nothing`.
    motion : Motion
        Of as many points as those that the model was trained on. Of two hands, a model of one is
        asked about the one that is seen more; one hand is a motion of two for a model of two.
    min_score : float, optional
        From which probability on a motion is named; by default `model.min_score`, and 0.8 where
        that is None.
    hold_ms : float, default=100
        For how long it must be shown.

    Returns
    -------
    list of GestureEvent
        One for each motion, with its begin and its end.

    Raises
    ------
    ModelKindError
        If the model is one of still hands.
    LandmarksError
        If the motion has another number of points.
    """
    told = events_in_time(model, motion, min_score=min_score, hold_ms=hold_ms)
    return [event for _, event in told if event.has_ended]


def events_in_time(
    model: GestureModel,
    motion: Motion,
    *,
    min_score: float | None = None,
    hold_ms: float = Steadying.hold_ms,
) -> Iterator[tuple[float, GestureEvent]]:
    """The events of `find_motions`, begins and ends, each after the time at which it is told."""
    if not getattr(model, "takes_motions", False):
        raise ModelKindError("this is a model of still hands; use one of motions to find motions")
    check_is_fitted(model)
    motion = _fitting(motion, model.features_)
    finder = finder_for(
        model,
        None if motion.n_hands == 2 else 0,
        min_score=threshold_of(model, min_score),
        hold_ms=hold_ms,
    )
    times = motion.timestamps_ms
    ticks = _ticks(times)
    firsts = np.searchsorted(times, times[ticks] - longest_ms(model))
    lately = [
        motion[first : tick + 1] if tick > first else None
        for first, tick in zip(firsts.tolist(), ticks, strict=True)
    ]
    asked = [finder.windows(one) for one in lately]
    chances = iter(chances_of(model, [window for several in asked for window in several]))
    for now, one, several in zip(times[ticks].tolist(), lately, asked, strict=True):
        _, events = finder.update([next(chances) for _ in several], now, one)
        for event in events:
            yield now, event
    for event in finder.end():
        yield float(times[-1]), event


def _fitting(motion: Motion, features: Any) -> Motion:
    """A motion of as many hands as the features take."""
    if motion.n_points != features.n_points_:
        raise LandmarksError(
            f"the model was trained on motions of {counted(features.n_points_, 'point')}, but this "
            f"one has {motion.n_points}"
        )
    if motion.n_hands == features.n_hands_:
        return motion
    if motion.n_hands == 2:
        return as_one_hand(motion)
    slot = SLOTS.index(motion.handedness or SLOTS[1])
    points = np.full((len(motion), 2, *motion.points.shape[2:]), np.nan, np.float32)
    points[:, slot] = motion.points[:, 0]
    return Motion(points, motion.timestamps_ms, body=motion.body)


def _ticks(timestamps_ms: NDArray[np.float64]) -> list[int]:
    """Frames at which windows are named: the second one, and each that is late enough after."""
    ticks, last = [], -np.inf
    for frame, time in enumerate(timestamps_ms.tolist()):
        if frame and time - last >= EVERY_MS:
            ticks.append(frame)
            last = time
    return ticks
