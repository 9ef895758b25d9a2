import pytest

import handpose as hp

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


def test_a_part_that_cannot_be_exported_is_one_line(run, tmp_path):
    from tests.motions import examples

    path = hp.make_model("knn", features="motion").fit(*examples(0)).save(tmp_path / "m.handpose")
    ran = run("export", path, "-o", tmp_path / "m.onnx")
    assert ran.code == 1
    assert "a model of motions cannot be exported yet" in ran.err
    assert not (tmp_path / "m.onnx").exists()


def test_help_shows_what_can_be_written(run):
    ran = run("export", "--help")
    assert ran.code == 0
    for word in (".onnx", ".tflite", ".task", "--web", "--with-networks"):
        assert word in ran.out
