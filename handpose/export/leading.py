"""Motions in a description, seen from the hand that leads: as `handpose.features.motion_frames`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from handpose.containers.skeletons import HAND, PALM_TRIANGLE
from handpose.export import tracing as xp
from handpose.export.graph import Value
from handpose.export.hands import LEFT, RIGHT, looks_left, palm_size
from handpose.export.resampled import resampled
from handpose.export.tracing import Traced
from handpose.features.motion_frames import BODY_POINTS, LEADS, MIRRORED_BODY, REST
from handpose.features.motion_kinds import MotionTransformer

_FAR = 1e9
"""More than any palm's size."""


@dataclass(frozen=True)
class Frames:
    """As `handpose.features.motion_frames.MotionFrames`.

    Attributes
    ----------
    points : Traced of shape (n, frames, hands, k, axes)
    seen : Traced of bool, shape (n, frames, hands)
    body : Traced of shape (n, 3, 2)
        Any numbers where `body_known` says no.
    body_known : Traced of bool, shape (n, 3)
    seconds : Traced of shape (n,)
    palms : Traced of shape (n, frames, hands)
    usable : Value of bool, shape (n, 1)
    left : Traced of bool, shape (n,), or None
        Which are a single left hand that was not mirrored; None where none is.
    """

    points: Traced
    seen: Traced
    body: Traced
    body_known: Traced
    seconds: Traced
    palms: Traced
    usable: Value
    left: Traced | None = None

    @property
    def centres(self) -> Traced:
        """Middles of the palms, or the point itself, shape (n, frames, hands, d)."""
        if self.points.shape[3] == 1:
            return self.points[..., 0, :]
        return self.points[..., list(PALM_TRIANGLE), :].mean(3)

    @property
    def as_right_hands(self) -> Traced:
        """The points, where single left hands look as right hands do, each where it is."""
        if self.left is None or self.points.shape[3] == 1:
            return self.points
        x, middles = self.points[..., :1], self.centres[..., None, :1]
        x = xp.where(_beside(self.left, x), middles * 2.0 - x, x)
        return xp.concatenate([x, self.points[..., 1:]], -1)


def frames_of(inputs: Mapping[str, Value], features: MotionTransformer, n_frames: int) -> Frames:
    """Motions at equal steps of time, seen from the hand that leads.

    Parameters
    ----------
    inputs : mapping of str to Value
        ``points`` and ``times``; ``side`` and ``body`` where there are such inputs.
    features : MotionTransformer
        Fitted.
    n_frames : int
    """
    even = resampled(
        inputs["points"],
        inputs["times"],
        n_frames,
        max_gap_ms=features.max_gap_ms,
        axes=features.axes_,
    )
    palms = _palms(even.points)
    unit = _middle(palms, even.seen)
    body, known = _body(inputs.get("body"), unit)
    frames = Frames(
        even.points / _beside(unit, even.points),
        even.seen,
        body / _beside(unit, body),
        known,
        even.seconds,
        palms / _beside(unit, palms),
        even.usable,
    )
    if features.n_hands_ == 2:
        frames = _led(frames, mirror=features.mirrors_)
    elif "side" in inputs:
        frames = _single(frames, Traced(inputs["side"]), mirror=features.mirrors_)
    return _from_leading(frames)


def _palms(points: Traced) -> Traced:
    """Palm sizes, shape (n, frames, hands)."""
    n, frames, hands, k, axes = points.shape
    if k != len(HAND):
        return points[..., 0, 0] * 0.0 + 1.0
    each = points.reshape(n * frames * hands, k, axes).value
    return Traced(palm_size(each)).reshape(n, frames, hands)


