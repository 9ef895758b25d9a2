"""One part at a time, files whole or not at all, and everything drawn from the results alone."""

import json

import numpy as np
import pytest

from benchmarks import runner
from benchmarks.runner import Benchmark, MissingDataError, Setup, parts_of, plain, run
from handpose.errors import DatasetError


def speed(setup):
    """How fast?"""
    return {"rows": {"ours": {"ms": np.float32(0.5), "seed": setup.seed}}, "pictures": 3}


def quality(setup):
    """How good?"""
    setup.folder("photos")
    return {
        "tables": {"scores": {"caption": "Scores", "rows": [{"contender": "a", "accuracy": 0.5}]}},
        "notes": ["Beware."],
    }


def broken(setup):
    """What fails."""
    raise DatasetError("too few people")


def draw(results):
    number = results["speed"]["rows"]["ours"]["ms"]
    return {"speed": lambda path: path.write_text(str(number))}


BENCHMARK = Benchmark("example", parts_of(speed, quality, broken), shown={"speed": ""})
README = "before\n<!-- example: begin -->\nold\n<!-- example: end -->\nafter\n"


@pytest.fixture
def out(tmp_path):
    (tmp_path / "README.md").write_text(README)
    (tmp_path / "data" / "photos").mkdir(parents=True)
    return tmp_path


@pytest.fixture
def call(out):
    """Run the benchmark: ``call("--only", "speed")``."""

    def call(*arguments, benchmark=BENCHMARK):
        run(benchmark, ["--data", str(out / "data"), "--out", str(out), *arguments])
        return results(out)

    return call


def results(out):
    return json.loads((out / "results" / "example.json").read_text())


def test_a_part_is_measured_and_stamped(call):
    found = call("--only", "speed", "--seed", "3")["speed"]
    assert found["rows"] == {"ours": {"ms": 0.5, "seed": 3}}
    assert found["pictures"] == 3
    stamp = found["measured"]
    assert {"date", "machine", "versions", "seconds"} <= set(stamp)
    assert (stamp["seed"], stamp["quick"]) == (3, False)


def test_other_parts_stay_and_keep_their_stamp(call, out):
    before = call("--only", "speed")["speed"]
    after = call("--only", "quality", "--seed", "1")
    assert after["speed"] == before
    assert after["quality"]["measured"]["seed"] == 1


def test_the_page_and_the_readme_are_drawn_from_the_results_alone(call, out):
    call("--only", "speed", "quality")
    page, readme = out / "results" / "example.md", out / "README.md"
    drawn = page.read_text(), readme.read_text()
    page.unlink()
    readme.write_text(README)
    call("--only")
    assert (page.read_text(), readme.read_text()) == drawn
    assert drawn[1].startswith("before\n")
    assert drawn[1].endswith("after\n")
    assert "**speed**: How fast?" in drawn[1]
    assert "How good?" not in drawn[1], "is not among those that README.md shows"
    assert "(results/example.md)" in drawn[1]
    assert "How good?" in drawn[0]
    assert "- Beware." in drawn[0]


@pytest.mark.plots
def test_plots_are_drawn_from_the_results_and_shown_with_their_part(call, out):
    (out / "plots").mkdir()
    benchmark = Benchmark("example", parts_of(speed), page="PAGE.md", plots=draw)
    call("--only", "speed", benchmark=benchmark)
    assert (out / "plots" / "speed.png").read_text() == "0.5"
    assert "![speed](plots/speed.png)" in (out / "PAGE.md").read_text()


def test_a_part_that_fails_is_one_line_and_the_others_are_done(call, out, capsys):
    call("--only", "speed")
    with pytest.raises(SystemExit) as stopped:
        call("--only", "broken", "quality")
    assert stopped.value.code == 1
    assert "FAILED broken: too few people" in capsys.readouterr().err
    assert list(results(out)) == ["speed", "quality"]


def test_what_was_measured_stays_where_measuring_it_again_fails(call, out):
    before = call("--only", "speed")
    failing = Benchmark("example", {"speed": broken})
    with pytest.raises(SystemExit):
        call("--only", "speed", benchmark=failing)
    assert results(out) == before


def test_a_part_without_its_data_is_named_as_skipped(call, out, capsys):
    (out / "data" / "photos").rmdir()
    call("--only", "speed", "quality")
    assert "SKIPPED quality: the data set photos is not in" in capsys.readouterr().err
    assert list(results(out)) == ["speed"]
    with pytest.raises(SystemExit):
        call("--only", "quality")


def test_quick_writes_to_a_folder_of_its_own(out, monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(runner, "HERE", out)
    run(BENCHMARK, ["--data", str(out / "data"), "--quick", "--only", "speed"])
    assert (out / "README.md").read_text() == README
    (written,) = tmp_path.glob("benchmark-*/results/example.json")
    assert json.loads(written.read_text())["speed"]["measured"]["quick"] is True


def test_a_readme_without_the_section_is_one_line(call, out):
    (out / "README.md").write_text("nothing")
    with pytest.raises(SystemExit, match="no section between <!-- example: begin -->"):
        call("--only", "speed")
    assert list(results(out)) == ["speed"], "what was measured is not lost"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--only", "sped"], "did you mean 'speed'"),
        (["--only", "speed", "--data", "nowhere"], "nowhere: no such folder"),
    ],
)
def test_wrong_usage_is_one_line(call, capsys, arguments, said):
    with pytest.raises(SystemExit) as stopped:
        call(*arguments)
    assert stopped.value.code == 2
    assert said in capsys.readouterr().err


def test_a_missing_matplotlib_is_named_before_anything_is_measured(call, monkeypatch, out):
    monkeypatch.setattr("handpose.system.extras.is_installed", lambda package: False)
    with pytest.raises(SystemExit, match=r'pip install "handpose\[plots\]"'):
        call("--only", "speed", benchmark=Benchmark("example", parts_of(speed), plots=draw))
    assert not (out / "results").exists()


def test_fresh_forgets_what_was_trained(call, cache):
    trained = cache / "benchmarks" / "old.pkl"
    trained.parent.mkdir(parents=True)
    trained.write_text("")
    call("--only", "speed")
    assert trained.is_file()
    call("--only", "speed", "--fresh")
    assert not trained.exists()


def test_plain_is_what_json_knows():
    value = {"a": np.arange(2), "b": (np.float64("nan"), np.bool_(True)), 3: float("inf")}
    assert plain(value) == {"a": [0, 1], "b": [None, True], "3": None}


def test_a_quick_run_does_a_twentieth_but_not_too_little(tmp_path):
    quick = Setup(tmp_path, quick=True)
    assert [quick.few(count) for count in (10_000, 30)] == [500, 20]
    assert Setup(tmp_path).few(30) == 30
    with pytest.raises(MissingDataError, match="the data set clips is not in"):
        quick.folder("clips")


@pytest.mark.usefixtures("cache")
def test_landmarks_are_those_that_ship_or_lie_in_the_folder(tmp_path, monkeypatch):
    monkeypatch.delenv("HANDPOSE_DATA", raising=False)
    setup = Setup(tmp_path)
    assert len(setup.landmarks("sign_language_digits")) == 2062
    with pytest.raises(MissingDataError, match="hagrid_landmarks is not in"):
        setup.landmarks("hagrid_landmarks")
