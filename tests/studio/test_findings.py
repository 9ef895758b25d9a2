"""Findings in words and numbers."""

import numpy as np
import pytest

import handpose as hp
from handpose.evaluation import Evaluation
from handpose.evaluation.thresholds import Trial
from handpose.studio.findings import SCORES, findings

TRUTH = np.array(["fist", "fist", "one", "one"])


def trial(predicted, chances, people=True, obstacle=""):
    measured = Evaluation(
        truth=TRUTH,
        predicted=np.array(predicted),
        detected=np.ones(4, bool),
        groups=np.array(["anna", "ben", "anna", "ben"]),
        labels=["fist", "one"],
        cv=2,
        probabilities=np.array(chances),
    )
    return Trial(measured, people, 0.5, obstacle)


@pytest.fixture
def dataset(hands):
    paths = ["fist/a.jpg", "fist/b.jpg", "one/a.jpg", "one/b.jpg"]
    return hp.Dataset(hands[:4], TRUTH, ["anna", "ben", "anna", "ben"], paths)


CHANCES = [[0.95, 0.05], [0.3, 0.7], [0.2, 0.8], [0.45, 0.55]]


def test_the_words_count_pictures_and_people(dataset):
    found = findings(trial(["fist", "one", "one", "one"], CHANCES), dataset)
    assert found["headline"] == "3 of 4 pictures by people whom it had not seen are named right."
    assert found["caveat"] == "Measured on 2 people: others may fare worse."
    assert found["accuracy"] == 0.75
    assert {p["name"]: p["accuracy"] for p in found["people"]} == {"anna": 1.0, "ben": 0.5}
    assert found["matrix"]["counts"] == [[1, 1], [0, 2]]
    assert found["confused"] == [{"truth": "fist", "answer": "one", "count": 1}]
    assert found["worst"] == [
        {"path": "fist/b.jpg", "truth": "fist", "answer": "one", "score": 0.7}
    ]


def test_the_curve_counts_what_is_named_from_each_score_on(dataset):
    curve = findings(trial(["fist", "one", "one", "one"], CHANCES), dataset)["curve"]
    at = dict(zip(SCORES.tolist(), zip(curve["right"], curve["wrong"], strict=True), strict=True))
    assert at[0.3] == (0.75, 0.25)
    assert at[0.6] == (0.5, 0.25)
    assert at[0.75] == (0.5, 0)
    assert at[0.9] == (0.25, 0)
    assert curve["foreign"] is None


def test_one_person_and_nothing_to_measure(dataset):
    alone = findings(
        trial(["fist", "fist", "one", "one"], CHANCES, people=False, obstacle="why"), dataset
    )
    assert "of the same people" in alone["headline"]
    assert alone["caveat"] == "This says nothing about new people: why."
    nothing = findings(Trial(None, False, 0.5, "why"), dataset)
    assert nothing["headline"] == "Nothing could be held out, so nothing was measured."
    assert "accuracy" not in nothing
