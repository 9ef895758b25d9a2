import json
import sys

import pytest
from benchmarks.keypoints_or_pixels.output import check_output, write
from PIL import Image

from handpose.errors import DatasetError, MissingExtraError
from tests.benchmarks.documents import document


@pytest.mark.plots
def test_all_files_are_written(tmp_path):
    write(document(), {"cost": lambda path: path.write_bytes(b"plot")}, tmp_path)
    names = sorted(p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file())
    assert names == ["REPORT.md", "plots/cost.png", "plots/overview.png", "results/bench.json"]
    assert json.loads((tmp_path / "results/bench.json").read_text()) == document()
    assert "plots/cost.png" in (tmp_path / "REPORT.md").read_text("utf-8")
    with Image.open(tmp_path / "plots/overview.png") as picture:
        assert picture.width >= 800


@pytest.mark.plots
def test_other_files_stay_and_other_plots_are_still_shown(tmp_path):
    (tmp_path / "plots").mkdir()
    (tmp_path / "plots/accuracy.png").write_bytes(b"before")
    (tmp_path / "README.md").write_text("mine")
    write(document(), {}, tmp_path)
    assert (tmp_path / "plots/accuracy.png").read_bytes() == b"before"
    assert (tmp_path / "README.md").read_text() == "mine"
    assert "plots/accuracy.png" in (tmp_path / "REPORT.md").read_text("utf-8")


@pytest.mark.plots
def test_nothing_is_written_if_a_plot_fails(tmp_path):
    def fail(path):
        raise RuntimeError("no ink")

    with pytest.raises(RuntimeError):
        write(document(), {"cost": lambda path: path.write_bytes(b"x"), "last": fail}, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.plots
def test_a_folder_that_cannot_be_written_to_is_one_line(tmp_path):
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(DatasetError, match=r"cannot be written to .*--out"):
            check_output(place)


def test_a_missing_matplotlib_is_named_before_anything_is_measured(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(MissingExtraError, match=r'pip install "handpose\[plots\]"'):
        check_output(tmp_path)
