"""Render hands from all round: fingers of the ten digits recombined, from any side.

What the scores of points are trained and measured on (``scripts/train_point_scores.py``). The mesh
is that of `scripts.rendering.render_hands`, which says how to get it::

    python -m scripts.rendering.render_all_round package/dist/profiles/generic-hand more/all_round
"""

import argparse
import csv
from pathlib import Path

import numpy as np
from PIL import Image

from scripts.rendering.hand_mesh import MEDIAPIPE, Hand, rotation
from scripts.rendering.poses import POSES, vary
from scripts.rendering.render_hands import frame
from scripts.rendering.scene import BACKGROUNDS, WALLS, compose, grain
from scripts.rendering.studio import SUBJECTS, body, keypoints, photograph

SEED = 15
SIZES = [(320, 320), (400, 300), (300, 400)]
DIGIT = 0.35
"""Share of the hands that show a digit as it is."""
LOOSE = 0.3
"""Share of the hands whose fingers are each halfway between two digits."""


def shape(rng: np.random.Generator) -> dict[str, tuple[float, ...]]:
    """Return the angles of a hand shape, see `scripts.rendering.poses.vary`."""
    kind = rng.random()
    one = vary(int(rng.integers(len(POSES))), rng)
    if kind < DIGIT:
        return one
    others = [vary(int(digit), rng) for digit in rng.integers(len(POSES), size=5)]
    picked = {finger: other[finger] for finger, other in zip(one, others, strict=True)}
    if kind > DIGIT + LOOSE:
        return picked
    mean = {finger: (np.array(one[finger]) + picked[finger]) / 2 for finger in one}
    return {finger: tuple(angles.tolist()) for finger, angles in mean.items()}


def picture(hand: Hand, number: int, seed: int = SEED) -> tuple[Image.Image, np.ndarray, str]:
    """Render one picture; return it with its keypoints and its handedness."""
    rng = np.random.default_rng([seed, number])
    subject = SUBJECTS[number % len(SUBJECTS)]
    vertices, joints = hand.pose(shape(rng))
    vertices, joints = vertices * subject.stature, joints * subject.stature
    lean = rotation(2, rng.uniform(-20, 20)) @ rotation(0, rng.uniform(-25, 25))
    yaw = rng.normal(0, 35) if rng.random() < 0.5 else rng.uniform(-180, 180)
    turn = rotation(2, rng.normal(0, 30)) @ rotation(0, rng.normal(0, 22)) @ rotation(1, yaw)
    right = rng.random() < 0.5
    if not right:
        turn = np.diag([-1, 1, 1]) @ turn
    size = SIZES[rng.integers(len(SIZES))]
    shot = frame(joints[MEDIAPIPE], hand.joints[MEDIAPIPE], turn, size, rng)
    meshes = body(hand, vertices, joints[0], subject, lean, shot)
    light = np.array([rng.uniform(-1, 1), rng.uniform(-1.1, -0.3), -1.0])
    image, mask = photograph(meshes, shot, light)
    background = BACKGROUNDS[rng.integers(len(BACKGROUNDS))]
    shade = (int(-26 * light[0]), int(-26 * light[1])) if background in WALLS else None
    result = grain(compose(image, mask, background(rng, size), shade), rng)
    return result, keypoints(shot.place(joints), shot), "Right" if right else "Left"


def main() -> None:
    """Render all pictures and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("mesh_dir", type=Path, help="folder of right.glb")
    parser.add_argument("out", type=Path)
    parser.add_argument("--count", type=int, default=1200)
    parser.add_argument("--seed", type=int, default=SEED, help="another one makes other pictures")
    options = parser.parse_args()
    hand = Hand(options.mesh_dir / "right.glb")
    options.out.mkdir(parents=True, exist_ok=True)
    columns = [f"{axis}{k}" for k in range(21) for axis in "xyz"]
    with open(options.out / "keypoints.csv", "w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["path", *columns])
        for number in range(options.count):
            image, points, handedness = picture(hand, number, options.seed)
            subject = f"render{number % len(SUBJECTS)}"
            name = f"{number:04d}_{subject}_{handedness.lower()}.jpg"
            image.save(options.out / name, quality=88, optimize=True)
            table.writerow([name, *(f"{value:.2f}" for value in points.ravel())])
            file.flush()


if __name__ == "__main__":
    main()
