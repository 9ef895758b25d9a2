"""A search from end to end: its score is nested, its budget holds, and nothing is lost."""

import json
import sys

import numpy as np
import pytest

import handpose as hp
from handpose.automl import SearchError, parts, search, searching
from handpose.automl.candidates import Candidate
from handpose.automl.data import divide
from handpose.system.extras import is_installed

pytest.importorskip("optuna")


@pytest.fixture(scope="module")
def found(few):
    return search(few.X, few.y, groups=few.groups, budget=4.0, name="few")


def quickly(few, **options):
    options = {"budget": 2.0, "parts": "hyperparameters"} | options
    return search(few.X, few.y, groups=few.groups, **options)


def test_the_model_is_fitted_on_everything_and_knows_the_gestures(found, few):
    assert sorted(found.model.classes_) == sorted(set(few.y))
    assert found.model.score(few.X, few.y) > 0.95
    assert found.best in found.leaderboard


def test_the_score_is_of_people_whom_the_search_never_saw(found, few):
    data = divide(*few)
    unseen = few[data.unseen]
    np.testing.assert_array_equal(found.score.groups, unseen.groups)
    np.testing.assert_array_equal(found.score.truth, unseen.y)
    model = found.best.candidate.make(0)
    seen = few[data.seen]
    model.fit(seen.X, seen.y, groups=seen.groups)
    np.testing.assert_array_equal(found.score.predicted, model.predict(unseen.X))


def test_the_budget_holds(found):
    assert found.seconds < 1.1 * found.budget == 4.4


def test_a_part_for_which_there_is_no_time_is_named(found):
    reason = "needs 20 s" if is_installed("torch") else "needs torch"
    assert reason in found.findings.skipped["architecture"]


def test_searches_are_reported_apart(found):
    assert {entry.part for entry in found.leaderboard} == {"features", "hyperparameters"}
    for part in ("features", "hyperparameters"):
        own = [entry for entry in found.leaderboard if entry.part == part]
        assert own
        whole = [entry.accuracy for entry in own if entry.whole]
        assert whole == sorted(whole, reverse=True)


def test_it_is_json_and_text(found):
    document = json.loads(json.dumps(found.to_dict()))
    assert document["best"]["classifier"] == found.best.candidate.classifier
    assert document["score"]["accuracy"] == found.score.accuracy
    assert "people set aside before the search" in found.summary()


def test_a_budget_that_is_no_time_is_refused(few):
    with pytest.raises(SearchError, match="invalid budget"):
        search(few.X, few.y, groups=few.groups, budget="5 apples")


@pytest.mark.slow
@pytest.mark.usefixtures("few_trials")
def test_a_search_of_its_own_for_features(few):
    result = quickly(few, parts=["features"])
    assert {entry.part for entry in result.leaderboard} == {"features"}
    assert result.findings.crossings is not None


@pytest.mark.usefixtures("few_trials")
def test_ctrl_c_gives_the_best_so_far(few, monkeypatch):
    ordinary = parts.RUNNERS["features"]

    def interrupted(*args):
        ordinary(*args)
        raise KeyboardInterrupt

    monkeypatch.setitem(parts.RUNNERS, "features", interrupted)
    result = search(few.X, few.y, groups=few.groups, budget=3.0)
    assert result.interrupted
    assert result.model.score(few.X, few.y) > 0.9
    assert "interrupted" in result.summary()


def finishing(monkeypatch, interrupts):
    """Interrupt the last fits so many times."""
    ordinary, left = searching._finished, [KeyboardInterrupt] * interrupts

    def finished(*args, **kwargs):
        if left:
            raise left.pop()
        return ordinary(*args, **kwargs)

    monkeypatch.setattr(searching, "_finished", finished)


def test_ctrl_c_while_the_best_is_fitted_loses_nothing(few, monkeypatch):
    monkeypatch.setitem(parts.RUNNERS, "hyperparameters", one_candidate)
    finishing(monkeypatch, 1)
    result = quickly(few)
    assert result.interrupted
    assert result.model.score(few.X, few.y) > 0.9
    finishing(monkeypatch, 2)
    with pytest.raises(KeyboardInterrupt):
        quickly(few)


def one_candidate(racing, findings, until):
    racing.run("hyperparameters", lambda trial: Candidate("logistic"), until=until, most=1)


