"""Files that are not what they say: each is refused by name, and no code in them runs."""

from __future__ import annotations

import io
import json
import pickle
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
import skops.io

import handpose as hp
from handpose import load_model, make_model, model_files, save_model


@pytest.fixture(scope="module")
def good(people, tmp_path_factory):
    """A sound file."""
    model = make_model("knn", augmentation=None).fit(people.hands[::5], people.labels[::5])
    return save_model(model, tmp_path_factory.mktemp("good") / "good.handpose")


@pytest.fixture
def marker(tmp_path):
    """A file that code in a model file would create."""
    path = tmp_path / "code-has-run"
    yield path
    assert not path.exists(), "code in a model file was run"


class Bomb:
    """Creates a file when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


def members(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def written(path, contents):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return path


def refused(path, message=None):
    with pytest.raises(hp.ModelFileError, match=message) as caught:
        load_model(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickle(tmp_path, marker, protocol):
    path = tmp_path / "evil.handpose"
    path.write_bytes(pickle.dumps(Bomb(marker), protocol))
    refused(path, "a pickle" if protocol >= 2 else "not a .handpose file")


@pytest.mark.parametrize("name", ["estimator.skops", "estimator.pkl", "model.json"])
def test_a_pickle_inside(good, tmp_path, marker, name):
    contents = members(good) | {name: pickle.dumps(Bomb(marker))}
    refused(written(tmp_path / "evil.handpose", contents))


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


def test_an_estimator_that_is_no_gesture_model(good, tmp_path):
    contents = members(good) | {"estimator.skops": skops.io.dumps({"a": 1})}
    refused(written(tmp_path / "a.handpose", contents), "holds a dict, not a gesture model")


def test_a_member_too_many_or_too_few(good, tmp_path):
    contents = members(good)
    refused(
        written(tmp_path / "a.handpose", contents | {"x.py": "print()"}), r"nothing else.*x\.py"
    )
    contents.pop("model.json")
    refused(written(tmp_path / "b.handpose", contents), r"model\.json")


def test_a_member_twice(good, tmp_path):
    path = written(tmp_path / "a.handpose", members(good))
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("model.json", "{}")
    refused(path, "nothing else")


@pytest.mark.parametrize("member", ["model.json", "estimator.skops"])
def test_a_zip_bomb(good, tmp_path, monkeypatch, member):
    monkeypatch.setattr(model_files, "_MAX_BYTES", 3_000_000)
    contents = members(good) | {member: bytes(4_000_000)}
    path = written(tmp_path / "bomb.handpose", contents)
    assert path.stat().st_size < 2_000_000
    refused(path, "unpacks to more than")


def test_a_zip_bomb_inside_the_estimator(good, tmp_path, monkeypatch):
    contents = members(good)
    inner = members(io.BytesIO(contents["estimator.skops"]))
    buffer = io.BytesIO()
    written(buffer, inner | {"zeros.npy": bytes(8_000_000)})
    path = written(tmp_path / "bomb.handpose", contents | {"estimator.skops": buffer.getvalue()})
    monkeypatch.setattr(model_files, "_MAX_BYTES", 6_000_000)
    refused(path, "unpacks to more than")
    monkeypatch.setattr(model_files, "_MAX_BYTES", 600_000_000)
    monkeypatch.setattr(model_files, "_MAX_MEMBERS", 3)
    refused(path, "unpacks to more than")


def test_a_card_of_a_megabyte(good, tmp_path):
    card = json.dumps({"format": 1, "labels": ["x" * 2**20]})
    refused(
        written(tmp_path / "a.handpose", members(good) | {"model.json": card}), "larger than 1 MB"
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": 2}, r"newer handpose \(format 2.*pip install -U handpose"),
        ({"format": 0}, "unknown format version 0"),
        ({"format": "1"}, "unknown format version '1'"),
        ({"format": True}, "unknown format version True"),
        ({"labels": 5}, r"not a model card \(see labels\)"),
        ({"extractor": ["mediapipe"]}, r"not a model card \(see extractor\)"),
        ({"metrics": None}, r"not a model card \(see metrics\)"),
    ],
)
def test_a_card_with_a_wrong_entry(good, tmp_path, change, message):
    contents = members(good)
    card = json.loads(contents["model.json"]) | change
    path = written(tmp_path / "a.handpose", contents | {"model.json": json.dumps(card)})
    refused(path, message)


@pytest.mark.parametrize("card", ["", "{", "[]", "null", "{}", "[" * 200_000, b"\xff\xfe\x00"])
def test_a_card_that_is_no_card(good, tmp_path, card):
    path = written(tmp_path / "a.handpose", members(good) | {"model.json": card})
    refused(path, "not a model card")


@pytest.mark.parametrize("content", [b"", b"P", b"hello world", b"PK", b"PK\x03\x04" + bytes(60)])
def test_garbage(tmp_path, content):
    path = tmp_path / "a.handpose"
    path.write_bytes(content)
    refused(path, "not a .handpose file|damaged")


def test_a_truncated_file(good, tmp_path):
    content = good.read_bytes()
    for length in range(4, len(content), len(content) // 12):
        (tmp_path / "a.handpose").write_bytes(content[:length])
        refused(tmp_path / "a.handpose", "damaged")


def test_a_file_with_damaged_bytes(good, tmp_path):
    content, path = good.read_bytes(), tmp_path / "a.handpose"
    for position in range(120, len(content) - 400, len(content) // 60):
        path.write_bytes(content[:position] + b"\xff" * 8 + content[position + 8 :])
        refused(path)


def test_a_folder(tmp_path):
    refused(tmp_path, "no such file")
