"""`hp.export_model`: which files are written, and what is refused."""

import json
import os

import pytest

import handpose as hp
from handpose.errors import ExportError, MissingExtraError, UnknownNameError
from handpose.export import exporting
from handpose.export.exporting import export_model

WEB = {
    "model.onnx",
    "model.tflite",
    "model.json",
    "pipeline.json",
    "palm_detection_full.tflite",
    "palm_detection_full_128.tflite",
    "hand_landmark_full.tflite",
}
ONNX_NETWORKS = {"palm_detection_full.onnx", "hand_landmark_full.onnx"}


def names(folder):
    return set(os.listdir(folder))


@pytest.mark.export
def test_a_folder_for_the_web_holds_all_that_a_page_needs(fitted, tmp_path):
    model = fitted("logistic")
    written = export_model(model, tmp_path / "page", web=True)
    assert names(tmp_path / "page") == {path.name for path in written} == WEB
    about = json.loads((tmp_path / "page" / "model.json").read_text())
    assert about["labels"] == model.classes_.tolist()
    told = json.loads((tmp_path / "page" / "pipeline.json").read_text())["networks"]
    files = [*told["palm"]["files"]["tflite"].values(), told["hand"]["files"]["tflite"]]
    assert set(files) <= WEB
    assert told["palm"]["files"]["onnx"] is None


@pytest.mark.export
def test_networks_beside_a_file(fitted, tmp_path):
    export_model(fitted("logistic"), tmp_path / "mine.onnx", with_networks=True)
    assert names(tmp_path) == {"mine.onnx", *WEB, *ONNX_NETWORKS} - {
        *("model.onnx", "model.tflite", "model.json")
    }
    told = json.loads((tmp_path / "pipeline.json").read_text())["networks"]
    assert {told["palm"]["files"]["onnx"], told["hand"]["files"]["onnx"]} == ONNX_NETWORKS


@pytest.mark.export
def test_a_file_that_exists_is_replaced_only_if_asked(fitted, tmp_path):
    path = tmp_path / "mine.ONNX"
    path.write_bytes(b"precious")
    with pytest.raises(ExportError, match="exists already"):
        export_model(fitted("logistic"), path)
    assert path.read_bytes() == b"precious"
    assert export_model(fitted("logistic"), path, overwrite=True) == [path]
    assert path.stat().st_size > 1000


@pytest.mark.export
def test_nothing_is_written_where_one_file_of_several_cannot_be_made(fitted, tmp_path, monkeypatch):
    def broken(*_):
        raise hp.AssetError("the networks are not here")

    monkeypatch.setattr(exporting, "onnx_network", broken)
    with pytest.raises(hp.AssetError):
        export_model(fitted("logistic"), tmp_path / "x.onnx", with_networks=True)
    assert names(tmp_path) == set()


@pytest.mark.parametrize("name", ["mine.onx", "mine", "mine.handpose", ".onnx"])
def test_another_suffix_is_named_with_those_that_there_are(fitted, tmp_path, name):
    with pytest.raises(UnknownNameError, match=r"known: .onnx, .task, .tflite"):
        export_model(fitted("logistic"), tmp_path / name)


@pytest.mark.parametrize("name", ["mine.onnx", "mine.tflite", "mine.task"])
def test_an_absent_package_is_named_with_the_command(fitted, tmp_path, monkeypatch, name):
    monkeypatch.setattr("handpose.system.extras.is_installed", lambda _: False)
    with pytest.raises(MissingExtraError, match=r'pip install "handpose\[export\]"'):
        export_model(fitted("logistic"), tmp_path / name)
    assert names(tmp_path) == set()


@pytest.mark.litert
def test_a_task_holds_no_threshold(fitted, tmp_path):
    with pytest.raises(ExportError, match="score_threshold"):
        export_model(fitted("logistic"), tmp_path / "x.task", min_score=0.5)


def test_an_unknown_network_is_named(fitted, tmp_path):
    with pytest.raises(UnknownNameError, match="unknown network 'light'"):
        export_model(fitted("logistic"), tmp_path / "x.onnx", network="light")
