import numpy as np
import pytest

from handpose.classifiers.searched.forward import initial_parameters, make_network, trained_network
from handpose.classifiers.searched.graph import fixed_weights
from handpose.classifiers.searched.operations import OPERATIONS

WEIGHTS = {(0, 1): {"graph": 1.0}, (1, 2): {"gated": 1.0}, (0, 3): dict.fromkeys(OPERATIONS, 0.2)}


@pytest.fixture
def parameters():
    return initial_parameters(WEIGHTS, 40, 8, 5, np.random.RandomState(0))


def test_hands_become_one_number_a_class(parameters):
    x = np.random.default_rng(0).normal(size=(7, 40)).astype(np.float32)
    forward = make_network(parameters, WEIGHTS, np)
    out = forward(x)
    assert out.shape == (7, 5)
    np.testing.assert_allclose(forward(x[3:4])[0], out[3], rtol=1e-4)


def test_only_what_stands_on_an_edge_has_parameters(parameters):
    assert "hand-a.graph.weight" in parameters
    assert "hand-a.dense.weight" not in parameters
    assert "hand-c.attention.query" in parameters
    assert parameters["head.weight"].shape == (21 * 8, 5)
    assert all(value.dtype == np.float32 for value in parameters.values())


def test_an_operation_of_weight_0_does_nothing(parameters):
    x = np.random.default_rng(0).normal(size=(2, 40)).astype(np.float32)
    without = {**WEIGHTS, (0, 3): {"dense": 0.2, "skip": 0.2}}
    with_zeros = {**WEIGHTS, (0, 3): dict.fromkeys(OPERATIONS, 0.0) | without[0, 3]}
    np.testing.assert_allclose(
        make_network(parameters, without, np)(x),
        make_network(parameters, with_zeros, np)(x),
    )


def test_a_trained_network_says_of_one_hand_what_it_says_among_many():
    graph = ("hand -> a: graph", "a -> b: attention", "b -> c: gated")
    parameters = initial_parameters(fixed_weights(graph), 40, 8, 5, np.random.RandomState(0))
    forward = trained_network(graph, parameters)
    x = np.random.default_rng(0).normal(size=(7, 40)).astype(np.float32)
    out = forward(x)
    assert out.dtype == np.float64
    np.testing.assert_allclose(np.concatenate([forward(row[None]) for row in x]), out, atol=1e-12)
    narrow = make_network(parameters, fixed_weights(graph), np)(x)
    np.testing.assert_allclose(narrow, out, atol=1e-4)
