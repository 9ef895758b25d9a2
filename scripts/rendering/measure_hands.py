"""Compare MediaPipe's hand landmarks with the exact keypoints.

Needs mediapipe and its bundle ``hand_landmarker.task``::

    python -m scripts.rendering.measure_hands hand_landmarker.task
"""

import argparse
import csv
from pathlib import Path

import numpy as np
from mediapipe import Image, ImageFormat
from mediapipe.tasks.python import BaseOptions, vision
from PIL import Image as PillowImage

OUTPUT = Path(__file__).parents[2] / "datasets" / "rendered_hands"


def read_table(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file."""
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def main() -> None:
    """Print how many hands are found, how many sides are right, and how far the landmarks are."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("bundle", help="hand_landmarker.task")
    parser.add_argument("--folder", type=Path, default=OUTPUT)
    options = parser.parse_args()
    landmarker = vision.HandLandmarker.create_from_options(
        vision.HandLandmarkerOptions(base_options=BaseOptions(model_asset_path=options.bundle))
    )
    manifest = read_table(options.folder / "manifest.csv")
    exact = {row["path"]: row for row in read_table(options.folder / "keypoints.csv")}
    missed, wrong_side, errors = [], [], []
    for row in manifest:
        pixels = np.array(PillowImage.open(options.folder / row["path"]))
        found = landmarker.detect(Image(image_format=ImageFormat.SRGB, data=pixels))
        if not found.hand_landmarks:
            missed.append(row["path"])
            continue
        if found.handedness[0][0].category_name != row["handedness"]:
            wrong_side.append(row["path"])
        truth = np.array([[float(exact[row["path"]][f"{a}{k}"]) for a in "xy"] for k in range(21)])
        seen = np.array([(point.x, point.y) for point in found.hand_landmarks[0]])
        seen *= pixels.shape[1::-1]
        box = np.ptp(truth, axis=0).max()
        errors.append(100 * np.linalg.norm(seen - truth, axis=1) / box)
    distance = np.array(errors)
    print(f"hands found: {len(errors)} of {len(manifest)}; missed: {missed}")
    print(f"right handedness: {len(errors) - len(wrong_side)}; wrong: {wrong_side}")
    print("distance, percent of the longer side of the keypoints' box:")
    print(f"  median {np.median(distance):.1f}, 90th percentile {np.percentile(distance, 90):.1f}")
    print(f"  median of each landmark: {np.median(distance, axis=0).round(1).tolist()}")


if __name__ == "__main__":
    main()
