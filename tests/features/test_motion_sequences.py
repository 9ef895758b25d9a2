import numpy as np
import pytest

import handpose as hp
from handpose.containers.motion import Motion
from handpose.features.motion_sequences import MotionSequences, SequenceForm
from tests.motions import carried, changed, circle, thinned, times, without


@pytest.fixture(scope="module")
def right(people):
    """A right hand, (21, 2) pixels."""
    return people.X[people.X.handedness == "Right"][0].points[0, :, :2]


def sequence(motion, **options):
    features = MotionSequences(**options).fit([motion])
    return features.transform([motion])[0], features.form_


@pytest.mark.parametrize("hands", [1, 2])
@pytest.mark.parametrize("points", [1, 21])
@pytest.mark.parametrize("axes", [2, 3])
def test_the_number_of_numbers_tells_the_form(hands, points, axes):
    form = SequenceForm(hands, points, axes)
    assert SequenceForm.of(form.size) == form
    assert len(set(form.names)) == form.size


def test_place_size_and_frame_rate_do_not_matter(right):
    motion = carried(right, n=31, by=(250, 100), opening=30)
    expected, _ = sequence(motion)
    moved = changed(motion, lambda points: points * 3 + np.array([50, -20]))
    for other in (moved, thinned(motion, slice(None, None, 2))):
        np.testing.assert_allclose(sequence(other)[0], expected, atol=0.02)


def test_silence_before_and_after_does_not_matter(right):
    motion = carried(right, n=31, by=(250, 100), opening=30)
    points = np.full((41, 1, 21, 2), np.nan)
    points[4:35] = motion.points
    np.testing.assert_allclose(
        sequence(Motion(points, times(41), "Right"))[0], sequence(motion)[0], atol=1e-3
    )


def test_a_long_gap_is_not_seen_and_a_short_one_is_bridged(right):
    motion = carried(right, n=32)
    (short, form), (long, _) = (sequence(without(motion, range(9, end))) for end in (13, 25))
    seen = [numbers[: 32 * form.width].reshape(32, form.width)[:, -1] for numbers in (short, long)]
    assert seen[0].all()
    assert not seen[1][10:24].any()
    assert seen[1][[0, 8, 26]].all()


def test_a_single_left_hand_looks_like_a_right_one_and_moves_as_it_did(right):
    motion = carried(right, by=(250, 0))
    (one, form), (other, _) = sequence(motion), sequence(motion.mirrored())
    one, other = (
        numbers[: 32 * form.width].reshape(32, form.width)[:, :-1].reshape(32, 21, 2)
        for numbers in (one, other)
    )
    np.testing.assert_allclose(other - other[:, :1], one - one[:, :1], atol=1e-3)
    middles = one[:, [0, 5, 17], 0].mean(1), other[:, [0, 5, 17], 0].mean(1)
    np.testing.assert_allclose(middles[1], -middles[0], atol=1e-3)


def test_what_is_never_seen_is_nan_and_not_usable(right):
    motions = [circle(), without(circle(), range(14))]
    features = MotionSequences().fit(motions)
    assert features.usable(motions).tolist() == [True, False]
    assert np.isnan(features.transform(motions)).any(1).tolist() == [False, True]


def test_other_motions_than_those_it_knows_are_refused(right):
    with pytest.raises(hp.LandmarksError, match=r"but got \[1, 21\]"):
        MotionSequences().fit([circle()]).transform([carried(right)])


def test_it_comes_back_from_its_arrays(right):
    features = MotionSequences(max_gap_ms=200, mirror_left=True).fit([carried(right)])
    again = MotionSequences.from_arrays(features.get_params(), features.to_arrays())
    assert again.form_ == features.form_
    with pytest.raises(ValueError, match="max_gap_ms of the features has another type"):
        MotionSequences.from_arrays(
            features.get_params() | {"max_gap_ms": "3"}, features.to_arrays()
        )
    with pytest.raises(ValueError, match="n_points of the features must be one of"):
        MotionSequences.from_arrays(
            features.get_params(), features.to_arrays() | {"n_points": np.array(4)}
        )
