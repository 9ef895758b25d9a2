"""Drawing: skeletons and captions on pictures, and the picture of a live view."""

from handpose.drawing.annotate import annotate
from handpose.drawing.live_view import Shown, draw_live_view
from handpose.drawing.skeletons import FINGER_COLOURS, PALM_COLOUR, draw_skeleton

__all__ = [
    "FINGER_COLOURS",
    "PALM_COLOUR",
    "Shown",
    "annotate",
    "draw_live_view",
    "draw_skeleton",
]
