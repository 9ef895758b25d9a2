"""Hands before another background: a plain wall is replaced."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Floats = NDArray[np.float32]

_ENLARGED = 256
"""Longer side in pixels at which a hand is cut out, so that its edge is finer than a pixel."""
_LIGHTNESS_WEIGHT = 0.35
"""Of a difference in lightness beside one in colour: a shadow is still the wall."""
_PATCHES = 24
"""Of clutter, in each picture."""


def replaced_background(image: Image, strength: float, seed: int) -> Image:
    """The hand before another background, a part of a photo or clutter, which the seed chooses.

    `strength` is the share of the new background in its mixture with the old one, 0 to 1.
    """
    alpha, wall = hand_and_wall(image)
    pixels = image.astype(np.float32)
    # A pixel on the edge is part hand, part wall; the wall's part is taken out of it.
    hand = np.clip(pixels - (1 - alpha) * wall, 0, 255 * alpha)
    replaced = hand + (1 - alpha) * new_background(image.shape[0], image.shape[1], seed)
    mixed = pixels + min(strength, 1.0) * (replaced - pixels)
    return np.clip(np.rint(mixed), 0, 255).astype(np.uint8)


def hand_and_wall(image: Image) -> tuple[Floats, Floats]:
    """How much of each pixel is hand, 0 to 1, and the wall behind it, by colour alone.

    Returns
    -------
    alpha : ndarray of shape (height, width, 1)
    wall : ndarray of shape (height, width, 3)
        RGB, 0 to 255, everywhere.
    """
    import cv2

    height, width = image.shape[:2]
    scale = _ENLARGED / max(height, width)
    large = np.asarray(cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC))
    lab = np.asarray(cv2.cvtColor(large.astype(np.float32) / 255, cv2.COLOR_RGB2Lab), np.float32)
    wall, distance = _fitted_wall(lab)
    mask = _solid(distance > _threshold(distance))
    soft = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), max(0.4 * scale, 0.4))
    alpha = cv2.resize(soft, (width, height), interpolation=cv2.INTER_AREA)[..., None]
    colour = cv2.cvtColor(cv2.resize(wall, (width, height)), cv2.COLOR_Lab2RGB)
    return np.asarray(alpha, np.float32), np.clip(colour * 255, 0, 255)


def new_background(height: int, width: int, seed: int) -> Floats:
    """A part of one of scikit-learn's two photos, or clutter; RGB, 0 to 255."""
    import cv2

    rng = np.random.default_rng(seed)
    if rng.random() < 0.5:
        return _clutter(height, width, rng)
    photo = _photos()[rng.integers(2)]
    share = rng.uniform(0.25, 1.0)
    ratio = min(photo.shape[0] / height, photo.shape[1] / width) * share
    size = max(int(height * ratio), 1), max(int(width * ratio), 1)
    top, left = (rng.integers(photo.shape[i] - size[i] + 1) for i in (0, 1))
    part = photo[top : top + size[0], left : left + size[1]]
    part = part[:, ::-1] if rng.random() < 0.5 else part
    fitted = cv2.resize(part, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(fitted, np.float32)


def _fitted_wall(lab: Floats) -> tuple[Floats, Floats]:
    """A quadratic surface through the wall (Lab), and every pixel's distance from it.

    It begins at the border; each round leaves out what lies far off and takes in what lies near.
    """
    step = max(min(lab.shape[:2]) // 64, 1)
    few = lab[::step, ::step]
    x, y = _coordinates(few)
    edge = np.maximum(abs(x), abs(y))
    terms, used = _quadratic(x, y), edge > 0.85
    for _ in range(8):
        chosen = terms[used]
        # The normal equations; `einsum` starts no threads for so little.
        squares = np.einsum("ni,nj->ij", chosen, chosen)
        factors = np.linalg.solve(squares, np.einsum("ni,nj->ij", chosen, few[used]))
        distance = _distance(few, terms @ factors)
        near = max(2.5 * float(np.median(distance[used])), 3.0)
        used = distance < near * np.where(edge > 0.6, 1, 0.7)
    wall = (_quadratic(*_coordinates(lab)) @ factors).astype(np.float32)
    return wall, _distance(lab, wall)


def _coordinates(picture: Floats) -> tuple[Floats, Floats]:
    """x and y of each pixel, -1 to 1."""
    height, width = picture.shape[:2]
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    return x, y


def _quadratic(x: Floats, y: Floats) -> Floats:
    return np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], -1)


def _distance(lab: Floats, wall: Floats) -> Floats:
    difference = (lab - wall) * np.array([_LIGHTNESS_WEIGHT, 1, 1], np.float32)
    return np.sqrt(np.einsum("ijk,ijk->ij", difference, difference))


def _threshold(distance: Floats) -> float:
    """Between wall and hand: half the way to the hand's middle distance (Otsu divides first)."""
    import cv2

    levels = np.clip(distance * 4, 0, 255).astype(np.uint8)
    otsu = cv2.threshold(levels, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[0] / 4
    hand = distance[distance > otsu]
    return max(0.4 * float(np.median(hand)) if len(hand) else otsu, 1.0)


def _solid(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The largest piece, with its small holes filled."""
    import cv2

    _, names, facts, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    if len(facts) > 1:
        mask = names == 1 + facts[1:, cv2.CC_STAT_AREA].argmax()
    _, names, facts, _ = cv2.connectedComponentsWithStats((~mask).astype(np.uint8), connectivity=4)
    small = np.flatnonzero(facts[:, cv2.CC_STAT_AREA] < 0.001 * mask.size)
    return mask | np.isin(names, small[small > 0])


def _clutter(height: int, width: int, rng: np.random.Generator) -> Floats:
    """Patches of colour before a coloured cloud."""
    import cv2

    cloud = np.zeros((height, width, 3), np.float32)
    for cells in (2, 4, 8, 16):  # the finer the fainter, as in photos
        coarse = _muted(rng.uniform(-1, 1, (cells, cells, 3)))
        cloud += cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC) / cells
    picture = _muted(rng.uniform(40, 210, 3)) + 150 * cloud
    side = max(height, width)
    for _ in range(_PATCHES):
        centre = rng.uniform(0, 1, 2) * (width, height)
        angles = np.sort(rng.uniform(0, 2 * np.pi, rng.integers(3, 8)))
        reach = rng.uniform(0.04, 0.3) * side * rng.uniform(0.3, 1, (len(angles), 1))
        corners = centre + reach * np.stack([np.cos(angles), np.sin(angles)], 1)
        patch = cv2.fillPoly(
            np.zeros((height, width), np.uint8),
            [(corners * 16).astype(np.int32)],
            255,
            cv2.LINE_AA,
            4,
        )
        share = patch[..., None] / np.float32(255)
        picture += share * (_muted(rng.uniform(0, 255, 3)) - picture)
    grain = rng.normal(0, 4, picture.shape)
    return np.clip(picture + grain, 0, 255).astype(np.float32)


def _muted(colours: NDArray[np.float64]) -> Floats:
    """Halfway to grey: few things are as bright as random numbers."""
    grey = colours.mean(-1, keepdims=True)
    return ((colours + grey) / 2).astype(np.float32)


@cache
def _photos() -> list[Image]:
    from sklearn.datasets import load_sample_image

    return [load_sample_image(name) for name in ("china.jpg", "flower.jpg")]
