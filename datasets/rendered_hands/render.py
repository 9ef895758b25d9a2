"""Render the data set: 60 pictures of a rigged hand that shows the digits 0 to 9.

The mesh is ``generic-hand/right.glb`` of the WebXR input profiles (MIT); left hands are its mirror
image. To get it::

    npm pack @webxr-input-profiles/assets@1.0.20
    tar xf webxr-input-profiles-assets-1.0.20.tgz
    pip install numpy pillow pygltflib pyvista
    python render.py package/dist/profiles/generic-hand
"""

import argparse
import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyvista as pv
from hand_mesh import CHAINS, MEDIAPIPE, Hand, rotation
from PIL import Image
from poses import POSES, vary
from scene import BACKGROUNDS, WALLS, compose, grain

SEED = 20
SIZES = [(480, 480), (640, 480), (360, 480), (480, 600)]
FOREARM = 0.16  # metres
# Pictures taken from the back of the hand: the digits that can be read from there.
FROM_BACK = {(1, 2), (1, 5), (2, 0), (2, 3), (3, 4), (4, 1), (5, 2), (5, 5), (9, 4)}
# Pictures in which MediaPipe found no hand, and which were taken once more.
RETAKEN = {(0, 5), (1, 2), (6, 0), (7, 2)}
# Degrees by which the thumb's side turns towards the camera; other digits turn either way.
TURN = {0: (38, 60), 6: (0, 32), 7: (0, 32), 8: (5, 35), 9: (5, 35)}


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


def frame(
    joints: np.ndarray,
    open_hand: np.ndarray,
    turn: np.ndarray,
    size: tuple[int, int],
    rng: np.random.Generator,
) -> Shot:
    """Choose a distance, a scale and a place in the picture such that no keypoint is cut.

    The scale goes by the open hand, so that a closed one is no larger.
    """
    shot = Shot(turn, np.array([0, 0, rng.uniform(0.4, 0.7)]), 700.0, size)
    shot.shift -= turn @ joints.mean(axis=0)
    room = np.array(size)
    share, place = rng.uniform(0.46, 0.66), rng.uniform(-1, 1, 2) * (0.8, 0.5)
    for _ in range(5):
        shot.focal *= share * min(room / np.ptp(shot.project(shot.place(open_hand)), axis=0))
        pixels = shot.project(shot.place(joints))
        low, high = pixels.min(axis=0), pixels.max(axis=0)
        margin = (0.43 * room - (high - low) / 2).clip(0)
        goal = room * (0.5, 0.47) + place * margin
        shot.shift[:2] += (goal - (low + high) / 2) * shot.shift[2] / shot.focal
    return shot


def keypoints(points: np.ndarray, shot: Shot) -> np.ndarray:
    """Return the 21 keypoints in pixels, z relative to the wrist, shape (21, 3)."""
    points = points[MEDIAPIPE]
    depth = (points[:, 2] - points[0, 2]) * shot.focal / points[0, 2]
    return np.c_[shot.project(points), depth]


def photograph(meshes: list[tuple], shot: Shot, light: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
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
    plotter.enable_ssao(radius=0.03, bias=0.001, kernel_size=64)
    image = np.asarray(plotter.screenshot(return_img=True), dtype=float)
    mask = ~np.isnan(plotter.get_image_depth())
    plotter.close()
    return image, mask


def picture(hand: Hand, digit: int, number: int) -> tuple[Image.Image, np.ndarray, str]:
    """Render one picture of one subject; return it with its keypoints and its handedness."""
    rng = np.random.default_rng([SEED, digit, number, (digit, number) in RETAKEN])
    subject = SUBJECTS[number]
    vertices, joints = hand.pose(vary(digit, rng))
    vertices, joints = vertices * subject.stature, joints * subject.stature
    lean = rotation(2, rng.uniform(-18, 18)) @ rotation(0, rng.uniform(-10, 10))
    vertices = stretch_forearm(vertices, joints[0], lean)

    yaw = rng.uniform(*TURN.get(digit, (-30, 30)))
    if (digit, number) in FROM_BACK:
        yaw = 180 - yaw
    turn = rotation(2, rng.uniform(-28, 28)) @ rotation(0, rng.uniform(-15, 18)) @ rotation(1, yaw)
    right = (digit + number) % 2 == 0
    if not right:
        turn = np.diag([-1, 1, 1]) @ turn
    size = SIZES[(digit + number) % len(SIZES)]
    shot = frame(joints[MEDIAPIPE], hand.joints[MEDIAPIPE], turn, size, rng)

    skin = pv.PolyData.from_regular_faces(
        shot.place(vertices), hand.faces if right else hand.faces[:, ::-1]
    )
    skin["colour"] = paint(hand, subject.skin)
    meshes = [(skin, {"scalars": "colour", "rgb": True, "specular": 0.18, "specular_power": 12})]
    if subject.sleeve is not None:
        for cloth in sleeve(joints[0], lean):
            cloth.points = shot.place(cloth.points)
            if not right:
                cloth.flip_faces(inplace=True)
            meshes.append((cloth, {"color": subject.sleeve}))
    light = np.array([rng.uniform(-1, 1), rng.uniform(-1.1, -0.3), -1.0])
    image, mask = photograph(meshes, shot, light)

    background = BACKGROUNDS[(digit + 2 * number) % len(BACKGROUNDS)]
    shade = (int(-26 * light[0]), int(-26 * light[1])) if background in WALLS else None
    result = grain(compose(image, mask, background(rng, size), shade), rng)
    return result, keypoints(shot.place(joints), shot), "Right" if right else "Left"


def main() -> None:
    """Render all pictures and write the two tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("mesh_dir", type=Path, help="folder of right.glb")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent)
    options = parser.parse_args()
    hand = Hand(options.mesh_dir / "right.glb")
    manifest = [["path", "label", "subject", "handedness", "sha256"]]
    table = [["path", *(f"{axis}{k}" for k in range(21) for axis in "xyz")]]
    for digit in POSES:
        (options.out / str(digit)).mkdir(parents=True, exist_ok=True)
        for number in range(len(SUBJECTS)):
            image, points, handedness = picture(hand, digit, number)
            name = f"{digit}/render{number}.jpg"
            image.save(options.out / name, quality=82, optimize=True)
            digest = hashlib.sha256((options.out / name).read_bytes()).hexdigest()
            manifest.append([name, str(digit), f"render{number}", handedness, digest])
            table.append([name, *(f"{value:.2f}" for value in points.ravel())])
    for name, rows in (("manifest.csv", manifest), ("keypoints.csv", table)):
        with open(options.out / name, "w", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)


if __name__ == "__main__":
    main()
