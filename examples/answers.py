"""Every classifier as an ONNX file, with what it is given and what Python answers.

    python answers.py FOLDER

Writes `NAME.onnx` and `NAME.json` for each classifier that can be trained here, on still hands and
on motions. The tests of the example in C++ (`cpp/check.py`) and of the page (`web/tests`) run the
same files and compare. Trained on few hands: how good a model is does not matter here.
"""

from __future__ import annotations

import json
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

import handpose as hp
from handpose.classifiers import NEED_TORCH

QUICK: dict[str, dict[str, Any]] = {
    "gbdt": {"max_iter": 20},
    "random_forest": {"n_estimators": 30},
    "extra_trees": {"n_estimators": 30},
    "searched": {"search_epochs": 2, "epochs": 3},
    "motion_net": {"epochs": 2},
}
SIDES = {"Left": 1.0, "Right": 0.0, "": -1.0}
CLIPS = ("gestures", "moving", "leaving", "still")
ASKED = 100
"""Hands of people that the models were not trained on."""


def stills() -> tuple[Any, Any, hp.Landmarks]:
    """Hands and labels to train on, and hands to ask about, each tenth of them missing."""
    data = hp.load_dataset("sign_language_digits")
    data = data[data.detected]
    train, others = data.split(0.3)
    points = others.X.points[:: max(1, len(others) // ASKED)].copy()
    sides = others.X.handedness[:: max(1, len(others) // ASKED)]
    points[::10] = np.nan
    return train.X[::4], train.y[::4], hp.Landmarks(points, handedness=sides)


def motions() -> tuple[hp.Motions, np.ndarray, hp.Motions]:
    """Windows of the rendered clips, and the clip that each is of; every third is asked about."""
    windows, labels = [], []
    for name in CLIPS:
        clip = hp.read_clip(name)
        motion = hp.Motion(clip.points[:, 0], clip.timestamps_ms, "Right")
        for window in motion.windows(900, 200):
            windows.append(window)
            labels.append(name)
    asked = np.arange(len(windows)) % 3 == 0
    everything = hp.Motions(windows)
    return everything[~asked], np.array(labels)[~asked], everything[asked]


def given_hands(hands: hp.Landmarks) -> dict[str, np.ndarray]:
    return {"points": hands.points, "side": _sides(hands.handedness)}


def given_motions(asked: hp.Motions) -> dict[str, np.ndarray]:
    """Frames of NaN make motions as long as the longest."""
    shape = (len(asked), max(map(len, asked)))
    points = np.full((*shape, 1, 21, 3), np.nan, np.float32)
    times = np.full(shape, np.nan, np.float32)
    for row, motion in enumerate(asked):
        points[row, : len(motion)] = motion.points
        times[row, : len(motion)] = motion.timestamps_ms - motion.timestamps_ms[0]
    body = np.full((len(asked), 3, 2), np.nan, np.float32)
    sides = _sides([motion.handedness for motion in asked])
    return {"points": points, "times": times, "side": sides, "body": body}


def write(folder: Path, name: str, model: hp.GestureModel, asked: Any, given: Any) -> None:
    hp.export_model(model, folder / f"{name}.onnx")
    scores = model.window_scores(asked)
    inputs = [
        {"name": key, "shape": value.shape, "data": _numbers(value)} for key, value in given.items()
    ]
    document = {
        "inputs": inputs,
        "label": scores.argmax(1).tolist(),
        "missing": (~asked.detected).tolist(),
        "probabilities": scores.round(7).tolist(),
    }
    (folder / f"{name}.json").write_text(json.dumps(document))


def _sides(handedness: Any) -> np.ndarray:
    return np.array([SIDES[str(side)] for side in handedness], np.float32)


def _numbers(values: np.ndarray) -> list[float | None]:
    """JSON has no NaN: null stands for it."""
    return [None if np.isnan(x) else float(x) for x in values.ravel()]


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    has_torch = find_spec("torch") is not None
    hands, labels, strangers = stills()
    for name in hp.CLASSIFIERS:
        if name in NEED_TORCH and not has_torch:
            continue
        model = hp.make_model(name, augmentation=None, **QUICK.get(name, {}))
        model.fit(hands, labels)
        write(folder, name, model, strangers, given_hands(strangers))
    moving, clips, asked = motions()
    for name in ("svm", "logistic", "motion_net"):
        if name == "motion_net" and not has_torch:
            continue
        model = hp.make_model(name, features="motion", **QUICK.get(name, {})).fit(moving, clips)
        write(folder, f"motions_{name}", model, asked, given_motions(asked))


if __name__ == "__main__":
    main()
