import numpy as np
import pytest

import handpose as hp
from handpose.automl.beam import FoundCrossings, find_crossings
from handpose.evaluation.validation import grouped_folds
from handpose.features import normalize
from handpose.features.crossings import base_names, base_values, parse_crossing


@pytest.fixture(scope="module")
def planted(people):
    """Hands whose label is a ratio of two distances, above or below its median."""
    measured = base_values(normalize(people.X.points[..., :2], people.X.handedness))
    pair = ("distance(WRIST, INDEX_FINGER_TIP)", "distance(THUMB_TIP, PINKY_TIP)")
    left, right = (measured[:, base_names().index(name)] for name in pair)
    ratio = left / right
    labels = np.where(ratio > np.median(ratio), "above", "below")
    return labels, grouped_folds(labels, people.groups, folds=3)


def test_a_planted_ratio_is_found(people, planted):
    labels, folds = planted
    found = find_crossings(people.X, labels, folds, base="fingertips", beam=1, tried=3, most=2)
    assert found.kept
    sides = {base_names()[column] for name in found.names for column in parse_crossing(name)[::2]}
    assert any("THUMB_TIP" in side or "PINKY_TIP" in side for side in sides)
    assert found.kept[-1].log_loss < 0.9 * found.base_log_loss
    assert found.kept[-1].accuracy >= found.base_accuracy
    losses = [found.base_log_loss, *(crossing.log_loss for crossing in found.kept)]
    assert losses == sorted(losses, reverse=True)


def test_nothing_is_kept_where_nothing_helps(people, planted):
    labels, folds = planted
    found = find_crossings(people.X, labels, folds, gain=0.999, beam=1, tried=2)
    assert found.kept == ()


def test_time_that_is_up_ends_it_with_what_there_is(people, planted):
    found = find_crossings(people.X, *planted, base="angles", go_on=lambda: False)
    assert found.kept == ()
    assert 0 < found.base_accuracy <= 1


def test_missed_hands_are_left_out(people, planted, missed):
    labels, folds = planted
    hands = hp.Landmarks.concat([people.X[:-3], *[missed] * 3])
    found = find_crossings(hands, labels, folds, base="angles", beam=1, tried=1, most=1)
    assert np.isfinite(found.base_log_loss)


def test_it_is_read_as_it_was_written(people, planted):
    found = find_crossings(people.X, *planted, base="angles", beam=1, tried=1, most=1)
    assert FoundCrossings.from_dict(found.to_dict()) == found
