"""TFLite files, run by LiteRT, one hand at a time."""

import json

import numpy as np
import pytest

import handpose as hp
from handpose.export.graph import Graph, evaluate
from handpose.export.model import described
from handpose.export.tflite_file import METADATA, tflite_file
from tests.export.conftest import given

pytestmark = pytest.mark.litert


def runner(file):
    """A function from what one hand gives to the outputs by their names."""
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_content=file, num_threads=1)
    return interpreter.get_signature_runner("serving_default")


def answers(file, hands):
    run, inputs = runner(file), given(hands)
    found = [
        run(points=inputs["points"][i : i + 1], side=inputs["side"][i : i + 1])
        for i in range(len(hands))
    ]
    return {name: np.concatenate([row[name] for row in found]) for name in found[0]}


def test_every_classifier_answers_as_in_python(any_model, hands):
    some = hands[::3]
    found = answers(tflite_file(described(any_model).graph), some)
    want, there = any_model.gesture_scores(some), some.detected
    assert np.abs(found["probabilities"] - want)[there].max() < 1e-5
    assert (found["label"] == want.argmax(1))[there].all()
    assert (found["none"][~there] == 1).all()
    assert (found["none"].dtype, found["label"].dtype) == (np.int32, np.int32)


@pytest.mark.parametrize(
    ("blocks", "rotate"), [("coordinates", False), ("angles+fingertips", True), ("all", False)]
)
def test_every_block_of_features(people, hands, blocks, rotate):
    features = hp.LandmarkFeatures(blocks, rotate=rotate, depth=True)
    model = hp.make_model("mlp", features=features, augmentation=None)
    model.fit(people.X[::4], people.y[::4])
    some = hands[hands.detected][::4]
    found = answers(tflite_file(described(model).graph), some)["probabilities"]
    assert np.abs(found - model.gesture_scores(some)).max() < 1e-5


def test_inputs_and_outputs_are_those_of_the_contract(fitted):
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_content=tflite_file(described(fitted("logistic")).graph))
    assert interpreter.get_signature_list() == {
        "serving_default": {
            "inputs": ["points", "side"],
            "outputs": ["label", "none", "probabilities"],
        }
    }
    details = (*interpreter.get_input_details(), *interpreter.get_output_details())
    assert [(x["name"], x["dtype"].__name__, x["shape"].tolist()) for x in details] == [
        ("points", "float32", [1, 21, 3]),
        ("side", "float32", [1]),
        ("label", "int32", [1]),
        ("probabilities", "float32", [1, 10]),
        ("none", "int32", [1]),
    ]


@pytest.mark.parametrize(
    ("make", "operators"),
    [
        (lambda x: x @ np.eye(3) + [1.0, 2, 3], 1),
        (lambda x: x @ np.eye(3) - np.array([[1.0, 2, 3]]), 1),
        (lambda x: x @ np.eye(3) + [1.0], 2),
        (lambda x: x @ np.eye(3) + x, 2),
        (lambda x: x.graph.concat([product := x @ np.eye(3), product + np.arange(3.0)]), 3),
    ],
    ids=["bias", "minus", "one number", "itself", "read twice"],
)
def test_a_product_and_its_bias_are_one_operator(make, operators):
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    x = np.array([[4, 5, 6]], np.float32)
    graph = Graph()
    graph.outputs = {"found": make(graph.input("x", x))}
    file = tflite_file(graph)
    assert (runner(file)(x=x)["found"] == evaluate(graph, {"x": x})["found"]).all()
    undelegated = OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    plain = Interpreter(model_content=file, experimental_op_resolver_type=undelegated)
    assert len(plain._get_ops_details()) == operators


def test_metadata_is_in_the_file(fitted):
    from ai_edge_litert import schema_py_generated as schema

    about = json.dumps({"labels": ["a"]}).encode()
    file = tflite_file(described(fitted("logistic")).graph, {METADATA: about})
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(file, 0))
    (entry,) = model.metadata
    assert entry.name == METADATA.encode()
    assert bytes(model.buffers[entry.buffer].data) == about
