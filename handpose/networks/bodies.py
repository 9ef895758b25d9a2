"""The body networks (BlazePose): where people are, and 33 points of each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from handpose.assets import BODY_NETWORKS, asset_path
from handpose.containers.bodies import Bodies
from handpose.containers.skeletons import BODY
from handpose.networks.pictures import Picture
from handpose.networks.regions import Floats, Regions, crops, upward_angle
from handpose.networks.runtimes import open_network
from handpose.networks.single_shot import Detections, anchors, decode
from handpose.networks.views import View

PERSON_SIZE, BODY_SIZE = 224, 256
"""Sides in pixels of what the person network and the body network look at."""
PERSON_COLOURS = (-1.0, 1.0)
ANCHORS = anchors(PERSON_SIZE, ((8, 2), (16, 2), (32, 6)))
"""Shape (2254, 2)."""
MIN_PERSON_SCORE = 0.3
MIN_BODY_SCORE = 0.5
"""Least probability of the body network that somebody is there (MediaPipe's graph)."""
BODY_SCALE = 1.25
"""Side of a body's region, relative to the square that the person network suggests (MediaPipe's
graph)."""
SAME_BODY = 0.25
"""Two regions show one person if their centres lie nearer than this, in sides of the larger."""

HEAT_CELLS, MIN_HEAT = 7, 0.5
"""Cells across of a heatmap that a point may move to, and the least heat among them (MediaPipe's
graph)."""

_HIPS, _RIM = 2, 3
_VALUES = 5


@dataclass(frozen=True)
class People(Detections):
    """People who may be there.

    The box is that of the face. Of the four key points, the first is the middle of the hips, and
    the second lies above the head, on the circle around the hips that holds the whole body.
    """

    def regions(self, view: Regions) -> Regions:
        """Where their bodies should be, in pixels of the image.

        Parameters
        ----------
        view : Regions
            The one square of the image in which the people were found.
        """
        points = view.to_image(self.points)
        return body_regions(points[:, _HIPS], points[:, _RIM])


def body_regions(hips: Floats, rim: Floats) -> Regions:
    """The regions of bodies.

    Parameters
    ----------
    hips, rim : ndarray of shape (n, 2)
        The middle of a circle around the body, and the point of the circle above the head; pixels.
    """
    up = rim - hips
    return Regions(hips, 2 * BODY_SCALE * np.hypot(up[:, 0], up[:, 1]), upward_angle(up))


def decode_people(
    boxes: NDArray[np.float32], logits: NDArray[np.float32], min_score: float, limit: int
) -> People:
    """Read the output of the person network.

    Parameters
    ----------
    boxes : ndarray of shape (2254, 12)
    logits : ndarray of shape (2254,)
    min_score : float
    limit : int
        Most people.
    """
    found = decode(boxes, logits, ANCHORS, PERSON_SIZE, min_score, limit)
    return People(found.points, found.score)


def decode_bodies(
    values: NDArray[np.float32],
    score: NDArray[np.float32],
    heatmaps: NDArray[np.float32],
    regions: Regions,
) -> Bodies:
    """Read the output of the body network.

    Parameters
    ----------
    values : ndarray of shape (n, 195)
        x, y, z in pixels of the input, and the logits of visibility and presence, of 39 points; the
        last six are not points of the body.
    score : ndarray of shape (n, 1)
    heatmaps : ndarray of shape (n, 64, 64, 39)
        Logits; see `sharpened`.
    regions : Regions
        That the network looked at.
    """
    rows = values.reshape(len(regions), -1, _VALUES)[:, : len(BODY)].astype(np.float64)
    points = rows[..., :3] / BODY_SIZE
    points[..., :2] = sharpened(points[..., :2], heatmaps[..., : len(BODY)])
    points[..., :2] = regions.to_image(points[..., :2])
    points[..., 2] *= regions.side[:, None]
    visibility = 1 / (1 + np.exp(-rows[..., 3]))
    return Bodies(
        points.astype(np.float32),
        visibility.astype(np.float32),
        score.reshape(len(regions)),
    )


def sharpened(xy: Floats, heatmaps: NDArray[np.float32]) -> Floats:
    """Points moved to the mean of their heatmap nearby, if somewhere there it is hot.

    That is what MediaPipe's graph does, down to the corners of cells in place of their centres.

    Parameters
    ----------
    xy : ndarray of shape (n, k, 2)
        Corners of the region at 0 and 1.
    heatmaps : ndarray of shape (n, side, side, k)
        Logits.
    """
    n, side, _, k = heatmaps.shape
    reach = np.arange(-(HEAT_CELLS // 2), HEAT_CELLS // 2 + 1)
    cells = np.floor(xy * side).astype(np.intp)[..., None] + reach  # (n, k, 2, HEAT_CELLS)
    inside = (cells >= 0) & (cells < side)
    across, down = (cells.clip(0, side - 1)[:, :, axis] for axis in (0, 1))
    body, point = np.arange(n)[:, None, None, None], np.arange(k)[None, :, None, None]
    logits = heatmaps[body, down[..., :, None], across[..., None, :], point].astype(np.float64)
    heat = inside[:, :, 1, :, None] * inside[:, :, 0, None, :] / (1 + np.exp(-logits))
    total = np.maximum(heat.sum((-2, -1)), np.finfo(float).tiny)
    x = (heat.sum(-2) * across).sum(-1) / total
    y = (heat.sum(-1) * down).sum(-1) / total
    hot = (heat.max((-2, -1)) >= MIN_HEAT)[..., None] & inside[..., HEAT_CELLS // 2].all(
        -1, keepdims=True
    )
    return np.where(hot, np.stack([x, y], -1) / side, xy)


def distinct(regions: Regions) -> NDArray[np.intp]:
    """Rows of the regions that do not show a person of an earlier row again."""
    rows: list[int] = []
    for row in range(len(regions)):
        apart = np.hypot(*(regions.centre[rows] - regions.centre[row]).T)
        larger = np.maximum(regions.side[rows], regions.side[row])
        if not (apart < SAME_BODY * larger).any():
            rows.append(row)
    return np.array(rows, np.intp)


class BodyFinder:
    """The people of an image.

    Parameters
    ----------
    runtime, threads, precision
        As for `open_network`; in place of int8, for which nothing was calibrated here, f32 is used,
        which takes two thirds of the time of bf16.
    """

    def __init__(self, runtime: str, threads: int, precision: str):
        precision = "f32" if precision == "int8" else precision
        paths = [asset_path(name) for name in BODY_NETWORKS]
        options = (runtime, threads, precision)
        self._people = open_network(paths[0], *options, colours=PERSON_COLOURS)
        self._bodies = open_network(paths[1], *options)

    def __call__(self, picture: Picture, views: Iterable[View], most: int) -> Bodies:
        """Find people.

        Parameters
        ----------
        picture : Picture
        views : iterable of View
            The squares to search; all of them are.
        most : int

        Returns
        -------
        Bodies
            The surest first.
        """
        return self.place(picture, self.regions(picture, views, most))[0]

    def regions(self, picture: Picture, views: Iterable[View], most: int) -> Regions:
        """Where bodies should be, the surest first and nobody twice."""
        found = [self._searched(picture, view, most) for view in views]
        if not found:
            return Regions(np.empty((0, 2)), np.empty(0), np.empty(0))
        score = np.concatenate([people.score for people, _ in found])
        regions = Regions.concat([own for _, own in found])[np.argsort(-score, kind="stable")]
        return regions[distinct(regions)[:most]]

    def place(self, picture: Picture, regions: Regions) -> tuple[Bodies, Regions]:
        """The bodies in regions, and the regions of those where somebody is."""
        if not len(regions):
            return Bodies.none(), regions
        values, score, _, heatmaps, _ = self._bodies(crops(picture, regions, BODY_SIZE))
        bodies = decode_bodies(values, score, heatmaps, regions)
        there = bodies.score >= MIN_BODY_SCORE
        return bodies[there], regions[there]

    def _searched(self, picture: Picture, view: View, most: int) -> tuple[People, Regions]:
        boxes, logits = self._people(crops(picture, view.region, PERSON_SIZE, view.border))
        people = decode_people(boxes[0], logits[0, :, 0], MIN_PERSON_SCORE, most)
        return people, people.regions(view.region)
