"""Candidates compared fold by fold; most are given up after the first."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from handpose.automl.budget import Clock
from handpose.automl.candidates import Candidate
from handpose.automl.choosing import clearly_better
from handpose.automl.costs import expected_fold_seconds, finishing_seconds
from handpose.automl.data import SearchData
from handpose.automl.studies import Studies, import_optuna
from handpose.containers.labels import is_right
from handpose.errors import HandposeError, MissingExtraError
from handpose.evaluation.answers import answers
from handpose.models.gestures import GestureModel
from handpose.models.known import AUTO

if TYPE_CHECKING:
    import optuna

_MOST_IDLE = 30
"""A race ends after so many candidates in a row that were known or too slow."""

_PROTECTED = 2
"""First candidates of a part that are scored on every fold."""
_SLACK = 0.03
"""Share of the budget kept for fits that take longer than expected."""
_TOLERANCE = 0.05
"""Share of the budget by which the end may be late to keep a better model."""

Suggest = Callable[[Any], Candidate]


@dataclass(frozen=True)
class Entry:
    """A candidate with its score.

    Attributes
    ----------
    part : str
        The part that tried it.
    candidate : Candidate
    accuracy : float
        End to end, over the folds that were scored.
    folds : int
        Number of those folds.
    fold_seconds : float
        To fit and score one fold, on average.
    whole : bool
        Whether every fold was scored.
    default : bool
        Whether it is the library's default model.
    wrong : tuple of int
        Rows that it classified wrongly.
    given_up : bool
        Whether it was stopped because others were better. Otherwise a candidate that is not whole
        was cut short by the clock, by Ctrl-C or by a kill.
    """

    part: str
    candidate: Candidate
    accuracy: float
    folds: int
    fold_seconds: float
    whole: bool
    default: bool = False
    wrong: tuple[int, ...] = ()
    given_up: bool = False

    @property
    def flattered(self) -> bool:
        """Whether its crossings or architecture were chosen on some folds that it is scored on."""
        candidate = self.candidate
        return bool(candidate.features.get("crossings") or candidate.params.get("graph"))

    def to_dict(self) -> dict[str, Any]:
        """A row of the leaderboard, as JSON."""
        return {
            "part": self.part,
            "classifier": self.candidate.classifier,
            "features": self.candidate.features_name,
            "settings": self.candidate.settings,
            "accuracy": self.accuracy,
            "flattered": self.flattered,
            "folds": self.folds,
            "fold_seconds": round(self.fold_seconds, 3),
        }


class Racing:
    """Scores candidates within a budget.

    Parameters
    ----------
    data : SearchData
    studies : Studies
    clock : Clock
    random_state : int
    progress : callable, optional
        Called with a line of text for every new best.

    Attributes
    ----------
    unfit : dict of str
        Classifiers that cannot be fitted, and why.
    """

    def __init__(
        self,
        data: SearchData,
        studies: Studies,
        clock: Clock,
        random_state: int = 0,
        progress: Callable[[str], None] | None = None,
    ):
        self.data = data
        self.studies = studies
        self.clock = clock
        self.random_state = random_state
        self.unfit: dict[str, str] = {}
        self._progress = progress or (lambda line: None)
        self._entries: dict[tuple[str, int], Entry] = {}
        self._best = -1.0

    @property
    def entries(self) -> list[Entry]:
        """All scored candidates: whole ones first, then by accuracy, default model and speed."""

        def place(entry: Entry) -> tuple[bool, float, bool, float]:
            return not entry.whole, -entry.accuracy, not entry.default, entry.fold_seconds

        return sorted(self._entries.values(), key=place)

    def say(self, line: str) -> None:
        """Report progress."""
        self._progress(f"{self.clock.spent:4.0f} s  {line}")

    def run(
        self,
        part: str,
        suggest: Suggest,
        *,
        until: float,
        first: Sequence[dict[str, Any]] = (),
        most: int | None = None,
    ) -> None:
        """Race candidates until a time on the clock.

        Parameters
        ----------
        part : str
        suggest : callable
            Makes a candidate from an `optuna.Trial`.
        until : float
            Seconds on the clock.
        first : sequence of dict
            Parameters to try first; the first two are scored on every fold.
        most : int, optional
            Number of trials after which to end.
        """
        study = self.studies.study(part)
        for number, params in enumerate(first):
            if not _is_settled(study, params):
                study.enqueue_trial(params, {"protected": number < _PROTECTED})
        self._take_in(part, study)
        objective = _Objective(self, suggest, until)

        def after(study: optuna.Study, trial: Any) -> None:
            self._take_in(part, study)
            if objective.idle >= _MOST_IDLE or self.seconds_left(until) <= 0:
                study.stop()

        try:
            if self.seconds_left(until) > 0:
                cannot_be_fitted = (ValueError, HandposeError)
                with self.studies.writing():
                    study.optimize(
                        objective, n_trials=most, callbacks=[after], catch=cannot_be_fitted
                    )
        finally:
            self._take_in(part, study)

    def seconds_left(self, until: float) -> float:
        """Seconds until a time on the clock, or until the winner has to be fitted."""
        winner = self.winner()
        reserve = 0.0 if winner is None else self.finishing(winner)
        end = (1 - _SLACK) * self.clock.seconds - reserve
        return min(until, end) - self.clock.spent

    def finishing(self, entry: Entry) -> float:
        """Seconds to score an entry on the people set aside and to fit it on all data."""
        fold_rows = len(self.data.folds[0][0])
        return finishing_seconds(entry, fold_rows, len(self.data.seen), len(self.data.y))

    def winner(self) -> Entry | None:
        """The best entry that can still be finished in time, else the fastest to finish.

        The default model is kept unless another is significantly better. If crossings or
        architecture were chosen on some folds, only the other folds count. None if no candidate was
        scored on every fold.
        """
        whole = [entry for entry in self.entries if entry.whole]
        left = self.clock.left + _TOLERANCE * self.clock.seconds
        affordable = [entry for entry in whole if self.finishing(entry) <= left]
        if not affordable:
            return min(whole, key=self.finishing, default=None)
        best = affordable[0]
        fair = next((entry for entry in affordable if not entry.flattered), best)
        if best.flattered and len(self._fair(best, best)) >= len(self._fair(fair, best)):
            best = fair
        usual = next((entry for entry in affordable if entry.default), best)
        wrong, others = self._fair(best, best), self._fair(usual, best)
        return best if clearly_better(wrong, others, self.data.groups) else usual

    def _fair(self, entry: Entry, rival: Entry) -> list[int]:
        """Rows that an entry classifies wrongly, of those on which its rival was not chosen."""
        if not rival.flattered:
            return list(entry.wrong)
        untouched = set(self.data.untouched.tolist())
        return [row for row in entry.wrong if row in untouched]

    def fit(self, candidate: Candidate, rows: Any, *, final: bool = True) -> GestureModel:
        """Fit a candidate on some rows.

        Unless `final`, a support vector machine is not calibrated, and no model learns to tell
        none: that changes few predictions, or no one, and takes most of the time.
        """
        groups = self.data.groups[rows]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            model = candidate.make(self.random_state)
            if candidate.classifier == "svm" and not final:
                model.set_params(svm__calibrate=False)
            model.set_params(none=AUTO if final else None)
            return model.fit(self.data.X[rows], self.data.y[rows], groups=groups)

    def _take_in(self, part: str, study: optuna.Study) -> None:
        """Add what this worker and others have scored."""
        for trial in study.get_trials(deepcopy=False):
            key = (part, trial.number)
            if key in self._entries or "fold_seconds" not in trial.user_attrs:
                continue
            if not trial.state.is_finished() or not trial.intermediate_values:
                continue
            with self.studies.reading():
                entry = _entry(part, trial, n_folds=len(self.data.folds))
            self._entries[key] = entry
            if entry.whole and entry.accuracy > self._best:
                self._best = entry.accuracy
                candidate = entry.candidate
                self.say(
                    f"{entry.accuracy:.4f}  {part}: {candidate.classifier} on "
                    f"{candidate.features_name} ({candidate.settings})"
                )


class _Objective:
    """What Optuna maximises: the accuracy over the folds."""

    def __init__(self, racing: Racing, suggest: Suggest, until: float):
        self._racing = racing
        self._suggest = suggest
        self._until = until
        self.idle = 0

    def __call__(self, trial: optuna.Trial) -> float:
        candidate = self._suggest(trial)
        self.idle += 1
        known = [e for e in self._racing.entries if e.candidate == candidate]
        if known and known[0].whole:
            return known[0].accuracy
        if any(e.given_up for e in known) or candidate.classifier in self._racing.unfit:
            raise import_optuna().TrialPruned
        trial.set_user_attr("candidate", candidate.to_dict())
        folds = self._racing.data.folds
        protected = trial.user_attrs.get("protected", False)
        wrong: list[int] = []
        rows = 0
        seconds: list[float] = []
        for step, (train, test) in enumerate(folds, start=1):
            self._check_time(candidate, seconds)
            self.idle = 0
            start = perf_counter()
            wrong += self._wrong(candidate, train, test)
            rows += len(test)
            seconds.append(perf_counter() - start)
            trial.set_user_attr("fold_seconds", float(np.mean(seconds)))
            trial.set_user_attr("wrong", wrong)
            trial.report(1 - len(wrong) / rows, step)
            if step < len(folds) and not protected and trial.should_prune():
                trial.set_user_attr("given_up", True)
                raise import_optuna().TrialPruned
        return 1 - len(wrong) / rows

    def _wrong(self, candidate: Candidate, train: Any, test: Any) -> list[int]:
        """Rows of a fold that a candidate classifies wrongly."""
        racing = self._racing
        try:
            model = racing.fit(candidate, train, final=False)
        except MissingExtraError as error:  # torch is installed, but cannot be imported
            racing.unfit[candidate.classifier] = str(error)
            raise import_optuna().TrialPruned from None
        right = is_right(racing.data.y[test], answers(model, racing.data.X[test]))
        return [int(row) for row in test[~right]]

    def _check_time(self, candidate: Candidate, seconds: list[float]) -> None:
        """End the trial if the next fold does not fit into the time left."""
        racing = self._racing
        rows = len(racing.data.folds[0][0])
        expected = max(seconds, default=expected_fold_seconds(candidate, racing.entries, rows))
        if expected >= racing.seconds_left(self._until):
            raise import_optuna().TrialPruned


def _is_settled(study: optuna.Study, params: dict[str, Any]) -> bool:
    """Whether parameters were scored, given up or queued; not if a trial was cut short."""
    return any(
        trial.state.name in ("WAITING", "COMPLETE") or "given_up" in trial.user_attrs
        for trial in study.get_trials(deepcopy=False)
        if trial.system_attrs.get("fixed_params") == params
    )


def _entry(part: str, trial: Any, n_folds: int) -> Entry:
    folds = max(trial.intermediate_values)
    candidate = Candidate.from_dict(trial.user_attrs["candidate"])
    return Entry(
        part=part,
        candidate=candidate,
        accuracy=float(trial.intermediate_values[folds]),
        folds=folds,
        fold_seconds=trial.user_attrs["fold_seconds"],
        whole=folds == n_folds,
        default=candidate.is_default,
        wrong=tuple(trial.user_attrs["wrong"]),
        given_up=trial.user_attrs.get("given_up", False),
    )
