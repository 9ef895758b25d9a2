import numpy as np
import pytest

from handpose import Landmarks, cross_validate, evaluate_model, make_model
from handpose.evaluation.naming import Naming

LABELS = ["fist", "nothing", "palm"]
TRUTH = np.array(["fist", "fist", "palm", "palm", "nothing", "nothing", "nothing", "fist"])
CHANCES = np.array(
    [
        [0.9, 0.05, 0.05],  # named right
        [0.1, 0.0, 0.9],  # named wrong
        [0.2, 0.1, 0.7],  # too low
        [0.05, 0.9, 0.05],  # rejected by the model
        [0.9, 0.1, 0.0],  # a gesture where there is none
        [0.1, 0.9, 0.0],  # rightly none
        [np.nan] * 3,  # no hand, rightly
        [np.nan] * 3,  # no hand, wrongly
    ]
)


def test_pictures_are_named_right_or_wrong_or_not():
    naming = Naming.of(TRUTH, CHANCES, LABELS, 0.8)
    assert naming == Naming(0.8, 1 / 8, 2 / 8, 3 / 8, 2 / 8)
    assert "12.5% named right, 25.0% wrong, 37.5% not named, 25.0% rightly none" in naming.summary()


def test_without_a_threshold_only_missed_hands_and_no_gesture_are_not_named():
    naming = Naming.of(TRUTH, CHANCES, LABELS, 0)
    assert (naming.named_right, naming.unnamed) == (2 / 8, 2 / 8)


def test_the_shares_are_of_all_pictures():
    shares = Naming.of(TRUTH, CHANCES, LABELS, 0.5).to_dict()
    assert shares.pop("min_score") == 0.5
    assert sum(shares.values()) == pytest.approx(1)


@pytest.mark.parametrize("measure", ["fitted", "folds"])
def test_the_threshold_is_the_models_own_else_that_of_recognising(people, measure):
    model = make_model("knn", augmentation=None)
    for own, expected in ((None, 0.5), (0.3, 0.3)):
        model.min_score = own
        result = _measured(model, people, measure)
        assert result.naming.min_score == expected


def _measured(model, people, measure):
    hands, labels, subjects = people
    if measure == "fitted":
        half = slice(0, None, 2)
        fitted = model.fit(hands[half], labels[half])
        return evaluate_model(fitted, hands[1::2], labels[1::2])
    return cross_validate(model, hands, labels, groups=subjects, cv=2)


def test_probabilities_are_those_of_models_that_did_not_see_the_row(people, missed):
    hands = Landmarks.concat([people.X, missed])
    labels, groups = np.append(people.y, "3"), np.append(people.groups, "nobody")
    model = make_model("logistic", features="angles", augmentation=None)
    result = cross_validate(model, hands, labels, groups=groups, cv=3)
    assert result.probabilities.shape == (len(labels), 10)
    assert np.isnan(result.probabilities[-1]).all()
    found = result.probabilities[:-1]
    np.testing.assert_allclose(found.sum(1), 1)
    np.testing.assert_array_equal(np.array(result.labels)[found.argmax(1)], result.predicted[:-1])
    assert 0 < result.calibration_error < 0.2
    samples = result.to_dict(samples=True)
    assert samples["probabilities"][-1] is samples["predicted"][-1] is None
    assert samples["probabilities"][0] == result.probabilities[0].tolist()
    assert "probabilities" not in result.to_dict()
