import pytest
from benchmarks.keypoints_or_pixels.verdicts import (
    EVEN,
    KEYPOINTS,
    PIXELS,
    headline,
    verdicts,
    which_classifier,
)

from tests.benchmarks.documents import DEFAULT, TUNED, document, pair, part


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
    assert "`mlp` (0.990) is behind" in which_classifier(document(rivals=0.01))
    assert which_classifier({"parts": {}}) == ""


def test_without_a_paired_test_nobody_is_ahead():
    """An earlier version compared intervals of each alone, which overlap too often."""
    old = document()
    for measured in old["parts"].values():
        measured["tables"].pop("keypoints_against_pixels", None)
        measured["tables"].pop("behind_the_best", None)
    assert {v.winner for v in verdicts(old) if "ms" not in v.sentence} == {EVEN}
    assert "mlp" not in which_classifier(old)


def test_a_classifier_that_knows_the_people_is_no_rival():
    known = document()
    rows = known["parts"]["accuracy"]["tables"]["classifiers"]["rows"]
    rows.append(rows[0] | {"contender": "few_shot, geometry", "classifier": "few_shot"})
    rows[-1] |= {"accuracy": 1.0, "knows_people": True}
    assert "`svm` names most digits right (0.998)" in which_classifier(known)


def test_spoilt_pictures_are_told_apart_by_paired_tests():
    spoilt = document()
    rows = [
        {"corruption": name, DEFAULT: ours, TUNED: theirs, "hands_found": 1.0}
        for name, ours, theirs in (("none", 1, 1), ("dark", 0.9, 0.5), ("blurred", 0.9, 0.91))
    ]
    pairs = [
        pair(0.9, theirs, corruption=name, holm_p=p)
        for name, theirs, p in (("dark", 0.5, 0.01), ("blurred", 0.91, 0.6), ("all", 0.7, 0.01))
    ]
    spoilt["parts"]["robustness"] = part("?", corruptions=rows, keypoints_against_pixels=pairs)
    (verdict,) = [v for v in verdicts(spoilt) if v.sentence.startswith("On spoilt")]
    assert verdict.winner == KEYPOINTS
    assert "keypoints are ahead when dark" in verdict.sentence
    assert "blurred" not in verdict.sentence
