"""What a model of motions must learn to pass over: pieces of motions, and the way between two."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone

from handpose.containers.labels import NO_GESTURE, is_no_gesture
from handpose.containers.motion import MIN_SEEN, Motion, Motions
from handpose.datasets import Dataset
from handpose.errors import DatasetError, ModelKindError
from handpose.models.gestures import GestureModel

PIECE = (0.2, 0.5)
"""Shares of a take that a piece has."""
PAUSE = (0.0, 0.2)
"""Shares of a take for which the hand rests, or comes and goes, before and after it."""
CUT = (0.0, 0.1)
"""Shares of a take by which a window may miss its beginning and its end."""
COPIES = 2
"""Windows of each take."""
REST_SHARE = 0.4
"""Of windows whose hand rests before the take, or after it."""
GLIDE_MS = 200.0
"""Time from one take to the next."""


def with_nothing(dataset: Dataset, model: GestureModel, *, random_state: int = 0) -> Dataset:
    """A data set of takes, with what lies between them in a stream.

    A stream shows more than whole takes: beginnings, ends, a hand that rests, and the way from one
    take to the next. Of each take the following is added: two windows that hold it with a little
    of what is around it, and, as ``"no_gesture"``, its beginning, its end, and its end followed by
    the beginning of another. A piece that a model of the takes alone names rightly stays out: where
    a hand is held still, a piece is as good as the whole.

    Parameters
    ----------
    dataset : Dataset of motions
        Takes, one motion in each. Its own takes of ``"no_gesture"`` stay what they are.
    model : GestureModel of motions
        Decides which pieces stay out; not changed.
    random_state : int, default=0

    Returns
    -------
    Dataset
        The rows of `dataset`, then the others; each is of the group of its take. With one motion
        only, which pieces would be named rightly cannot be told: then nothing is added.

    Raises
    ------
    ModelKindError
        If the model is one of still hands.
    DatasetError
        If the data set holds no motions.
    """
    if not model.takes_motions:
        raise ModelKindError("pieces of motions need a model of motions, but this is one of stills")
    if not isinstance(dataset.X, Motions):
        raise DatasetError("pieces can be cut of motions only")
    rng = np.random.default_rng(random_state)
    signs = np.flatnonzero(dataset.detected & ~is_no_gesture(dataset.y) & (dataset.y != ""))
    if len(set(dataset.y[signs].tolist())) < 2:
        return dataset
    takes = list(dataset.X[signs])
    shown = [_in_context(take, takes, rng) for take in takes for _ in range(COPIES)]
    rows = np.repeat(signs, COPIES)
    pieces, owners, names = _pieces(takes, dataset, signs, rng)
    alone = clone(model).fit(dataset.X[signs], dataset.y[signs], groups=dataset.groups[signs])
    answers = alone.predict(Motions(pieces)) if pieces else np.empty(0, str)
    wrong = [i for i, own in enumerate(names) if answers[i] not in own]
    return Dataset(
        Motions([*dataset.X, *shown, *(pieces[i] for i in wrong)]),
        [*dataset.y, *dataset.y[rows], *[NO_GESTURE] * len(wrong)],
        [*dataset.groups, *dataset.groups[rows], *(dataset.groups[owners[i]] for i in wrong)],
        [*dataset.paths, *dataset.paths[rows], *(dataset.paths[owners[i]] for i in wrong)],
        name=dataset.name,
        provenance=dataset.provenance,
    )


def _pieces(
    takes: list[Motion], dataset: Dataset, signs: NDArray[np.intp], rng: np.random.Generator
) -> tuple[list[Motion], list[int], list[set[str]]]:
    """Pieces, the row of each one's take, and the labels that would be right for it."""
    pieces, owners, names = [], [], []
    for number, (take, row) in enumerate(zip(takes, signs.tolist(), strict=True)):
        same = np.flatnonzero(dataset.groups[signs] == dataset.groups[row])
        other = int(rng.choice(same)) if len(same) > 1 else int(rng.integers(len(takes)))
        label, next_label = str(dataset.y[row]), str(dataset.y[signs[other]])
        head, tail = _cut(take, rng, end=False), _cut(take, rng, end=True)
        made: list[tuple[Motion | None, set[str]]] = [
            (head, {label}),
            (tail, {label}),
            (_joined(tail, _cut(takes[other], rng, end=False)), {label, next_label}),
        ]
        if other == number:
            made.pop()
        for piece, own in made:
            if piece is not None and _is_seen(piece):
                pieces.append(piece)
                owners.append(row)
                names.append(own)
    return pieces, owners, names


