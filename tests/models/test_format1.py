"""Files of format 1: what was written is read with the same numbers; what is crafted is refused."""

from __future__ import annotations

import io
import json
import os
import pickle
from pathlib import Path

import numpy as np
import pytest

import handpose as hp
from handpose.models.archive import encode_array
from tests.crafted_files import Bomb, members, refused, written
from tests.models.format1.make import PINCH, asked

FOLDER = Path(__file__).parent / "format1"
NAMES = sorted(path.stem for path in FOLDER.glob("*.handpose"))
FOREIGN = {"own_voting": "VotingClassifier", "own_bayes": "GaussianNB"}
ROUNDED = {"logistic": 1e-5, "own_logistic": 1e-5, "logistic_of_numbers": 1e-5, "searched": 1e-5}
"""Which scikit-learn computed in float32, or which make much of the last bits of features."""
TREES = {"extra_trees", "gbdt", "gbdt_of_two", "own_boosting", "own_forest", "random_forest"}


@pytest.fixture(scope="module")
def hands():
    return asked()


@pytest.fixture(scope="module")
def said():
    with np.load(FOLDER / "expected.npz") as arrays:
        return dict(arrays)


@pytest.mark.parametrize("name", sorted(set(NAMES) - set(FOREIGN)))
def test_what_was_written_says_the_same(name, hands, said, tmp_path):
    path = FOLDER / f"{name}.handpose"
    model = hp.load_model(path)
    card = model.card
    tolerance = 1e-12 if name in TREES else ROUNDED.get(name, 1e-6)  # features have 24 bits
    probabilities = model.predict_proba(hands)
    np.testing.assert_allclose(probabilities, said[name], rtol=0, atol=tolerance)
    np.testing.assert_array_equal(model.predict(hands), model.classes_[said[name].argmax(1)])
    alone = np.concatenate([model.predict_proba(hand) for hand in hands])
    np.testing.assert_allclose(alone, probabilities, rtol=0, atol=1e-12)
    again = hp.load_model(hp.save_model(model, tmp_path / "again", card))
    kept = again.card
    np.testing.assert_array_equal(again.predict_proba(hands), probabilities)
    assert kept == card


def test_every_classifier_is_among_them():
    assert set(hp.CLASSIFIERS) <= set(NAMES)


def test_settings_are_read():
    model = hp.load_model(FOLDER / "generated.handpose")
    assert model.features_.get_params() == {
        "blocks": "angles+fingertips",
        "crossings": [PINCH],
        "rotate": True,
        "depth": True,
    }
    assert model.augmentation == hp.Augmentation(copies=1, tilt=5.0)
    assert model.random_state == 7
    assert hp.load_model(FOLDER / "weighted.handpose")[-1].get_params() == {
        "C": 3.0,
        "gamma": 0.05,
        "class_weight": "balanced",
        "calibrate": True,
        "random_state": 0,
    }
    assert hp.load_model(FOLDER / "mlp.handpose")[-1].hidden == (16, 8)
    numbers = hp.load_model(FOLDER / "logistic_of_numbers.handpose").classes_
    assert numbers.tolist() == [-2, -1, 0, 1]
    assert hp.load_model(FOLDER / "objects.handpose").classes_.dtype == object


@pytest.mark.parametrize("name", FOREIGN)
def test_an_estimator_that_is_none_of_ours_is_named(name):
    refused(FOLDER / f"{name}.handpose", f"holds {FOREIGN[name]}, which is not allowed; train")


@pytest.fixture(scope="module")
def cases():
    root = Path(
        os.environ.get("HANDPOSE_DATA") or Path(__file__).parents[3] / "shared" / "datasets"
    )
    folder = root.parent / "cases"
    if not (folder / "models").is_dir():
        pytest.skip("crafted models not here: set HANDPOSE_DATA")
    return folder


@pytest.mark.photos
@pytest.mark.parametrize(
    "name",
    [
        "gb_K_11",
        "knn_manhattan_y_50",
        "mod00355_knn",
        "n_features_1e9",
        "svc_probA_short",
        "tree_behind_pca_244",
    ],
)
def test_files_that_crashed_are_refused_when_read(cases, name):
    refused(cases / "models" / f"{name}.handpose")


@pytest.mark.photos
def test_boosting_of_another_scikit_learn_is_read(cases, digits):
    model = hp.load_model(cases / "gbdt_sklearn172.handpose")
    card = model.card
    assert card.versions["scikit-learn"] == "1.7.2"
    assert model.score(digits.X, digits.y) > 0.97


def test_nothing_of_skops_or_scikit_learn_is_needed_to_read_objects(run_python):
    code = (
        "import sys, handpose\n"
        "sys.modules['skops'] = None\n"
        "print(handpose.load_model(sys.argv[1]).classifier_name)"
    )
    assert run_python(code, FOLDER / "gbdt.handpose") == ["gbdt"]


def node(module, name, loader, **more):
    return {"__class__": name, "__module__": module, "__loader__": loader, **more}


def arguments(*nodes):
    return node("builtins", "tuple", "TupleNode", content=list(nodes))


def text(value):
    return node("builtins", "str", "JsonNode", content=json.dumps(value))


def inside(path):
    """Members of the estimator of a file, its schema as JSON."""
    inner = members(io.BytesIO(members(path)["estimator.skops"]))
    return inner | {"schema.json": json.loads(inner["schema.json"])}


def crafted(path, inner, name="knn"):
    """A file of format 1 with another estimator."""
    schema = inner["schema.json"]
    schema = json.dumps(schema) if isinstance(schema, dict) else schema
    buffer = io.BytesIO()
    written(buffer, inner | {"schema.json": schema})
    outer = members(FOLDER / f"{name}.handpose")
    return written(path, outer | {"estimator.skops": buffer.getvalue()})


