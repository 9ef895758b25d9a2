"""Takes of one person stitched into one stream, with pauses and nonsense between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from handpose.containers.motion import Motion

FRAME_MS = 1000 / 30
"""All takes are assumed to have 30 frames a second."""

PAUSE, LOST, GLIDE = (10, 40), (8, 30), (4, 10)
"""Frames of a pause, of a hand out of the picture, of the way from one take to the next."""
TREMOR = 0.01
"""Of a hand at rest, in palm sizes: rendered and real clips of still hands tremble by this."""


@dataclass(frozen=True)
class Span:
    """A sign in a stream: what it is, its first and its last frame."""

    label: str
    first: int
    last: int


@dataclass(frozen=True, eq=False)
class Stream:
    """Hands frame by frame, and the signs among them."""

    motion: Motion
    signs: tuple[Span, ...]


def stitch(
    takes: Sequence[tuple[Motion, str]],
    nonsense: Sequence[Motion],
    rng: np.random.Generator,
    share: float = 0.5,
) -> Stream:
    """A stream of takes in this order.

    Before each take the hand rests, leaves the picture or does something else (in `share` of the
    cases, where there is nonsense), and glides from there to where the next take begins.
    """
    pieces: list[NDArray[np.float32]] = []
    signs: list[Span] = []
    count = 0

    def append(points: NDArray[np.float32]) -> None:
        nonlocal count
        pieces.append(points)
        count += len(points)

    last = None
    for motion, label in takes:
        for points in (*_between(last, nonsense, rng, share), motion.points):
            start = points[0]
            if last is not None:
                append(glide(last, start, int(rng.integers(*GLIDE))))
            if points is motion.points:
                signs.append(Span(label, count, count + len(points) - 1))
            append(points)
            last = points[-1]
    append(rest(last, int(rng.integers(*PAUSE)) + 20, rng))
    joined = np.concatenate(pieces)
    times = np.arange(len(joined)) * FRAME_MS
    return Stream(Motion(joined, times, takes[0][0].handedness), tuple(signs))


def _between(
    last: NDArray[np.float32] | None,
    nonsense: Sequence[Motion],
    rng: np.random.Generator,
    share: float,
) -> list[NDArray[np.float32]]:
    """What the hand does before a take."""
    if last is None:
        return []
    if len(nonsense) and rng.random() < share:
        return [nonsense[int(rng.integers(len(nonsense)))].points]
    if rng.random() < 0.5:
        return [rest(last, int(rng.integers(*PAUSE)), rng)]
    return [np.full((int(rng.integers(*LOST)), *last.shape), np.nan, np.float32)]


def rest(pose: NDArray[np.float32], frames: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """A pose that is held, with a slow tremor."""
    size = np.float32(np.nanmax(np.nanmax(pose, axis=1) - np.nanmin(pose, axis=1)) / 2)
    drift = rng.normal(0, TREMOR * size, (frames, *pose.shape[:1], 1, pose.shape[-1]))
    return (pose[None] + drift).astype(np.float32)


def glide(start: NDArray[np.float32], end: NDArray[np.float32], frames: int) -> NDArray[np.float32]:
    """From one pose to another, slow at both ends; a hand that is in one of them only is there."""
    share = np.linspace(0, 1, frames + 2)[1:-1]
    share = (share * share * (3 - 2 * share)).astype(np.float32)[:, None, None, None]
    way = start[None] + share * (end - start)[None]
    late = share > 0.5
    alone = np.where(late, end[None], start[None])
    return np.where(np.isnan(way), alone, way).astype(np.float32)
