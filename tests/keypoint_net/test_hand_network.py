import numpy as np
import pytest

import handpose as hp
from handpose.containers.skeletons import FACE4, HAND
from handpose.extractors.native.hands import find_landmarks
from handpose.extractors.own_net import HandNetwork
from handpose.keypoint_net import KeypointNet
from handpose.networks.pictures import Picture
from handpose.networks.regions import Regions

pytestmark = pytest.mark.torch


class Centred:
    """Places every point at a quarter of the crop's width and half of its height."""

    skeleton = HAND

    def predict(self, images):
        height, width = images.shape[1:3]
        return np.tile([width / 4, height / 2], (len(images), 21, 1)).astype(np.float32)


def test_points_of_a_turned_region_lie_where_they_should_in_the_image():
    picture = Picture(np.zeros((200, 300, 3), np.uint8))
    regions = Regions(np.array([[150.0, 100.0]]), np.array([80.0]), np.array([np.pi / 2]))
    hands = find_landmarks(HandNetwork(Centred()), picture, regions)
    np.testing.assert_allclose(hands.points[0, :, :2], np.tile([150, 80], (21, 1)), atol=1e-4)
    assert (hands.points[..., 2] == 0).all()
    assert hands.presence.tolist() == [1]
    landmarks = hands.landmarks(300, 200, mirrored=False)
    assert landmarks.handedness_score.tolist() == [0.5]
    assert np.isnan(landmarks.world).all()


def test_a_trained_net_fits_into_the_extractors_finder():
    pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    images = rng.integers(0, 255, (6, 32, 32), dtype=np.uint8)
    net = KeypointNet("tiny", skeleton=HAND, size=32, epochs=1, threads=1)
    net.fit(images, rng.uniform(8, 24, (6, 21, 2)))
    regions = Regions(np.full((2, 2), 50.0), np.full(2, 60.0), np.zeros(2))
    picture = Picture(np.zeros((100, 100, 3), np.uint8))
    hands = find_landmarks(HandNetwork(net), picture, regions)
    assert hands.points.shape == (2, 21, 3)
    assert np.isfinite(hands.points).all()


def test_a_net_of_a_face_is_refused():
    with pytest.raises(hp.HandposeError, match="a hand has 21 points, but this net places the 4"):
        HandNetwork(KeypointNet(skeleton=FACE4))
