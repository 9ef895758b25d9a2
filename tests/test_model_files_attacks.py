"""Estimators that would run code: each is refused by name, and the code does not run."""

from __future__ import annotations

import io
import json
import pickle
import sys

import numpy as np
import pytest

from handpose import load_model
from tests.crafted_files import Bomb, members, refused, written


def test_a_pickle_inside_the_estimator(good, tmp_path, marker):
    contents = members(good)
    inner = members(io.BytesIO(contents["estimator.skops"]))
    for name in [n for n in inner if n.endswith(".npy")]:
        inner[name] = pickle.dumps(Bomb(marker))
    objects = io.BytesIO()
    np.save(objects, np.array([Bomb(marker)], dtype=object), allow_pickle=True)
    for evil in (pickle.dumps(Bomb(marker)), objects.getvalue()):
        arrays = {n: evil if n.endswith(".npy") else c for n, c in inner.items()}
        buffer = io.BytesIO()
        written(buffer, arrays)
        path = written(
            tmp_path / "evil.handpose", contents | {"estimator.skops": buffer.getvalue()}
        )
        refused(path, "damaged|not allowed")


def with_schema(good, path, change):
    """A copy of a sound file whose estimator's schema was changed."""
    contents = members(good)
    inner = members(io.BytesIO(contents["estimator.skops"]))
    schema = json.loads(inner["schema.json"])
    inner["schema.json"] = json.dumps(change(schema))
    buffer = io.BytesIO()
    written(buffer, inner)
    return written(path, contents | {"estimator.skops": buffer.getvalue()})


def node(module, name, loader, **more):
    return {"__class__": name, "__module__": module, "__loader__": loader, **more}


def arguments(*nodes):
    return node("builtins", "tuple", "TupleNode", content=list(nodes))


def text(value):
    return node("builtins", "str", "JsonNode", content=json.dumps(value))


def hidden(attack):
    """A change of a schema that hides a node where a harmless value was."""

    def change(schema):
        schema["content"]["content"]["verbose"] = attack
        return schema

    return change


def calling_eval(marker):
    """A node that, once trusted, calls ``eval("open(marker, 'w').close()")`` while loading."""
    code = text(f"open({str(marker)!r}, 'w').close()")
    function = node("builtins", "eval", "FunctionNode")
    return node("operator", "call", "OperatorFuncNode", attrs=arguments(function, code))


@pytest.mark.skipif(sys.version_info < (3, 11), reason="operator.call is new in Python 3.11")
def test_the_attack_below_works_where_it_is_trusted(good, tmp_path):
    target = tmp_path / "code-has-run"
    path = with_schema(good, tmp_path / "evil.handpose", hidden(calling_eval(target)))
    load_model(path, trusted=["operator.call", "builtins.eval"])
    assert target.exists()


def test_a_schema_that_calls_a_function(good, tmp_path, marker):
    path = with_schema(good, tmp_path / "evil.handpose", hidden(calling_eval(marker)))
    refused(path, r"not allowed \(builtins\.eval, operator\.call\)")


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("os", "system"),
        ("posix", "system"),
        ("builtins", "eval"),
        ("subprocess", "getoutput"),
        ("pathlib", "Path"),
        ("no_such_module", "Thing"),
    ],
)
@pytest.mark.parametrize(
    "loader", ["FunctionNode", "TypeNode", "ObjectNode", "ConstructorFromReduceNode", "NoSuchNode"]
)
def test_a_schema_that_names_something_else(good, tmp_path, marker, module, name, loader):
    content = arguments(text(f"touch {marker}"))
    attack = node(module, name, loader, content=content)
    path = with_schema(good, tmp_path / "evil.handpose", hidden(attack))
    refused(path, f"not allowed .{module}.{name}|damaged .*NoSuchNode")


@pytest.mark.parametrize(
    "attack",
    [
        node("builtins", "call", "OperatorFuncNode", attrs=arguments()),
        node(
            "builtins",
            "str",
            "MethodNode",
            content={"func": "system", "obj": node("os", "path", "ObjectNode", content=None)},
        ),
        node("builtins", "str", "CachedNode", __id__=12345),
    ],
    ids=lambda attack: attack["__loader__"],
)
def test_a_schema_whose_parts_contradict_each_other(good, tmp_path, attack):
    """What it reports is harmless, what it builds is not (CVE-2025-54412, CVE-2025-54413)."""
    refused(with_schema(good, tmp_path / "evil.handpose", hidden(attack)), "not allowed|damaged")
