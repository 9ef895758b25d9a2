import pytest

import handpose as hp
from handpose.errors import HandposeError
from handpose.models import ModelCard
from handpose.models.threshold import OPEN_SET, threshold_for_rate, threshold_of

CURVE = [
    {"false_accepts": rate, "threshold": score, "true_accepts": 0.9}
    for rate, score in ((0.1, 0.4), (0.01, 0.8), (0.001, 0.99))
]
CARD = ModelCard(metrics={OPEN_SET: {"true_accepts": CURVE}})


@pytest.mark.parametrize(
    ("rate", "score"),
    [(0.1, 0.4), (0.05, 0.8), (0.01, 0.8), (0.005, 0.99), (0.001, 0.99), (1, 0.4)],
)
def test_the_next_lower_rate_of_the_card_counts(rate, score):
    assert threshold_for_rate(CARD, rate) == score


def test_a_lower_rate_than_was_measured_is_refused():
    with pytest.raises(HandposeError, match=r"the lowest rate in its card is 0\.001"):
        threshold_for_rate(CARD, 0.0001)


def test_a_model_without_rates_says_how_to_get_them():
    with pytest.raises(HandposeError, match=r"--false-accepts 0\.01, or give min_score"):
        threshold_for_rate(ModelCard(), 0.01)


@pytest.mark.parametrize("rate", [0, -0.1, 1.5, "few", None, True])
def test_a_rate_that_is_none(rate):
    with pytest.raises(ValueError, match="false_accepts must be a number above 0"):
        threshold_for_rate(CARD, rate)


def test_a_score_and_a_rate_exclude_each_other():
    with pytest.raises(ValueError, match="not both"):
        threshold_of(None, 0.5, 0.01)


def test_the_usual_score_depends_on_what_the_model_tells(people):
    model = hp.make_model("knn", augmentation=None)
    assert threshold_of(model) == 0.8
    assert threshold_of(model.fit(*people)) == 0.5
    assert threshold_of(hp.make_model("knn", augmentation=None, none=None).fit(*people)) == 0.8
    assert threshold_of(None) == 0.8


def test_a_recogniser_takes_a_rate(people, tmp_path):
    model = hp.make_model("knn", augmentation=None).fit(*people)
    path = model.save(tmp_path / "mine", ModelCard(metrics=CARD.metrics))
    with hp.load_recognizer(path, extractor="native", false_accepts=0.01) as recognizer:
        assert recognizer.min_score == 0.8
    with pytest.raises(HandposeError, match="does not say"):
        hp.load_recognizer(model, extractor="native", false_accepts=0.01)
