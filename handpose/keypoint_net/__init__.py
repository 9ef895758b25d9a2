"""A keypoint detector for any skeleton, trained from scratch with torch."""

from handpose.keypoint_net.augmentation import PointAugmentation
from handpose.keypoint_net.detector import KeypointDetector
from handpose.keypoint_net.estimator import KeypointNet
from handpose.keypoint_net.learning_rates import LearningRates

__all__ = ["KeypointDetector", "KeypointNet", "LearningRates", "PointAugmentation"]
