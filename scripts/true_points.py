"""Where the landmarks of a hand truly are: exactly for rendered hands, nearly for photos."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from handpose.extractors.native import NativeExtractor
from handpose.extractors.native.hands import find_landmarks
from handpose.networks.pictures import Picture
from handpose.networks.regions import Regions, hand_regions
from scripts.spoilt_hands import side_of

Points = NDArray[np.float64]

OFFSETS = Path(__file__).with_name("rig_offsets.json")
"""Where MediaPipe's landmarks lie beside the joints of the rig; `fit_offsets` makes it."""

LOOKS, AGREEING = 12, 9
"""Crops of a photo, and how many of them must show a hand."""
MOST_SPREAD = 0.035
"""A landmark whose places in the crops lie farther apart (in sides of the hand's box, third
quartile of the distance to their median) is not known."""

_BEFORE = [9, 0, 1, 2, 3, 0, 5, 6, 7, 0, 9, 10, 11, 0, 13, 14, 15, 0, 17, 18, 19]
_AFTER = [9, 2, 3, 4, 4, 6, 7, 8, 8, 10, 11, 12, 12, 14, 15, 16, 16, 18, 19, 20, 20]
_TIPS = (4, 8, 12, 16, 20)
_ROOTS = (1, 5, 9, 13, 17)


def rendered(folder: Path) -> Iterator[tuple[Path, Points]]:
    """Pictures and the exact joints (21, 2) of their hands."""
    with open(folder / "keypoints.csv", newline="") as file:
        for row in csv.DictReader(file):
            path = folder / str(row.pop("path"))
            yield path, np.reshape([float(value) for value in row.values()], (21, 3))[:, :2]


def as_landmarks(joints: Points, offsets: Points | None = None) -> Points:
    """Joints of the rig as the landmarks that MediaPipe defines: a tip at the end of the finger, a
    wrist nearer the fingers."""
    if offsets is None:
        offsets = np.array(json.loads(OFFSETS.read_text(encoding="utf-8"))["offsets"])
    return np.asarray(joints + (_basis(joints) * offsets[:, None]).sum(-1))


def fit_offsets(joints: Sequence[Points], seen: Sequence[Points]) -> Points:
    """How far landmarks lie from joints, in bones before and after them, the palm's width and its
    length; a robust fit over clear pictures of hands.

    Parameters
    ----------
    joints, seen : sequence of n ndarray of shape (21, 2)

    Returns
    -------
    ndarray of shape (21, 4)
    """
    offsets = np.zeros((21, 4))
    sides = np.array([side_of(points) for points in joints])
    bases = np.stack([_basis(points) for points in joints]) / sides[:, None, None, None]
    moves = (np.array(seen) - np.array(joints)) / sides[:, None, None]
    for k in range(21):
        use = [2, 3] if k == 0 else [0] if k in _TIPS else [0, 1, 2] if k in _ROOTS else [0, 1]
        basis, move = bases[:, k][..., use], moves[:, k]

        def left(x: Points, basis: Points = basis, move: Points = move) -> Points:
            return np.asarray((basis @ x - move).ravel())

        offsets[k, use] = least_squares(left, np.zeros(len(use)), loss="soft_l1", f_scale=0.02).x
    return offsets


def _basis(joints: Points) -> Points:
    across = np.broadcast_to(joints[5] - joints[17], (21, 2))
    along = np.broadcast_to(joints[9] - joints[0], (21, 2))
    return np.stack([joints - joints[_BEFORE], joints[_AFTER] - joints, across, along], -1)


def agreed(extractor: NativeExtractor, image: Any) -> Points | None:
    """The landmarks of a photo's surest hand, by what turned, moved, scaled and mirrored crops
    agree on; shape (21, 2), NaN where they do not. None where there is no sure hand.

    What they all get wrong in the same way stays wrong.
    """
    hands = extractor.detect(image)
    if not len(hands) or hands.score[0] < 0.95:
        return None
    rng, width = np.random.default_rng(3), image.shape[1]
    region = hand_regions(hands.points[:1].astype(float))
    pictures = Picture(image), Picture(np.ascontiguousarray(image[:, ::-1]))
    network, places = extractor._open().hand_network, []
    for look in range(LOOKS):
        seen = _varied(region, rng)
        if look % 2:
            centre = np.array([width, 0]) + seen.centre * np.array([-1, 1])
            seen = replace(seen, centre=centre, angle=-seen.angle)
        found = find_landmarks(network, pictures[look % 2], seen)
        points = found.points[0, :, :2]
        if look % 2:
            points = np.array([width, 0]) + points * np.array([-1, 1])
        if found.presence[0] > 0.5:
            places.append(points)
    if len(places) < AGREEING:
        return None
    middle = np.median(places, axis=0)
    apart = np.linalg.norm(np.array(places) - middle, axis=-1) / side_of(middle)
    middle[np.percentile(apart, 75, axis=0) > MOST_SPREAD] = np.nan
    return np.asarray(middle)


def _varied(region: Regions, rng: np.random.Generator) -> Regions:
    shift = rng.uniform(-0.06, 0.06, 2) * region.side[0]
    turn, scale = np.deg2rad(rng.uniform(-22, 22)), rng.uniform(0.85, 1.25)
    return Regions(region.centre + shift, region.side * scale, region.angle + turn)
