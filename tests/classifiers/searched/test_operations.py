import numpy as np
import pytest

from handpose.classifiers.searched.operations import (
    ADJACENCY,
    MATRICES,
    OPERATIONS,
    POOL,
    SPREAD,
    VECTORS,
)
from handpose.containers.skeletons import HAND

WIDTH = 4


@pytest.fixture
def parameters():
    rng = np.random.default_rng(0)

    def make(name):
        matrices = {key: rng.normal(size=(WIDTH, WIDTH)) for key in MATRICES[name]}
        return matrices | {key: rng.normal(size=WIDTH) for key in VECTORS[name]}

    return make


@pytest.fixture
def x():
    return np.random.default_rng(1).normal(size=(3, 21, WIDTH)).astype(np.float32)


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_keeps_the_shape_and_each_hand_to_itself(name, parameters, x):
    own = parameters(name)
    out = OPERATIONS[name](x, own, np)
    assert out.shape == x.shape
    np.testing.assert_allclose(OPERATIONS[name](x[1:2], own, np)[0], out[1], rtol=1e-5)


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_is_the_same_in_torch(name, parameters, x):
    torch = pytest.importorskip("torch")
    own = {key: value.astype(np.float32) for key, value in parameters(name).items()}
    ours = OPERATIONS[name](x, own, np)
    tensors = {key: torch.from_numpy(value) for key, value in own.items()}
    theirs = OPERATIONS[name](torch.from_numpy(x), tensors, torch)
    np.testing.assert_allclose(ours, theirs.numpy(), atol=1e-5)


def reached(name, parameters, x, landmark):
    """Landmarks whose output changes with the input of one."""
    own, changed = parameters(name), x.copy()
    changed[:, landmark] += 1
    change = OPERATIONS[name](changed, own, np) - OPERATIONS[name](x, own, np)
    return set(np.flatnonzero(np.abs(change).max((0, 2)) > 1e-7).tolist())


def test_what_a_landmark_reaches(parameters, x):
    tip, below = 8, 7
    assert reached("skip", parameters, x, tip) == {tip}
    assert reached("gated", parameters, x, tip) == {tip}
    assert reached("dense", parameters, x, tip) == {tip}
    assert reached("graph", parameters, x, tip) == {tip, below}
    assert reached("attention", parameters, x, tip) == set(range(21))


def test_skip_gives_what_it_takes(x):
    assert OPERATIONS["skip"](x, {}, np) is x


def test_neighbours_are_those_of_the_skeleton():
    assert np.count_nonzero(ADJACENCY) == len(HAND) + 2 * len(HAND.edges)
    np.testing.assert_allclose(ADJACENCY, ADJACENCY.T, rtol=1e-6)
    assert ADJACENCY[8, 8] == pytest.approx(1 / 2)  # a tip: itself and one neighbour


def test_a_finger_is_the_mean_of_its_landmarks_and_some_wrist():
    np.testing.assert_allclose(POOL.sum(1), 1, rtol=1e-6)
    assert set(np.flatnonzero(SPREAD[:, 1])) == {0, 5, 6, 7, 8}
