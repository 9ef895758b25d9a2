"""A classifier for a handful of samples a gesture, which knows hands beforehand."""

from handpose.classifiers.few_shot.classifier import FewShot
from handpose.classifiers.few_shot.pretraining import Pretraining, pretraining_of

__all__ = ["FewShot", "Pretraining", "pretraining_of"]
