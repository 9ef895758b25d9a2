"""Render the clips: short videos of a rigged hand, with the exact place of its 21 keypoints.

The mesh, the persons and the studio are those of `render_hands`. To get the mesh::

    npm pack @webxr-input-profiles/assets@1.0.20
    tar xf webxr-input-profiles-assets-1.0.20.tgz
    pip install numpy pillow pygltflib pyvista opencv-contrib-python
    python -m scripts.rendering.render_clips package/dist/profiles/generic-hand
"""

import argparse
import csv
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from scripts.rendering.acting import Act, Moment, Performer
from scripts.rendering.acts import ACTS
from scripts.rendering.hand_mesh import MEDIAPIPE, Hand, rotation
from scripts.rendering.scene import WALLS, compose, grain
from scripts.rendering.studio import SUBJECTS, Shot, body, keypoints, photograph

SEED = 50
SIZE = (640, 480)
FOCAL = 560.0  # pixels: a webcam that sees 60 degrees
FPS = 30
SHUTTER = 1 / 60  # seconds
GRAIN = 3.0  # grey levels; the codec leaves a quarter of it
COLUMNS = ["frame", "timestamp_ms", "hand", "handedness", "gesture", "motion", "visible"]

OUTPUT = Path(__file__).parents[2] / "datasets" / "rendered_clips"


@dataclass(frozen=True)
class Camera:
    """Focal length in pixels, the picture's size, and whether folds of the hand are darker."""

    focal: float = FOCAL
    size: tuple[int, int] = SIZE
    occlusion: bool = True


WEBCAM = Camera()


def take(
    moment: Moment, performer: Performer, hand: Hand, camera: Camera = WEBCAM
) -> tuple[np.ndarray, np.ndarray, Shot]:
    """Return a hand's vertices and joints in its own frame, and the view of it."""
    stature = SUBJECTS[performer.subject].stature
    vertices, joints = (part * stature for part in hand.pose(moment.angles))
    roll, pitch, yaw = moment.turn
    side = np.diag([1 if performer.handedness == "Right" else -1, 1, 1])
    turn = rotation(2, roll) @ side @ rotation(0, pitch) @ rotation(1, yaw)
    middle = (hand.joints[MEDIAPIPE] * stature).mean(axis=0)
    shift = np.array(moment.centre) - turn @ middle
    return vertices, joints, Shot(turn, shift, camera.focal, camera.size)


def expose(
    hand: Hand, act: Act, moments: list[Moment], wall: np.ndarray, camera: Camera = WEBCAM
) -> np.ndarray:
    """Take one sharp picture without grain, shape (height, width, 3)."""
    meshes = []
    for performer, moment in zip(act.performers, moments, strict=True):
        vertices, joints, shot = take(moment, performer, hand, camera)
        lean = rotation(2, performer.lean[0]) @ rotation(0, performer.lean[1])
        meshes += body(hand, vertices, joints[0], SUBJECTS[performer.subject], lean, shot)
    light = np.array(act.light)
    shot = Shot(np.eye(3), np.zeros(3), camera.focal, camera.size)
    image, mask = photograph(meshes, shot, light, occlusion=camera.occlusion)
    on_wall = act.background in WALLS
    shade = (int(-26 * light[0]), int(-26 * light[1])) if on_wall else None
    return np.asarray(compose(image, mask, wall, shade), dtype=float)


def film(hand: Hand, act: Act, out: Path) -> None:
    """Write the video of a clip."""
    rng = np.random.default_rng([SEED, act.wall])
    wall = act.background(rng, SIZE)
    offsets = (np.arange(act.exposures) - (act.exposures - 1) / 2) * SHUTTER / act.exposures
    writer = cv2.VideoWriter(str(out), cv2.VideoWriter_fourcc(*"mp4v"), FPS, SIZE)
    shown, picture = None, None
    for frame in range(round(act.seconds * FPS)):
        moments = [act.play(frame / FPS + offset) for offset in offsets]
        if moments != shown:
            picture = np.mean([expose(hand, act, moment, wall) for moment in moments], axis=0)
            shown = moments
        grainy = grain(Image.fromarray(picture.astype(np.uint8)), rng, GRAIN)
        writer.write(np.asarray(grainy)[..., ::-1])
    writer.release()


def truth(hand: Hand, act: Act) -> list[list]:
    """Return a row for every frame and hand; a hand outside has no gesture, motion or place."""
    rows = []
    for frame in range(round(act.seconds * FPS)):
        for number, moment in enumerate(act.play(frame / FPS)):
            performer = act.performers[number]
            _, joints, shot = take(moment, performer, hand)
            points = keypoints(shot.place(joints), shot)
            visible = np.mean(((points[:, :2] >= 0) & (points[:, :2] < SIZE)).all(axis=1))
            shown = [moment.gesture, moment.motion] if visible else ["", ""]
            cells = [f"{value:.2f}" if visible else "" for value in points.ravel()]
            start = [frame, round(frame * 1000 / FPS), number, performer.handedness]
            rows.append([*start, *shown, f"{visible:.2f}", *cells])
    return rows


def main() -> None:
    """Render the clips and write a table for each."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("mesh_dir", type=Path, help="folder of right.glb")
    parser.add_argument("--out", type=Path, default=OUTPUT)
    parser.add_argument("--clip", choices=ACTS, action="append", help="default: every one")
    options = parser.parse_args()
    hand = Hand(options.mesh_dir / "right.glb")
    options.out.mkdir(parents=True, exist_ok=True)
    header = [*COLUMNS, *(f"{axis}{k}" for k in range(21) for axis in "xyz")]
    for name in options.clip or ACTS:
        film(hand, ACTS[name], options.out / f"{name}.mp4")
        with open(options.out / f"{name}.csv", "w", newline="", encoding="utf-8") as file:
            csv.writer(file, lineterminator="\n").writerows([header, *truth(hand, ACTS[name])])


if __name__ == "__main__":
    main()
