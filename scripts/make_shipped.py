"""Make the derived files that ship: the digits' landmark table and the pretrained models.

Usage: python -m scripts.make_shipped [--photos DIR] [--only table digits hagrid ...]

DIR has the photos of `sign_language_digits`; by default they, and the other data sets, are what
`handpose data fetch` fetched, or what is in the folder that HANDPOSE_DATA names. `asl_sequences` is
not fetched.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

import handpose as hp
from handpose.cli.sources import training_summary
from handpose.containers.labels import is_no_gesture
from handpose.datasets import photo_folder
from handpose.datasets.registry import find_file, known_dataset
from handpose.evaluation.thresholds import leave_gestures_out, try_out
from handpose.extraction import extract_folder
from scripts.asl_letters import (
    drawn_letters,
    held_letters,
    letters_in,
    model_of_drawn,
    model_of_held,
    moved_letters,
)
from scripts.made_swipes import swipes as made_swipes
from scripts.no_digit import MADE, made_hands, resting_of_hagrid
from scripts.other_cameras import digits_of_hagrid, digits_of_letters

ROOT = Path(__file__).parent.parent
TABLE = ROOT / "datasets" / "sign_language_digits" / "landmarks.parquet"
MODELS = ROOT / "handpose" / "pretrained"
LETTERS_SOURCE = (
    "borisgraudt/asl-ai (CC0); traduttore/traduttore-model (MIT, Copyright (c) 2022 traduttore)"
)
HAGRID_SOURCE = "HaGRID annotations (CC BY-SA 4.0)"
MAKE: dict[str, Callable[[], hp.GestureModel]] = {
    "digits": partial(hp.make_model, "svm", names_nothing=False),
    "hagrid": partial(hp.make_model, "mlp"),
    "asl_letters": model_of_held,
    "asl_letters_moving": model_of_drawn,
    "swipes": partial(hp.make_model, "svm", features=hp.MotionFeatures(("statistics",))),
}
"""The mlp of nineteen gestures is a fourteenth of the size of its svm. A swipe is a swipe whatever
the hand looks like."""


ROWS = ("truth", "predicted", "detected", "groups", "probabilities", "scores")
"""What an evaluation has a row of for each sample."""

COMPUTED = ("swipes",)
"""Models of data that no person made: training says nothing of them on people."""


def main() -> None:
    """Extract, measure, train, save."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--photos", type=Path)
    models = {
        "digits": digits,
        "hagrid": hagrid,
        "asl_letters": letters,
        "asl_letters_moving": drawn,
        "swipes": swipes,
    }
    names = ["table", *models]
    parser.add_argument("--only", nargs="+", choices=names, default=names)
    options = parser.parse_args()
    if "table" in options.only:
        make_table(options.photos or photo_folder("sign_language_digits"))
    for name, read in models.items():
        if name in options.only:
            make_model(name, *read())


def make_table(photos: Path) -> None:
    print(extract_folder(photos, TABLE))
    hp.write_table(replace(hp.load_dataset(TABLE), name="sign_language_digits"), TABLE)


def digits() -> tuple[hp.Dataset, str]:
    """Before the one camera of the digits' photos, and before many others; and no digits."""
    hagrid = hp.load_dataset("hagrid_landmarks")
    shown = (
        hp.load_dataset("sign_language_digits"),
        digits_of_hagrid(hagrid),
        digits_of_letters(held()),
    )
    sources = ("ardamavi/Sign-Language-Digits-Dataset (Apache-2.0)", HAGRID_SOURCE, LETTERS_SOURCE)
    nothing = resting_of_hagrid(hagrid), made_hands(hp.Dataset.concat(shown))
    dataset = hp.Dataset.concat([*shown, *nothing])
    return dataset, "; ".join(sources)


def hagrid() -> tuple[hp.Dataset, str]:
    """The annotations are landmarks of MediaPipe, which every extractor here is compatible with."""
    return replace(hp.load_dataset("hagrid_landmarks"), provenance={}), HAGRID_SOURCE


def letters() -> tuple[hp.Dataset, str]:
    """Held letters by the signers of both data sets."""
    return held(), LETTERS_SOURCE


def held() -> hp.Dataset:
    """Hands that hold a letter, of both data sets."""
    sequences = letters_in(sequences_folder())
    return held_letters(sequences, hp.load_dataset("asl_alphabet_landmarks"))


def drawn() -> tuple[hp.Dataset, str]:
    """J and Z; pieces of them, and held letters, as nothing."""
    data = drawn_letters(moved_letters(letters_in(sequences_folder())))
    return hp.with_nothing(data, model_of_drawn()), LETTERS_SOURCE


def sequences_folder() -> Path:
    """Where both files of `asl_sequences` are."""
    return find_file(known_dataset("asl_sequences")).parent


def swipes() -> tuple[hp.Dataset, str]:
    """Swipes that are computed from hands of the digits."""
    return made_swipes(), "hands of ardamavi/Sign-Language-Digits-Dataset, carried along ways"


def make_model(name: str, dataset: hp.Dataset, source: str) -> None:
    hands, labels, subjects = dataset
    model = MAKE[name]()
    trial = try_out(model, dataset)
    if trial.evaluation is None or not (trial.people or name in COMPUTED):
        raise SystemExit(f"{name}: {trial.obstacle}")
    if not model.names_nothing:
        trial = replace(trial, evaluation=of_gestures(trial.evaluation))
    print(trial.evaluation.summary())
    if not model.takes_motions:
        asked = leave_gestures_out(model, dataset)
        trial = replace(trial, open_set=replace(asked, foreign=of_people(asked.foreign)))
        print(trial.open_set.summary())
    card = hp.ModelCard(
        extractor=dataset.provenance,
        training=training_summary(of_people(dataset)) | {"source": source},
        metrics=trial.for_card(),
    )
    min_score = trial.min_score if model.min_score is None else model.min_score
    groups = subjects if dataset.has_subjects else None
    model.set_params(min_score=min_score).fit(hands, labels, groups=groups)
    print(hp.save_model(model, MODELS / f"{name}.handpose", card))


def of_people(rows: Any) -> Any:
    """Of a data set or of hands that were asked about, those that were not made."""
    return rows[~np.char.startswith(rows.groups, MADE)]


def of_gestures(evaluation: hp.Evaluation) -> hp.Evaluation:
    """Of the rows that show a gesture: a model that does not name nothing names something else."""
    rows = ~is_no_gesture(evaluation.truth)
    found = {name: getattr(evaluation, name)[rows] for name in ROWS}
    return replace(evaluation, **found)


if __name__ == "__main__":
    main()
