from dataclasses import replace

import numpy as np
import pytest
from benchmarks.keypoints_or_pixels.stamp import code_stamp

from benchmarks.keypoints_or_pixels.contenders import Keypoints
from benchmarks.keypoints_or_pixels.trainings import Training, run_trainings


@pytest.fixture
def counted(monkeypatch):
    """How often a model was fitted."""
    fits = []
    original = Keypoints.fit

    def fit(self, photos, seed):
        fits.append(seed)
        return original(self, photos, seed)

    monkeypatch.setattr(Keypoints, "fit", fit)
    return fits


def test_a_training_is_done_once(photos, setup, counted):
    training = Training(Keypoints("knn"), photos[::2], photos[1::2])
    (first,) = run_trainings([training], setup)
    (again,) = run_trainings([training], setup)
    assert len(counted) == 1
    assert again.predicted.tolist() == first.predicted.tolist()
    assert again.fit_seconds == first.fit_seconds > 0


@pytest.mark.parametrize(
    "change",
    [
        lambda training, setup: (replace(training, contender=Keypoints("knn", "all")), setup),
        lambda training, setup: (replace(training, train=training.train[::2]), setup),
        lambda training, setup: (replace(training, test=training.test[::2]), setup),
        lambda training, setup: (training, replace(setup, seed=1)),
    ],
    ids=["model", "training photos", "test photos", "seed"],
)
def test_whatever_decides_the_outcome_is_trained_anew(photos, setup, counted, change):
    training = Training(Keypoints("knn"), photos[::2], photos[1::2])
    run_trainings([training], setup)
    training, setup = change(training, setup)
    (outcome,) = run_trainings([training], setup)
    assert len(counted) == 2
    assert len(outcome.predicted) == len(training.test)


def test_changed_code_is_trained_anew(photos, setup, counted, monkeypatch):
    training = Training(Keypoints("knn"), photos[::2], photos[1::2])
    run_trainings([training], setup)
    monkeypatch.setattr(
        "benchmarks.keypoints_or_pixels.trainings.code_stamp", lambda places: "other"
    )
    run_trainings([training], setup)
    assert len(counted) == 2


def test_code_stamp_is_that_of_the_files():
    assert code_stamp(("models/gestures.py",)) != code_stamp(("images/stills.py",))
    assert code_stamp(("features",)) != code_stamp(("features", "models/gestures.py"))


def test_outcomes_come_in_the_order_asked_for(photos, setup):
    rows = [photos[:50], photos[50:80]]
    trainings = [Training(Keypoints("knn"), photos, test) for test in rows]
    run_trainings(trainings[1:], setup)
    outcomes = run_trainings(trainings, setup)
    assert [len(outcome.predicted) for outcome in outcomes] == [50, 30]
    assert np.mean(outcomes[1].predicted == rows[1].labels) > 0.9


@pytest.mark.torch
def test_processes_change_nothing(photos, setup):
    trainings = [Training(Keypoints(name), photos[::4], photos[1::4]) for name in ("svm", "mlp")]
    alone = run_trainings(trainings, setup)
    other = replace(setup, jobs=2, work=setup.work / "other")
    together = run_trainings(trainings, other)
    for one, two in zip(alone, together, strict=True):
        assert one.predicted.tolist() == two.predicted.tolist()
