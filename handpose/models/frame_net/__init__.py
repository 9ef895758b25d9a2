"""A network that tells which motion each frame of a stream lies in."""

from handpose.models.frame_net.learning import learn_frame_net
from handpose.models.frame_net.net import HISTORY_MS, FrameNet
from handpose.models.frame_net.reading import FrameForm

__all__ = ["HISTORY_MS", "FrameForm", "FrameNet", "learn_frame_net"]
