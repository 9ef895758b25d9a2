"""Drawing: hands and captions on pictures, and the picture of a live view."""

from handpose.drawing.annotate import annotate
from handpose.drawing.hands import FINGER_COLOURS, PALM_COLOUR, draw_hand
from handpose.drawing.live_view import Shown, draw_live_view

__all__ = [
    "FINGER_COLOURS",
    "PALM_COLOUR",
    "Shown",
    "annotate",
    "draw_hand",
    "draw_live_view",
]
