import numpy as np
import pytest

from handpose.extractors.native.hands import Hands
from handpose.extractors.native.tracking import Track


def test_timestamps_must_grow():
    track = Track()
    track.advance(0)
    track.advance(1)
    with pytest.raises(ValueError, match=r"must grow .* got 1 after 1; another video needs"):
        track.advance(1)


def test_misses_count_frames_that_lack_a_hand():
    points = np.random.default_rng(0).uniform(0, 100, (1, 21, 3))
    hand = Hands(points, points, np.ones(1), np.ones(1))
    track = Track()
    track.follow(hand, 2)
    track.follow(hand, 2)
    assert track.misses == 2
    assert len(track.regions) == 1
    track.follow(hand, 1)
    assert track.misses == 0