def test_a_part_whose_extra_cannot_be_imported_is_left_out(few, monkeypatch):
    def broken(*args):
        raise hp.MissingExtraError("training a searched network", "torch")

    monkeypatch.setattr(searching, "with_time", lambda parts, *_: parts)
    monkeypatch.setitem(parts.RUNNERS, "architecture", broken)
    monkeypatch.setitem(parts.RUNNERS, "hyperparameters", one_candidate)
    result = quickly(few, parts=["hyperparameters", "architecture"])
    assert "handpose[torch]" in result.findings.skipped["architecture"]
    with pytest.raises(hp.MissingExtraError, match=r"handpose\[torch\]"):
        quickly(few, parts="architecture")


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_a_seed_that_is_none_is_refused(few, seed):
    with pytest.raises(SearchError, match=f"random_state must be from 0 to .*, but got {seed}"):
        quickly(few, random_state=seed)


def test_ctrl_c_before_anything_was_scored_says_so(few, monkeypatch):
    def interrupted(*args):
        raise KeyboardInterrupt

    monkeypatch.setitem(parts.RUNNERS, "hyperparameters", interrupted)
    with pytest.raises(SearchError, match="interrupted before any candidate was scored"):
        quickly(few)


def test_a_budget_in_which_nothing_is_scored_says_so(few, monkeypatch):
    monkeypatch.setitem(parts.RUNNERS, "hyperparameters", lambda *args: None)
    with pytest.raises(SearchError, match=r"budget '3s' ended before any candidate"):
        quickly(few, budget="3s")


@pytest.mark.slow
@pytest.mark.usefixtures("few_trials")
def test_a_search_goes_on_from_its_journal(few, tmp_path):
    before = quickly(few, journal=tmp_path / "j.log")
    after = quickly(few, journal=tmp_path / "j.log")
    assert set(map(str, before.leaderboard)) <= set(map(str, after.leaderboard))
    assert len(after.leaderboard) > len(before.leaderboard)


def test_without_torch_the_architecture_is_left_out_and_named(few, monkeypatch):
    monkeypatch.setattr(parts, "is_installed", lambda name: False)
    monkeypatch.setitem(parts.RUNNERS, "hyperparameters", one_candidate)
    result = quickly(few, parts=["hyperparameters", "architecture"])
    assert "handpose[torch]" in result.findings.skipped["architecture"]


def test_only_an_architecture_without_torch_is_refused(few, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(hp.MissingExtraError, match=r"handpose\[torch\]"):
        quickly(few, parts="architecture")


def test_without_optuna_the_extra_is_named(few, monkeypatch):
    def absent():
        raise hp.MissingExtraError("search", "search")

    monkeypatch.setattr(searching, "import_optuna", absent)
    with pytest.raises(hp.MissingExtraError, match=r"handpose\[search\]"):
        quickly(few)


@pytest.mark.parametrize("wanted", ["everything", [], ["features", "luck"]])
def test_an_unknown_part_lists_the_known_ones(few, wanted):
    with pytest.raises(hp.UnknownNameError, match="known: architecture, features, hyperparameters"):
        quickly(few, parts=wanted)


def test_one_subject_is_refused(few):
    with pytest.raises(hp.DatasetError, match="search needs 3"):
        search(few.X, few.y, groups=["ada"] * len(few))


@pytest.mark.slow
@pytest.mark.usefixtures("few_trials")
def test_missed_hands_count_as_errors(few, missed):
    hands = hp.Landmarks.concat([few.X, *[missed] * 20])
    labels, subjects = np.append(few.y, ["0"] * 20), np.append(few.groups, few.groups[:20])
    result = search(hands, labels, groups=subjects, budget=2.0, parts="hyperparameters")
    assert result.best.accuracy < 0.98
    assert (~result.score.detected).any()


def test_old_names_of_arguments_warn_and_work(few, monkeypatch):
    monkeypatch.setitem(parts.RUNNERS, "hyperparameters", one_candidate)
    with pytest.warns(DeprecationWarning, match=r"argument (hands|labels) of search .*; use [Xy]$"):
        found = search(
            hands=few.X, labels=few.y, groups=few.groups, budget=2.0, parts="hyperparameters"
        )
    assert found.best.candidate.classifier == "logistic"
