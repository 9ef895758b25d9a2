"""What a description means: numpy's own operations, one hand or many."""

import numpy as np
import pytest

from handpose.export.graph import MEANING, Graph, evaluate


def graph_of(sample, make):
    graph = Graph()
    graph.outputs = {"found": make(graph.input("x", sample))}
    return graph


def test_arrays_on_either_side_and_numbers_are_constants():
    graph = graph_of(np.ones((1, 3), np.float32), lambda x: 2 - np.arange(3) * x / 4 + 1.5)
    x = np.array([[4, 8, 12], [0, 4, 8]], np.float32)
    found = evaluate(graph, {"x": x})["found"]
    assert np.allclose(found, 2 - np.arange(3) * x / 4 + 1.5)


def test_the_first_axis_stands_for_any_number_of_hands():
    def make(x):
        turned = x.transpose(0, 2, 1).reshape(-1)
        return turned.take([5, 0]) @ np.eye(2) + x.sum(1, 2, keepdims=True).reshape(1)

    graph = graph_of(np.zeros((1, 2, 3), np.float32), make)
    x = np.arange(24, dtype=np.float32).reshape(4, 2, 3)
    want = x.transpose(0, 2, 1).reshape(4, 6)[:, [5, 0]] + x.sum((1, 2))[:, None]
    assert (evaluate(graph, {"x": x})["found"] == want).all()


def test_whole_numbers_and_fractions_have_one_type_in_a_description():
    graph = graph_of(np.zeros((1, 2), np.float32), lambda x: x + np.arange(2.0))
    assert graph.outputs["found"].sample.dtype == np.float32
    graph = graph_of(np.zeros((1, 2), np.float32), lambda x: x.argmax())
    assert graph.outputs["found"].sample.dtype == np.int64


def test_lengths_and_squares_are_of_vectors_along_some_axes():
    x = np.array([[[3, 1], [4, 2]]], np.float32)
    for make, want in (
        (lambda x: x.length(1), [[5, 5**0.5]]),
        (lambda x: x.squares(1, 2, keepdims=True), [[[30]]]),
    ):
        assert evaluate(graph_of(x, make), {"x": x})["found"] == pytest.approx(np.array(want))


def test_a_split_gives_parts_of_the_last_axis():
    def make(x):
        first, second = x.split(1, 2)
        return second * first

    x = np.array([[2, 3, 4], [1, 5, 6]], np.float32)
    assert evaluate(graph_of(x[:1], make), {"x": x})["found"].tolist() == [[6, 8], [5, 6]]


def test_the_smallest_come_with_their_positions():
    def make(x):
        values, positions = x.smallest(2)
        return values + positions.rows_of(np.array([0.0, 10.0, 20.0]))

    x = np.array([[3, 1, 2], [0, 5, 4]], np.float32)
    assert evaluate(graph_of(x[:1], make), {"x": x})["found"].tolist() == [[11, 22], [0, 24]]


def test_a_direction_solves_a_system_up_to_a_factor():
    half = np.random.default_rng(0).uniform(0, 1, (3, 4, 4)).astype(np.float32)
    beside = half + half.transpose(0, 2, 1)
    matrices = np.eye(4, dtype=np.float32) * beside.sum(2, keepdims=True) - beside / 2
    graph = Graph()
    graph.outputs = {"found": graph.input("a", matrices[:1]).direction()}
    found = evaluate(graph, {"a": matrices})["found"]
    factors = np.einsum("nij,nj->ni", matrices, found)
    assert (factors > 0).all()
    assert np.allclose(factors, factors[:, :1], rtol=1e-4)


@pytest.mark.export
def test_both_writers_know_every_operation():
    from handpose.export import onnx_file, tflite_file

    for module in (onnx_file, tflite_file):
        assert set(MEANING) == {*module._SAME, *module._WRITERS}
