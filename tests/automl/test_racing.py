"""Candidates are compared by whole people, the worse ones earlier given up, the clock obeyed."""

from types import SimpleNamespace

import numpy as np
import pytest

import handpose as hp
from handpose.automl.budget import Clock
from handpose.automl.candidates import Candidate
from handpose.automl.data import divide
from handpose.automl.racing import Entry, Racing
from handpose.automl.studies import Studies

pytest.importorskip("optuna")


@pytest.fixture
def race(few):
    """``race(seconds, journal)`` on the people of `few`."""

    def make(seconds=60.0, journal=None):
        data = divide(*few)
        lines = []
        racing = Racing(
            data, Studies(journal, data.fingerprint, 0), Clock(seconds), 0, lines.append
        )
        racing.lines = lines
        return racing

    return make


@pytest.fixture
def pass_time(monkeypatch):
    """A clock that runs only while something is fitted, however fast the machine is: it takes the
    seconds that ``pass_time.fit`` says."""
    now = SimpleNamespace(seconds=0.0, fit=0.1)
    for place in ("budget.monotonic", "racing.perf_counter"):
        monkeypatch.setattr(f"handpose.automl.{place}", lambda: now.seconds)
    fitted = Racing.fit

    def fit(*args, **kwargs):
        now.seconds += now.fit
        return fitted(*args, **kwargs)

    monkeypatch.setattr(Racing, "fit", fit)
    return now


def by_neighbours(trial):
    return Candidate("knn", {"n_neighbors": trial.suggest_int("n", 1, 60)}, {"blocks": "angles"})


def test_a_score_is_that_of_cross_validation(race, few):
    racing = race()
    racing.run("features", by_neighbours, until=60, first=[{"n": 3}], most=1)
    (entry,) = racing.entries
    seen = few[racing.data.seen]
    model = hp.make_model("knn", features="angles", augmentation=None, n_neighbors=3)
    expected = hp.cross_validate(model, seen.X, seen.y, groups=seen.groups)
    assert entry.accuracy == pytest.approx(expected.accuracy)
    assert (entry.folds, entry.whole, entry.part) == (5, True, "features")
    assert "features: knn on angles (n_neighbors=3)" in racing.lines[-1]


def test_worse_candidates_are_given_up_after_a_fold_or_two(race):
    def suggest(trial):
        params = {"n_neighbors": trial.suggest_int("n", 1, 60), "weights": "uniform"}
        return Candidate("knn", params, {"blocks": "angles"})

    racing = race()
    first = [{"n": 3}, *({"n": n} for n in range(50, 60))]
    racing.run("features", suggest, until=60, first=first, most=len(first))
    given_up = [entry for entry in racing.entries if not entry.whole]
    assert given_up
    assert max(entry.folds for entry in racing.entries if entry.whole) == 5
    assert racing.entries[0].candidate.params["n_neighbors"] == 3
    assert racing.entries[-len(given_up) :] == given_up


def test_what_was_scored_once_is_not_scored_again(race):
    racing = race()
    racing.run("features", lambda trial: Candidate("knn"), until=60)
    assert len(racing.entries) == 1  # and it ended by itself
    assert racing.clock.spent < 30


def test_a_race_ends_when_its_time_is_up(race, pass_time):
    racing = race(seconds=2.0)
    racing.run("features", by_neighbours, until=1.0)
    assert 0.8 <= racing.clock.spent <= 1.0


def test_a_race_leaves_time_to_finish_the_best(race, pass_time, monkeypatch):
    racing = race(seconds=3.0)
    monkeypatch.setattr(Racing, "finishing", lambda self, entry: 1.5)
    racing.run("features", by_neighbours, until=3.0)
    assert 1.2 <= racing.clock.spent <= 1.5


def test_the_winner_is_the_best_that_can_be_finished(race, monkeypatch):
    racing = race(seconds=2.0)
    racing.run("features", by_neighbours, until=2.0, first=[{"n": 1}, {"n": 2}], most=2)
    best, other = racing.entries[0], racing.entries[-1]
    assert racing.winner() == best
    monkeypatch.setattr(Racing, "finishing", lambda self, entry: 99 if entry == best else 98)
    assert racing.winner() == (other if other.whole else best)


def test_among_equals_the_default_comes_first_then_what_is_faster(race):
    racing = race()
    usual = Candidate("svm", augmentation=hp.Augmentation())
    equals = [("a", usual, 9.0), ("b", Candidate("knn"), 0.1), ("c", Candidate("svm"), 0.2)]
    racing._entries = {
        (part, 0): Entry(part, candidate, 0.9, 5, seconds, True, candidate.is_default)
        for part, candidate, seconds in reversed(equals)
    }
    assert [entry.part for entry in racing.entries] == ["a", "b", "c"]


@pytest.mark.parametrize(("lead", "winner"), [(1, "default"), (8, "other")])
def test_the_default_is_left_only_for_one_that_is_clearly_better(race, lead, winner):
    racing = race()
    one_hand_each = np.unique(racing.data.groups, return_index=True)[1].tolist()
    usual = Candidate("svm", augmentation=hp.Augmentation())
    racing._entries = {
        ("a", 0): Entry("default", usual, 0.9, 5, 0.1, True, True, tuple(one_hand_each[:lead])),
        ("a", 1): Entry("other", Candidate("knn"), 0.95, 5, 0.1, True),
    }
    assert racing.entries[0].part == "other"
    assert racing.winner().part == winner


CROSSED = {"blocks": "geometry", "crossings": ("distance(WRIST, THUMB_CMC) / flexion(THUMB_CMC)",)}


