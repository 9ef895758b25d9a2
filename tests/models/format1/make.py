"""Made the models of this folder, and what they say, with the code before format 2 (102f08d).

Usage: python make.py FOLDER
"""

import sys
from pathlib import Path

import numpy as np
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    VotingClassifier,
)
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import handpose as hp

DIGITS = hp.load_dataset("sign_language_digits")
SOME = DIGITS[DIGITS.X.detected][::12]
FOUR = SOME[np.isin(SOME.y, list("0123"))]
TWO = SOME[np.isin(SOME.y, ["0", "5"])]
PINCH = "distance(THUMB_TIP, INDEX_FINGER_TIP) / distance(WRIST, MIDDLE_FINGER_MCP)"


def asked():
    """Points that no hand ever had, and hands as version 5 of the extractor saw them."""
    with np.load(Path(__file__).parent / "asked.npz") as columns:
        return hp.Landmarks(**columns)


def main(folder):
    said = {}

    def make(name, classifier, data=FOUR, labels=None, features="angles", **params):
        params = {"augmentation": None} | params
        model = hp.make_model(classifier, features=features, **params)
        labels = data.y if labels is None else labels
        model.fit(data.X, labels, groups=data.groups)
        hp.save_model(model, folder / f"{name}.handpose")
        said[name] = model.predict_proba(asked())

    make("svm", "svm")
    make("gbdt", "gbdt", max_iter=8)
    make("mlp", "mlp", hidden=(16, 8), max_epochs=5)
    make("logistic", "logistic")
    make("knn", "knn")
    make("few_shot", "few_shot", features="coordinates")
    make("searched", "searched", width=4, search_epochs=2, epochs=3)
    make("random_forest", "random_forest", n_estimators=12)
    make("extra_trees", "extra_trees", n_estimators=6)
    make("svm_of_two", "svm", TWO)
    make("gbdt_of_two", "gbdt", TWO, max_iter=8)
    make("logistic_of_numbers", "logistic", labels=FOUR.y.astype(int) - 2, C=0.5)
    make("knn_uniform_of_two", "knn", TWO, weights="uniform", n_neighbors=3)
    make("few_shot_without_networks", "few_shot", embedding=None)
    generated = hp.GeneratedFeatures("angles+fingertips", [PINCH], rotate=True, depth=True)
    copies = hp.Augmentation(copies=1, tilt=5.0)
    make("generated", "knn", features=generated, augmentation=copies, random_state=7)
    make("weighted", "svm", class_weight="balanced", C=3.0, gamma=0.05)
    make("objects", "svm", labels=FOUR.y.astype(object))
    make("own_forest", RandomForestClassifier(6, random_state=0))
    make("own_boosting", HistGradientBoostingClassifier(max_iter=5))
    make("own_logistic", make_pipeline(StandardScaler(), LogisticRegression()))
    parts = [("a", GaussianNB()), ("b", LogisticRegression(max_iter=500))]
    make("own_voting", VotingClassifier(parts, voting="soft"))
    make("own_bayes", GaussianNB())
    np.savez_compressed(folder / "expected.npz", **said)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
