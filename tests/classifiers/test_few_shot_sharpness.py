import numpy as np
import pytest

import handpose as hp
from handpose.classifiers.few_shot.sharpness import (
    fitted_sharpness,
    held_out_scores,
    with_background,
)
from handpose.evaluation.metrics import expected_calibration_error


def test_a_hand_is_not_asked_of_its_own_people():
    places = np.array([[0.0], [1.0], [10.0], [12.0]])
    codes, groups = np.array([0, 0, 1, 1]), np.array(["a", "b", "a", "b"])
    scores, own = held_out_scores(places, codes, groups, temperature=2.0)
    np.testing.assert_allclose(scores, [[-0.5, -72], [-0.5, -40.5], [-40.5, -2], [-72, -2]])
    np.testing.assert_array_equal(own, codes)


def test_a_gesture_of_one_person_is_left_out():
    places, codes = np.array([[0.0], [1.0], [10.0]]), np.array([0, 0, 1])
    scores, own = held_out_scores(places, codes, np.array(["a", "b", "a"]), temperature=1.0)
    np.testing.assert_array_equal(own, [0, 0])
    np.testing.assert_array_equal(scores, [[-1, -np.inf], [-1, -81]])
    assert np.isfinite(fitted_sharpness(scores, own, 4.0, 1.0)).all()


def test_changed_copies_are_known_but_not_asked_about():
    places = np.array([[0.0], [1.0], [3.0], [10.0], [12.0]])
    codes, groups = np.array([0, 0, 0, 1, 1]), np.array(["a", "b", "c", "a", "b"])
    changed = np.array([False, False, True, False, False])
    scores, own = held_out_scores(places, codes, groups, 1.0, changed)
    np.testing.assert_array_equal(own, [0, 0, 1, 1])
    np.testing.assert_allclose(scores[0], [np.log((np.exp(-1) + np.exp(-9)) / 2), -144])


def test_a_model_says_which_hands_are_changed_copies(people):
    model = hp.make_model("few_shot", none=None).fit(*people)
    few_shot, vectors = model.classifier_, model._vectors(people.X)
    asked = type(few_shot)().fit(
        vectors, people.y, model.features_.get_feature_names_out(), people.groups
    )
    assert few_shot.sharpness_[0] == pytest.approx(asked.sharpness_[0], rel=0.5)
    known = held_out_scores(
        few_shot.places_.astype(float),
        np.repeat(np.arange(10), np.diff(few_shot.starts_, append=len(few_shot.places_))),
        np.tile(people.groups, 5)[np.argsort(np.tile(people.y, 5), kind="stable")],
        few_shot.temperature,
    )
    everything = fitted_sharpness(*known, few_shot.background, few_shot.temperature)
    assert not np.allclose(few_shot.sharpness_, everything)


def test_without_anybody_elses_hands_nothing_changes():
    nobody = np.empty((0, 3)), np.empty(0, int)
    np.testing.assert_array_equal(fitted_sharpness(*nobody, 4.0, 0.75), [1, 4])


@pytest.mark.parametrize("sharp", [0.3, 3.0])
def test_densities_that_are_too_flat_or_too_sharp_are_set_right(sharp):
    rng = np.random.default_rng(0)
    scores = 2 * rng.standard_normal((2000, 3))
    chances = np.exp(sharp * scores)
    drawn = rng.random((2000, 1)) * chances.sum(1, keepdims=True) > np.cumsum(chances, axis=1)
    sharpness, background = fitted_sharpness(scores, drawn.sum(1), 20.0, 1.0)
    assert sharpness == pytest.approx(sharp, rel=0.2)
    found = with_background(scores, -background, sharpness)
    assert expected_calibration_error(found, drawn.sum(1).astype(str), list("012")) < 0.06


def test_a_model_passes_people_and_its_file_keeps_what_was_learnt(people, strangers, tmp_path):
    model = hp.make_model("few_shot", augmentation=None, none=None).fit(*people)
    assert not np.allclose(model[-1].sharpness_, [1, 4])
    loaded = hp.load_model(model.save(tmp_path / "few"))
    np.testing.assert_array_equal(
        loaded.predict_proba(strangers.X), model.predict_proba(strangers.X)
    )
