"""How motions begin and end: learnt, kept in files, and what it does to pieces of motions."""

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

import handpose as hp
from handpose.containers.motion import Motion, Motions
from handpose.errors import DatasetError, ModelFileError, ModelKindError
from handpose.models.phases import PHASES
from tests.motions import carried, changed, examples


@pytest.fixture(scope="module")
def takes(people):
    """A hand that goes right or left while it opens, by three people."""
    rng = np.random.default_rng(0)
    X, y, groups = [], [], []
    for i in range(24):
        hand = np.asarray(people.X.points[i % 3, :, :2], np.float64)
        to = rng.uniform(250, 350) * (1 if i % 2 else -1)
        hand = hand + rng.normal(0, 1.0, hand.shape)
        made = carried(hand, n=int(rng.integers(18, 30)), by=(to, 0.0), opening=80.0)
        X.append(changed(made, lambda points: points + rng.normal(0, 0.5, points.shape)))
        y.append("right" if i % 2 else "left")
        groups.append(f"p{i % 3}")
    return hp.Dataset(Motions(X), y, groups)


@pytest.fixture(scope="module")
def taught(takes):
    model = hp.make_model("logistic", features="motion").fit(*takes)
    return hp.learn_phases(model, takes)


def test_frames_are_told_by_where_they_lie(taught, takes):
    right = []
    for motion in takes.X:
        logs = taught.phases_(motion)
        assert logs.shape == (len(motion), len(PHASES))
        assert np.allclose(np.exp(logs).sum(1), 1, atol=5e-3)
        right.append((logs.argmax(1) == np.arange(len(motion)) * 3 // len(motion)).mean())
    assert np.mean(right) > 0.7


def test_a_file_keeps_them(taught, takes, tmp_path):
    path = hp.save_model(taught, tmp_path / "m.handpose")
    motion = next(iter(takes.X))
    assert np.array_equal(hp.load_model(path).phases_(motion), taught.phases_(motion))


def test_a_file_with_phases_that_do_not_fit_is_refused(taught, takes, tmp_path):
    flat = hp.make_model("logistic", features="motion").fit(
        Motions([Motion(m.points[..., :1, :], m.timestamps_ms, "Right") for m in takes.X]), takes.y
    )
    flat.phases_ = taught.phases_
    with pytest.raises(ModelFileError):
        hp.load_model(hp.save_model(flat, tmp_path / "m.handpose"))


def test_fitting_again_forgets_them(takes):
    model = hp.make_model("logistic", features="motion").fit(*takes)
    assert hp.learn_phases(model, takes).phases_ is not None
    assert model.fit(*takes).phases_ is None


def test_a_personal_model_keeps_them(taught, takes):
    mine = hp.personalize(taught, takes.X[:4], takes.y[:4])
    assert mine.phases_ is taught.phases_


def test_a_personal_model_with_a_sign_that_is_held_has_none(taught, takes):
    """A piece of it is as good as the whole: a hand held for two seconds was told eight times."""
    still = changed(next(iter(takes.X)), lambda points: np.repeat(points[:1], len(points), 0))
    mine = hp.personalize(taught, [still, still, *takes.X[:2]], ["stop", "stop", *takes.y[:2]])
    assert mine.phases_ is None


def test_takes_of_other_hands_or_points_are_refused(taught, takes):
    two = Motions([Motion(np.repeat(m.points, 2, axis=1), m.timestamps_ms) for m in takes.X])
    both = hp.Dataset(two, takes.y, takes.groups)
    with pytest.raises(DatasetError, match="takes motions of 1 hand with 21 points, but got 2"):
        hp.learn_phases(taught, both)
    tracks = hp.Dataset(Motions(examples(0)[0]), examples(0)[1], ["p"] * len(examples(0)[1]))
    with pytest.raises(DatasetError, match="but got 1 hand with 1"):
        hp.learn_phases(taught, tracks)
    with pytest.raises(NotFittedError):
        hp.learn_phases(hp.make_model("logistic", features="motion"), takes)


def test_where_a_sign_is_held_still_or_hardly_shown_nothing_is_learnt(takes):
    X, y = examples(0)  # "rest" is held
    model = hp.make_model("logistic", features="motion").fit(X, y)
    assert hp.learn_phases(model, hp.Dataset(Motions(X), y, ["p"] * len(y))).phases_ is None
    model = hp.make_model("logistic", features="motion").fit(*takes)
    few = hp.Dataset(takes.X[:1], takes.y[:1], takes.groups[:1])
    assert hp.learn_phases(model, few).phases_ is None


def test_stills_are_refused(model, taught, people, takes):
    with pytest.raises(ModelKindError, match="model of stills"):
        hp.learn_phases(model, takes)
    with pytest.raises(DatasetError, match="motions only"):
        hp.learn_phases(taught, people)


def test_learning_twice_gives_the_same(takes):
    models = [hp.make_model("logistic", features="motion").fit(*takes) for _ in range(2)]
    one, other = (hp.learn_phases(model, takes).phases_(next(iter(takes.X))) for model in models)
    assert np.array_equal(one, other)
