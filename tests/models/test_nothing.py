"""What a model of motions learns as nothing: windows of streams that are stitched from takes."""

import numpy as np
import pytest

import handpose as hp
from handpose.containers.motion import Motion, Motions
from handpose.models import with_nothing
from handpose.models.nothing import FEWEST, NOTHINGS, PIECES
from tests.motions import FRAME_MS, examples, line


@pytest.fixture(scope="module")
def takes():
    """Circles to both sides and lines of three people."""
    X, y = examples(0)
    signs = np.flatnonzero(y != "rest")
    groups = np.array([f"p{i % 3}" for i in range(len(y))])
    return hp.Dataset(Motions(X)[signs], y[signs], groups[signs])


@pytest.fixture(scope="module")
def model():
    return hp.make_model("logistic", features="motion")


def test_windows_of_signs_and_of_nothing_are_added(takes, model):
    more = with_nothing(takes, model)
    assert list(more.y[: len(takes)]) == list(takes.y)
    assert set(more.y) == {*takes.y, "no_gesture"}
    assert set(more.groups) == {"p0", "p1", "p2"}
    added = more.y[len(takes) :].tolist()
    assert added.count("no_gesture") > 3 * len(takes)
    assert added.count("line") > len(takes) / 3 / 2
    again = with_nothing(takes, model)
    assert [len(m) for m in again.X] == [len(m) for m in more.X]
    other = with_nothing(takes, model, random_state=1)
    assert [len(m) for m in other.X] != [len(m) for m in more.X]


def test_a_model_still_names_whole_takes_and_passes_over_parts(takes, model):
    plain, taught = (
        hp.make_model("logistic", features="motion").fit(*rows)
        for rows in (takes, with_nothing(takes, model))
    )
    X, y = examples(1)
    signs = np.flatnonzero(y != "rest")
    assert taught.score(Motions(X)[signs], y[signs]) > 0.9
    parts = [
        motion[: len(motion) // 3] for motion, label in zip(X, y, strict=True) if label != "rest"
    ]
    named = [np.mean(one.name(parts) != "no_gesture") for one in (plain, taught)]
    assert named[0] == 1
    assert named[1] < 0.2


def test_parts_of_a_sign_that_is_held_are_not_nothing(model):
    X, y = examples(0)
    more = with_nothing(hp.Dataset(X, y, ["p"] * len(y)), model)
    taught = hp.make_model("logistic", features="motion").fit(*more)
    rests = [motion[:6] for motion, label in zip(X, y, strict=True) if label == "rest"]
    assert (taught.name(rests) == "rest").mean() > 0.9


@pytest.mark.parametrize("number", [9, 36])
def test_few_takes_are_stitched_again_and_again(takes, model, number):
    few = takes[np.arange(number)]
    nothing = with_nothing(few, model).y == "no_gesture"
    assert 0.9 * FEWEST <= nothing.sum() < FEWEST + NOTHINGS * len(few)


def test_where_nothing_is_found_takes_are_stitched_once(model):
    X, y = examples(0)
    rests = np.flatnonzero(y == "rest")[:4]
    held = hp.Dataset(Motions(X)[rests], ["a", "b"] * 2, [f"p{i}" for i in range(4)])
    more = with_nothing(held, model)
    assert set(more.y) == {"a", "b"}
    assert len(more) <= len(held) * (1 + PIECES)


def test_takes_of_no_gesture_stay_what_they_are(takes, model):
    scratching = [line(30, to=(0.0, 0.1 + 0.01 * k)) for k in range(6)]
    data = hp.Dataset(
        Motions([*takes.X, *scratching]),
        [*takes.y, *["nothing"] * 6],
        [*takes.groups, *["p0"] * 6],
    )
    more = with_nothing(data, model)
    assert list(more.y[: len(data)]) == list(data.y)
    assert set(more.y) == {*data.y, "no_gesture"}


def test_only_takes_of_a_kind_are_stitched(model):
    rng = np.random.default_rng(0)
    flat = [Motion(rng.uniform(0, 99, (20, 21, 2)), np.arange(20) * FRAME_MS) for _ in range(4)]
    deep = [Motion(rng.uniform(0, 99, (20, 21, 3)), np.arange(20) * FRAME_MS) for _ in range(4)]
    more = with_nothing(hp.Dataset(flat + deep, ["a", "b"] * 4, ["p"] * 8), model)
    assert {motion.points.shape[-1] for motion in more.X} == {2, 3}


def test_motions_of_two_kinds_are_needed(digits, model):
    with pytest.raises(hp.DatasetError, match="motions only"):
        with_nothing(digits, model)
    one_kind = hp.Dataset([line()] * 3, ["a"] * 3)
    assert with_nothing(one_kind, model) is one_kind
    with pytest.raises(hp.ModelKindError, match="model of motions"):
        with_nothing(one_kind, hp.make_model("knn"))
