"""Classifiers: vectors to gestures. Each is a scikit-learn estimator; fitted, it is arrays."""

from __future__ import annotations

from typing import Any

from handpose.classifiers.arrays import ArrayClassifier
from handpose.classifiers.few_shot import FewShot, Pretraining, pretraining_of
from handpose.classifiers.forests import ExtraTrees, RandomForest
from handpose.classifiers.gbdt import GBDT
from handpose.classifiers.knn import KNN
from handpose.classifiers.logistic import Logistic
from handpose.classifiers.mlp import MLP
from handpose.classifiers.motion_net import MotionNet
from handpose.classifiers.searched import Searched
from handpose.classifiers.svm import SVM
from handpose.errors import UnknownNameError
from handpose.system.extras import require

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
"""Name to class. Accuracy of the defaults on new people, with four changed copies of each hand
(benchmarks/classifier_grid.py; fitting in one thread):

- ``svm``: the best, or within 0.05 of it, at every size. One machine for each pair of gestures:
  250 gestures of 4 hands take 16 s to fit; time grows with the square of the hands.
- ``few_shot``: the best with one to five hands a gesture, and with letters of new signers; 0.035
  behind svm with hundreds of hands of similar gestures (HaGRID). Fitted at once.
- ``logistic``: as svm with few hands or very many gestures, in a tenth of the time; 0.05 behind it
  on letters.
- ``mlp``: within 0.02 of svm, 0.06 behind with two hands a gesture.
- ``gbdt``: within 0.03 of svm from 20 hands a gesture on. Trees learn one feature at a time: with
  10 hands a gesture it is 0.05 behind, with 2 to 4 hands of many gestures 0.1. Time grows with
  gestures: 3 s for 10, a minute for 100.
- ``random_forest``, ``extra_trees``: as gbdt with many hands, less far behind with few.
- ``knn``: 0.02 to 0.07 behind svm; its probabilities, shares of five neighbours, are overconfident.
- ``searched``: chooses an architecture first, which takes half a minute and more. Needs torch to
  be fitted.
"""

MOTION_CLASSIFIERS: dict[str, type[ArrayClassifier]] = {"motion_net": MotionNet}
"""Name to class of classifiers that read motions as sequences, not as vectors of any features."""

NEED_TORCH = ("searched", "motion_net")
"""Classifiers that are fitted with torch; they predict without it."""


def make_classifier(name: str, *, random_state: int = 0, **params: Any) -> ArrayClassifier:
    """Make a classifier by name.

    Parameters
    ----------
    name : str
        A key of `CLASSIFIERS` or of `MOTION_CLASSIFIERS`.
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
    known = CLASSIFIERS | MOTION_CLASSIFIERS
    if name not in known:
        raise UnknownNameError("classifier", name, known)
    if name in NEED_TORCH:
        require("torch", f"classifier {name!r}", "torch")
    made = known[name](**params)
    if "random_state" in made.get_params():
        made.set_params(random_state=random_state)
    return made


__all__ = [
    "CLASSIFIERS",
    "GBDT",
    "KNN",
    "MLP",
    "MOTION_CLASSIFIERS",
    "NEED_TORCH",
    "SVM",
    "ArrayClassifier",
    "ExtraTrees",
    "FewShot",
    "Logistic",
    "MotionNet",
    "Pretraining",
    "RandomForest",
    "Searched",
    "make_classifier",
    "pretraining_of",
]
