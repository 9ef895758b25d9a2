"""Other people, another camera: the shipped digits model on photos of HaGRID.

Usage: python benchmarks/cross_camera.py [--model digits]

The model was trained on `sign_language_digits`. Eight gestures of `hagrid_sample` are digits; the
others are not, and a hand that shows one of them should be rejected. Photos are read from the
folder that HANDPOSE_DATA names, or from ``shared/datasets`` beside the repository. Writes
``results/cross_camera.json``.
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

import numpy as np

import handpose as hp
from handpose.extractors.folder import extract_cached

HERE = Path(__file__).parent
DATA = Path(os.environ.get("HANDPOSE_DATA", HERE.parent.parent / "shared" / "datasets"))
DIGIT_OF = {
    "one": "1",
    "peace": "2",
    "three2": "3",
    "four": "4",
    "palm": "5",
    "stop": "5",
    "three": "6",
    "ok": "9",
}
LIKE_DIGITS = {"fist", "peace_inverted", "stop_inverted", "two_up", "two_up_inverted"}
"""Neither digits nor safely something else: left out."""
THRESHOLDS = (0.5, 0.7, 0.8, 0.9)


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="digits")
    model, card = hp.load_model(parser.parse_args().model)
    dataset = hp.read_table(extract_cached(DATA / "hagrid_sample").path)

    digits = dataset[np.isin(dataset.labels, list(DIGIT_OF))]
    truth = np.array([DIGIT_OF[label] for label in digits.labels])
    result = hp.evaluate_model(model, digits.hands, truth, name="hagrid_sample, digits")
    print(result.summary())
    for path, right, named in zip(digits.paths, truth, result.predicted, strict=True):
        if right != named:
            print(f"    {path}: {right} taken for {named or 'nothing (missed)'}")

    others = dataset[~np.isin(dataset.labels, [*DIGIT_OF, *LIKE_DIGITS])]
    rejection = [
        {
            "min_score": threshold,
            "digits_kept": _share_above(model, digits.hands, threshold),
            "others_rejected": 1 - _share_above(model, others.hands, threshold),
        }
        for threshold in THRESHOLDS
    ]
    found = int(others.hands.detected.sum())
    for row in rejection:
        print(
            f"  min_score {row['min_score']}: {row['digits_kept']:.3f} of digits kept, "
            f"{row['others_rejected']:.3f} of {found} other hands rejected"
        )
    document = {
        "model": {"classifier": card.classifier, "features": card.features, **card.versions},
        "extractor": dataset.provenance,
        "samples": len(digits),
        **result.to_dict(),
        "rejection": rejection,
    }
    path = HERE / "results" / "cross_camera.json"
    path.write_text(json.dumps(document, indent=2) + "\n")


def _share_above(model: hp.GestureModel, hands: hp.Landmarks, threshold: float) -> float:
    scores = model.predict_proba(hands[hands.detected]).max(1)
    return round(float((scores >= threshold).mean()), 4)


if __name__ == "__main__":
    main()