def _middle(palms: Traced, seen: Traced) -> Traced:
    """Median of the sizes of the palms that are seen, shape (n,)."""
    n, frames, hands = palms.shape
    most = frames * hands
    sizes, _ = xp.where(seen, palms, _FAR).reshape(n, most).value.smallest(most)
    table = np.zeros((most + 1, most), np.float32)
    for count in range(most + 1):
        for row in (max(count - 1, 0) // 2, count // 2):
            table[count, min(row, most - 1)] += 0.5
    chosen = seen.sum((1, 2)).value.reshape(1).equal(np.arange(most + 1)[None])
    return (Traced(chosen) @ table * Traced(sizes)).sum(1)


def _body(body: Value | None, beside: Traced) -> tuple[Traced, Traced]:
    """Points of the body, and which are known."""
    if body is None:
        nothing = beside[:, None] * np.zeros((1, len(BODY_POINTS)), np.float32)
        return xp.stack([nothing, nothing], 2), nothing > 0.5
    known = Traced((body * 0.0).sum(2).equal(0.0))
    return xp.where(known[..., None], Traced(body), 0.0), known


def _led(frames: Frames, *, mirror: bool) -> Frames:
    """The leading hand first; as a right hand, if the rest may be mirrored."""
    frames = replace(
        frames,
        points=frames.points[:, :, ::-1],
        seen=frames.seen[:, :, ::-1],
        palms=frames.palms[:, :, ::-1],
    )
    if not mirror:
        return frames
    both = frames.seen[:, 1:] & frames.seen[:, :-1]
    lengths = (xp.norm(xp.diff(frames.centres, 1)) * both).sum(1)
    lengths = (lengths + REST) * frames.seen.mean(1)
    left = lengths[:, 1] > lengths[:, 0] * LEADS
    other = replace(
        frames,
        points=frames.points[:, :, ::-1],
        seen=frames.seen[:, :, ::-1],
        palms=frames.palms[:, :, ::-1],
    )
    return _mirrored(left, other, frames)


def _single(frames: Frames, side: Traced, *, mirror: bool) -> Frames:
    """Single hands, mirrored where they are left and that is asked for; else which are left."""
    left = Traced(side.value.equal(LEFT))
    n, count, _, k, axes = frames.points.shape
    if k == len(HAND):
        each = frames.points.reshape(n * count, k, axes).value
        guessed = Traced(looks_left(each)).reshape(n, count)
        seen = frames.seen[:, :, 0]
        mostly = (guessed & seen).sum(1) * 2.0 > seen.sum(1)
        left = left | (mostly & ~Traced(side.value.equal(RIGHT)))
    return _mirrored(left, frames, frames) if mirror else replace(frames, left=left)


def _mirrored(left: Traced, those: Frames, others: Frames) -> Frames:
    """Those where a left hand leads, in a mirror, and the others as they are."""

    def chosen(yes: Traced, no: Traced) -> Traced:
        return xp.where(_beside(left, yes), yes, no)

    def flipped(points: Traced) -> Traced:
        signs = np.ones((1,) * (points.ndim - 1) + points.shape[-1:], np.float32)
        signs[..., 0] = -1
        return points * signs

    def truth(yes: Traced, no: Traced) -> Traced:
        return chosen(yes.astype(np.float32), no.astype(np.float32)) > 0.5

    return replace(
        others,
        points=chosen(flipped(those.points), others.points),
        seen=others.seen if those is others else truth(those.seen, others.seen),
        palms=others.palms if those is others else chosen(those.palms, others.palms),
        body=chosen(flipped(those.body[:, MIRRORED_BODY]), others.body),
        body_known=truth(those.body_known[:, MIRRORED_BODY], others.body_known),
    )


def _from_leading(frames: Frames) -> Frames:
    """The origin where the leading hand is on average."""
    weights = frames.seen[:, :, 0].astype(np.float32)
    weights = xp.where(weights.max(1, keepdims=True) > 0.5, weights, 1.0)
    shares = (weights / weights.sum(1, keepdims=True))[..., None]
    origin = (frames.centres[:, :, 0] * shares).sum(1)
    present = frames.seen.any(1, keepdims=True)[..., None, None]
    points = xp.where(present, frames.points - origin[:, None, None, None], 0.0)
    return replace(frames, points=points, body=frames.body - origin[:, None, :2])


def _beside(each: Traced, array: Traced) -> Traced:
    """A number for each motion, of as many axes as an array."""
    return each[(slice(None), *[None] * (array.ndim - 1))]