def _cut(take: Motion, rng: np.random.Generator, *, end: bool) -> Motion | None:
    """The beginning or the end of a take; None of a take of too few frames."""
    frames = round(rng.uniform(*PIECE) * len(take))
    if frames < 3:
        return None
    return take[-frames:] if end else take[:frames]


def _joined(first: Motion | None, second: Motion | None) -> Motion | None:
    """One piece after another, with the way from one to the other between them."""
    if first is None or second is None or first.points.shape[1:] != second.points.shape[1:]:
        return None
    step = float(np.median(np.diff(first.timestamps_ms)))
    between = max(round(GLIDE_MS / step), 1)
    share = (np.arange(1, between + 1, dtype=np.float32) / (between + 1))[:, None, None, None]
    start, end = first.points[-1], second.points[0]
    glide = start + share * (end - start)
    points = np.concatenate([first.points, glide, second.points])
    start_ms, end_ms = first.timestamps_ms[-1], second.timestamps_ms[0]
    times = np.concatenate(
        [
            first.timestamps_ms,
            start_ms + step * np.arange(1, between + 1),
            second.timestamps_ms - end_ms + start_ms + step * (between + 1),
        ]
    )
    return Motion(points, times, first.handedness)


def _in_context(take: Motion, others: list[Motion], rng: np.random.Generator) -> Motion:
    """A take as a window of a stream holds it: cut a little, or with what comes before and after.

    That is a rest, or a part of the way from another take and to one.
    """
    first, last = (round(rng.uniform(*CUT) * len(take)) for _ in range(2))
    kept = take[first : len(take) - last] if len(take) - first - last >= MIN_SEEN else take
    step = float(np.median(np.diff(take.timestamps_ms)))
    before, after = (round(rng.uniform(*PAUSE) * len(take)) for _ in range(2))
    away = [others[int(rng.integers(len(others)))] for _ in range(2)]
    way_in = _way(away[0].points[-1], kept.points[0], before, rng)[::-1]
    way_out = _way(away[1].points[0], kept.points[-1], after, rng)
    points = np.concatenate([way_in, kept.points, way_out])
    times = np.concatenate(
        [
            kept.timestamps_ms[0] - step * np.arange(before, 0, -1),
            kept.timestamps_ms,
            kept.timestamps_ms[-1] + step * np.arange(1, after + 1),
        ]
    )
    return Motion(points, times, take.handedness)


def _way(
    away: NDArray[np.float32], here: NDArray[np.float32], frames: int, rng: np.random.Generator
) -> NDArray[np.float32]:
    """From a pose on: so many frames of a rest, or of the way to another pose."""
    if rng.random() < REST_SHARE or away.shape != here.shape:
        return np.repeat(here[None], frames, axis=0)
    whole = max(frames, round(rng.uniform(1.0, 2.5) * max(frames, 1)))
    share = (np.arange(1, frames + 1, dtype=np.float32) / whole)[:, None, None, None]
    share = share * share * (3 - 2 * share)
    way = here + share * (away - here)
    return np.where(np.isnan(way), here, way).astype(np.float32)


def _is_seen(piece: Motion) -> bool:
    return bool(Motions([piece]).detected[0])
