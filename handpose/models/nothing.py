"""What a model of motions must learn to pass over: pieces of motions, and what lies between."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray

from handpose.containers.labels import NO_GESTURE, is_no_gesture
from handpose.containers.motion import Motion, Motions
from handpose.containers.skeletons import HAND
from handpose.datasets import Dataset
from handpose.errors import DatasetError, ModelKindError
from handpose.features.normalize import SMALLEST_PALM, palm_size
from handpose.models.gestures import GestureModel
from handpose.models.stitched import StitchedTakes, kind_of, stitch_takes

SHOWS, NOT = 0.6, 0.4
"""Overlap of a window and a sign, over both together: from the first on the window shows the sign,
up to the second it does not."""
BESIDE = 0.3
"""Share of a sign by which a window of it may begin or end too early or too late."""
LENGTHS = (0.3, 2.0)
"""Of windows that show nothing, in lengths of the median take."""
WINDOWS, PIECES, NOTHINGS = 2, 5, 10
"""Windows of each sign, of each that is held still, and for each sign windows of nothing: chosen on
people of SHREC'17, see benchmarks/streams."""
FEWEST = 2000
"""Windows of nothing: few takes are stitched again and again, in another order, for so many. With
fewer of them the way from one sign to the next was named."""
HELD = {1: 0.06, len(HAND): 1.0}
"""A sign in which no point goes farther is held still: a piece is as good as the whole. In image
heights of a track, in palm sizes of a hand, by how many points there are."""
_TRIES = 20


def with_nothing(dataset: Dataset, model: GestureModel, *, random_state: int = 0) -> Dataset:
    """A data set of takes, with windows of streams that are stitched from them.

    A stream shows more than whole takes: beginnings, ends, a hand that rests or is away, motions
    that are begun and given up, and the way from one take to the next. The takes of each person
    are stitched into a stream, of which windows are added: some that hold a take with a little of
    what is around it, and, as ``"no_gesture"``, some that hold parts of takes at most. Parts of a
    sign that is held still are no such windows: there a piece is as good as the whole. Few
    takes are stitched several times, in other orders.

    Make the model with ``names_nothing=False`` unless takes have such a label themselves: what the
    windows teach is then refused, and no whole take is named so. Then tell the model with
    `handpose.learn_phases` what whole takes are.

    Parameters
    ----------
    dataset : Dataset of motions
        Takes, one motion in each. Its own takes of ``"no_gesture"`` stay what they are, and lie
        between the others in the streams.
    model : GestureModel of motions
        What is to learn them; not changed.
    random_state : int, default=0

    Returns
    -------
    Dataset
        The rows of `dataset`, then the others; each is of the group of its takes. With one motion
        only, nothing is added.

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
    shown = dataset[dataset.detected & (dataset.y != "")]
    signs = shown[~is_no_gesture(shown.y)]
    if len(signs.label_names) < 2:
        return dataset
    windows = _windows(shown, signs, np.random.default_rng(random_state))
    return Dataset(
        Motions([*dataset.X, *(window.motion for window in windows)]),
        [*dataset.y, *(window.label for window in windows)],
        [*dataset.groups, *(window.group for window in windows)],
        [*dataset.paths, *[""] * len(windows)],
        name=dataset.name,
        provenance=dataset.provenance,
    )


def shows_nothing(takes: Dataset) -> bool:
    """Whether takes that show a hand are labelled as no gesture, so that it is named like one."""
    return bool(is_no_gesture(takes.y[takes.detected]).any())


def people_of(takes: Dataset) -> dict[tuple[object, ...], list[tuple[Motion, str]]]:
    """Takes and their labels that can be stitched to one another, by whose and what they are."""
    found: dict[tuple[object, ...], list[tuple[Motion, str]]] = {}
    for motion, label, group in zip(*takes, strict=True):
        found.setdefault((group, motion.handedness, *kind_of(motion)), []).append((motion, label))
    return found


def held_still(takes: Dataset) -> set[str]:
    """Labels of gestures that are shown by a hand that is held still."""
    signs = takes[~is_no_gesture(takes.y)]
    if not len(signs):
        return set()
    reaches = np.array([_reach(motion) for motion in signs.X])
    least = HELD[next(iter(signs.X)).n_points]
    return {n for n in signs.label_names if np.median(reaches[signs.y == n]) < least}


@dataclass(frozen=True, eq=False)
class _Window:
    """A piece of a stream: its label, and whose it is."""

    motion: Motion
    label: str
    group: str


def _windows(shown: Dataset, signs: Dataset, rng: np.random.Generator) -> list[_Window]:
    """Windows of streams of each person's takes."""
    length_ms = float(np.median([motion.duration_ms for motion in signs.X]))
    held, people = held_still(signs), people_of(shown)
    found: list[_Window] = []
    for _ in range(ceil(FEWEST / (NOTHINGS * len(signs)))):
        before = len(found)
        for (group, *_), own in people.items():
            order = rng.permutation(len(own))
            stream = stitch_takes([own[i] for i in order], rng, rests=not held)
            if stream.signs:
                cut = [*_of_signs(stream, held, rng), *_of_nothing(stream, length_ms, held, rng)]
                seen = Motions([motion for motion, _ in cut]).detected
                found += [_Window(*cut[i], str(group)) for i in np.flatnonzero(seen)]
        if not any(window.label == NO_GESTURE for window in found[before:]):
            break
    return found


