import numpy as np
import pytest
from benchmarks.keypoints_or_pixels.part import Part, Result, Table
from benchmarks.keypoints_or_pixels.parts import PARTS

from benchmarks.keypoints_or_pixels import __main__ as bench
from benchmarks.keypoints_or_pixels import accuracy
from handpose.errors import AssetError, DatasetError
from tests.command_lines import run_main

pytestmark = pytest.mark.plots


@pytest.fixture
def run(capfd, monkeypatch):
    """Run the benchmark: ``run("--only", "cost")``."""
    monkeypatch.setenv("COLUMNS", "200")
    return lambda *arguments: run_main(bench.main, capfd, arguments)


def part(name, needs=("photos",), error=None):
    def run(setup):
        if error:
            raise error
        setup.report("measuring")
        return Result({"numbers": Table("Numbers", [{"accuracy": 0.5, "seed": setup.seed}])})

    return Part(name, f"What about {name}?", needs, run, draw=lambda tables: {})


@pytest.fixture
def data(tmp_path, monkeypatch):
    """A folder with one data set; two parts need it, one needs another."""
    (tmp_path / "data" / "photos").mkdir(parents=True)
    parts = {"accuracy": part("accuracy"), "cost": part("cost"), "clips": part("clips", ("clips",))}
    monkeypatch.setattr(bench, "PARTS", parts)
    return tmp_path / "data"


def test_writes_the_report_and_names_what_is_skipped(run, data, tmp_path):
    ran = run("--data", data, "--out", tmp_path / "out")
    assert ran.code == 0
    assert (tmp_path / "out" / "REPORT.md").is_file()
    assert "clips: skipped" in ran.err
    assert "clips: skipped" in ran.out
    assert "What about accuracy?" in ran.err


def test_json_is_the_document_and_nothing_else(run, data, tmp_path):
    ran = run("--data", data, "--out", tmp_path / "out", "--json", "--seed", "3")
    assert list(ran.json["parts"]) == ["accuracy", "cost"]
    assert ran.json["settings"] == {"quick": False, "seed": 3, "folds": 5}
    assert list(ran.json["skipped"]) == ["clips"]


def test_quick_writes_to_a_folder_of_its_own(run, data, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    ran = run("--data", data, "--quick")
    assert ran.code == 0
    assert "REPORT.md" in ran.out
    assert not (tmp_path / "benchmarks").exists()
    assert len(list(tmp_path.glob("handpose-bench-*/REPORT.md"))) == 1


def test_only_takes_several_parts_and_keeps_the_others(run, data, tmp_path):
    out = tmp_path / "out"
    assert run("--data", data, "--out", out, "--only", "cost").code == 0
    ran = run("--data", data, "--out", out, "--only", "accuracy", "cost", "--json")
    assert list(ran.json["parts"]) == ["accuracy", "cost"]
    ran = run("--data", data, "--out", out, "--only", "cost", "--seed", "1")
    assert ran.code == 1
    assert "seed 0, not 1" in ran.complaints[0]


def test_report_only_measures_nothing(run, data, tmp_path, monkeypatch):
    out = tmp_path / "out"
    run("--data", data, "--out", out)
    (out / "REPORT.md").unlink()
    monkeypatch.setattr(bench, "measure", None)
    assert run("--report-only", "--out", out).code == 0
    assert (out / "REPORT.md").is_file()
    ran = run("--report-only", "--out", tmp_path / "nowhere")
    assert (ran.code, len(ran.complaints)) == (1, 1)
    assert "run python -m benchmarks.keypoints_or_pixels first" in ran.complaints[0]


def test_fresh_forgets_what_was_trained(run, data, tmp_path, cache):
    trained = cache / "bench" / "trainings" / "old.json"
    trained.parent.mkdir(parents=True)
    trained.write_text("{}")
    run("--data", data, "--out", tmp_path / "out")
    assert trained.is_file()
    run("--data", data, "--out", tmp_path / "out", "--fresh")
    assert not trained.exists()


def test_an_unknown_part_is_wrong_usage(run, data, tmp_path):
    ran = run("--data", data, "--out", tmp_path / "out", "--only", "acuracy")
    assert ran.code == 2
    assert "did you mean 'accuracy'" in ran.complaints[0]


@pytest.mark.parametrize(
    ("place", "said"), [("nowhere", "no such folder"), ("empty", "holds none of the data sets")]
)
def test_data_that_is_not_there_is_one_line(run, data, tmp_path, place, said):
    (tmp_path / "empty").mkdir()
    ran = run("--data", tmp_path / place, "--out", tmp_path / "out")
    assert (ran.code, len(ran.complaints)) == (1, 1)
    assert said in ran.complaints[0]


def test_an_output_that_cannot_be_written_is_one_line_before_anything_is_measured(
    run, data, tmp_path
):
    (tmp_path / "file").write_text("")
    ran = run("--data", data, "--out", tmp_path / "file")
    assert (ran.code, len(ran.complaints)) == (1, 1)
    assert "cannot be written to" in ran.complaints[0]
    assert "What about" not in ran.err


@pytest.mark.parametrize(
    "error",
    [
        DatasetError("fold 2 of 5: label '7' cannot be learnt"),
        AssetError("weights.pth: classifier has shape (3,), but lite0 needs (4,)"),
    ],
)
def test_a_part_that_fails_is_one_line_and_the_others_are_done(
    run, data, tmp_path, monkeypatch, error
):
    parts = {"accuracy": part("accuracy", error=error), "cost": part("cost")}
    monkeypatch.setattr(bench, "PARTS", parts)
    ran = run("--data", data, "--out", tmp_path / "out", "--json")
    assert (ran.code, len(ran.complaints)) == (1, 1)
    assert ran.complaints[0] == f"handpose: accuracy: {error}"
    assert list(ran.json["parts"]) == ["cost"]


def test_too_few_subjects_is_one_line(run, tmp_path, monkeypatch, digits):
    from benchmarks.keypoints_or_pixels.photos import Photos

    few = digits[np.isin(digits.groups, digits.groups[:1])]
    photos = Photos(few.paths, few.X, few.y, few.groups)
    monkeypatch.setattr(accuracy, "read_photos", lambda folder, jobs: photos)
    monkeypatch.setattr(bench, "PARTS", {"accuracy": PARTS["accuracy"]})
    (tmp_path / "data" / "sign_language_digits").mkdir(parents=True)
    ran = run("--data", tmp_path / "data", "--out", tmp_path / "out", "--only", "accuracy")
    assert (ran.code, len(ran.complaints)) == (1, 1)
    assert "subject" in ran.complaints[0]
