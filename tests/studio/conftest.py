from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

import handpose as hp
from handpose.studio.frames import write_frame
from handpose.studio.session import Studio
from tests.extractors.fake import FakeExtractor

SIZE = 320


def picture(gesture=0, turn=0, person=0, nothing=False):
    """A plain picture whose colour says which rendered hand is in it, how turned, by whom."""
    colour = (0, 0, 0) if nothing else (16 + 32 * gesture, 24 + 16 * turn, 16 + 32 * person)
    return np.full((SIZE, SIZE, 3), colour, np.uint8)


def jpeg(**shown):
    buffer = BytesIO()
    Image.fromarray(picture(**shown)).save(buffer, "jpeg", quality=95)
    return buffer.getvalue()


def frame(number=1, mode="watch", label="", subject="", **shown):
    head = {"id": number, "mode": mode, "label": label, "subject": subject}
    return write_frame(head, jpeg(**shown))


class PaintedExtractor(FakeExtractor):
    """Finds the hand that the colour of a picture names."""

    def __init__(self, hands):
        super().__init__()
        self._hands = hands

    def detect(self, image):
        red, green, blue = (int(x) for x in image[SIZE // 2, SIZE // 2])
        if red < 8:
            return hp.Landmarks.empty()
        gesture, turn, person = red // 32, green // 16 - 1, blue // 32
        points = self._hands.points[6 * gesture + person]
        points = points - points.mean(0)
        angle = 0.35 * turn
        matrix = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        points = points * (SIZE / 3 / np.ptp(points[:, :2]))
        points[:, :2] = points[:, :2] @ matrix.T + SIZE / 2
        return hp.Landmarks([points], handedness=["Right"], score=[0.9], image_size=[(SIZE, SIZE)])


@pytest.fixture(scope="session")
def hands(rendered):
    return rendered.X


@pytest.fixture
def studio(tmp_path, hands):
    with Studio(tmp_path / "mine", lambda: PaintedExtractor(hands)) as made:
        made.open()
        yield made


@pytest.fixture
def filled(studio):
    """Three gestures by two people, six pictures each."""
    fill(studio)
    return studio


def fill(studio, people=("anna", "ben"), gestures=("fist", "one", "two"), turns=6):
    from handpose.studio.frames import FrameHead

    for g, label in enumerate(gestures):
        studio.add_gesture(label)
        for p, subject in enumerate(people):
            for turn in range(turns):
                head = FrameHead(1, "collect", label, subject)
                studio.frame(head, jpeg(gesture=g, turn=turn, person=p))
