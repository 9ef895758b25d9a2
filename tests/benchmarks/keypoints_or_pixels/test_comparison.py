import numpy as np
import pytest

from benchmarks.keypoints_or_pixels.comparison import (
    cross_validated,
    held_out,
    score_row,
    wrong_photos,
)
from benchmarks.keypoints_or_pixels.contenders import Keypoints
from handpose.evaluation import cross_validate
from handpose.models.making import make_model
from handpose.splits import grouped_folds
from tests.benchmarks.keypoints_or_pixels.conftest import StandIn


def test_folds_and_accuracy_are_those_of_cross_validate(photos, setup):
    splits = grouped_folds(photos.y, photos.groups, folds=3)
    (result,) = cross_validated([Keypoints("knn")], photos, splits, setup)
    expected = cross_validate(make_model("knn"), photos, cv=3)
    assert result.predicted.tolist() == expected.predicted.tolist()
    assert score_row(Keypoints("knn"), result)["accuracy"] == expected.accuracy


def test_a_row_has_the_figures_of_the_evaluation(photos, setup):
    (result,) = held_out([Keypoints("knn")], photos[::2], photos[1::2], setup)
    row = score_row(Keypoints("knn"), result)
    assert row["wrong"] == (result.predicted != photos.y[1::2]).sum()
    assert (row["low"], row["high"]) == result.interval
    assert row["worst_subject"] == result.by_subject.names[0]


def test_wrong_photos_are_those_of_the_first(photos, setup):
    contenders = [Keypoints("knn", "angles"), StandIn()]
    train, test = photos[:30], photos[30:]
    results = held_out(contenders, train, test, setup)
    rows = wrong_photos(contenders, results, test)
    assert len(rows) == (~results[0].correct).sum() > 0
    assert all(row["keypoints"] != row["shows"] for row in rows)
    assert rows[0]["photo"] == "/".join(test.paths[~results[0].correct][0].split("/")[-2:])


def test_detected_rows_are_the_same_for_both_sides(photos, setup):
    results = held_out([Keypoints("knn"), StandIn()], photos[::2], photos[1::2], setup)
    np.testing.assert_array_equal(results[0].detected, results[1].detected)
    assert results[1].accuracy_detected == pytest.approx(results[1].accuracy)
