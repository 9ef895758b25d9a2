"""A photo is searched until enough hands are sure; thresholds and effort only add hands."""

from itertools import pairwise

import numpy as np
import pytest

from handpose.extractors.native import NativeExtractor
from handpose.extractors.native.finder import Candidates
from handpose.extractors.native.hands import Hands
from handpose.extractors.native.ladder import EFFORTS, Effort, bare, narrow_margin, tiles, views
from handpose.extractors.native.search import find_hands
from handpose.networks.pictures import Picture
from handpose.networks.regions import Regions
from handpose.networks.views import FINE

BLANK = np.full((600, 600, 3), 200, np.uint8)
EFFORT = Effort((narrow_margin, bare), (tiles,), ())


def hand_at(x, presence=0.99, confidence=0.99):
    points = np.random.default_rng(0).uniform(0, 60, (1, 21, 3)) + np.array([x, 0, 0])
    return Hands(points, points, np.array([presence]), np.ones(1), np.array([confidence]))


class Scripted:
    """A finder that finds, view after view, these hands, and palms that are none."""

    def __init__(self, *found, palms=0):
        self.found, self.palms, self.calls, self.known = found, palms, 0, []

    def views(self, picture, rungs):
        return views(picture.width, picture.height, rungs, (FINE,))

    def candidates(self, picture, view, hands):
        regions = Regions(np.full((self.palms, 2), 500.0), np.ones(self.palms), np.ones(self.palms))
        return Candidates(regions, np.ones(self.palms), np.ones(self.palms))

    def examine(self, picture, candidates, wanted, known):
        self.known.append(len(known))
        self.calls += 1
        return self.found[self.calls - 1] if self.calls <= len(self.found) else Hands.none()


@pytest.mark.parametrize(
    ("presences", "calls", "kept"),
    [((0.97, 0.99), 1, 0.97), ((0.9, 0.96), 2, 0.96), ((0.9, 0.8), 2, 0.9), ((0, 0), 2, None)],
)
def test_views_are_searched_until_a_hand_is_sure(presences, calls, kept):
    finder = Scripted(*(hand_at(0, p, confidence=p) if p else Hands.none() for p in presences))
    hands = find_hands(finder, Picture(BLANK), EFFORT, 1)
    assert finder.calls == calls
    assert hands.presence.tolist() == ([kept] if kept else [])


def test_a_second_hand_is_searched_no_further_where_one_view_explains_all_palms():
    finder = Scripted(hand_at(0))
    assert len(find_hands(finder, Picture(BLANK), EFFORT, 2)) == 1
    assert finder.calls == 1


@pytest.mark.parametrize(
    ("script", "wanted", "effort"),
    [
        ({"palms": 1}, 2, EFFORT),
        ({}, 3, EFFORT),
        ({}, 2, Effort(EFFORT.first, EFFORT.more, (), is_tireless=True)),
    ],
    ids=["a palm is left", "many are wanted", "thorough"],
)
def test_else_it_is_searched_until_all_are_found(script, wanted, effort):
    finder = Scripted(hand_at(0), Hands.none(), hand_at(300), hand_at(150), **script)
    hands = find_hands(finder, Picture(BLANK), effort, wanted)
    assert len(hands) == wanted
    assert finder.calls == wanted + 1
    assert finder.known == [0, 1, 1, 2][: wanted + 1]


def test_a_dark_photo_is_searched_again_in_better_light():
    finder = Scripted(Hands.none(), Hands.none(), hand_at(0))
    scene = np.tile(np.linspace(0, 30, 600).astype(np.uint8)[:, None, None], (1, 600, 3))
    assert len(find_hands(finder, Picture(scene), EFFORT, 1)) == 1
    assert finder.calls == 3


@pytest.fixture(scope="module")
def crowded(rendered):
    """Grids of renders, of which one is darkened and one is blurred by shrinking."""
    images = [image[::2, ::2] for _, image, _, _ in rendered[:4]]
    side = max(max(image.shape[:2]) for image in images)
    padded = [np.pad(i, [(0, side - n) for n in i.shape[:2]] + [(0, 0)], "edge") for i in images]
    grid = np.concatenate([np.concatenate(padded[i : i + 2], 1) for i in (0, 2)])
    return [grid, grid // 6, np.ascontiguousarray(grid[::3, ::3])]


@pytest.fixture(scope="module")
def counts(networks):
    """How many hands are found in images; each extractor is opened once."""
    opened = {}

    def count(images, **options):
        key = tuple(options.items())
        if key not in opened:
            opened[key] = NativeExtractor(num_hands=4, threads=1, **options)
        return [len(opened[key].detect(image)) for image in images]

    yield count
    for extractor in opened.values():
        extractor.close()


def never_fewer(rows):
    return all((more >= fewer).all() for fewer, more in pairwise(np.array(rows)))


def test_a_lower_threshold_finds_as_many_hands_or_more(counts, crowded):
    rows = [counts(crowded, min_detection_confidence=t) for t in (0.97, 0.9, 0.3)]
    assert never_fewer(rows)


def test_more_effort_finds_as_many_hands_or_more(counts, crowded):
    rows = [counts(crowded, effort=effort) for effort in EFFORTS]
    assert never_fewer(rows)
    assert rows[-1][0] == 4


@pytest.mark.photos
@pytest.mark.parametrize(
    ("name", "step"), [("hagrid_sample", 90), ("rock_paper_scissors", 500), ("drone_hand", 70)]
)
def test_both_hold_on_photos(counts, photos, name, step):
    images = photos(name, step=step)
    assert never_fewer([counts(images, min_detection_confidence=t) for t in (0.97, 0.3)])
    assert never_fewer([counts(images, effort=effort) for effort in EFFORTS])
