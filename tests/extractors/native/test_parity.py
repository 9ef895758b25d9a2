"""With MediaPipe's own constants and its slip in the angle, our geometry gives its landmarks."""

import cv2
import numpy as np
import pytest

from handpose.extractors.mediapipe import MediaPipeExtractor
from handpose.extractors.native import NativeExtractor
from handpose.extractors.native.hands import Hands
from handpose.networks import regions
from handpose.networks.regions import Regions
from handpose.networks.views import View
from tests.unaveraged import Unaveraged

pytestmark = pytest.mark.mediapipe


@pytest.fixture(scope="module")
def mediapipe(networks):
    with MediaPipeExtractor(retry=None) as extractor:
        yield extractor


@pytest.fixture(scope="module")
def finder(networks):
    with NativeExtractor(refine=False, runtime="openvino", precision="f32", threads=1) as extractor:
        yield extractor._open()


def as_mediapipe(finder, image) -> Hands:
    """The best palm in the letterboxed image, one pass."""
    height, width = image.shape[:2]
    region = Regions(np.array([[width, height]]) / 2, np.array([max(width, height)]), np.zeros(1))
    picture = Unaveraged(image)
    palms = finder.palms(picture, View(region, cv2.BORDER_CONSTANT), 1)
    return finder.place(picture, palms.regions(region)[palms.score >= 0.5])


def differences(finder, mediapipe, images):
    """Mean distance between landmarks, and between world landmarks, in lengths of the palm."""
    points, depth, world = [], [], []
    for image in images:
        ours, theirs = as_mediapipe(finder, image), mediapipe.detect(image)
        if len(ours) and len(theirs):
            a, b = ours.points[0], theirs.points[0]
            palm = np.linalg.norm(b[9, :2] - b[0, :2])
            points.append(np.linalg.norm(a[:, :2] - b[:, :2], axis=1).mean() / palm)
            depth.append(np.abs(a[:, 2] - b[:, 2]).mean() / palm)
            palm = np.linalg.norm(theirs.world[0, 9] - theirs.world[0, 0])
            world.append(np.linalg.norm(ours.world[0] - theirs.world[0], axis=1).mean() / palm)
            assert ("Right" if ours.right[0] > 0.5 else "Left") == theirs.handedness[0]
    return np.array([points, depth, world])


@pytest.fixture(autouse=True)
def palm_constants(monkeypatch):
    monkeypatch.setattr(regions, "PALM_SHIFT", 0.5)
    monkeypatch.setattr(regions, "PALM_SCALE", 2.6)


@pytest.mark.filterwarnings("ignore")
def test_landmarks_agree_with_mediapipe_on_rendered_hands(finder, mediapipe, rendered, monkeypatch):
    images = [image for _, image, _, _ in rendered]
    right_angle = np.median(differences(finder, mediapipe, images), axis=1)
    monkeypatch.setattr(regions, "TARGET_ANGLE", 90.0)
    found = differences(finder, mediapipe, images)
    assert found.shape[1] > 0.8 * len(images)
    assert np.median(found, axis=1).max() < 0.01
    assert right_angle[0] > 0.015  # the slip is what this test is about


@pytest.mark.photos
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("dataset", "step"), [("hagrid_sample", 8), ("sign_language_digits", 60)])
def test_landmarks_agree_with_mediapipe_on_photos(
    finder, mediapipe, monkeypatch, photos, dataset, step
):
    monkeypatch.setattr(regions, "TARGET_ANGLE", 90.0)
    found = differences(finder, mediapipe, photos(dataset, step=step))
    assert found.shape[1] > 20
    assert np.median(found, axis=1).max() < 0.01
