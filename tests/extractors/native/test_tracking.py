import numpy as np
import pytest

from handpose.extractors.native import NativeExtractor, extractor
from handpose.extractors.native.arms import ArmSearch
from handpose.extractors.native.finder import HandFinder
from handpose.extractors.native.hands import Hands
from handpose.extractors.native.tracking import SLOW_MS, Track
from handpose.networks.renditions import COSTLY, RENDITIONS


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
    track.follow(hand, 2, 4)
    track.follow(hand, 2, 4)
    assert track.misses == 2
    assert len(track.regions) == 1
    track.follow(hand, 1, 4)
    assert track.misses == 0


def test_after_a_fruitless_round_the_next_rendition_is_searched():
    track, seen = Track(), []
    for _ in range(4 * (1 + len(RENDITIONS))):
        seen.append(track.rendition)
        track.follow(Hands.none(), 1, 4)
    assert seen == [number for number in range(1 + len(RENDITIONS)) for _ in range(4)]
    assert track.rendition == 0


def test_hands_are_new_in_the_first_frame_that_shows_them():
    points = np.random.default_rng(0).uniform(0, 100, (1, 21, 3))
    hand, track, new = Hands(points, points, np.ones(1), np.ones(1)), Track(), []
    for found in (Hands.none(), hand, hand, Hands.none(), hand):
        track.follow(found, 1, 4)
        new.append(track.is_new)
    assert new == [False, True, False, False, True]


@pytest.mark.parametrize("number", range(1 + len(RENDITIONS)))
def test_a_hand_found_in_a_costly_rendition_is_followed_in_the_frame(monkeypatch, number, rendered):
    seen = []
    monkeypatch.setattr(extractor, "rendition", lambda picture, n: seen.append(n) or picture)
    with NativeExtractor(threads=1) as native:
        native._track.rendition = number
        found = [len(native.detect_for_video(rendered[0][1], 33 * t)) for t in range(3)]
    assert found == [1, 1, 1]
    assert seen == ([number, 0] if number >= COSTLY else [number] * 3)


@pytest.fixture
def searched(monkeypatch):
    """How many views each frame of a video without hands is searched in, at a step in ms."""

    def count(step, frames=6, wanted=1):
        views, counts = [], []

        def search(self, image, view, wanted, known):
            views.append(view.key)
            return Hands.none()

        def at_arms(self, *_):
            views.append("arms")
            return Hands.none()

        monkeypatch.setattr(HandFinder, "search", search)
        monkeypatch.setattr(ArmSearch, "search", at_arms)
        blank = np.zeros((480, 640, 3), np.uint8)
        with NativeExtractor(num_hands=wanted, threads=1) as extractor, extractor.video() as video:
            for t in range(frames):
                before = len(views)
                video.detect(blank, step * t)
                counts.append(len(views) - before)
        return counts, set(views)

    return count


def test_a_quick_video_is_searched_in_one_view_a_frame(searched):
    assert searched(33)[0] == [1] * 6


def test_a_slow_video_is_searched_in_every_view_of_a_frame(searched):
    counts, seen = searched(SLOW_MS)
    assert counts == [1] + [len(seen)] * 5
    assert len(seen) > 2
