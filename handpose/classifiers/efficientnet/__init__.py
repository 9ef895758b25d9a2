"""EfficientNet on pixels: the baseline that keypoints have to beat. Imports torch only to run."""

from handpose.classifiers.efficientnet.augmentation import PixelAugmentation
from handpose.classifiers.efficientnet.classifier import EfficientNetClassifier
from handpose.classifiers.efficientnet.family import VARIANTS, Architecture, architecture
from handpose.classifiers.efficientnet.frozen import fit_frozen_head, frozen_features

__all__ = [
    "VARIANTS",
    "Architecture",
    "EfficientNetClassifier",
    "PixelAugmentation",
    "architecture",
    "fit_frozen_head",
    "frozen_features",
]
