"""Drawn faces, plain enough to be nobody's, in which BlazeFace sees a face."""

import cv2
import numpy as np

from handpose.networks.faces import face_regions
from handpose.networks.pictures import Picture
from handpose.networks.regions import Regions, crops

SKIN, SHADE, HAIR = (225, 175, 145), (200, 145, 115), (70, 45, 30)
POINTS = np.array([[45, -30], [-45, -30], [0, 30], [0, 75]], float)
"""Left eye, right eye, nose, mouth (`FACE4`), in a face 290 units high around the origin."""

Colour = tuple[int, int, int]


class _Pen:
    """Draws in the units of a face that stands anywhere, at any size and angle."""

    def __init__(self, picture, centre, scale, degrees):
        self.picture, self.centre, self.scale, self.degrees = picture, centre, scale, degrees
        cos, sin = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
        self.axes = np.array([[cos, -sin], [sin, cos]])

    def place(self, xy):
        return self.scale * np.asarray(xy, float) @ self.axes.T + self.centre

    def length(self, units):
        return max(1, round(units * self.scale))

    def oval(self, centre, radii, colour, arc=(0, 360), width=None):
        x, y = self.place(centre).round().astype(int).tolist()
        radii = tuple(self.length(radius) for radius in radii)
        thickness = -1 if width is None else self.length(width)
        cv2.ellipse(self.picture, (x, y), radii, self.degrees, *arc, colour, thickness, cv2.LINE_AA)

    def line(self, start, end, colour, width):
        ends = [self.place(xy).round().astype(int).tolist() for xy in (start, end)]
        cv2.line(self.picture, *ends, colour, self.length(width), cv2.LINE_AA)


def draw_face(picture, centre, height, degrees=0.0):
    """Draw one face.

    Parameters
    ----------
    picture : ndarray of uint8, shape (h, w, 3)
        Changed in place.
    centre : (float, float)
        Pixels.
    height : float
        Pixels, from the chin to the forehead.
    degrees : float
        Clockwise on the screen.

    Returns
    -------
    ndarray of shape (4, 2)
        Where the points of `FACE4` are, in pixels.
    """
    pen = _Pen(picture, np.asarray(centre, float), height / 290, degrees)
    pen.oval((0, -30), (125, 160), HAIR)
    pen.oval((0, 0), (105, 145), SKIN)
    for side in (-1, 1):
        pen.oval((side * 105, 10), (15, 30), SHADE)
        eye = side * 45, -30
        pen.oval(eye, (22, 11), (245, 245, 245))
        pen.oval(eye, (10, 10), (60, 40, 30))
        pen.oval(eye, (24, 13), (150, 100, 80), arc=(190, 350), width=3)
        pen.oval((side * 45, -58), (28, 8), HAIR, arc=(200, 340), width=7)
        pen.oval((side * 8, 36), (5, 3), (120, 70, 60))
    pen.line((-8, -25), (-14, 25), SHADE, 4)
    pen.oval((0, 30), (20, 10), (190, 130, 105), arc=(20, 160), width=5)
    pen.oval((0, 26), (17, 14), (212, 158, 130))
    pen.oval((0, 75), (36, 13), (175, 80, 80))
    pen.line((-34, 75), (34, 75), (110, 45, 50), 3)
    return pen.place(POINTS)


def face_picture(*faces, width=640, height=480):
    """A grey picture with faces given as (centre, height, degrees); the points of each."""
    picture = np.full((height, width, 3), (140, 150, 160), np.uint8)
    points = [draw_face(picture, *face) for face in faces]
    return cv2.GaussianBlur(picture, (0, 0), 1.5), np.array(points).reshape(-1, 4, 2)


def face_crops(count=150, size=32, seed=0):
    """Squares around faces, none quite upright or centred: images (n, size, size, 3) and points."""
    rng = np.random.default_rng(seed)
    images, points = [], []
    for _ in range(count):
        face = rng.uniform(100, 140, 2), rng.uniform(90, 160), rng.uniform(-20, 20)
        picture, (true,) = face_picture(face, width=240, height=240)
        region = _moved(face_regions(true[1:2], true[:1]), rng)
        images.append(crops(Picture(picture), region, size)[0])
        apart = (true - region.centre[0]) @ region.axes[0] / region.side[0]
        points.append((apart + 0.5) * size)
    return np.array(images), np.array(points)


def _moved(region, rng):
    return Regions(
        region.centre + region.side * rng.normal(0, 0.04, 2),
        region.side * rng.uniform(0.9, 1.1),
        region.angle + rng.normal(0, 0.05),
    )
