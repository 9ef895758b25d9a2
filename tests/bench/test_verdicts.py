import pytest

from handpose.bench.verdicts import EVEN, KEYPOINTS, PIXELS, headline, verdicts, which_classifier
from tests.bench.documents import document


def winners(**numbers):
    return [verdict.winner for verdict in verdicts(document(**numbers))]


def test_each_respect_has_the_winner_that_its_numbers_have():
    assert winners() == [KEYPOINTS, KEYPOINTS, KEYPOINTS, PIXELS, PIXELS]


@pytest.mark.parametrize(
    ("numbers", "respect", "winner"),
    [
        ({"digits": (0.97, 0.99)}, 0, PIXELS),
        ({"digits": (0.97, 0.972)}, 0, EVEN),
        ({"elsewhere": (0.7, 0.9)}, 2, PIXELS),
        ({"elsewhere": (0.9, 0.905)}, 2, EVEN),
        ({"wild": (0.95, 0.9)}, 3, KEYPOINTS),
        ({"ms": (5.0, 9.0)}, 4, KEYPOINTS),
        ({"ms": (9.0, 9.2)}, 4, EVEN),
    ],
)
def test_sentences_follow_the_numbers(numbers, respect, winner):
    assert winners(**numbers)[respect] == winner


def test_headline_takes_the_side_that_is_ahead_more_often():
    assert headline(document()).startswith("Classify the keypoints: they are ahead in 3 of 5")
    lost = document(digits=(0.9, 0.99), elsewhere=(0.5, 0.9))
    assert headline(lost).startswith("Classify the pixels: they are ahead in 4 of 5")
    assert "Not enough" in headline({"parts": {}})


def test_errors_in_the_wild_are_told_apart():
    (sentence,) = [v.sentence for v in verdicts(document()) if "in the wild" in v.sentence]
    assert "190 of the 200 errors on keypoints are hands not found" in sentence


def test_how_few_photos_do_what_all_do_with_pixels():
    (sentence,) = [v.sentence for v in verdicts(document()) if v.sentence.startswith("From 10")]
    assert "10 photos of each is as good on keypoints as all 165 on pixels" in sentence


def test_classifiers_that_cannot_be_told_apart_are_named():
    text = which_classifier(document())
    assert "`svm` names most digits right (0.998)" in text
    assert "`mlp` (0.990) cannot be told apart" in text
    behind = document()
    behind["parts"]["accuracy"]["tables"]["classifiers"]["rows"][1]["high"] = 0.991
    assert "`mlp` (0.990) is behind" in which_classifier(behind)
    assert which_classifier({"parts": {}}) == ""
