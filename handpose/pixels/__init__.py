"""EfficientNet on pixels: the baseline for keypoints. torch is imported when it is used."""

from handpose.pixels.augmentation import PixelAugmentation
from handpose.pixels.classifier import EfficientNetClassifier
from handpose.pixels.family import VARIANTS, Architecture, architecture
from handpose.pixels.frozen import fit_frozen_head, frozen_features

__all__ = [
    "VARIANTS",
    "Architecture",
    "EfficientNetClassifier",
    "PixelAugmentation",
    "architecture",
    "fit_frozen_head",
    "frozen_features",
]
