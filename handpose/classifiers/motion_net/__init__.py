"""A small network over time for motions: trained with torch, run with numpy."""

from handpose.classifiers.motion_net.classifier import MotionNet

__all__ = ["MotionNet"]
