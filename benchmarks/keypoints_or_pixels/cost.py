"""Part: what does each cost, from a photo to its label?"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.keypoints_or_pixels.accuracy import digits_and_folds
from benchmarks.keypoints_or_pixels.comparison import Row, Tables, table
from benchmarks.keypoints_or_pixels.contenders import (
    Contender,
    FineTunedPixels,
    FrozenPixels,
    Keypoints,
    installed,
    pixel_contenders,
)
from benchmarks.keypoints_or_pixels.plots import plot_time
from benchmarks.keypoints_or_pixels.sizes import network_rows, size_rows
from benchmarks.keypoints_or_pixels.trainings import Training, run_trainings
from benchmarks.runner import Plots, Setup
from benchmarks.timing import interleaved, p50_p99, without_garbage_collection
from handpose.containers.landmarks import Landmarks
from handpose.datasets import Dataset
from handpose.errors import HandposeError, MissingExtraError
from handpose.extractors import Extractor, make_extractor
from handpose.images import read_image
from handpose.pixels import EfficientNetClassifier
from handpose.pixels.classifier import TUNED_RESOLUTION
from handpose.pixels.frozen import RESOLUTION as FROZEN_RESOLUTION
from handpose.pixels.pictures import square

TIMED_PHOTOS, QUICK_TIMED = 200, 30
REMEMBERED_PHOTOS = 50
CLASSIFIERS = ("svm", "gbdt", "mlp")

PIXELS: dict[str, dict[str, Any]] = {
    FineTunedPixels().name: {"resolution": TUNED_RESOLUTION},
    FrozenPixels().name: {},
    "EfficientNet-b0, random weights": {"variant": "b0", "weights": None, "resolution": 224},
}
"""What classifies pixels, at the resolution that the accuracy was measured at; b0 for reference."""

EXTRACTORS: dict[str, tuple[str, dict[str, Any]]] = {
    "native": ("native", {"threads": 1}),
    "native, fast": ("native", {"threads": 1, "effort": "fast"}),
    "native, lite network": ("native", {"threads": 1, "network": "lite"}),
    "native, litert": ("native", {"threads": 1, "runtime": "litert"}),
    "mediapipe": ("mediapipe", {}),
}

NOTES = [
    "These are times: another run gives similar numbers, not the same.",
    "Every photo goes through every recogniser in turn, after a warm-up, in one process. Finding "
    "is resizing where there is nothing to find; classifying is features and classifier, or the "
    "network.",
    "Frozen and fine-tuned EfficientNet are the same network when they predict, at "
    f"{FROZEN_RESOLUTION} and {TUNED_RESOLUTION} pixels. b0, at 224, is there for time and size.",
    "MediaPipe chooses its threads itself, so that its row is not of one thread; it looks a second "
    "time, with a margin, when it finds nothing.",
    "Multiply-adds of keypoints are those of one look for a palm and one pass of the landmark "
    "network; a hand whose region was wrong takes another pass, and a photo in which no hand is "
    "sure up to two more looks.",
    "Training seconds are those of the run that trained: keypoints on one thread, pixels on two.",
]


@dataclass
class Contestants:
    """All that is measured, fitted and ready, by name; and notes on what is not installed.

    A classifier of pixels that was fitted to a few photos costs what any other does.
    """

    keypoints: dict[str, Keypoints] = field(default_factory=dict)
    pixels: dict[str, EfficientNetClassifier] = field(default_factory=dict)
    extractors: dict[str, Extractor] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def cost(setup: Setup) -> dict[str, Any]:
    """What does each cost, from a photo to its label?"""
    photos, splits = digits_and_folds(setup)
    train, test = (photos[rows] for rows in splits[0])
    training = _training_rows(train, test, setup)
    with ExitStack() as stack:
        stack.enter_context(threadpool_limits(1))
        contestants = _contestants(train, setup, stack)
        times, undisturbed = _time_rows(contestants, test, setup)
        place = Path(stack.enter_context(TemporaryDirectory(prefix="handpose-cost-")))
        setup.report("measuring memory")
        remembered = test.paths[:REMEMBERED_PHOTOS].tolist()
        sizes = size_rows(contestants.keypoints, contestants.pixels, remembered, place)
    tables = {
        "time": table(
            "Milliseconds from a photo to its label, one photo at a time, on one thread; decoding "
            "is the median, and not in the total",
            times,
        ),
        "size": table(
            "What a recogniser is made of; multiply-adds for one photo, memory of a process that "
            f"recognises {REMEMBERED_PHOTOS} photos",
            sizes,
        ),
        "networks": table("The networks, counted on their graphs", network_rows()),
        "training": table(
            f"Seconds to learn from {len(train)} photos, once their hands are found", training
        ),
    }
    quiet = f"{undisturbed:.0%} of the times were taken while other processes rested."
    return {"tables": tables, "notes": [*NOTES, quiet, *contestants.notes]}


def _contestants(train: Dataset, setup: Setup, stack: ExitStack) -> Contestants:
    every = Contestants()
    able, notes = installed([Keypoints(classifier) for classifier in CLASSIFIERS])
    every.notes += notes
    for contender in able:
        every.keypoints[contender.classifier] = contender.fit(train, setup.seed)
    for name, (kind, options) in EXTRACTORS.items():
        try:
            every.extractors[name] = stack.enter_context(make_extractor(kind, **options))
        except (HandposeError, ImportError) as error:
            every.notes.append(f"left out: {name}: {error}")
    few = train[np.linspace(0, len(train) - 1, min(len(train), 60)).astype(int)]
    try:
        FineTunedPixels().require()
        for name, settings in PIXELS.items():
            classifier = EfficientNetClassifier(**settings, C=0.01, threads=1)
            every.pixels[name] = classifier.fit(few.paths.tolist(), few.y)
    except MissingExtraError as error:
        every.notes.append(f"left out: EfficientNet: {error}")
    return every


@dataclass(frozen=True)
class _Input:
    path: str
    rgb: Any
    hand: Landmarks
    squares: dict[str, Any]


def _time_rows(contestants: Contestants, test: Dataset, setup: Setup) -> tuple[list[Row], float]:
    count = min(len(test), QUICK_TIMED if setup.quick else TIMED_PHOTOS)
    test = test[test.X.detected]
    test = test[np.linspace(0, len(test) - 1, count).astype(int)]
    inputs = [_input(str(path), test.X[i], contestants) for i, path in enumerate(test.paths)]
    setup.report(f"timing, {count} photos one at a time")
    with without_garbage_collection():
        seconds, _, undisturbed = interleaved(_steps(contestants), inputs, patience=setup.patience)
    times = {name: 1e3 * np.array(taken) for name, taken in seconds.items()}
    rows = []
    for side, name, find, classify in _paths_to_a_label(contestants):
        steps = {"decode": times["decode"], "find": times[find], "classify": times[classify]}
        medians = {step: round(float(np.median(taken)), 3) for step, taken in steps.items()}
        p50, p99 = p50_p99(steps["find"] + steps["classify"])
        row = {"recogniser": name, "side": side, **medians}
        rows.append(row | {"p50_ms": round(p50, 2), "p99_ms": round(p99, 2)})
    return rows, undisturbed


def _input(path: str, hand: Landmarks, contestants: Contestants) -> _Input:
    rgb = read_image(path)
    squares = {name: square(rgb, p.resolution_) for name, p in contestants.pixels.items()}
    return _Input(path, rgb, hand, squares)


def _steps(contestants: Contestants) -> dict[str, Callable[[_Input], Any]]:
    """Everything that is timed; the default arguments are those of each loop's turn."""
    steps: dict[str, Callable[[_Input], Any]] = {"decode": lambda photo: read_image(photo.path)}
    for name, extractor in contestants.extractors.items():
        steps[name] = lambda photo, find=extractor.detect: find(photo.rgb)
    for name, keypoints in contestants.keypoints.items():
        steps[name] = lambda photo, name_hand=keypoints.model_.predict: name_hand(photo.hand)
    for name, pixels in contestants.pixels.items():
        steps[f"resize {name}"] = lambda photo, side=pixels.resolution_: square(photo.rgb, side)
    for name, pixels in contestants.pixels.items():
        steps[name] = lambda photo, name=name, ask=pixels.predict: ask([photo.squares[name]])
    return steps


