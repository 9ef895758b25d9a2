"""What Python says, for the tests of the page: written into a folder that they serve.

    python expected.py FOLDER [CLIP]...

- `numbers.json`: anchors, decoded palms, regions, crops, views, for the unit tests in Node
- `clips/NAME/NNN.jpg`: the frames of each rendered clip, and `clips.json`: what Python names
- `pictures.json`: what Python names on each rendered picture
- `camera.mjpeg`: the clip `gestures` as a camera for Chromium

Python looks at the same JPEG files with the same networks in f32. In the clips it leaves out what a
port leaves out: while a hand is missing, the arms of people and pictures in other colours.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import cv2
import numpy as np
from PIL import Image

import handpose as hp
from handpose.export.pipeline import pipeline
from handpose.extractors.native import ladder
from handpose.extractors.native.palms import ANCHORS, decode_palms
from handpose.networks.pictures import Picture
from handpose.networks.regions import Regions, crops, hand_regions

DATASETS = Path(__file__).parents[2] / "datasets"
CLIPS = {"gestures": 1, "still": 1, "moving": 1, "leaving": 1, "crossing": 2}
"""Clip to hands in it."""
SETTLED = 8
"""Frames after which a hand that was hidden is found and named again."""
QUALITY = 92
OPTIONS = {"precision": "f32", "point_scores": "off"}


def numbers() -> dict[str, Any]:
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (61, 90, 4), np.uint8)
    pixels[..., 3] = 255
    picture = Picture(np.ascontiguousarray(pixels[..., :3]))
    regions = [(45.0, 30.0, 20.0, 0.3), (40.2, 31.7, 60.0, -1.0), (5.0, 50.0, 300.0, 2.0)]
    points = rng.normal(100, 30, (21, 3))
    boxes = rng.normal(0, 20, (len(ANCHORS[128]), 18)).astype(np.float32)
    boxes[:, 2:4] = np.abs(boxes[:, 2:4]) + 20
    logits = rng.normal(-4, 2, len(boxes)).astype(np.float32)
    palms = decode_palms(boxes, logits, 128, 0.1, 5)
    view = Regions(np.array([[50.0, 40.0]]), np.array([120.0]), np.array([0.2]))
    return {
        "pipeline": pipeline(),
        "anchors": {str(side): centres.tolist() for side, centres in ANCHORS.items()},
        "palms": {
            "boxes": boxes.ravel().tolist(),
            "logits": logits.tolist(),
            "points": palms.points.tolist(),
            "scores": palms.score.tolist(),
            "view": _rows(view)[0],
            "regions": _rows(palms.regions(view)),
        },
        "hand": {"points": points.tolist(), "region": _rows(hand_regions(points[None]))[0]},
        "moved": _rows(view.moved(0.1, -0.2, 0.5))[0],
        "shift": float(view.shift(view.moved(0.1, -0.2, 0.5))[0]),
        "picture": {"width": 90, "height": 61, "rgba": pixels.ravel().tolist()},
        "crops": [
            {"region": row, "rgb": crops(picture, _region(row), 16)[0].ravel().tolist()}
            for row in regions
        ],
        "views": [
            {"size": size, "views": [[*_rows(v.region)[0], v.side] for v in _views(*size)]}
            for size in ((640, 480), (2000, 300), (1200, 900))
        ],
    }


def _views(width: int, height: int) -> list[Any]:
    return [*ladder.views(width, height, ladder.EFFORTS["balanced"].first)]


def _region(row: tuple[float, ...]) -> Regions:
    x, y, side, angle = row
    return Regions(np.array([[x, y]]), np.array([side]), np.array([angle]))


def _rows(regions: Regions) -> list[list[float]]:
    return np.column_stack([regions.centre, regions.side, regions.angle]).tolist()


def pictures() -> dict[str, Any]:
    with hp.load_recognizer("digits", **OPTIONS, num_hands=1) as recognizer:
        paths = sorted((DATASETS / "rendered_hands").glob("?/*.jpg"))
        return {
            path.relative_to(DATASETS).as_posix(): _hands(recognizer.recognize(path))
            for path in paths
        }


def clip(name: str, folder: Path) -> list[dict[str, Any]]:
    """Writes the frames of a clip as pictures, and tells what Python sees in these."""
    folder.mkdir(parents=True)
    told = []
    options = {**OPTIONS, "num_hands": CLIPS[name], "effort": "fast"}  # which knows no arms
    without = patch("handpose.extractors.native.tracking.RENDITIONS", ())
    with without, hp.load_recognizer("digits", **options) as recognizer:
        for number, frame in enumerate(hp.read_frames(DATASETS / f"rendered_clips/{name}.mp4")):
            path = folder / f"{number:03}.jpg"
            Image.fromarray(frame.rgb).save(path, quality=QUALITY)
            seen = recognizer.recognize_for_video(hp.read_image(path), frame.timestamp_ms)
            hands = _hands(seen)
            for hand, steady in zip(hands, seen.steady_gestures, strict=True):
                hand["steady"] = steady
            told.append({"timestampMs": frame.timestamp_ms, "hands": hands})
    for frame, hides in zip(told, _hidden(name), strict=True):
        frame["hides"] = hides
    return told


def _hidden(name: str) -> list[bool]:
    """In which frames, or shortly after, one hand lies over the other: what is seen of the lower
    one, and when it is found again, hangs on the last digits."""
    points = hp.read_clip(name).points[..., :2]
    if points.shape[1] < 2:
        return [False] * len(points)
    low, high = points.min(2), points.max(2)
    overlap = np.minimum(high[:, 0], high[:, 1]) - np.maximum(low[:, 0], low[:, 1])
    over = (overlap > 0).all(1)
    return [bool(over[max(0, row - SETTLED) : row + 1].any()) for row in range(len(over))]


def _hands(seen: hp.Recognition) -> list[dict[str, Any]]:
    return [
        {
            "gesture": hand.gesture,
            "handedness": hand.handedness,
            "landmarks": np.round(hand.landmarks.points[0], 4).tolist(),
        }
        for hand in seen
    ]


def camera(frames: Path, file: Path) -> None:
    """Pictures one after the other, which Chromium plays as a camera, 30 a second, in a loop."""
    file.write_bytes(b"".join(path.read_bytes() for path in sorted(frames.glob("*.jpg"))))


def main() -> None:
    cv2.setNumThreads(1)
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    names = sys.argv[2:] or list(CLIPS)
    clips = {name: clip(name, folder / "clips" / name) for name in names}
    parts: dict[str, Callable[[], Any]] = {
        "numbers": numbers,
        "pictures": pictures,
        "clips": lambda: clips,
    }
    for name, make in parts.items():
        (folder / f"{name}.json").write_text(json.dumps(make()))
    camera(folder / "clips" / "gestures", folder / "camera.mjpeg")


if __name__ == "__main__":
    main()
