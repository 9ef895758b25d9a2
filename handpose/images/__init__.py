"""Image files, videos, cameras and arrays, as RGB frames; and frames as video files."""

from handpose.images.formats import IMAGE_SUFFIXES, VIDEO_SUFFIXES
from handpose.images.frame import Frame
from handpose.images.recorder import VideoRecorder
from handpose.images.sources import Source, frame_rate, read_frames
from handpose.images.stills import MAX_PIXELS, MIN_SIDE, ImageLike, as_rgb, read_image, to_rgb

__all__ = [
    "IMAGE_SUFFIXES",
    "MAX_PIXELS",
    "MIN_SIDE",
    "VIDEO_SUFFIXES",
    "Frame",
    "ImageLike",
    "Source",
    "VideoRecorder",
    "as_rgb",
    "frame_rate",
    "read_frames",
    "read_image",
    "to_rgb",
]
