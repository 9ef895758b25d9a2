"""A classifier for a handful of samples a gesture, which knows hands beforehand."""

from handpose.classifiers.few_shot.classifier import FewShot

__all__ = ["FewShot"]
