"""The studio: imaginary persons, the hand as meshes of skin and cloth, and the camera."""

from dataclasses import dataclass

import numpy as np
import pyvista as pv

from scripts.rendering.hand_mesh import CHAINS, MEDIAPIPE, Hand

FOREARM = 0.16  # metres


@dataclass(frozen=True)
class Subject:
    """One imaginary person: skin, stature (width, length, thickness) and sleeve, if any."""

    skin: tuple[int, int, int]
    stature: tuple[float, float, float]
    sleeve: tuple[int, int, int] | None


SUBJECTS = [
    Subject((244, 208, 184), (0.96, 1.04, 0.97), (70, 96, 130)),
    Subject((229, 182, 150), (1.04, 0.97, 1.05), None),
    Subject((206, 152, 116), (1.00, 1.00, 1.00), (222, 218, 208)),
    Subject((172, 118, 84), (0.97, 1.05, 1.00), None),
    Subject((128, 84, 58), (1.05, 1.00, 1.04), (156, 74, 62)),
    Subject((90, 58, 42), (1.00, 1.03, 0.98), None),
]


def smoothstep(x: np.ndarray, low: float, high: float) -> np.ndarray:
    """Return 0 below `low`, 1 above `high` and a smooth step between."""
    t = np.clip((x - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def paint(hand: Hand, skin: tuple[int, int, int]) -> np.ndarray:
    """Return a colour for every vertex, shape (n, 3) in 0..1: paler palms, creases and nails."""
    colour = np.tile(np.array(skin) / 255, (len(hand.vertices), 1))
    palm = smoothstep(-hand.normals[:, 2], -0.5, 0.5)
    palm *= 1 - smoothstep(hand.vertices[:, 1] - hand.joints[0, 1], -0.02, 0.004)
    colour += palm[:, None] * (0.35 * (np.array([0.93, 0.72, 0.62]) - colour)).clip(0)
    for finger, chain in CHAINS.items():
        mine = hand.weights[:, chain[1:]].sum(axis=1) > 0.5
        for joint in chain[1:-1] if finger == "thumb" else chain[2:-1]:
            _, y, z = hand.axes[joint].T @ (hand.vertices - hand.joints[joint]).T
            crease = mine * smoothstep(-y, 0.001, 0.005) * (1 - smoothstep(abs(z), 0.0003, 0.0014))
            colour *= 1 - 0.18 * crease[:, None]
        tip = chain[-1]
        x, y, z = hand.axes[tip].T @ (hand.vertices - hand.joints[tip]).T
        wide = 0.0058 if finger == "thumb" else 0.0046
        ellipse = np.hypot(x / wide, (z + 0.0035) / 0.0065)
        nail = mine * smoothstep(y, 0.0005, 0.002) * (1 - smoothstep(ellipse, 0.85, 1.05))
        colour += 0.55 * nail[:, None] * (np.array([0.97, 0.80, 0.76]) - colour)
    return colour


def stretch_forearm(vertices: np.ndarray, wrist: np.ndarray, lean: np.ndarray) -> np.ndarray:
    """Draw the stump below the wrist out into a forearm that leans by the rotation `lean`."""
    t = smoothstep(vertices[:, 1], wrist[1] + 0.004, 0.074)[:, None]
    arm = (vertices - wrist) * (1 + t * np.array([0.25, 0, 0.35])) + t * np.array([0, FOREARM, 0])
    return wrist + (1 - t) * arm + t * (arm @ lean.T)


def sleeve(wrist: np.ndarray, lean: np.ndarray) -> list[pv.PolyData]:
    """Return a sleeve and its cuff around the forearm."""
    pieces = []
    for radius, length in ((0.037, 0.3), (0.039, 0.025)):
        tube = pv.Cylinder(
            center=(0, 0.05 + length / 2, -0.005),
            direction=(0, 1, 0),
            radius=radius,
            height=length,
            resolution=80,
            capping=False,
        )
        # The stored normals would be those of the cylinder before it is turned.
        tube.clear_data()
        tube.points = wrist + (tube.points * (1, 1, 0.8)) @ lean.T
        pieces.append(tube)
    return pieces


@dataclass
class Shot:
    """A view: how the hand is turned and moved, the focal length in pixels, the picture's size."""

    turn: np.ndarray
    shift: np.ndarray
    focal: float
    size: tuple[int, int]

    def place(self, points: np.ndarray) -> np.ndarray:
        """Return points of the hand in the camera's frame (x right, y down, z away)."""
        return points @ self.turn.T + self.shift

    def project(self, points: np.ndarray) -> np.ndarray:
        """Return pixels of points in the camera's frame, shape (n, 2)."""
        return points[:, :2] * self.focal / points[:, 2:] + np.array(self.size) / 2


def body(
    hand: Hand,
    vertices: np.ndarray,
    wrist: np.ndarray,
    subject: Subject,
    lean: np.ndarray,
    shot: Shot,
) -> list[tuple]:
    """Build a person's hand and forearm, sleeve and all, in the camera's frame.

    Parameters
    ----------
    hand : Hand
    vertices : ndarray of shape (n, 3)
        The posed hand (see `Hand.pose`), in the person's stature.
    wrist : ndarray of shape (3,)
    subject : Subject
    lean : ndarray of shape (3, 3)
        The forearm's rotation about the wrist.
    shot : Shot
        Where its `turn` mirrors, the hand becomes a left one.

    Returns
    -------
    list of (PolyData, dict)
        Meshes and how to draw them (see `photograph`).
    """
    mirrored = np.linalg.det(shot.turn) < 0
    skin = pv.PolyData.from_regular_faces(
        shot.place(stretch_forearm(vertices, wrist, lean)),
        hand.faces[:, ::-1] if mirrored else hand.faces,
    )
    skin["colour"] = paint(hand, subject.skin)
    meshes = [(skin, {"scalars": "colour", "rgb": True, "specular": 0.18, "specular_power": 12})]
    if subject.sleeve is not None:
        for cloth in sleeve(wrist, lean):
            cloth.points = shot.place(cloth.points)
            if mirrored:
                cloth.flip_faces(inplace=True)
            meshes.append((cloth, {"color": subject.sleeve}))
    return meshes


def keypoints(points: np.ndarray, shot: Shot) -> np.ndarray:
    """Return the 21 keypoints in pixels, z relative to the wrist, shape (21, 3)."""
    points = points[MEDIAPIPE]
    depth = (points[:, 2] - points[0, 2]) * shot.focal / points[0, 2]
    return np.c_[shot.project(points), depth]


def photograph(
    meshes: list[tuple], shot: Shot, light: np.ndarray, *, occlusion: bool = True
) -> tuple[np.ndarray, np.ndarray]:
    """Render meshes at twice the picture's size; return the image and the mask of the meshes."""
    width, height = shot.size
    plotter = pv.Plotter(off_screen=True, window_size=[2 * width, 2 * height], lighting="none")
    for mesh, options in meshes:
        plotter.add_mesh(mesh, ambient=0.4, diffuse=0.62, smooth_shading=True, **options)
    for position, strength, colour in (
        (light, 0.85, (1.0, 0.97, 0.92)),
        (light * (-1, 0.3, 1), 0.3, (0.85, 0.92, 1.0)),
        (np.array([0, -1, 0.6]), 0.25, (1.0, 1.0, 1.0)),
    ):
        lamp = pv.Light(position=tuple(position), color=colour, intensity=strength)
        plotter.add_light(lamp)
    plotter.camera.position, plotter.camera.focal_point = (0, 0, 0), (0, 0, 1)
    plotter.camera.up = (0, -1, 0)
    plotter.camera.view_angle = 2 * np.rad2deg(np.arctan2(height / 2, shot.focal))
    plotter.camera.clipping_range = (0.05, 3)
    if occlusion:
        plotter.enable_ssao(radius=0.03, bias=0.001, kernel_size=64)
    image = np.asarray(plotter.screenshot(return_img=True), dtype=float)
    mask = ~np.isnan(plotter.get_image_depth())
    plotter.close()
    return image, mask