def _of_signs(
    stream: StitchedTakes, held: set[str], rng: np.random.Generator
) -> list[tuple[Motion, str]]:
    """Windows that show a sign and not much else, or a piece of a sign that is held."""
    found, most = [], len(stream.motion)
    for sign in stream.signs:
        span, length = np.array([sign.first, sign.end]), sign.end - sign.first
        for _ in range(PIECES if sign.label in held else WINDOWS):
            if sign.label in held:
                beside = rng.dirichlet(np.ones(3))[:2] * [1, -1]
            else:
                beside = rng.uniform(-BESIDE, BESIDE, 2)
            first, end = (span + np.round(beside * length).astype(int)).clip(0, most).tolist()
            shows = sign.label in held or _overlaps(first, end, span[None])[0] >= SHOWS
            if end - first > 1 and shows:
                found.append((stream.motion[first:end], sign.label))
    return found


def _of_nothing(
    stream: StitchedTakes, length_ms: float, held: set[str], rng: np.random.Generator
) -> list[tuple[Motion, str]]:
    """Windows that show no sign, but may show parts of some that are not held."""
    found: list[tuple[Motion, str]] = []
    times, most = stream.motion.timestamps_ms, len(stream.motion)
    spans = np.array([(sign.first, sign.end) for sign in stream.signs])
    begins, ends = spans.T
    as_good = np.array([sign.label in held for sign in stream.signs])
    wanted = NOTHINGS * len(spans)
    for _ in range(_TRIES * wanted):
        first = int(rng.integers(most - 2))
        end = int(np.searchsorted(times, times[first] + rng.uniform(*LENGTHS) * length_ms))
        near = slice(np.searchsorted(ends, first, side="right"), np.searchsorted(begins, end))
        overlaps = _overlaps(first, end, spans[near])
        shows = overlaps.max(initial=0) > NOT or overlaps[as_good[near]].any()
        if end - first > 1 and not shows:
            found.append((stream.motion[first:end], NO_GESTURE))
        if len(found) == wanted:
            break
    return found


def _overlaps(first: int, end: int, spans: NDArray[np.intp]) -> NDArray[np.float64]:
    """What a window shares with each span, over what both cover together."""
    inside = np.minimum(end, spans[:, 1]) - np.maximum(first, spans[:, 0])
    both = np.maximum(end, spans[:, 1]) - np.minimum(first, spans[:, 0])
    return np.maximum(inside, 0) / both


def _reach(motion: Motion) -> float:
    """How far any point of a hand goes: in palm sizes, of a track in its own unit."""
    reaches = [0.0]
    for slot in range(motion.n_hands):
        points = motion.points[motion.seen[:, slot], slot, :, :2]
        if len(points):
            unit = np.median(palm_size(points)) if motion.n_points > 1 else 1.0
            reaches.append(float(np.ptp(points, axis=0).max() / max(unit, SMALLEST_PALM)))
    return max(reaches)
