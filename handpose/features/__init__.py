"""Features: landmarks to vectors."""

from handpose.features.augment import Augmentation, augment
from handpose.features.blocks import BLOCKS
from handpose.features.generated import GeneratedFeatures
from handpose.features.hand_geometry import HandGeometry
from handpose.features.landmark_features import PRESETS, LandmarkFeatures, as_landmarks
from handpose.features.normalize import normalize, palm_size

__all__ = [
    "BLOCKS",
    "PRESETS",
    "Augmentation",
    "GeneratedFeatures",
    "HandGeometry",
    "LandmarkFeatures",
    "as_landmarks",
    "augment",
    "normalize",
    "palm_size",
]
