"""Make the derived files that ship: the digits' landmark table and the pretrained models.

Usage: python scripts/make_shipped.py [--photos DIR] [--only table digits hagrid]

DIR has the photos of `sign_language_digits`; by default they, and `hagrid_landmarks`, are what
`handpose data fetch` fetched, or what is in the folder that HANDPOSE_DATA names.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import handpose as hp
from handpose.cli.sources import training_summary
from handpose.datasets import photo_folder
from handpose.evaluation.thresholds import leave_gestures_out, try_out
from handpose.extraction import extract_folder
from handpose.models.threshold import OPEN_SET

ROOT = Path(__file__).parent.parent
TABLE = ROOT / "datasets" / "sign_language_digits" / "landmarks.parquet"
MODELS = ROOT / "handpose" / "pretrained"
CLASSIFIERS = {"digits": "svm", "hagrid": "mlp"}
"""The mlp of nineteen gestures is a fourteenth of the size of its svm."""


def main() -> None:
    """Extract, measure, train, save."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--photos", type=Path)
    models = {"digits": digits, "hagrid": hagrid}
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
    strange = leave_gestures_out(model, dataset)
    print(strange.summary())
    card = hp.ModelCard(
        extractor=dataset.provenance,
        training=training_summary(dataset) | {"source": source},
        metrics=result.for_card() | {OPEN_SET: strange.for_card()},
    )
    model.set_params(min_score=trial.min_score).fit(hands, labels, groups=subjects)
    print(hp.save_model(model, MODELS / f"{name}.handpose", card))


if __name__ == "__main__":
    main()
