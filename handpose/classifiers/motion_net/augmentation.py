"""Changed copies of motions: at another pace, turned, of other proportions, partly hidden."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from handpose.containers.skeletons import FINGERS

_KNOTS = 5
"""Of noise that changes slowly."""
_FREE = [
    (joint, finger[0], number)
    for number, finger in enumerate(FINGERS.values())
    for joint in finger[1:]
]
"""Joints that move within a hand, the knuckle and the number of their finger."""


@dataclass(frozen=True)
class MotionAugmentation:
    """How motions are changed while a network is trained.

    Attributes
    ----------
    pace : float
        Share by which the pace varies within a motion.
    ends : float
        Largest share of a motion that is cut off at, or added to, each end.
    turn : float
        Standard deviation of turns in the image, in degrees, and about the other two axes where
        there is depth.
    size : float
        Standard deviation of the sizes (logarithm), of each axis by itself.
    fingers : float
        Standard deviation of the lengths of the fingers (logarithm), each by itself.
    jitter, drift : float
        Standard deviations of each point, in palm sizes: in each frame anew, and slowly.
    hide_hand, hide_finger, hide_body : float
        Share of motions in which a hand is not seen for some frames, a finger lies in the palm, the
        body is not known.
    swap : float
        Share of motions of two hands that are mirrored, so that the other hand leads.
    mix : float
        How often a motion is blended with another: both parameters of a beta distribution.
    """

    pace: float = 0.3
    ends: float = 0.1
    turn: float = 8.0
    size: float = 0.1
    fingers: float = 0.1
    jitter: float = 0.01
    drift: float = 0.02
    hide_hand: float = 0.2
    hide_finger: float = 0.2
    hide_body: float = 0.2
    swap: float = 0.1
    mix: float = 0.2


def augmented(
    points: Tensor, seen: Tensor, body: Tensor, how: MotionAugmentation
) -> tuple[Tensor, Tensor, Tensor]:
    """Changed motions; shapes as of `channels.split`."""
    points, seen = _at_another_pace(points, seen, how)
    points, seen, body = _swapped(points, seen, body, how.swap)
    points = _turned(points, how)
    points = _with_other_fingers(points, how)
    points = points + how.jitter * torch.randn_like(points) + how.drift * _slowly(points)
    seen = _without_hand(seen, how.hide_hand)
    kept = (torch.rand(len(body), 1) >= how.hide_body).float()
    return points, seen, body * kept


def _at_another_pace(
    points: Tensor, seen: Tensor, how: MotionAugmentation
) -> tuple[Tensor, Tensor]:
    n, frames = points.shape[:2]
    knots = torch.exp(how.pace * torch.randn(n, 4))
    pace = torch.nn.functional.interpolate(
        knots[:, None], frames - 1, mode="linear", align_corners=True
    )[:, 0]
    when = torch.cat([torch.zeros(n, 1), pace.cumsum(1)], 1)
    when = when / when[:, -1:]
    begin, end = how.ends * (2 * torch.rand(2, n, 1) - 1)
    when = (begin + when * (1 + end - begin)).clamp(0, 1) * (frames - 1)
    before = when.long().clamp(max=frames - 2)
    share = (when - before)[..., None, None, None]
    rows = torch.arange(n)[:, None]
    low, high = points[rows, before], points[rows, before + 1]
    nearest = when.round().long()
    return low + share * (high - low), seen[rows, nearest]


def _swapped(
    points: Tensor, seen: Tensor, body: Tensor, share: float
) -> tuple[Tensor, Tensor, Tensor]:
    """Some mirrored, with the other hand in front."""
    if points.shape[2] == 1:
        return points, seen, body
    chosen = torch.rand(len(points)) < share
    flip = torch.ones(points.shape[-1])
    flip[0] = -1
    points, seen, body = points.clone(), seen.clone(), body.clone()
    points[chosen] = points[chosen].flip(2) * flip
    seen[chosen] = seen[chosen].flip(2)
    body[chosen] *= torch.tensor([-1.0, 1, 1, -1, 1, 1])
    return points, seen, body


def _turned(points: Tensor, how: MotionAugmentation) -> Tensor:
    """Turned and stretched about the origin."""
    n, axes = len(points), points.shape[-1]
    matrix = torch.eye(axes).repeat(n, 1, 1) * torch.exp(how.size * torch.randn(n, 1, axes))
    planes = [(0, 1)] if axes == 2 else [(0, 1), (0, 2), (1, 2)]
    for one, other in planes:
        angle = torch.deg2rad(how.turn * torch.randn(n))
        turn = torch.eye(axes).repeat(n, 1, 1)
        turn[:, one, one] = turn[:, other, other] = torch.cos(angle)
        turn[:, one, other], turn[:, other, one] = torch.sin(angle), -torch.sin(angle)
        matrix = matrix @ turn
    return torch.einsum("nthka,nab->nthkb", points, matrix)


def _with_other_fingers(points: Tensor, how: MotionAugmentation) -> Tensor:
    """Fingers of other lengths; in some motions all joints of one lie at its knuckle."""
    n, _, _, k, _ = points.shape
    if k == 1:
        return points
    lengths = torch.exp(how.fingers * torch.randn(n, len(FINGERS)))
    which = torch.randint(len(FINGERS), (n, 1))
    hidden = torch.rand(n, 1) < how.hide_finger
    lengths[hidden & (which == torch.arange(len(FINGERS)))] = 0
    free, knuckle, finger = (torch.tensor(column) for column in zip(*_FREE, strict=True))
    points = points.clone()
    roots = points[:, :, :, knuckle]
    lengths = lengths[:, finger][:, None, None, :, None]
    points[:, :, :, free] = roots + lengths * (points[:, :, :, free] - roots)
    return points


def _slowly(points: Tensor) -> Tensor:
    """Noise that changes slowly, of the shape of points."""
    n, frames = points.shape[:2]
    knots = torch.randn(n, points[0, 0].numel(), _KNOTS)
    noise = torch.nn.functional.interpolate(knots, frames, mode="linear", align_corners=True)
    return noise.transpose(1, 2).reshape(points.shape)


def _without_hand(seen: Tensor, share: float) -> Tensor:
    """In some motions a hand is not seen for up to a third of the frames."""
    n, frames, hands = seen.shape
    length = torch.rand(n, 1, hands) * frames / 3
    start = torch.rand(n, 1, hands) * frames
    time = torch.arange(frames)[None, :, None]
    hidden = (time >= start) & (time < start + length)
    hidden &= torch.rand(n, 1, hands) < share
    left = seen * ~hidden
    return torch.where(left.sum((1, 2), keepdim=True) > 0, left, seen)
