"""The motions of real hands in gesture_clips, and of a rendered one: what is measured on them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.base import clone

from handpose.containers.landmarks import Landmarks
from handpose.containers.motion import Motion, Motions
from handpose.containers.skeletons import HandLandmark
from handpose.datasets import Dataset
from handpose.datasets.rendered_clips import Clip
from handpose.extractors import make_extractor
from handpose.features.motion import MotionFeatures
from handpose.features.motion_blocks import SCALES
from handpose.images import read_frames
from handpose.models.gestures import GestureModel
from handpose.models.making import make_model

Clips = dict[str, tuple[Landmarks, list[int]]]
"""Hands (one row a frame) and times of each clip."""

SWIPES = (
    ("fast_up_down", 8, 12, "down"),
    ("fast_up_down", 42, 46, "up"),
    ("swipe_up_down", 19, 27, "down"),
    ("swipe_up_down", 48, 56, "up"),
    ("swipe2_up_down", 3, 10, "down"),
    ("swipe2_up_down", 51, 60, "up"),
    ("swipe3_up_down", 16, 27, "down"),
    ("swipe3_up_down", 59, 66, "up"),
    ("swipe_left_right", 2, 10, "right"),
    ("swipe_left_right", 37, 45, "left"),
    ("swipe_left_right", 67, 76, "right"),
    ("swipe2_left_right", 15, 24, "right"),
    ("swipe2_left_right", 41, 48, "left"),
)
"""Clip, first and last frame, direction in the image: by eye, from the pictures, before any track
was computed. The hand that is raised at the beginning of swipe_up_down is no swipe."""
REST_FRAMES = 12
"""Length of the pieces in which the stretches between swipes are cut."""


def followed(file: Path) -> tuple[Landmarks, list[int]]:
    """One hand through a clip: a row and a time for each frame."""
    rows, times = [], []
    with make_extractor("native") as extractor:
        for frame in read_frames(file):
            hand = extractor.detect_for_video(frame.rgb, frame.timestamp_ms)
            height, width = frame.rgb.shape[:2]
            rows.append(hand if len(hand) else Landmarks.missing((width, height)))
            times.append(frame.timestamp_ms)
    return Landmarks.concat(rows), times


def name_windows(history: Dataset, clips: Clips, circles: Clip) -> dict[str, Any]:
    """Name windows of 500 ms of each clip by a model of point_history: shares of each name."""
    models = {scale: _fitted(history, MotionFeatures(scale=scale)) for scale in SCALES}
    rows, in_swipes, at_rest = {}, [], []
    for name, (hands, times) in clips.items():
        windows = _windows(hands, times)
        rows[name] = _named(models[SCALES[0]], windows)
        events = [(times[a], times[b]) for clip, a, b, _ in SWIPES if clip == name]
        for window in windows if events else []:
            shared = max(_shared_ms(window, *event) for event in events)
            if shared >= 250:
                in_swipes.append(window)
            elif shared <= 0:
                at_rest.append(window)
    drawn = by_what_is_shown(circles, _windows(*followed(circles.path)))
    for scale, model in models.items():
        rows[f"all swipes, {scale}"] = _named(model, in_swipes)
        rows[f"between swipes, {scale}"] = _named(model, at_rest)
        for label, windows in drawn.items():
            rows[f"rendered, {label}, {scale}"] = _named(model, windows)
    return {"rows": rows}


def _windows(hands: Landmarks, times: list[int]) -> list[Motion]:
    """Windows of the way of the index fingertip."""
    height = float(hands.image_size[0, 1])
    track = Motion.from_landmarks(hands, times).follow(HandLandmark.INDEX_FINGER_TIP, height)
    return list(track.windows(500, 66))


def by_what_is_shown(clip: Clip, windows: list[Motion]) -> dict[str, list[Motion]]:
    """Windows that lie in a motion of a clip by its name, and those that touch none."""
    found: dict[str, list[Motion]] = {}
    for window in windows:
        first, last = np.searchsorted(clip.timestamps_ms, window.timestamps_ms[[0, -1]])
        shown = set(clip.motions[first : last + 1, 0].tolist())
        if len(shown) == 1:
            found.setdefault(shown.pop() or "no circle", []).append(window)
    return found


def _fitted(history: Dataset, chosen: MotionFeatures) -> GestureModel:
    return make_model("svm", features=chosen).fit(*history)


def _shared_ms(window: Motion, start: float, end: float) -> float:
    return min(window.timestamps_ms[-1], end) - max(window.timestamps_ms[0], start)


def _named(model: GestureModel, windows: list[Motion]) -> dict[str, Any]:
    answers = model.name(windows)
    shares = {str(label): round(float(np.mean(answers == label)), 2) for label in model.classes_}
    missed = round(float(np.mean([answer is None for answer in answers])), 2)
    speed = round(float(np.median(speeds(windows))), 2)
    return {
        "windows": len(windows),
        **shares,
        "(not seen)": missed,
        "median speed, heights a second": speed,
    }


def speeds(motions: Motions | list[Motion]) -> np.ndarray:
    """Mean speed of each motion that is usable, in image heights a second."""
    features = MotionFeatures(("statistics",), scale="hand").fit(motions)
    column = features.get_feature_names_out().tolist().index("mean_speed_point")
    found = features.transform(motions)[:, column]
    return found[np.isfinite(found)]


SWIPE_FEATURES = {"all features": ("path", "statistics", "hand"), "statistics": ("statistics",)}


def tell_swipes_apart(clips: Clips, classifiers: Sequence[str]) -> dict[str, Any]:
    """Tell swipes apart, each clip by models of the others: how many are right."""
    motions, labels, names = _swipe_motions(clips)
    rows = {}
    for classifier, (kind, blocks), scale in product(classifiers, SWIPE_FEATURES.items(), SCALES):
        model = make_model(classifier, features=MotionFeatures(blocks, scale=scale))
        right = _leave_one_out(model, motions, labels, names) == labels
        rows[f"{classifier}, {kind}, {scale}"] = {
            label: f"{int(right[labels == label].sum())} of {int((labels == label).sum())}"
            for label in ("up", "down", "left", "right", "rest")
        }
    return {"motions": len(motions), "clips": len(set(names)), "rows": rows}


def _leave_one_out(
    model: GestureModel, motions: Motions, labels: np.ndarray, names: np.ndarray
) -> np.ndarray:
    answers = np.full(len(motions), None, dtype=object)
    for name in sorted(set(names)):
        train, test = np.flatnonzero(names != name), np.flatnonzero(names == name)
        fitted = clone(model).fit(motions[train], labels[train], groups=names[train])
        answers[test] = fitted.name(motions[test])
    return answers


def _swipe_motions(clips: Clips) -> tuple[Motions, np.ndarray, np.ndarray]:
    """Each swipe of whatever length, and pieces of the time between swipes."""
    found = []
    for clip in sorted({name for name, *_ in SWIPES}):
        hands, times = clips[clip]
        motion = Motion.from_landmarks(hands, times)
        events = [(first, last, label) for name, first, last, label in SWIPES if name == clip]
        found += [(motion[a : b + 1], label, clip) for a, b, label in events]
        for (_, before, _), (after, _, _) in pairwise(events):
            for start in range(before + 1, after - REST_FRAMES, REST_FRAMES):
                rest = motion[start : start + REST_FRAMES]
                found.append((rest, "rest", clip))
    motions, labels, names = zip(*found, strict=True)
    return Motions(motions), np.array(labels), np.array(names)
