"""What surrounds a frame: independent of place, size, side and what lies farther away."""

import numpy as np
import pytest

from handpose.containers.motion import Motion
from handpose.features.motion_phases import AHEAD_MS, BEFORE, surroundings
from tests.motions import carried, line, without

WINDOW_MS = 800.0


@pytest.fixture(scope="module")
def motion(people):
    return carried(np.asarray(people.X.points[0, :, :2], np.float64), n=40, opening=60.0)


def around(motion, **options):
    return surroundings(motion, WINDOW_MS, axes=2, **options)


def test_every_frame_has_a_vector_of_numbers(motion):
    vectors = around(motion)
    assert vectors.shape[0] == len(motion)
    assert vectors.dtype == np.float32
    assert np.isfinite(vectors).all()
    assert np.array_equal(around(motion, frames=np.array([7, 30])), vectors[[7, 30]])
    assert around(motion, frames=np.arange(0)).shape == (0, vectors.shape[1])


def test_place_size_and_side_do_not_matter(motion):
    moved = Motion(motion.points * 2.5 + 40, motion.timestamps_ms, "Right")
    assert np.allclose(around(moved), around(motion), atol=1e-4)
    mirrored = motion.points * np.array([-1, 1], np.float32)
    assert np.allclose(around(Motion(mirrored, motion.timestamps_ms, "Left")), around(motion))


def test_nothing_beyond_the_offsets_matters(motion):
    reach = np.searchsorted(motion.timestamps_ms, max(BEFORE) * WINDOW_MS) + 1
    ahead = np.searchsorted(motion.timestamps_ms, max(AHEAD_MS) + 1)
    frame = reach + 2
    part = motion[frame - reach : frame + ahead + 1]
    whole = around(motion, frames=np.array([frame]))
    assert np.array_equal(around(part, frames=np.array([reach])), whole)


def test_uneven_and_other_frame_rates_give_nearly_the_same(motion):
    every_second = motion[::2]
    fine = around(motion)[::2]
    assert np.abs(around(every_second) - fine)[12:-4].max() < 0.3


def test_what_is_not_seen_is_zero(motion):
    hidden = without(motion, range(10, 14))
    assert not around(hidden)[11].any()
    gone = Motion(np.full((5, 1, 21, 2), np.nan), motion.timestamps_ms[:5], "Right")
    assert not around(gone).any()


@pytest.mark.filterwarnings("error")
def test_tracks_two_hands_and_a_third_axis_are_taken(motion):
    assert np.isfinite(surroundings(line(40), WINDOW_MS, axes=3)).all()
    both = np.concatenate([motion.points, motion.points], axis=1)
    both[5:9, 0] = np.nan
    two = surroundings(Motion(both, motion.timestamps_ms), WINDOW_MS, axes=2)
    assert two.shape[1] == 2 * around(motion).shape[1]
