"""Classifiers: vectors to gestures. Each is a scikit-learn estimator that is arrays once fitted."""

from __future__ import annotations

from typing import Any

from handpose.classifiers.arrays import ArrayClassifier
from handpose.classifiers.few_shot import FewShot, Pretraining, pretraining_of
from handpose.classifiers.forests import ExtraTrees, RandomForest
from handpose.classifiers.gbdt import GBDT
from handpose.classifiers.knn import KNN
from handpose.classifiers.logistic import Logistic
from handpose.classifiers.mlp import MLP
from handpose.classifiers.searched import Searched
from handpose.classifiers.svm import SVM
from handpose.errors import UnknownNameError
from handpose.extras import require

CLASSIFIERS: dict[str, type[ArrayClassifier]] = {
    "svm": SVM,
    "gbdt": GBDT,
    "mlp": MLP,
    "logistic": Logistic,
    "knn": KNN,
    "few_shot": FewShot,
    "searched": Searched,
    "random_forest": RandomForest,
    "extra_trees": ExtraTrees,
}
"""Name to class."""

NEED_TORCH = ("mlp", "searched")
"""Classifiers that are fitted with torch; they predict without it."""


def make_classifier(name: str, *, random_state: int = 0, **params: Any) -> ArrayClassifier:
    """Make a classifier by name.

    Parameters
    ----------
    name : str
        A key of `CLASSIFIERS`.
    random_state : int, default=0
    **params
        Keywords of the classifier behind the name.

    Returns
    -------
    ArrayClassifier
        Not fitted.

    Raises
    ------
    UnknownNameError
        If there is no such classifier.
    MissingExtraError
        If fitting it needs an extra that is not installed.
    """
    if name not in CLASSIFIERS:
        raise UnknownNameError("classifier", name, CLASSIFIERS)
    if name in NEED_TORCH:
        require("torch", f"classifier {name!r}", "torch")
    made = CLASSIFIERS[name](**params)
    if "random_state" in made.get_params():
        made.set_params(random_state=random_state)
    return made


__all__ = [
    "CLASSIFIERS",
    "GBDT",
    "KNN",
    "MLP",
    "NEED_TORCH",
    "SVM",
    "ArrayClassifier",
    "ExtraTrees",
    "FewShot",
    "Logistic",
    "Pretraining",
    "RandomForest",
    "Searched",
    "make_classifier",
    "pretraining_of",
]
