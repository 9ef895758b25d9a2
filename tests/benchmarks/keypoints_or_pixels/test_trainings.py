from dataclasses import replace

import numpy as np
import pytest

from benchmarks.keypoints_or_pixels import trainings
from benchmarks.keypoints_or_pixels.contenders import Contender, Keypoints
from benchmarks.keypoints_or_pixels.trainings import Training, code_stamp, run_trainings
from handpose.datasets import Dataset


class Counted(Contender):
    """Names everything what is most frequent; notes how often it learnt."""

    side, classifier, fits = "keypoints", "counted", 0

    def __init__(self, features="", slow=False):
        self.features, self.slow = features, slow

    def fit(self, photos, seed):
        Counted.fits += 1
        names, counts = np.unique(photos.y, return_counts=True)
        self.answer_, self.seconds_ = names[counts.argmax()], 0.5
        return self

    def predict(self, photos):
        return np.full(len(photos), self.answer_)


@pytest.fixture(autouse=True)
def _count(monkeypatch):
    monkeypatch.setattr(Counted, "fits", 0)


@pytest.fixture
def training(photos):
    return Training(Counted(), photos[::2], photos[1::2])


def test_a_training_is_done_once(training, setup):
    (first,) = run_trainings([training], setup)
    (again,) = run_trainings([training], setup)
    assert Counted.fits == 1
    assert again.predicted.tolist() == first.predicted.tolist()
    assert again.fit_seconds == first.fit_seconds == 0.5


def swapped_labels(photos):
    return Dataset(photos.X, photos.y[::-1], photos.groups, photos.paths)


@pytest.mark.parametrize(
    "change",
    [
        lambda training, setup: (replace(training, contender=Counted("more")), setup),
        lambda training, setup: (replace(training, train=training.train[::2]), setup),
        lambda training, setup: (replace(training, train=swapped_labels(training.train)), setup),
        lambda training, setup: (replace(training, test=training.test[::2]), setup),
        lambda training, setup: (training, replace(setup, seed=1)),
    ],
    ids=["model", "training photos", "labels", "test photos", "seed"],
)
def test_whatever_decides_the_outcome_is_trained_again(training, setup, change):
    run_trainings([training], setup)
    training, setup = change(training, setup)
    (outcome,) = run_trainings([training], setup)
    assert Counted.fits == 2
    assert len(outcome.predicted) == len(training.test)


def test_changed_code_is_trained_again(training, setup, monkeypatch):
    run_trainings([training], setup)
    monkeypatch.setattr(trainings, "code_stamp", lambda places: "other")
    run_trainings([training], setup)
    assert Counted.fits == 2


def test_what_is_slow_to_learn_is_kept_for_other_questions(training, photos, setup):
    slow = replace(training, contender=Counted(slow=True))
    run_trainings([slow], setup)
    run_trainings([replace(slow, test=photos[:5])], setup)
    fitted = trainings.fitted_on(Counted(slow=True), slow.train, setup.seed, setup.work)
    assert Counted.fits == 1
    assert fitted.seconds_ == 0.5


def test_code_stamp_is_that_of_the_files():
    assert code_stamp(("models/gestures.py",)) != code_stamp(("images/stills.py",))
    assert code_stamp(("features",)) != code_stamp(("features", "models/gestures.py"))
    with pytest.raises(ValueError, match="no such module"):
        code_stamp(("nowhere",))


def test_the_code_of_both_sides_exists():
    from benchmarks.keypoints_or_pixels.contenders import Pixels

    assert code_stamp(Keypoints.code) != code_stamp(Pixels.code)


def test_outcomes_come_in_the_order_asked_for(photos, setup):
    every = [Training(Counted(), photos, test) for test in (photos[:50], photos[50:80])]
    run_trainings(every[1:], setup)
    outcomes = run_trainings(every, setup)
    assert [len(outcome.predicted) for outcome in outcomes] == [50, 30]


def test_processes_change_nothing(photos, setup):
    every = [Training(Keypoints(name), photos[::4], photos[1::4]) for name in ("svm", "logistic")]
    alone = run_trainings(every, setup)
    together = run_trainings(every, replace(setup, jobs=2, work=setup.work / "other"))
    for one, two in zip(alone, together, strict=True):
        assert one.predicted.tolist() == two.predicted.tolist()
        assert np.mean(one.predicted == photos.y[1::4]) > 0.9
