import numpy as np
import pytest

import handpose as hp
from handpose.automl.candidates import Candidate
from handpose.automl.racing import Entry
from handpose.cli.search import leaderboard

pytest.importorskip("optuna")


@pytest.fixture(scope="session")
def small(digits, tmp_path_factory):
    """A landmark table of three labels and 20 people."""
    names = sorted(set(digits.groups.tolist()))[:20]
    rows = np.isin(digits.groups, names) & np.isin(digits.y, list("015"))
    path = tmp_path_factory.mktemp("small") / "small.parquet"
    hp.write_table(digits[rows & digits.X.detected], path)
    return path


def test_a_table_becomes_a_model_and_a_leaderboard(run, small, tmp_path):
    path = tmp_path / "best.handpose"
    ran = run("search", small, "-o", path, "--budget", "2s", "--part", "hyperparameters")
    assert ran.code == 0
    assert "accuracy" in ran.out
    assert "on people set aside before the search" in ran.out
    assert f"{path}: " in ran.out
    assert "searching hyperparameters" in ran.err
    card = hp.load_model(path).card
    assert card.labels == ["0", "1", "5"]
    assert card.training["subjects"] == hp.read_table(small).n_subjects
    assert card.training["search"]["budget"] == 2.0
    assert "accuracy" in card.metrics
    assert run("evaluate", small, "--model", path).code == 0


@pytest.mark.slow
@pytest.mark.usefixtures("few_trials")
def test_json_is_one_document(run, small, tmp_path):
    path = tmp_path / "best.handpose"
    ran = run("search", small, "-o", path, "--budget", "2s", "--part", "hyperparameters", "--json")
    assert ran.code == 0
    assert ran.json["model"] == str(path)
    assert ran.json["leaderboard"]
    assert ran.json["score"]["accuracy"] > 0.8


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--budget", "5 apples"], "invalid budget"),
        (["--budget", "1s"], "is too short"),
        (["--part", "luck"], "unknown part of a search 'luck'"),
    ],
)
def test_what_cannot_be_searched_is_one_line_and_no_model(run, small, tmp_path, more, message):
    ran = run("search", small, "-o", tmp_path / "m.handpose", *more)
    assert ran.code in (1, 2)
    (line,) = ran.complaints
    assert message in line
    assert not (tmp_path / "m.handpose").exists()


def test_a_model_that_could_not_be_written_is_refused_before_the_work(run, tmp_path):
    (tmp_path / "file").write_text("")
    ran = run("search", tmp_path / "absent", "-o", tmp_path / "file" / "m.handpose")
    assert ran.code == 1
    (line,) = ran.complaints
    assert "m.handpose: cannot be written (Not a directory)" in line


def test_a_damaged_journal_is_one_line(run, small, tmp_path):
    (tmp_path / "j.log").write_text("not a journal\n")
    arguments = ("-o", tmp_path / "m.handpose", "--journal", tmp_path / "j.log")
    ran = run("search", small, *arguments)
    assert ran.code == 1
    (line,) = ran.complaints
    assert "damaged, or not the journal" in line


def test_pictures_without_subjects_need_a_word(run, small, tmp_path):
    data = hp.read_table(small)
    path = tmp_path / "nobody.parquet"
    hp.write_table(hp.Dataset(data.X, data.y, None, data.paths), path)
    ran = run("search", path, "-o", tmp_path / "m.handpose")
    assert ran.code == 1
    assert "--random-split" in ran.complaints[0]


def test_the_leaderboard_has_a_row_for_every_candidate():
    entries = [Entry("features", Candidate("knn"), 0.9, 5, 0.1, True)] * 3
    assert leaderboard(entries).row_count == 3