def _paths_to_a_label(contestants: Contestants) -> list[tuple[str, str, str, str]]:
    """Side, name, and the two steps: every extractor with svm, the first with every classifier."""
    pairs = []
    for i, extractor in enumerate(contestants.extractors):
        for classifier in list(contestants.keypoints)[: None if i == 0 else 1]:
            pairs.append(("keypoints", f"{extractor} + {classifier}", extractor, classifier))
    return pairs + [("pixels", name, f"resize {name}", name) for name in contestants.pixels]


def _training_rows(train: Dataset, test: Dataset, setup: Setup) -> list[Row]:
    """Of the same trainings as in the accuracy part, which are then found and not done again."""
    every: list[Contender] = [*(Keypoints(name) for name in CLASSIFIERS), *pixel_contenders(setup)]
    able, _ = installed(every)
    outcomes = run_trainings([Training(contender, train, test) for contender in able], setup)
    return [
        {
            "contender": contender.name,
            "side": contender.side,
            "photos": len(train),
            "fit_seconds": round(outcome.fit_seconds, 2),
        }
        for contender, outcome in zip(able, outcomes, strict=True)
    ]


def plots(tables: Tables) -> Plots:
    """The plots of this part's tables."""
    return {"cost": partial(plot_time, tables["time"]["rows"])}
