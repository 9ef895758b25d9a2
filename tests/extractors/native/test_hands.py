import numpy as np
import pytest

from handpose.extractors.native.hands import DEPTH_SCALE, Hands, find_landmarks
from handpose.networks.pictures import Picture
from handpose.networks.regions import Regions


def some_hands(n, seed=0):
    rng = np.random.default_rng(seed)
    points = rng.uniform(0, 100, (n, 21, 3)) + 300 * np.arange(n)[:, None, None]
    return Hands(points, points / 1000, np.linspace(0.9, 0.5, n), np.linspace(0.9, 0.1, n))


class FakeNetwork:
    """Says of every crop that it holds the same hand."""

    def __init__(self):
        self.points = np.random.default_rng(0).uniform(0, 224, (21, 3))
        self.world = np.random.default_rng(1).uniform(-0.1, 0.1, (21, 3))
        self.batches = []

    def __call__(self, images):
        self.batches.append(images)
        outputs = (self.points.reshape(1, 63), [[0.9]], [[0.7]], self.world.reshape(1, 63))
        return [np.repeat(np.array(o, np.float32), len(images), 0) for o in outputs]


def test_crop_pixels_become_image_pixels():
    network, image = FakeNetwork(), Picture(np.zeros((300, 400, 3), np.uint8))
    regions = Regions(
        np.array([[150.0, 100.0], [50.0, 60.0]]), np.array([112.0, 224.0]), np.zeros(2)
    )
    hands = find_landmarks(network, image, regions)
    assert network.batches[0].shape == (2, 224, 224, 3)
    expected = network.points[:, :2] / 2 + [150 - 56, 100 - 56]
    np.testing.assert_allclose(hands.points[0, :, :2], expected, atol=1e-3)
    depth = network.points[:, 2] - network.points[0, 2]
    np.testing.assert_allclose(hands.points[1, :, 2], depth * DEPTH_SCALE, atol=1e-3)
    np.testing.assert_allclose(hands.world[1], network.world, atol=1e-6)


def test_world_landmarks_turn_with_the_region():
    network, image = FakeNetwork(), Picture(np.zeros((300, 400, 3), np.uint8))
    quarter = Regions(np.array([[150.0, 100.0]]), np.array([112.0]), np.array([np.pi / 2]))
    world = find_landmarks(network, image, quarter).world[0]
    x, y, z = network.world.T  # a quarter clockwise: right becomes down, down becomes left
    np.testing.assert_allclose(world, np.stack([-y, x, z], 1), atol=1e-6)


def test_no_region_runs_no_network():
    network = FakeNetwork()
    assert (
        len(find_landmarks(network, np.zeros((50, 50, 4), np.uint8), some_hands(0).regions())) == 0
    )
    assert not network.batches


def test_a_hand_that_is_there_again_is_dropped():
    hands = some_hands(2)
    nearly = Hands(hands.points + 1, hands.world, hands.presence, hands.right)
    assert len(Hands.concat([hands, nearly]).distinct()) == 2
    assert len(Hands.none().distinct()) == 0


def test_regions_of_known_hands_are_covered():
    hands = some_hands(3)
    regions = hands.regions()
    tiny = Regions(regions.centre, regions.side / 5, regions.angle)
    np.testing.assert_array_equal(hands[:2].cover(regions), [True, True, False])
    assert not hands.cover(tiny).any()
    assert not Hands.none().cover(regions).any()


@pytest.mark.parametrize(
    ("mirrored", "names"), [(False, ["Right", "Left"]), (True, ["Left", "Right"])]
)
def test_landmarks_name_the_persons_own_hand(mirrored, names):
    landmarks = some_hands(2).landmarks(640, 480, mirrored)
    assert landmarks.handedness.tolist() == names
    np.testing.assert_allclose(landmarks.handedness_score, 0.9, rtol=1e-6)
    np.testing.assert_allclose(landmarks.score, [0.9, 0.5], rtol=1e-6)
    np.testing.assert_array_equal(landmarks.image_size, [[640, 480]] * 2)
