"""Make the derived files that ship: landmark tables and the pretrained models.

Usage: python scripts/make_shipped.py [--photos DIR] [--originals DIR] [--only NAME ...]

`--photos` has the photos of `sign_language_digits`; by default those that `handpose data fetch`
brought, or that lie in the folder that HANDPOSE_DATA names. `--originals` (by default that folder)
has ``hagrid_landmarks/hagrid_landmarks.npz`` (X, y, user) and
``asl_alphabet_landmarks/asl_alphabet_landmarks.npz`` (X, y, frame): the hands of the repositories
that the cards in datasets/ name.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

import handpose as hp
from handpose.cli.sources import training_summary
from handpose.datasets import photo_folder
from handpose.evaluation.thresholds import try_out
from handpose.extraction import extract_folder

ROOT = Path(__file__).parent.parent
TABLES = ROOT / "datasets"
FILE = "landmarks.parquet"
Arrays = Mapping[str, np.ndarray]
MODELS = ROOT / "handpose" / "pretrained"
CLASSIFIERS = {"digits": "svm", "hagrid": "mlp"}
"""The mlp of nineteen gestures is a fourteenth of the size of its svm."""


def main() -> None:
    """Extract, measure, train, save."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--photos", type=Path)
    parser.add_argument("--originals", type=Path, default=os.environ.get("HANDPOSE_DATA"))
    models = {"digits": digits, "hagrid": hagrid}
    tables = {"hagrid_landmarks": hagrid_table, "asl_alphabet_landmarks": asl_table}
    names = ["sign_language_digits", *tables, *models]
    parser.add_argument("--only", nargs="+", choices=names, default=names)
    options = parser.parse_args()
    if "sign_language_digits" in options.only:
        digits_table(options.photos or photo_folder("sign_language_digits"))
    for name, make in tables.items():
        if name in options.only:
            with np.load(options.originals / name / f"{name}.npz") as arrays:
                hp.write_table(make(name, arrays), TABLES / name / FILE)
    for name, read in models.items():
        if name in options.only:
            make_model(name, *read())


def digits_table(photos: Path) -> None:
    table = TABLES / "sign_language_digits" / FILE
    print(extract_folder(photos, table))
    hp.write_table(replace(hp.load_dataset(table), name="sign_language_digits"), table)


def hagrid_table(name: str, arrays: Arrays) -> hp.Dataset:
    provenance = {"name": "hagrid annotations"}
    return hp.Dataset(
        normalised(arrays["X"]), arrays["y"], arrays["user"], name=name, provenance=provenance
    )


def asl_table(name: str, arrays: Arrays) -> hp.Dataset:
    """A letter is one recording; `paths` say which of its frames a hand is."""
    paths = [f"{y}/{frame}" for y, frame in zip(arrays["y"], arrays["frame"], strict=True)]
    provenance = {"name": "mediapipe hands, as recorded by the signer"}
    return hp.Dataset(
        normalised(arrays["X"]), arrays["y"], paths=paths, name=name, provenance=provenance
    )


def normalised(points: np.ndarray) -> hp.Landmarks:
    """Points in units of the image's width and height, whose ratio is unknown."""
    return hp.Landmarks(points, image_size=np.ones((len(points), 2)))


def digits() -> tuple[hp.Dataset, str]:
    return hp.load_dataset("sign_language_digits"), "ardamavi/Sign-Language-Digits-Dataset"


def hagrid() -> tuple[hp.Dataset, str]:
    """The annotations are landmarks of MediaPipe, which every extractor here is compatible with."""
    dataset = hp.load_dataset("hagrid_landmarks")
    return replace(dataset, provenance={}), "HaGRID annotations (CC BY-SA 4.0)"


def make_model(name: str, dataset: hp.Dataset, source: str) -> None:
    hands, labels, subjects = dataset
    model = hp.make_model(CLASSIFIERS[name])
    trial = try_out(model, dataset)
    result = trial.evaluation
    if result is None or not trial.people:
        raise SystemExit(f"{name}: {trial.obstacle}")
    print(result.summary())
    card = hp.ModelCard(
        extractor=dataset.provenance,
        training=training_summary(dataset) | {"source": source},
        metrics=result.for_card(),
    )
    model.set_params(min_score=trial.min_score).fit(hands, labels, groups=subjects)
    print(hp.save_model(model, MODELS / f"{name}.handpose", card))


if __name__ == "__main__":
    main()