def attributes(schema, *path):
    """Attributes of the classifier, or of an object in it."""
    steps = schema["content"]["content"]["steps"]["content"]
    here = steps[1]["content"][1]["content"]["content"]
    for name in path:
        here = here[name]["content"]["content"]
    return here


def hidden(tmp_path, attack):
    """A file that hides a node where a harmless value was."""
    inner = inside(FOLDER / "knn.handpose")
    inner["schema.json"]["content"]["content"]["random_state"] = attack
    return crafted(tmp_path / "evil.handpose", inner)


def test_a_pickle_inside_the_estimator(tmp_path, marker):
    inner = inside(FOLDER / "knn.handpose")
    objects = io.BytesIO()
    np.save(objects, np.array([Bomb(marker)], dtype=object), allow_pickle=True)
    for evil in (pickle.dumps(Bomb(marker)), objects.getvalue()):
        arrays = {n: evil if n.endswith(".npy") else c for n, c in inner.items()}
        refused(crafted(tmp_path / "evil.handpose", arrays), "damaged")


def test_a_schema_that_calls_a_function(tmp_path, marker):
    code = text(f"open({str(marker)!r}, 'w').close()")
    function = node("builtins", "eval", "FunctionNode")
    attack = node("operator", "call", "OperatorFuncNode", attrs=arguments(function, code))
    refused(hidden(tmp_path, attack), "OperatorFuncNode, which is not allowed")


@pytest.mark.parametrize(
    ("module", "name"),
    [("os", "system"), ("builtins", "eval"), ("pathlib", "Path"), ("no_such_module", "Thing")],
)
@pytest.mark.parametrize(
    "loader", ["FunctionNode", "ConstructorFromReduceNode", "MethodNode", "NoSuchNode", 5, None]
)
def test_a_schema_that_names_something_else(tmp_path, marker, module, name, loader):
    attack = node(module, name, loader, content=arguments(text(f"touch {marker}")))
    refused(hidden(tmp_path, attack), f"holds {loader}, which is not allowed")


@pytest.mark.parametrize(
    ("path", "name", "value", "message"),
    [
        ((), "n_features_in_", text(10**9), "takes 1000000000 features"),
        ((), "n_neighbors", text(0), "n_neighbors must be 1 or more"),
        ((), "n_neighbors", text("five"), "n_neighbors must be 1 or more"),
        ((), "weights", text("cubic"), "weights must be one of"),
        ((), "effective_metric_", text("manhattan"), "another distance than the Euclidean"),
        ((), "_y", text([1, 2]), "codes must be int32 or int64"),
        ((), "_fit_X", text(None), "rows must be float32 or float64"),
    ],
)
def test_a_crafted_attribute(tmp_path, path, name, value, message):
    inner = inside(FOLDER / "knn.handpose")
    attributes(inner["schema.json"], *path)[name] = value
    refused(crafted(tmp_path / "evil.handpose", inner), message)


def test_an_attribute_that_is_missing(tmp_path):
    for name in ("_y", "classes_", "outputs_2d_", "n_features_in_"):
        inner = inside(FOLDER / "knn.handpose")
        here = attributes(inner["schema.json"])
        here["other"] = here.pop(name)
        refused(crafted(tmp_path / "evil.handpose", inner), f"'{name}' is missing")


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("feature_idx", 20, "feature must lie between -1 and 19"),
        ("left", 10_000, "leads nowhere"),
        ("right", 0, "leads nowhere"),
        ("is_categorical", 1, "by category"),
        ("num_threshold", np.nan, "threshold must lie between"),
        ("value", np.inf, "value must lie between"),
    ],
)
def test_a_crafted_boosted_tree(tmp_path, column, value, message):
    inner = inside(FOLDER / "gbdt.handpose")
    rounds = attributes(inner["schema.json"])["_predictors"]["content"]
    tree = rounds[0]["content"][0]["content"]["content"]["nodes"]["file"]
    nodes = np.load(io.BytesIO(inner[tree]))
    splits = column not in ("value",)
    nodes[column][np.flatnonzero((nodes["is_leaf"] == 0) == splits)[0]] = value
    buffer = io.BytesIO()
    np.save(buffer, nodes)
    refused(crafted(tmp_path / "evil.handpose", inner | {tree: buffer.getvalue()}), message)


@pytest.mark.parametrize(
    ("attribute", "change", "message"),
    [
        ("_dual_coef_", lambda a: a[:, :3], "axis 1 of coefficients"),
        ("_dual_coef_", lambda a: a[:1], "coefficients must have 3 entries"),
        ("_intercept_", lambda a: a[:2], "intercept must have 6 entries"),
        ("_n_support", lambda a: a + 1, "n_support does not add up"),
        ("_n_support", lambda a: a * 0, "n_support must lie between"),
        ("support_vectors_", lambda a: a * np.nan, "vectors must lie between"),
        ("support_vectors_", lambda a: a[:, :5], "axis 1 of vectors"),
    ],
)
def test_crafted_machines(tmp_path, attribute, change, message):
    inner = inside(FOLDER / "svm.handpose")
    file = attributes(inner["schema.json"], "svc_")[attribute]["file"]
    changed = encode_array(change(np.load(io.BytesIO(inner[file]))))
    refused(crafted(tmp_path / "evil.handpose", inner | {file: changed}, "svm"), message)


def test_a_schema_that_is_too_deep(tmp_path):
    inner = inside(FOLDER / "knn.handpose")
    refused(crafted(tmp_path / "a.handpose", inner | {"schema.json": "[" * 200_000}), "too deep")
    nested = '{"__loader__": "ListNode", "content": [' * 700 + "]}" * 700
    refused(crafted(tmp_path / "b.handpose", inner | {"schema.json": nested}))
