import pytest

import handpose as hp
from tests.motions import examples

pytestmark = pytest.mark.export


def test_a_model_file_becomes_an_onnx_file(run, model_file, tmp_path):
    path = tmp_path / "digits.onnx"
    ran = run("export", model_file, "-o", path)
    assert ran.code == 0
    assert f"{path}: " in ran.out
    assert " kB" in ran.out
    assert path.stat().st_size > 1000
    again = run("export", model_file, "-o", path)
    assert again.code == 1
    assert "exists already" in again.err
    assert run("export", model_file, "-o", path, "--overwrite").code == 0


@pytest.mark.parametrize("arguments", [(), ("-o", "a.onnx", "--web", "b"), ("-o", "a.onx")])
def test_wrong_usage(run, model_file, arguments, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ran = run("export", model_file, *arguments)
    assert ran.code == 2
    assert ran.err.count("\n") == 1


def test_a_model_of_motions(run, tmp_path):
    path = hp.make_model("knn", features="motion").fit(*examples(0)).save(tmp_path / "m.handpose")
    assert run("export", path, "-o", tmp_path / "m.onnx").code == 0
    assert (tmp_path / "m.onnx").stat().st_size > 1000


@pytest.mark.mediapipe
def test_a_part_that_cannot_be_exported_is_one_line(run, tmp_path):
    path = hp.make_model("knn", features="motion").fit(*examples(0)).save(tmp_path / "m.handpose")
    ran = run("export", path, "-o", tmp_path / "m.task")
    assert ran.code == 1
    assert "a .task names still hands" in ran.err
    assert ran.err.count("\n") == 1
    assert not (tmp_path / "m.task").exists()


def test_help_shows_what_can_be_written(run):
    ran = run("export", "--help")
    assert ran.code == 0
    for word in (".onnx", ".tflite", ".task", "--web", "--with-networks"):
        assert word in ran.out
