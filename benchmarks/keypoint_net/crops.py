"""Upright crops of hands with 21 points: rendered with exact ones, photos with our extractor's.

A data set of crops has grey images as `X` (n, 96, 96), points in their pixels as `y` (n, 21, 2),
and as `groups` whose hand each is.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import ImageFilter

import handpose as hp
from benchmarks.runner import MissingDataError
from handpose.assets import cache_dir
from handpose.datasets import Dataset
from handpose.networks.pictures import Picture
from handpose.networks.regions import Regions, crops, hand_regions
from handpose.system.files import replacing

MESH_VARIABLE = "HANDPOSE_HAND_MESH"
"""Names the folder of ``right.glb`` (datasets/rendered_hands/README.md: from where)."""
SIDE = 96
PICTURE = 176
"""Side in pixels of the picture that a rendered crop is cut from."""


def jittered(region: Regions, rng: np.random.Generator) -> Regions:
    """A region that is a little off, as one found in a video is."""
    centre = region.centre + rng.uniform(-0.06, 0.06, 2) * region.side[:, None]
    side = region.side * np.exp(rng.uniform(-0.1, 0.1, 1))
    return Regions(centre, side, region.angle + np.radians(rng.uniform(-12, 12, 1)))


def cut(rgb: np.ndarray, points: np.ndarray, region: Regions) -> tuple[np.ndarray, np.ndarray]:
    """A grey crop of one region, and points of the picture (21, 2) in its pixels."""
    square = crops(Picture(rgb), region, SIDE)[0]
    turned = (points - region.centre) @ region.axes[0] / region.side[0] + 0.5
    return cv2.cvtColor(square, cv2.COLOR_RGB2GRAY), turned * SIDE


def photo_crops(photos: Path, jitter_seed: int | None = None) -> Dataset:
    """Photos of sign_language_digits in which our extractor found the hand, with its landmarks."""
    data = hp.load_dataset("sign_language_digits")
    data = data[data.X.detected]
    rng = np.random.default_rng(jitter_seed)
    pairs = []
    for path, points in zip(data.paths, data.X.points[..., :2].astype(float), strict=True):
        region = hand_regions(points[None])
        region = region if jitter_seed is None else jittered(region, rng)
        pairs.append(cut(hp.read_image(photos / path), points, region))
    images, points = zip(*pairs, strict=True)
    return Dataset(np.array(images), np.array(points, np.float32), data.groups)


def rendered_crops(count: int, seed: int) -> Dataset:
    """Crops of the rigged hand with exact points; those made before are read from the cache.

    Every crop is its own subject: a skin, a stature, perhaps a sleeve, light, pose and view.
    """
    store = cache_dir() / f"rendered_crops_{seed}_{count}.npz"
    if not store.is_file():
        mesh = os.environ.get(MESH_VARIABLE)
        if not mesh:
            raise MissingDataError(f"{MESH_VARIABLE} does not name the folder of right.glb")
        pairs = [_rendered(Path(mesh), seed, number) for number in range(count)]
        images, points = zip(*pairs, strict=True)
        with replacing(store) as temporary, temporary.open("wb") as file:
            np.savez_compressed(file, images=images, points=np.array(points, np.float32))
    with np.load(store) as file:
        names = np.array([f"rendered{seed}.{i}" for i in range(count)])
        return Dataset(file["images"], file["points"], names)


def _rendered(mesh: Path, seed: int, number: int) -> tuple[np.ndarray, np.ndarray]:
    hand = _hand(mesh / "right.glb")
    from scripts.rendering.hand_mesh import MEDIAPIPE, rotation
    from scripts.rendering.render_hands import frame
    from scripts.rendering.scene import BACKGROUNDS, compose, grain
    from scripts.rendering.studio import body, keypoints, photograph

    rng = np.random.default_rng([seed, number])
    person = _person(rng)
    vertices, joints = hand.pose(_mixed_pose(rng))
    vertices, joints = vertices * person.stature, joints * person.stature
    lean = rotation(2, rng.uniform(-20, 20)) @ rotation(0, rng.uniform(-15, 15))
    yaw = rng.uniform(-70, 70) + 180 * (rng.random() < 0.3)
    turn = rotation(2, rng.uniform(-40, 40)) @ rotation(0, rng.uniform(-30, 35))
    turn = turn @ rotation(1, yaw)
    if rng.random() < 0.5:
        turn = np.diag([-1, 1, 1]) @ turn
    shot = frame(joints[MEDIAPIPE], hand.joints[MEDIAPIPE], turn, (PICTURE, PICTURE), rng)
    light = np.array([rng.uniform(-1, 1), rng.uniform(-1.1, 0.3), -1.0])
    image, mask = photograph(body(hand, vertices, joints[0], person, lean, shot), shot, light)
    image = (image * rng.uniform(0.55, 1.15)).clip(0, 255)
    wall = BACKGROUNDS[rng.integers(len(BACKGROUNDS))](rng, shot.size) * rng.uniform(0.3, 1.1)
    picture = compose(image, mask, wall, None)
    picture = picture.filter(ImageFilter.GaussianBlur(rng.uniform(0, 1.2)))
    rgb = np.asarray(grain(picture, rng, strength=rng.uniform(1, 8)))
    points = keypoints(shot.place(joints), shot)[:, :2]
    return cut(rgb, points, jittered(hand_regions(points[None]), rng))


@cache
def _hand(path: Path) -> Any:
    from scripts.rendering.hand_mesh import Hand

    return Hand(path)


def _person(rng: np.random.Generator) -> Any:
    from scripts.rendering.studio import SUBJECTS, Subject

    first, second = (SUBJECTS[i] for i in rng.integers(len(SUBJECTS), size=2))
    share = rng.random()
    skin = share * np.array(first.skin) + (1 - share) * np.array(second.skin)
    skin = (skin * rng.uniform(0.9, 1.1, 3)).clip(20, 255)
    sleeve = tuple(rng.integers(20, 235, 3).tolist()) if rng.random() < 0.5 else None
    return Subject(tuple(skin.tolist()), tuple(rng.uniform(0.94, 1.06, 3).tolist()), sleeve)


def _mixed_pose(rng: np.random.Generator) -> dict[str, tuple[float, ...]]:
    """Between two digits, each finger at a place of its own."""
    from scripts.rendering.poses import vary

    first, second = (vary(int(digit), rng) for digit in rng.integers(10, size=2))
    mixed = {}
    for finger, angles in first.items():
        share = rng.beta(0.6, 0.6)
        mixed[finger] = tuple(share * np.array(angles) + (1 - share) * np.array(second[finger]))
    return mixed