@pytest.mark.parametrize(
    "candidate",
    [Candidate("svm", features=CROSSED), Candidate("searched", {"graph": ("hand -> a: skip",)})],
)
@pytest.mark.parametrize(("where", "winner"), [("choosing", "default"), ("untouched", "chosen")])
def test_what_was_chosen_by_some_folds_has_to_be_ahead_on_the_others(
    race, candidate, where, winner
):
    """The default errs on twelve people, of the folds that chose or of those that did not."""
    racing = race()
    rows = getattr(racing.data, where)
    first = np.unique(racing.data.groups[rows], return_index=True)[1]
    wrong = tuple(rows[first[:12]].tolist())
    usual = Candidate("svm", augmentation=hp.Augmentation())
    racing._entries = {
        ("a", 0): Entry("default", usual, 0.9, 5, 0.1, True, True, wrong),
        ("a", 1): Entry("chosen", candidate, 0.95, 5, 0.1, True),
    }
    assert racing.entries[0].part == "chosen"
    assert racing.winner().part == winner
    assert [entry.to_dict()["flattered"] for entry in racing.entries] == [True, False]


def test_where_nothing_was_scored_there_is_no_winner(race):
    assert race().winner() is None


def test_a_candidate_that_cannot_be_fitted_does_not_end_the_race(race):
    def suggest(trial):
        n = trial.suggest_int("n", -1, 3)
        return Candidate("knn", {"n_neighbors": n})

    racing = race()
    racing.run("features", suggest, until=60, first=[{"n": -1}, {"n": 2}], most=2)
    assert [entry.candidate.params["n_neighbors"] for entry in racing.entries] == [2]


def test_ctrl_c_keeps_what_was_scored(race):
    racing = race()

    def suggest(trial):
        if trial.number == 2:
            raise KeyboardInterrupt
        return by_neighbours(trial)

    with pytest.raises(KeyboardInterrupt):
        racing.run("features", suggest, until=60, first=[{"n": 2}])
    assert any(entry.whole for entry in racing.entries)


def test_a_race_goes_on_from_its_journal(race, tmp_path):
    before = race(journal=tmp_path / "j.log")
    before.run("features", by_neighbours, until=60, first=[{"n": 2}], most=3)
    after = race(journal=tmp_path / "j.log")
    after.run("features", by_neighbours, until=60, first=[{"n": 2}], most=1)
    assert len(after.entries) >= len(before.entries)
    assert set(map(str, before.entries)) <= set(map(str, after.entries))


class Killed(BaseException):
    pass


@pytest.mark.parametrize(("end", "fold"), [(Killed, 0), (Killed, 2), (KeyboardInterrupt, 2)])
def test_what_was_cut_short_is_tried_again(race, tmp_path, monkeypatch, end, fold):
    """Else a kill during the default model's trial would keep it out of every later search."""
    before = race(journal=tmp_path / "j.log")
    fits, fitted = [], before.fit

    def killed(*args, **kwargs):
        fits.append(args)
        if len(fits) > fold:
            raise end
        return fitted(*args, **kwargs)

    monkeypatch.setattr(before, "fit", killed)
    with pytest.raises(end):
        before.run("features", by_neighbours, until=60, first=[{"n": 2}], most=1)
    after = race(journal=tmp_path / "j.log")
    after.run("features", by_neighbours, until=60, first=[{"n": 2}], most=1)
    (entry,) = [entry for entry in after.entries if entry.whole]
    assert entry.candidate.params == {"n_neighbors": 2}
    last = race(journal=tmp_path / "j.log")
    monkeypatch.setattr(last, "fit", None)
    last.run("features", lambda trial: Candidate(**vars(entry.candidate)), until=60, most=1)


def test_a_classifier_whose_extra_cannot_be_imported_is_left_out(race, monkeypatch):
    racing = race()
    fitted = racing.fit

    def broken(candidate, rows, **options):
        if candidate.classifier == "searched":
            raise hp.MissingExtraError("training a searched network", "torch")
        return fitted(candidate, rows, **options)

    def suggest(trial):
        return Candidate(trial.suggest_categorical("name", ("searched", "knn")))

    monkeypatch.setattr(racing, "fit", broken)
    racing.run("features", suggest, until=60, first=[{"name": "searched"}, {"name": "knn"}], most=3)
    assert {entry.candidate.classifier for entry in racing.entries} == {"knn"}
    assert "handpose[torch]" in racing.unfit["searched"]


def test_a_journal_whose_candidates_are_none_is_refused(race, tmp_path):
    path = tmp_path / "j.log"
    race(journal=path).run("features", by_neighbours, until=60, first=[{"n": 2}], most=1)
    path.write_bytes(path.read_bytes().replace(b'"augmentation"', b'"magic"'))
    with pytest.raises(hp.HandposeError, match=r"j\.log: damaged, or not the journal"):
        race(journal=path).run("features", by_neighbours, until=60, most=1)


def test_candidates_are_compared_without_calibration_and_with_nearly_the_same_answers(race):
    racing = race()
    train, test = racing.data.folds[0]
    quick = racing.fit(Candidate("svm"), train, final=False)
    whole = racing.fit(Candidate("svm"), train)
    hands = racing.data.X[test]
    assert np.mean(quick.predict(hands) == whole.predict(hands)) > 0.95
    assert np.ptp(quick[-1].pair_slopes_) == 0
    assert np.ptp(whole[-1].pair_slopes_) > 0


def test_a_fold_that_does_not_fit_is_not_begun(race, pass_time):
    pass_time.fit = 0.3
    racing = race(seconds=1.0)
    racing.run("features", by_neighbours, until=1.0, first=[{"n": 1}])
    assert racing.clock.spent == pytest.approx(0.9)
    assert not racing.entries[0].whole
