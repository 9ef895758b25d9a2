"""Takes stitched into a stream, as a camera sees them that nobody stops in between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from handpose.containers.labels import NO_GESTURE_LABELS
from handpose.containers.motion import Motion

Floats = NDArray[np.float32]

PAUSE_MS, GONE_MS, GLIDE_MS = (250.0, 1300.0), (250.0, 1000.0), (130.0, 330.0)
"""How long a hand rests, is out of the picture, is on its way from one take to the next."""
PIECE = (0.2, 0.5)
"""Share of a take that a piece has, of a motion that is begun and given up, or joined midway."""
TREMOR = 0.01
"""Of a hand at rest, as a share of how far it moved before."""
HERE = 0.05
"""Of how far a hand moved before: no way leads to what is nearer than this."""
NEAR = 0.5
"""How often a take begins where the hand is already."""
BETWEEN = {"rest": 0.3, "gone": 0.2, "piece": 0.25, "next": 0.25}
"""How often each of these comes before a take; *next*: nothing but the way to it."""


@dataclass(frozen=True)
class Span:
    """A sign in a stream: what it is, its first frame, and the one after its last."""

    label: str
    first: int
    end: int


@dataclass(frozen=True, eq=False)
class StitchedTakes:
    """Hands frame by frame, and the signs among them."""

    motion: Motion
    signs: tuple[Span, ...]


def kind_of(take: Motion) -> tuple[object, ...]:
    """What takes must share to be stitched to one another."""
    return take.points.shape[1:], None if take.body is None else take.body.shape[1:]


def stitch_takes(
    takes: Sequence[tuple[Motion, str]], rng: np.random.Generator, *, rests: bool = True
) -> StitchedTakes:
    """Takes and their labels, all of one `kind_of`, in this order, with something before each.

    Takes of labels that name no gesture are in the stream, and no signs of it. Without `rests` a
    hand is never held still between two takes, where that might be a sign.
    """
    stream = _Stream(float(np.median([np.diff(take.timestamps_ms).mean() for take, _ in takes])))
    signs = []
    for take, label in takes:
        if len(stream):
            _come_between(stream, [other for other, _ in takes], rng, rests)
        flat = stream.placed(take, rng)
        if len(stream):
            stream.glide(flat[0], rng)
        first = len(stream)
        stream.add(flat, np.diff(take.timestamps_ms))
        if label not in NO_GESTURE_LABELS:
            signs.append(Span(label, first, len(stream)))
    if rests:
        stream.rest(rng)
    else:
        stream.go(rng)
    return StitchedTakes(stream.motion(takes[0][0]), tuple(signs))


def _come_between(
    stream: _Stream, takes: Sequence[Motion], rng: np.random.Generator, rests: bool
) -> None:
    what = rng.choice(list(BETWEEN), p=list(BETWEEN.values()))
    if what == "rest" and rests:
        stream.rest(rng)
    elif what == "gone":
        stream.go(rng)
    elif what == "piece":
        take = stream.placed(takes[int(rng.integers(len(takes)))], rng)
        frames = max(round(rng.uniform(*PIECE) * len(take)), 1)
        piece = take[:frames] if rng.random() < 0.5 else take[-frames:]
        stream.glide(piece[0], rng)
        stream.add(piece)


class _Stream:
    """Frames that follow one another: hands and body as one row of numbers each."""

    def __init__(self, step_ms: float):
        self._step_ms = step_ms
        self._rows: list[Floats] = []
        self._steps: list[NDArray[np.float64]] = []
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def add(self, rows: Floats, steps_ms: NDArray[np.float64] | None = None) -> None:
        """Go on with these rows, which have these times between them."""
        if steps_ms is None:
            steps_ms = np.full(len(rows) - 1, self._step_ms)
        self._rows.append(rows)
        self._steps += [np.array([self._step_ms]), steps_ms]
        self._length += len(rows)

    def placed(self, take: Motion, rng: np.random.Generator) -> Floats:
        """The rows of a take: where it was, or, of one without a body, near the last row."""
        points = take.points
        if len(self) and take.body is None and rng.random() < NEAR:
            here = self._rows[-1][-1].reshape(points.shape[1:])
            known = np.isfinite(here[..., 0]) & np.isfinite(points[0, ..., 0])
            if known.any():
                points = points + (here[known] - points[0, known]).mean(axis=0)
        rows = points.reshape(len(take), -1)
        return rows if take.body is None else np.hstack([rows, take.body.reshape(len(take), -1)])

    def rest(self, rng: np.random.Generator) -> None:
        """Stay where the last row is, with a tremor."""
        pose = self._rows[-1][-1]
        tremor = rng.normal(0, 1, (self._frames(PAUSE_MS, rng), len(pose)))
        self.add((pose + TREMOR * _reach(self._rows[-1]) * tremor).astype(np.float32))

    def go(self, rng: np.random.Generator) -> None:
        """Be out of the picture."""
        frames = self._frames(GONE_MS, rng)
        self.add(np.full((frames, len(self._rows[-1][-1])), np.nan, np.float32))

    def glide(self, there: Floats, rng: np.random.Generator) -> None:
        """Go to a pose, slow at both ends; a hand that is in one of the two only is there."""
        here = self._rows[-1][-1]
        far = np.abs(there - here)
        if not (np.isnan(far) | (far > HERE * _reach(self._rows[-1]))).any():
            return
        share = np.linspace(0, 1, self._frames(GLIDE_MS, rng) + 2, dtype=np.float32)[1:-1, None]
        share = share * share * (3 - 2 * share)
        way = here + share * (there - here)
        self.add(np.where(np.isnan(way), np.where(share > 0.5, there, here), way))

    def motion(self, like: Motion) -> Motion:
        """The whole stream, its rows as the hands and the body of a motion of its kind.

        Where depth is relative to wrists, it stays so.
        """
        rows = np.concatenate(self._rows)
        width = int(np.prod(like.points.shape[1:]))
        body = None if like.body is None else rows[:, width:].reshape(-1, *like.body.shape[1:])
        points = rows[:, :width].reshape(-1, *like.points.shape[1:])
        if like.n_points > 1 and not np.nan_to_num(like.points[..., 0, 2:]).any():
            points[..., 2:] -= points[..., :1, 2:]
        times = np.concatenate(self._steps).cumsum()
        return Motion(points, times, like.handedness, body=body)

    def _frames(self, between_ms: tuple[float, float], rng: np.random.Generator) -> int:
        return max(round(rng.uniform(*between_ms) / self._step_ms), 1)


def _reach(rows: Floats) -> float:
    """How far any of the numbers that are known in the last row goes."""
    known = rows[:, np.isfinite(rows[-1])]
    return float((np.nanmax(known, axis=0) - np.nanmin(known, axis=0)).max(initial=0))
