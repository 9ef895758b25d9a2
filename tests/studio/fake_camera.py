"""A camera made of rendered hands: JPEGs in a row, which Chromium plays in a loop."""

from __future__ import annotations

import cv2
import numpy as np

SIZE = (640, 480)


def write_camera(path, pictures, frames=40):
    """Write a clip in which rendered hands turn, tilt and move a little.

    Parameters
    ----------
    path : Path
        Ends in ``.mjpeg``.
    pictures : list of Path
        One after the other.
    frames : int
        Of each; Chromium shows 30 a second.
    """
    with path.open("wb") as file:
        for picture in pictures:
            image = cv2.imread(str(picture))
            for number in range(frames):
                file.write(cv2.imencode(".jpg", _turned(image, number / frames))[1].tobytes())


def _turned(image, phase):
    """The picture on the camera's frame, turned by up to 35 degrees and squeezed by a tenth."""
    height, width = image.shape[:2]
    wave = 2 * np.pi * phase
    scale = SIZE[1] / height * (0.9 + 0.06 * np.sin(2 * wave))
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), 35 * np.sin(wave), scale)
    matrix[0] *= 1 - 0.12 * np.cos(wave) ** 2
    matrix[:, 2] += np.array(SIZE) / 2 - matrix @ [width / 2, height / 2, 1]
    matrix[:, 2] += [25 * np.cos(wave), 12 * np.sin(3 * wave)]
    return cv2.warpAffine(image, matrix, SIZE, borderMode=cv2.BORDER_REFLECT)
