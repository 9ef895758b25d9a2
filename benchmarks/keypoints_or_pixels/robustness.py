"""Part: what is left when the pictures get worse than those that were learnt from?"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from PIL import Image
from threadpoolctl import threadpool_limits

from benchmarks.keypoints_or_pixels.accuracy import digits_and_folds
from benchmarks.keypoints_or_pixels.comparison import PAIRS_CAPTION, Row, Tables, table
from benchmarks.keypoints_or_pixels.contenders import (
    Contender,
    Keypoints,
    installed,
    pixel_contenders,
)
from benchmarks.keypoints_or_pixels.corruptions import CORRUPTIONS, corrupt
from benchmarks.keypoints_or_pixels.photos import with_paths
from benchmarks.keypoints_or_pixels.plots import plot_corruptions
from benchmarks.keypoints_or_pixels.trainings import fitted_on
from benchmarks.runner import Plots, Setup
from handpose.datasets import Dataset, read_table
from handpose.datasets.manifest import MANIFEST
from handpose.evaluation.statistics import compare, holm
from handpose.extraction import extract_folder
from handpose.images import read_image

TEST_PHOTOS = 206
QUICK_PHOTOS, QUICK_CORRUPTIONS = 40, ("darkened", "background replaced")
ALL = "all"
"""Corruptions together."""

Correct = NDArray[np.bool_]

NOTES = [
    "Everything is learnt from clean photos of one fold's training people. Of its test photos a "
    f"quick run takes {QUICK_PHOTOS} and a full one {TEST_PHOTOS}, spread over all gestures, so "
    "that differences below three hundredths mean little.",
    "Noise, side and background of a photo are the same at all strengths, and for all contenders.",
    "The hand is cut out by its colour, before a wall that is plain; no landmarks have a part in "
    "it. Half of the new backgrounds are parts of two photos, half are random patches.",
    "Fine-tuning turns, scales and relights its training pictures a little, and the keypoint model "
    "turns and jitters its hands; neither was shown any of these corruptions as such.",
]


@dataclass(frozen=True)
class Condition:
    """One corruption at one strength; without a name, the photos as they are."""

    corruption: str
    strength: float

    @property
    def folder(self) -> str:
        """Name of the folder with its pictures."""
        name = (self.corruption or "clean").lower().replace(" ", "_").replace("-", "_")
        return f"{name}-{self.strength:g}"


CLEAN = Condition("", 0)


def robustness(setup: Setup) -> dict[str, Any]:
    """What is left when pictures get worse than those that were learnt from?"""
    photos, splits = digits_and_folds(setup)
    train, test = photos[splits[0][0]], some_of(photos[splits[0][1]], setup)
    contenders, notes = installed([Keypoints(), *pixel_contenders(setup)])
    names = QUICK_CORRUPTIONS if setup.quick else tuple(CORRUPTIONS)
    conditions = [CLEAN, *(Condition(n, s) for n in names for s in CORRUPTIONS[n].strengths)]
    with TemporaryDirectory(prefix="handpose-robustness-") as place:
        spoilt = spoilt_photos(test, conditions, Path(place), setup)
        correct = [_predicted(each, train, spoilt, setup) == spoilt.y for each in contenders]
    rows = _rows(contenders, conditions, correct, spoilt.X.detected)
    tables = {
        "strengths": table(
            f"Accuracy end to end on {len(test)} photos of {test.n_subjects} groups of people, by "
            "what was done to them; hands_found is the share of photos in which a hand is found",
            rows,
        ),
        "corruptions": table(
            "Accuracy on clean photos, and the mean over the four strengths of each corruption",
            _summary(contenders, rows, names),
        ),
        "keypoints_against_pixels": table(
            f"{PAIRS_CAPTION}; over the strengths of each corruption, and of all",
            _against_pixels(contenders, conditions, correct, spoilt.groups),
        ),
    }
    return {"tables": tables, "notes": notes + NOTES}


def some_of(photos: Dataset, setup: Setup) -> Dataset:
    """As many test photos as there is time for, evenly spread (and so over all gestures)."""
    count = min(QUICK_PHOTOS if setup.quick else TEST_PHOTOS, len(photos))
    order = np.argsort(photos.y, kind="stable")
    return photos[np.sort(order[np.linspace(0, len(photos) - 1, count).astype(int)])]


def spoilt_photos(
    photos: Dataset, conditions: Sequence[Condition], folder: Path, setup: Setup
) -> Dataset:
    """Write the photos of every condition to an empty folder, and find the hands in them.

    Returns
    -------
    Dataset
        All photos of the first condition, then all of the next.
    """
    setup.report(f"spoiling {len(photos)} photos in {len(conditions)} ways")
    originals = [read_image(path) for path in photos.paths.tolist()]
    jobs = [delayed(_write)(originals, c, folder / c.folder, setup.seed) for c in conditions]
    Parallel(n_jobs=max(1, min(setup.jobs, len(jobs))))(jobs)
    with (folder / MANIFEST).open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["path", "label", "subject"])
        for condition in conditions:
            for row, (label, subject) in enumerate(zip(photos.y, photos.groups, strict=True)):
                rows.writerow([f"{condition.folder}/{_file(row)}", label, subject])
    setup.report("finding hands in them")
    # One thread, so that the same is found whatever the number of processes.
    made = extract_folder(folder, folder / "hands.parquet", threads=1, n_jobs=setup.jobs)
    spoilt = read_table(made.path)
    return with_paths(spoilt, [str(folder / path) for path in spoilt.paths])


def _write(
    originals: Sequence[NDArray[np.uint8]], condition: Condition, folder: Path, seed: int
) -> None:
    """Runs in a worker."""
    folder.mkdir()
    with threadpool_limits(1):
        for row, image in enumerate(originals):
            own = 100_003 * seed + row
            name = condition.corruption
            spoilt = corrupt(image, name, condition.strength, own) if name else image
            Image.fromarray(spoilt).save(folder / _file(row), compress_level=1)


def _file(row: int) -> str:
    return f"{row:05}.png"


def _predicted(contender: Contender, train: Dataset, test: Dataset, setup: Setup) -> Any:
    """As in the other parts: the number of threads decides what is learnt."""
    setup.report(f"{contender.name}: {len(train)} clean photos, {len(test)} spoilt ones")
    with threadpool_limits(1):  # of numpy and scikit-learn; torch has its own number
        return fitted_on(contender, train, setup.seed, setup.work).predict(test)


def _rows(
    contenders: Sequence[Contender],
    conditions: Sequence[Condition],
    correct: Sequence[Correct],
    found: Correct,
) -> list[Row]:
    """A row for each condition; clean photos are strength 0 of every corruption."""
    shares = np.array([*correct, found], dtype=float)
    shares = shares.reshape(len(shares), len(conditions), -1).mean(-1)
    columns = [*(contender.name for contender in contenders), "hands_found"]
    return [
        {
            "corruption": corruption,
            "strength": condition.strength,
            "unit": CORRUPTIONS[corruption].unit,
            **dict(zip(columns, shares[:, place].round(4).tolist(), strict=True)),
        }
        for corruption in dict.fromkeys(c.corruption for c in conditions if c.corruption)
        for place, condition in enumerate(conditions)
        if condition.corruption in ("", corruption)
    ]


def _against_pixels(
    contenders: Sequence[Contender],
    conditions: Sequence[Condition],
    correct: Sequence[Correct],
    people: NDArray[np.str_],
) -> list[Row]:
    """The first contender against each pixel model; people, not pictures, are independent."""
    of = np.repeat([c.corruption for c in conditions], len(people) // len(conditions))
    names = dict.fromkeys(c.corruption for c in conditions if c.corruption)
    rows = []
    for contender, right in zip(contenders, correct, strict=True):
        if contender.side != "pixels":
            continue
        pair = {"keypoints": contenders[0].name, "pixels": contender.name}
        found = []
        for name in (*names, ALL):
            spoilt = (of != "") if name == ALL else (of == name)
            against = compare(correct[0][spoilt], right[spoilt], people[spoilt])
            found.append({**pair, "corruption": name, **asdict(against)})
        adjusted = holm([row["sign_flip_p"] for row in found])
        rows += [row | {"holm_p": p} for row, p in zip(found, adjusted, strict=True)]
    return rows


def _summary(contenders: Sequence[Contender], rows: list[Row], names: Sequence[str]) -> list[Row]:
    columns = [*(contender.name for contender in contenders), "hands_found"]
    groups = {"none": list(rows[:1])}
    groups |= {n: [r for r in rows if r["corruption"] == n and r["strength"]] for n in names}
    return [
        {
            "corruption": name,
            **{c: round(float(np.mean([row[c] for row in group])), 4) for c in columns},
        }
        for name, group in groups.items()
    ]


def plots(tables: Tables) -> Plots:
    """The plots of this part's tables."""
    return {"robustness": partial(plot_corruptions, tables["strengths"]["rows"])}
