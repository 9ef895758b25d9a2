"""Augmentation: the same hands, as another camera or another person would have shown them."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handpose.containers.landmarks import Landmarks
from handpose.features.normalize import palm_size


@dataclass(frozen=True)
class Augmentation:
    """How much a copy of a hand may differ from the hand.

    Attributes
    ----------
    copies : int
        Changed copies for each hand; 0 turns augmentation off.
    roll : float
        Degrees; standard deviation of the turn in the image plane.
    tilt : float
        Degrees; standard deviation of the turns about the image's two axes, out of its plane.
    jitter : float
        Standard deviation of the noise on each coordinate, as a fraction of the palm's size.
    """

    copies: int = 4
    roll: float = 15.0
    tilt: float = 20.0
    jitter: float = 0.1

    def to_dict(self) -> dict[str, Any]:
        """The settings, as JSON."""
        return asdict(self)


def augment(
    hands: Landmarks, augmentation: Augmentation, random_state: np.random.Generator
) -> Landmarks:
    """Make changed copies of hands.

    Parameters
    ----------
    hands : Landmarks of length n
    augmentation : Augmentation
    random_state : numpy.random.Generator

    Returns
    -------
    Landmarks of length n * copies
        First one copy of each hand in order, then the next copy of each. `world` becomes NaN.
    """
    copies = Landmarks.concat([hands] * augmentation.copies)
    if not len(copies):
        return copies
    wrist = copies.points[:, :1]
    centred = copies.points - wrist
    turned = np.einsum("nij,nkj->nki", _rotations(len(copies), augmentation, random_state), centred)
    scale = palm_size(turned[..., :2])[:, None, None] * augmentation.jitter
    noise = random_state.standard_normal(turned.shape, np.float32)
    return replace(
        copies,
        points=(turned + scale * noise + wrist).astype(np.float32),
        world=np.full_like(copies.world, np.nan),
    )


def _rotations(
    n: int, augmentation: Augmentation, random_state: np.random.Generator
) -> NDArray[np.float32]:
    spread = np.radians([augmentation.tilt, augmentation.tilt, augmentation.roll])
    about_x, about_y, about_z = (random_state.standard_normal((n, 3)) * spread).T
    rotation = _about(2, about_z) @ _about(1, about_y) @ _about(0, about_x)
    return rotation.astype(np.float32)


def _about(axis: int, angle: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rotation matrices about one axis, shape (n, 3, 3)."""
    i, j = (k for k in range(3) if k != axis)
    matrix = np.zeros((len(angle), 3, 3))
    matrix[:, axis, axis] = 1
    matrix[:, i, i] = matrix[:, j, j] = np.cos(angle)
    matrix[:, j, i] = np.sin(angle)
    matrix[:, i, j] = -matrix[:, j, i]
    return matrix
