"""Still pictures that are held before a door: fixed, moved by a hand, one after another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]

SIZE = (320, 240)
FOCAL = 350.0
"""Pixels: the picture is as far from the camera."""
GRAIN = 3.0
"""Grey levels, as a webcam's."""
HELD = ("fixed", "moved", "tilted", "trembling")
"""Ways in which a picture is held."""


def held(pictures: Sequence[Picture], way: str, frames: int, seed: int) -> Iterator[Picture]:
    """Frames of a camera before which pictures are held one after another, each equally long.

    Parameters
    ----------
    pictures : sequence of ndarray
        RGB, of any size.
    way : {"fixed", "moved", "tilted", "trembling"}
        Not at all; to and fro, turned and nearer; as a plane in space; shaken at up to 9 Hz.
    frames : int
        For each picture.
    seed : int
    """
    rng = np.random.default_rng(seed)
    phases = rng.uniform(0, 2 * np.pi, 8)
    wall = cv2.GaussianBlur(
        rng.uniform(60, 190, (SIZE[1], SIZE[0], 3)).astype(np.float32), (0, 0), 20
    )
    for number, picture in enumerate(pictures):
        for frame in range(frames):
            t = (number * frames + frame) / 20
            shown = warped(picture, _corners(way, t, phases), wall)
            yield np.clip(shown + rng.normal(0, GRAIN, shown.shape), 0, 255).astype(np.uint8)


def warped(picture: Picture, corners: NDArray[np.float32], wall: NDArray[np.float32]) -> Picture:
    """A picture between four corners, before a wall."""
    height, width = picture.shape[:2]
    flat = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(flat, corners)
    inside = cv2.warpPerspective(picture, matrix, SIZE, flags=cv2.INTER_AREA)
    mask = cv2.warpPerspective(np.ones((height, width), np.float32), matrix, SIZE)[..., None]
    return inside * mask + wall * (1 - mask)


def _corners(way: str, t: float, phases: NDArray[np.float64]) -> NDArray[np.float32]:
    """Where the corners of a picture of 200 pixels are, as a pinhole camera sees them."""
    slow = np.sin(2 * np.pi * np.array([0.31, 0.43, 0.57, 0.23]) * t + phases[:4])
    fast = np.sin(2 * np.pi * np.array([5.1, 7.3, 8.7, 6.1]) * t + phases[4:])
    x, y, turn, nearer, pitch, yaw = 0.0, 0.0, 0.0, 1.0, 0.0, 0.0
    if way in ("moved", "tilted"):
        x, y, turn, nearer = 30 * slow[0], 12 * slow[1], 0.15 * slow[2], 1 + 0.12 * slow[3]
    if way == "tilted":
        pitch, yaw = 0.45 * slow[1], 0.45 * slow[2]
    if way == "trembling":
        x, y, turn = 3 * fast[0], 3 * fast[1], 0.02 * fast[2]
    square = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]]) * 100.0
    cos, sin = np.cos([pitch, yaw, turn]), np.sin([pitch, yaw, turn])
    about_x = np.array([[1, 0, 0], [0, cos[0], -sin[0]], [0, sin[0], cos[0]]])
    about_y = np.array([[cos[1], 0, sin[1]], [0, 1, 0], [-sin[1], 0, cos[1]]])
    about_z = np.array([[cos[2], -sin[2], 0], [sin[2], cos[2], 0], [0, 0, 1]])
    placed = square @ (about_z @ about_y @ about_x).T
    depth = FOCAL / nearer + placed[:, 2]
    return (placed[:, :2] * FOCAL / depth[:, None] + (SIZE[0] / 2 + x, SIZE[1] / 2 + y)).astype(
        np.float32
    )
