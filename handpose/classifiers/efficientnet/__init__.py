"""EfficientNet on pixels: the baseline that keypoints have to beat. Imports torch only to run."""

from handpose.classifiers.efficientnet.augmentation import PixelAugmentation
from handpose.classifiers.efficientnet.classifier import EfficientNetClassifier
from handpose.classifiers.efficientnet.family import VARIANTS, Architecture, architecture

__all__ = [
    "VARIANTS",
    "Architecture",
    "EfficientNetClassifier",
    "PixelAugmentation",
    "architecture",
]
