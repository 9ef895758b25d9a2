"""Make the derived files that ship: the digits' landmark table and the pretrained digits model.

Usage: python scripts/make_shipped.py [--photos DIR]

DIR holds the photos of `sign_language_digits`; by default the ones that `handpose data fetch`
brought, or those in the folder that HANDPOSE_DATA names.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import handpose as hp
from handpose.cli.sources import training_summary
from handpose.datasets import photo_folder
from handpose.extractors.folder import extract_folder

ROOT = Path(__file__).parent.parent
TABLE = ROOT / "datasets" / "sign_language_digits" / "landmarks.parquet"
MODEL = ROOT / "handpose" / "pretrained" / "digits.handpose"


def main() -> None:
    """Extract, measure, train, save."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--photos", type=Path)
    photos = parser.parse_args().photos or photo_folder("sign_language_digits")
    print(extract_folder(photos, TABLE))
    dataset = replace(hp.load_dataset(TABLE), name="sign_language_digits")
    hp.write_table(dataset, TABLE)

    hands, labels, subjects = dataset
    model = hp.make_model("svm")
    result = hp.cross_validate(model, hands, labels, groups=subjects, name=dataset.name)
    print(result.summary())
    card = hp.ModelCard(
        extractor=dataset.provenance,
        training=training_summary(dataset) | {"source": "ardamavi/Sign-Language-Digits-Dataset"},
        metrics=result.for_card(),
    )
    model.fit(hands, labels, groups=subjects)
    print(hp.save_model(model, MODEL, card))


if __name__ == "__main__":
    main()
