from itertools import pairwise

import numpy as np
import pytest

from handpose.extractors.native.ladder import (
    EFFORTS,
    MOST_IN_ROW,
    bare,
    narrow_margin,
    small_tiles,
    strips,
    tiles,
    turns,
    views,
    wide_margins,
)
from handpose.networks.views import COARSE, FINE

BALANCED = EFFORTS["balanced"]
SIZES = [(1920, 1080), (1080, 1920), (1000, 1000), (2000, 300)]


@pytest.mark.parametrize("rung", [bare, narrow_margin, wide_margins, turns])
@pytest.mark.parametrize("size", [(640, 480), (100, 100), (200, 1000)])
def test_these_rungs_show_the_whole_image(rung, size):
    corners = np.array([[x, y] for x in (0, size[0]) for y in (0, size[1])], float)
    for view in rung(*size):
        region = view.region
        inside = (corners - region.centre) @ region.axes[0] / region.side
        assert np.abs(inside).max() <= 0.5 + 1e-9


@pytest.mark.parametrize(
    ("rung", "size"),
    [
        *((rung, size) for rung in (tiles, small_tiles) for size in SIZES),
        *((strips, size) for size in [(2000, 300), (300, 2000), (600, 300)]),
    ],
)
def test_tiles_overlap_and_leave_nothing_out(rung, size):
    squares = [view.region for view in rung(*size)]
    assert squares
    for axis in (0, 1):
        spans = sorted({(s.centre[0, axis] - s.side[0] / 2, s.side[0]) for s in squares})
        assert spans[0][0] <= 1e-9
        assert spans[-1][0] + spans[-1][1] >= size[axis] - 1e-9
        for (start, side), (following, _) in pairwise(spans):
            assert following < start + 0.8 * side


@pytest.mark.parametrize("stage", ["first", "more", "frame"])
def test_more_effort_leaves_no_view_out(stage):
    seen = [
        {view.key for view in views(1000, 800, getattr(EFFORTS[name], stage))}
        for name in ("fast", "balanced", "thorough")
    ]
    assert seen[0] <= seen[1] <= seen[2]


def test_small_images_have_no_tiles():
    assert not list(tiles(500, 500))


def test_only_long_images_are_searched_in_strips():
    assert not list(strips(1920, 1080))
    assert len(list(strips(100_000, 100))) == MOST_IN_ROW


def test_more_effort_begins_as_less_does():
    fast, balanced, thorough = (
        [(view.region.side[0], view.side) for view in views(1000, 800, EFFORTS[name].first)]
        for name in ("fast", "balanced", "thorough")
    )
    assert fast == [(1250, COARSE)]
    assert balanced[:4] == [(1250, COARSE), (2000, COARSE), (3000, COARSE), (1250, FINE)]
    assert set(balanced[4:]) == {(500, COARSE)}
    assert thorough[: len(balanced)] == balanced


def test_frames_are_searched_finely_first():
    seen = [
        (view.region.side[0], view.side) for view in views(1000, 800, EFFORTS["balanced"].frame)
    ]
    assert seen == [(1250, FINE), (1250, COARSE), (2000, COARSE), (3000, COARSE)]


def test_a_network_that_sees_only_finely_sees_no_square_twice():
    seen = [(v.region.side[0], v.side) for v in views(1000, 800, BALANCED.first, (FINE,))]
    assert seen[:4] == [(1250, FINE), (2000, FINE), (3000, FINE), (500, FINE)]
    assert len({view.key for view in views(1000, 800, BALANCED.first, (FINE,))}) == len(seen)
