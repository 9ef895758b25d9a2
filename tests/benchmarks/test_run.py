import json
from dataclasses import replace

import numpy as np
import pytest
from benchmarks.keypoints_or_pixels.part import Part, Result, Table
from benchmarks.keypoints_or_pixels.parts import PARTS
from benchmarks.keypoints_or_pixels.run import (
    choose,
    measure,
    plain,
    plots_again,
    read_document,
    tables_of,
)

from handpose.errors import DatasetError, UnknownNameError


def part(name, needs=("photos",), value=1.0, error=None):
    def run(setup):
        if error:
            raise error
        return Result({"numbers": Table("Numbers", [{"value": value, "seed": setup.seed}])})

    def draw(tables):
        number = tables["numbers"].rows[0]["value"]
        return {name: lambda path: path.write_text(str(number))}

    return Part(name, f"What about {name}?", needs, run, draw)


@pytest.fixture
def here(setup):
    (setup.data / "photos").mkdir(parents=True)
    return setup


def test_the_parts_that_the_issue_names_are_there_in_order():
    assert list(PARTS) == [
        "accuracy",
        "few_samples",
        "cross_camera",
        "many_gestures",
        "hard_pictures",
        "robustness",
        "cost",
        "overhead",
    ]


def test_the_document_holds_every_part_and_says_what_it_was_made_with(here):
    parts = {name: part(name, value=np.float32(0.5)) for name in ("one", "two")}
    document = measure(here, parts).document
    assert list(document["parts"]) == ["one", "two"]
    assert document["settings"] == {"quick": True, "seed": 0, "folds": 2}
    assert {"handpose", "machine", "versions", "date", "seconds"} <= set(document)
    again = json.loads(json.dumps(document))
    assert tables_of(again["parts"]["one"])["numbers"].rows == [{"value": 0.5, "seed": 0}]


def test_only_runs_some_and_keeps_the_others(here):
    parts = {name: part(name) for name in ("one", "two", "three")}
    before = measure(here, parts).document
    changed = parts | {"two": part("two", value=2.0)}
    document = measure(here, changed, ["two"], kept=before).document
    values = {n: p["tables"]["numbers"]["rows"][0]["value"] for n, p in document["parts"].items()}
    assert values == {"one": 1.0, "two": 2.0, "three": 1.0}
    assert list(values) == list(parts)


def test_parts_of_other_settings_are_not_mixed(here):
    parts = {name: part(name) for name in ("one", "two")}
    before = measure(here, parts).document
    with pytest.raises(DatasetError, match="seed 0, not 1; measure all parts"):
        measure(replace(here, seed=1), parts, ["one"], kept=before)


def test_parts_kept_from_other_versions_say_so(here):
    parts = {name: part(name) for name in ("one", "two")}
    before = measure(here, parts).document
    before["versions"] = before["versions"] | {"numpy": "0.1"}
    document = measure(here, parts, ["one"], kept=before).document
    assert document["parts"]["two"]["versions"]["numpy"] == "0.1"
    assert "versions" not in document["parts"]["one"]


def test_a_part_keeps_the_stamp_of_the_run_that_measured_it(here):
    parts = {name: part(name) for name in ("one", "two")}
    document = measure(here, parts).document
    document["versions"] = document["versions"] | {"numpy": "0.1"}
    document = measure(here, parts, ["one"], kept=document).document
    document["versions"] = document["versions"] | {"numpy": "0.2"}
    document = measure(here, parts, ["one"], kept=document).document
    assert document["parts"]["two"]["versions"]["numpy"] == "0.1"
    document["machine"] = document["machine"] | {"cores": 1000}
    document = measure(here, parts, ["two"], kept=document).document
    assert document["parts"]["one"]["machine"]["cores"] == 1000


def test_what_was_measured_before_stays_where_measuring_it_again_fails(here):
    parts = {name: part(name) for name in ("one", "two")}
    before = measure(here, parts).document
    broken = parts | {"two": part("two", error=DatasetError("too few subjects"))}
    measured = measure(here, broken, ["two"], kept=before)
    assert measured.failed == {"two": "too few subjects"}
    assert list(measured.document["parts"]) == ["one", "two"]
    assert measured.document["skipped"] == {}


def test_a_part_that_needs_no_data_needs_no_folder(here, tmp_path):
    parts = {"one": part("one", needs=("photos",)), "two": part("two", needs=())}
    measured = measure(replace(here, data=tmp_path / "nowhere"), parts)
    assert list(measured.document["parts"]) == ["two"]
    assert list(measured.document["skipped"]) == ["one"]


def test_a_part_without_its_data_is_named_as_skipped(here):
    said = []
    parts = {"one": part("one"), "two": part("two", needs=("photos", "clips"))}
    measured = measure(here, parts, announce=said.append)
    assert list(measured.document["parts"]) == ["one"]
    assert "clips" in measured.document["skipped"]["two"]
    assert not measured.failed
    assert any(line.startswith("two: skipped") for line in said)


def test_a_part_that_fails_does_not_stop_the_others(here):
    parts = {"one": part("one", error=DatasetError("too few subjects")), "two": part("two")}
    measured = measure(here, parts)
    assert measured.failed == {"one": "too few subjects"}
    assert measured.document["skipped"] == {"one": "too few subjects"}
    assert list(measured.document["parts"]) == ["two"]


def test_what_is_not_installed_is_said_once(here):
    def without_torch(setup):
        return Result({}, ['left out: mlp: an mlp needs an extra: pip install "handpose[torch]"'])

    said = []
    parts = {name: Part(name, "?", (), without_torch) for name in ("one", "two")}
    measured = measure(here, parts, announce=said.append)
    assert sum("pip install" in line for line in said) == 1
    assert list(measured.document["parts"]) == ["one", "two"]


def test_unknown_names_and_absent_data_are_refused(here, tmp_path):
    parts = {"accuracy": part("accuracy")}
    with pytest.raises(UnknownNameError, match="did you mean 'accuracy'"):
        choose(parts, ["acuracy"])
    with pytest.raises(DatasetError, match="no such folder"):
        measure(replace(here, data=tmp_path / "nowhere"), parts)
    (tmp_path / "empty").mkdir()
    with pytest.raises(DatasetError, match="holds none of the data sets photos"):
        measure(replace(here, data=tmp_path / "empty"), parts)


def test_plots_come_from_the_document_alone(here, tmp_path):
    parts = {"one": part("one", value=0.25)}
    document = json.loads(json.dumps(measure(here, parts).document))
    plots_again(document, parts)["one"](tmp_path / "one.png")
    assert (tmp_path / "one.png").read_text() == "0.25"


def test_plain_is_what_json_knows():
    value = {"a": np.arange(2), "b": (np.float64("nan"), np.bool_(True)), 3: float("inf")}
    assert plain(value) == {"a": [0, 1], "b": [None, True], "3": None}


@pytest.mark.parametrize("text", ["{", "[]", "{}"])
def test_a_file_that_is_no_document_is_one_line(tmp_path, text):
    path = tmp_path / "bench.json"
    path.write_text(text)
    with pytest.raises(DatasetError, match=r"bench\.json: not a"):
        read_document(path)
    with pytest.raises(DatasetError, match="no such file"):
        read_document(tmp_path / "other.json")
