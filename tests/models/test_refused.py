"""Files that are not what they say: each is refused by name, and no pickle in them is opened."""

from __future__ import annotations

import json
import pickle
import zipfile

import pytest

from handpose.models import archive
from tests.crafted_files import Bomb, members, refused, written


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickle(tmp_path, marker, protocol):
    path = tmp_path / "evil.handpose"
    path.write_bytes(pickle.dumps(Bomb(marker), protocol))
    refused(path, "a pickle" if protocol >= 2 else "not a .handpose file")


@pytest.mark.parametrize(
    "name", ["classifier/rows.npy", "classifier/x.npy", "estimator.pkl", "model.json"]
)
def test_a_pickle_inside(good, tmp_path, marker, name):
    contents = members(good) | {name: pickle.dumps(Bomb(marker))}
    refused(written(tmp_path / "evil.handpose", contents))


def test_a_member_too_many_or_too_few(good, tmp_path):
    for odd in ("x.py", "estimator.skops", "x/rows.npy", "classifier/x.npy"):
        contents = members(good)
        contents[odd] = contents["classifier/codes.npy"]
        refused(
            written(tmp_path / "a.handpose", contents), r"nothing else|no part|x is not expected"
        )
    for odd in members(good):
        contents = members(good)
        contents.pop(odd)
        refused(written(tmp_path / "b.handpose", contents), r"model\.json|is missing")


def test_a_member_twice(good, tmp_path):
    path = written(tmp_path / "a.handpose", members(good))
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("model.json", "{}")
    refused(path, "nothing else")


@pytest.mark.parametrize("member", ["model.json", "classifier/rows.npy"])
def test_a_zip_bomb(good, tmp_path, monkeypatch, member):
    monkeypatch.setattr(archive, "MAX_BYTES", 3_000_000)
    contents = members(good) | {member: bytes(4_000_000)}
    path = written(tmp_path / "bomb.handpose", contents)
    assert path.stat().st_size < 2_000_000
    refused(path, "unpacks to more than")


def test_a_card_of_a_megabyte(good, tmp_path):
    card = json.dumps({"format": 1, "labels": ["x" * 2**20]})
    refused(
        written(tmp_path / "a.handpose", members(good) | {"model.json": card}), "larger than 1 MB"
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": 4}, r"newer handpose \(format 4.*pip install -U handpose"),
        ({"format": 0}, "unknown format version 0"),
        ({"format": "1"}, "unknown format version '1'"),
        ({"format": True}, "unknown format version True"),
        ({"format": "1" * 900}, r"unknown format version '1{30,50}$"),
        ({"format": 1}, "nothing else"),
        ({"labels": list("abc")}, "other labels than the model"),
        ({"labels": [1]}, r"not a model card \(see labels\)"),
        ({"model": 5}, "damaged"),
        ({"model": {}}, "'features' is missing"),
        ({"labels": 5}, r"not a model card \(see labels\)"),
        ({"extractor": ["mediapipe"]}, r"not a model card \(see extractor\)"),
        ({"metrics": None}, r"not a model card \(see metrics\)"),
        ({"seen": None}, "damaged"),
        ({"seen": {"key": "00" * 8, "hands": "", "people": ""}}, "'whole' is missing"),
        ({"seen": {"key": "0", "hands": "", "people": "", "whole": True}}, "damaged"),
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


@pytest.mark.parametrize("depth", [60, 900])
def test_a_card_that_could_not_be_copied(good, tmp_path, depth):
    contents = members(good)
    card = json.loads(contents["model.json"]) | {"metrics": {"a": "DEEP"}}
    text = json.dumps(card).replace('"DEEP"', "[" * depth + "]" * depth)
    path = written(tmp_path / "a.handpose", contents | {"model.json": text})
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
