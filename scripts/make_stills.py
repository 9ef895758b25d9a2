"""Make docs/clips.jpg and docs/rendered_clips.jpg: a still of each clip, drawn as by `live`.

    python scripts/make_stills.py [--data DIR]

Each with the way of the fingertips in the last half second. The pictures of gesture_clips are not
ours to ship: their hands are drawn on a plain ground, larger.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from handpose.containers.skeletons import FINGERS
from handpose.datasets.rendered_clips import CLIPS, Clip, read_clip
from handpose.drawing import FINGER_COLOURS, draw_live_view
from handpose.recognition import VideoRecognition, load_recognizer

ROOT = Path(__file__).parents[1]
CELL = (400, 300)
TRAIL_MS = 500
PAPER, GROUND = (248, 250, 252), (51, 65, 85)


def watched(path: Path) -> list[VideoRecognition]:
    with load_recognizer("digits", min_score=0.8) as recognizer:
        return list(recognizer.stream(path))


def liveliest(results: list[VideoRecognition], among: Iterable[int]) -> int:
    """The frame with the most whole hands that show a gesture, and of those the longest way."""

    def score(now: int) -> tuple[int, float]:
        trail = sum(np.ptp(way, axis=0).max() for way in trails(results, now).values())
        height, width = results[now].frame.rgb.shape[:2]
        boxes = results[now].hands.boxes()
        whole = (boxes[:, :2] >= 0).all(1) & (boxes[:, 2:] <= (width, height)).all(1)
        named = np.array([gesture is not None for gesture in results[now].steady_gestures], bool)
        return int((whole & named).sum()), float(trail)

    return max(among, key=score)


def trails(results: list[VideoRecognition], now: int) -> dict[tuple[int, str], np.ndarray]:
    """The way of each fingertip of the hands in a frame."""
    end = results[now].frame.timestamp_ms
    recent = [r for r in results[: now + 1] if end - r.frame.timestamp_ms <= TRAIL_MS]
    return {
        (hand.track_id, finger): np.array(
            [
                seen.landmarks.points[0, joints[-1], :2]
                for result in recent
                for seen in result
                if seen.track_id == hand.track_id
            ]
        )
        for hand in results[now]
        for finger, joints in FINGERS.items()
    }


def rendered_still(clip: Clip) -> Image.Image:
    """At a time when the hands show what the clip is for."""
    results = watched(clip.path)
    moves, shows = (np.vectorize(bool)(names) for names in (clip.motions, clip.gestures))
    now = liveliest(results, np.flatnonzero((moves if moves.any() else shows).all(axis=1)).tolist())
    return still_of(results, now, results[now].frame.rgb.copy())


def real_still(path: Path) -> Image.Image:
    """Hands and trails alone, fitted into the picture."""
    results = watched(path)
    now = liveliest(results, range(len(results)))
    everything = np.concatenate(
        [*trails(results, now).values(), *results[now].hands.points[..., :2]]
    )
    low, high = everything.min(0), everything.max(0)
    size = np.array(CELL) * 2
    zoom = float((size * 0.62 / (high - low)).min())
    shift = size * (0.5, 0.44) - zoom * (low + high) / 2
    return still_of(results, now, plain_ground(*size), zoom, shift)


def still_of(
    results: list[VideoRecognition],
    now: int,
    ground: np.ndarray,
    zoom: float = 1.0,
    shift: np.ndarray | float = 0.0,
) -> Image.Image:
    """Trails and hands on a ground, which is drawn on."""
    for (_, finger), way in trails(results, now).items():
        draw_trail(ground, way * zoom + shift, FINGER_COLOURS[finger])
    hands = results[now].shown()
    moved = [replace(hand, points=hand.points * zoom + shift) for hand in hands]
    return Image.fromarray(draw_live_view(ground, moved, status=seconds(results[now])))


def plain_ground(width: int, height: int) -> np.ndarray:
    shade = np.linspace(1.25, 0.6, height)[:, None, None]
    ground = np.broadcast_to(np.array(GROUND) * shade, (height, width, 3))
    return np.ascontiguousarray(ground.clip(0, 255).astype(np.uint8))


def draw_trail(picture: np.ndarray, way: np.ndarray, colour: tuple[int, int, int]) -> None:
    """A line that fades towards its beginning."""
    for age, pair in enumerate(pairwise(way), start=1):
        strength = age / len(way)
        ends = [tuple(int(v * 16) for v in point) for point in pair]
        drawn = cv2.line(picture.copy(), *ends, colour, 3, lineType=cv2.LINE_AA, shift=4)
        cv2.addWeighted(drawn, strength, picture, 1 - strength, 0, dst=picture)


def seconds(result: VideoRecognition) -> str:
    return f"{result.frame.timestamp_ms / 1000:.1f} s"


def sheet(stills: dict[str, Image.Image], columns: int) -> Image.Image:
    """Stills in rows, each under its name."""
    gap, title = 12, 30
    rows = -(-len(stills) // columns)
    size = (columns * (CELL[0] + gap) + gap, rows * (CELL[1] + title + gap) + gap)
    paper = Image.new("RGB", size, PAPER)
    draw, font = ImageDraw.Draw(paper), ImageFont.load_default(17)
    for place, (name, picture) in enumerate(stills.items()):
        x = gap + place % columns * (CELL[0] + gap)
        y = gap + place // columns * (CELL[1] + title + gap)
        draw.text((x + 2, y + 4), name.replace("_", " "), font=font, fill=(15, 23, 42))
        fitted = picture.copy()
        fitted.thumbnail(CELL, Image.Resampling.LANCZOS)
        paper.paste(fitted, (x + (CELL[0] - fitted.width) // 2, y + title))
    return paper


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    photos = Path(os.environ.get("HANDPOSE_DATA") or ROOT.parent / "shared" / "datasets")
    parser.add_argument("--data", type=Path, default=photos)
    clips = sorted((parser.parse_args().data / "gesture_clips").glob("*.gif"))
    real = {path.stem: real_still(path) for path in clips}
    sheet(real, 4).save(ROOT / "docs" / "clips.jpg", quality=85)
    rendered = {name: rendered_still(read_clip(name)) for name in CLIPS}
    sheet(rendered, 4).save(ROOT / "docs" / "rendered_clips.jpg", quality=85)


if __name__ == "__main__":
    main()
