"""Backgrounds, and the pasting of a rendered hand onto one."""

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

PAPER = [
    (214, 219, 222), (232, 224, 212), (188, 204, 216), (201, 214, 196),
    (226, 205, 196), (143, 160, 172), (96, 112, 124), (62, 78, 92), (120, 134, 118),
]  # fmt: skip
CLUTTER = [
    (70, 84, 96), (176, 150, 118), (206, 196, 180), (112, 128, 110),
    (150, 98, 80), (92, 104, 138), (222, 186, 120), (52, 54, 60),
]  # fmt: skip


def pick(colours: list[tuple[int, int, int]], rng: np.random.Generator) -> np.ndarray:
    """Return one of the colours, a little changed."""
    return np.array(colours[rng.integers(len(colours))]) + rng.uniform(-8, 8, 3)


def noise(rng: np.random.Generator, size: tuple[int, int], cells: int) -> np.ndarray:
    """Return smooth noise of shape (height, width) in -1..1, `cells` lumps across."""
    grid = rng.uniform(-1, 1, (cells, cells)).astype(np.float32)
    return np.asarray(Image.fromarray(grid).resize(size, Image.Resampling.BICUBIC))


def ramp(rng: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
    """Return a ramp of shape (height, width, 1) from 0 to 1 in a random direction."""
    width, height = size
    angle = rng.uniform(0, 2 * np.pi)
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    along = x * np.cos(angle) + y * np.sin(angle)
    return ((along - along.min()) / np.ptp(along))[..., None]


def plain(rng: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
    """Paint one colour, lit from a side."""
    return pick(PAPER, rng) * (1.04 - 0.16 * ramp(rng, size))


def gradient(rng: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
    """Paint one colour that turns into another."""
    t = ramp(rng, size)
    return pick(PAPER, rng) * (1 - t) + pick(PAPER, rng) * t


def plaster(rng: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
    """Paint a wall with soft stains."""
    stains = sum(noise(rng, size, cells) * 7 / k for k, cells in enumerate((5, 12, 40), 1))
    return plain(rng, size) + stains[..., None]


def shelves(rng: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
    """Paint a room out of focus: upright boxes of many colours."""
    width, height = size
    image = Image.fromarray(plain(rng, size).clip(0, 255).astype(np.uint8))
    draw = ImageDraw.Draw(image)
    for _ in range(26):
        x, y = rng.uniform(-0.1, 1, 2) * (width, height)
        w, h = rng.uniform((0.04, 0.1), (0.2, 0.45)) * (width, height)
        draw.rectangle((x, y, x + w, y + h), fill=tuple(pick(CLUTTER, rng).astype(int)))
    return np.asarray(image.filter(ImageFilter.GaussianBlur(width / 34)), dtype=float)


def lamps(rng: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
    """Paint an evening street out of focus: discs of light in the dark."""
    width, height = size
    glow = np.zeros((height, width, 3))
    for _ in range(18):
        disc = Image.new("L", size)
        x, y = rng.uniform(0, 1, 2) * (width, height)
        r = rng.uniform(0.02, 0.07) * width
        ImageDraw.Draw(disc).ellipse((x - r, y - r, x + r, y + r), fill=255)
        soft = np.asarray(disc.filter(ImageFilter.GaussianBlur(2.5)), dtype=float) / 255
        glow += soft[..., None] * pick([(255, 190, 110), (255, 225, 180), (130, 170, 230)], rng) / 3
    night = pick([(34, 40, 54), (52, 38, 44), (30, 44, 44)], rng) + 26 * ramp(rng, size)
    return night + glow


Background = Callable[[np.random.Generator, tuple[int, int]], np.ndarray]
BACKGROUNDS: list[Background] = [
    plain,
    shelves,
    gradient,
    plaster,
    lamps,
]
WALLS = (plain, gradient, plaster)


def compose(
    hand: np.ndarray, mask: np.ndarray, wall: np.ndarray, shade: tuple | None
) -> Image.Image:
    """Paste a hand, rendered at twice the size, onto its background.

    Parameters
    ----------
    hand : ndarray of shape (2 * height, 2 * width, 3)
    mask : ndarray of shape (2 * height, 2 * width)
        True where the hand is.
    wall : ndarray of shape (height, width, 3)
    shade : tuple of int or None
        Where the hand's shadow falls on the wall, in pixels to the right and down.
    """

    def halve(x: np.ndarray) -> np.ndarray:
        return (x[::2, ::2] + x[1::2, ::2] + x[::2, 1::2] + x[1::2, 1::2]) / 4

    cover = halve(mask[..., None].astype(float))
    if shade is not None:
        shape = Image.fromarray((cover[..., 0] * 255).astype(np.uint8))
        moved = shape.transform(
            shape.size, Image.Transform.AFFINE, (1, 0, -shade[0], 0, 1, -shade[1])
        )
        blurred = np.asarray(moved.filter(ImageFilter.GaussianBlur(16)), dtype=float) / 255
        wall = wall * (1 - 0.3 * blurred[..., None])
    picture = halve(hand * mask[..., None]) + wall * (1 - cover)
    return Image.fromarray(picture.clip(0, 255).astype(np.uint8))


def grain(image: Image.Image, rng: np.random.Generator, strength: float = 4.0) -> Image.Image:
    """Give a rendered picture the softness and the noise of a small camera.

    Parameters
    ----------
    image : PIL.Image.Image
    rng : numpy.random.Generator
    strength : float
        Standard deviation of the noise, in grey levels.
    """
    soft = np.asarray(image.filter(ImageFilter.GaussianBlur(0.8)), dtype=float)
    noisy = soft + rng.normal(0, strength, soft.shape)
    return Image.fromarray(noisy.clip(0, 255).astype(np.uint8))
