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


def test_a_total_adds_one_after_the_other():
    x = np.array([[1e8, 1, -1e8, 1]], np.float32)
    found = evaluate(graph_of(x, lambda x: x.total(1)), {"x": x})["found"]
    assert found == ((np.float32(1e8) + np.float32(1)) - np.float32(1e8)) + np.float32(1)


def test_the_smallest_come_with_their_positions():
    def make(x):
        values, positions = x.smallest(2)
        return values + positions.rows_of(np.array([0.0, 10.0, 20.0]))

    x = np.array([[3, 1, 2], [0, 5, 4]], np.float32)
    assert evaluate(graph_of(x[:1], make), {"x": x})["found"].tolist() == [[11, 22], [0, 24]]


def test_a_direction_solves_a_system_up_to_a_factor():
    rng = np.random.default_rng(0)
    half = rng.standard_normal((3, 4, 4)).astype(np.float32)
    matrices = half @ half.transpose(0, 2, 1) + np.eye(4, dtype=np.float32)
    size = np.sqrt(np.einsum("nii->ni", matrices))
    matrices = (matrices / size[:, :, None] / size[:, None]).astype(np.float32)
    right = rng.uniform(0.1, 1, (3, 4)).astype(np.float32)
    graph = Graph()
    a, b = graph.input("a", matrices[:1]), graph.input("b", right[:1])
    graph.outputs = {"found": a.direction(b)}
    found = evaluate(graph, {"a": matrices, "b": right})["found"]
    factors = np.einsum("nij,nj->ni", matrices, found) / right
    assert (factors > 0).all()
    assert np.allclose(factors, factors[:, :1], rtol=1e-4)


@pytest.mark.export
def test_both_writers_know_every_operation():
    from handpose.export import onnx_file, tflite_file

    for module in (onnx_file, tflite_file):
        assert set(MEANING) == {*module._SAME, *module._WRITERS}
