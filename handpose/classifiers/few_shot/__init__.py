"""A classifier for few samples of a gesture, with pretrained embeddings."""

from handpose.classifiers.few_shot.classifier import FewShot
from handpose.classifiers.few_shot.pretraining import Pretraining, pretraining_of

__all__ = ["FewShot", "Pretraining", "pretraining_of"]
