"""Render the data set: 60 pictures of a rigged hand that shows the digits 0 to 9.

The mesh is ``generic-hand/right.glb`` of the WebXR input profiles (MIT); left hands are its mirror
image. To get it::

    npm pack @webxr-input-profiles/assets@1.0.20
    tar xf webxr-input-profiles-assets-1.0.20.tgz
    pip install numpy pillow pygltflib pyvista
    python -m scripts.rendering.render_hands package/dist/profiles/generic-hand
"""

import argparse
import csv
import hashlib
from pathlib import Path

import numpy as np
from PIL import Image

from scripts.rendering.hand_mesh import MEDIAPIPE, Hand, rotation
from scripts.rendering.poses import POSES, vary
from scripts.rendering.scene import BACKGROUNDS, WALLS, compose, grain
from scripts.rendering.studio import SUBJECTS, Shot, body, keypoints, photograph

SEED = 20
SIZES = [(480, 480), (640, 480), (360, 480), (480, 600)]
# Pictures taken from the back of the hand: the digits that can be read from there.
FROM_BACK = {(1, 2), (1, 5), (2, 0), (2, 3), (3, 4), (4, 1), (5, 2), (5, 5), (9, 4)}
# Pictures in which MediaPipe found no hand, and which were made again.
RETAKEN = {(0, 5), (1, 2), (6, 0), (7, 2)}
# Degrees by which the thumb's side turns towards the camera; other digits turn either way.
TURN = {0: (38, 60), 6: (0, 32), 7: (0, 32), 8: (5, 35), 9: (5, 35)}

OUTPUT = Path(__file__).parents[2] / "datasets" / "rendered_hands"


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


def picture(
    hand: Hand, digit: int, number: int, seed: int = SEED
) -> tuple[Image.Image, np.ndarray, str]:
    """Render one picture of one subject; return it with its keypoints and its handedness."""
    rng = np.random.default_rng([seed, digit, number, (digit, number) in RETAKEN])
    subject = SUBJECTS[number]
    vertices, joints = hand.pose(vary(digit, rng))
    vertices, joints = vertices * subject.stature, joints * subject.stature
    lean = rotation(2, rng.uniform(-18, 18)) @ rotation(0, rng.uniform(-10, 10))

    yaw = rng.uniform(*TURN.get(digit, (-30, 30)))
    if (digit, number) in FROM_BACK:
        yaw = 180 - yaw
    turn = rotation(2, rng.uniform(-28, 28)) @ rotation(0, rng.uniform(-15, 18)) @ rotation(1, yaw)
    right = (digit + number) % 2 == 0
    if not right:
        turn = np.diag([-1, 1, 1]) @ turn
    size = SIZES[(digit + number) % len(SIZES)]
    shot = frame(joints[MEDIAPIPE], hand.joints[MEDIAPIPE], turn, size, rng)

    meshes = body(hand, vertices, joints[0], subject, lean, shot)
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
    parser.add_argument("--out", type=Path, default=OUTPUT)
    parser.add_argument("--seed", type=int, default=SEED, help="another one makes other pictures")
    options = parser.parse_args()
    hand = Hand(options.mesh_dir / "right.glb")
    manifest = [["path", "label", "subject", "handedness", "sha256"]]
    table = [["path", *(f"{axis}{k}" for k in range(21) for axis in "xyz")]]
    for digit in POSES:
        (options.out / str(digit)).mkdir(parents=True, exist_ok=True)
        for number in range(len(SUBJECTS)):
            image, points, handedness = picture(hand, digit, number, options.seed)
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
