"""`search`: the best model for some data, without manual tuning."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from handpose.automl.budget import Clock, parse_budget
from handpose.automl.data import divide
from handpose.automl.errors import SearchError
from handpose.automl.parts import PARTS, RUNNERS, Findings, with_time
from handpose.automl.racing import Entry, Racing
from handpose.automl.result import SearchResult
from handpose.automl.studies import Studies, import_optuna
from handpose.containers.landmarks import Landmarks
from handpose.datasets import Dataset
from handpose.errors import MissingExtraError, UnknownNameError
from handpose.evaluation import Evaluation, evaluate_model
from handpose.evaluation.thresholds import choose_min_score
from handpose.models.gestures import GestureModel
from handpose.system.deprecation import renamed_arguments
from handpose.system.extras import require
from handpose.system.files import check_writable


@renamed_arguments(hands="X", labels="y")
def search(
    X: Dataset | Landmarks | ArrayLike,
    y: ArrayLike | None = None,
    *,
    groups: ArrayLike | None = None,
    budget: str | float = "5min",
    parts: Sequence[str] = PARTS,
    random_state: int = 0,
    journal: str | Path | None = None,
    random_split: bool = False,
    progress: Callable[[str], None] | None = None,
    name: str = "",
) -> SearchResult:
    """Find the best model for some hands within a time budget.

    A fifth of the people is set aside. The others are divided into five folds that share no person.
    Candidates are compared on these folds, and most are given up after one or two of them
    (successive halving). The default model is kept unless another is better by more than one
    standard error. The best is fitted on all people of the search and scored on those set aside:
    `SearchResult.score`, the accuracy to expect on new people. Nothing was chosen on them. Finally
    the candidate is refitted on all data; that final model has no held-out score.

    Parameters
    ----------
    X : Dataset, Landmarks of length n, or array_like of shape (n, 21, 2 or 3)
    y : array_like of n str
        What each hand shows. A `Dataset` has y, groups and name.
    groups : array_like of n str
        Whose hand it is.
    budget : str or float, default="5min"
        ``"90s"``, ``"5min"``, ``"1h"``, or seconds, including the final fits. The search may end
        earlier if nothing new fits into the time left.
    parts : sequence of str
        ``"features"`` searches feature blocks and generates crossings, ``"hyperparameters"``
        classifiers and their parameters, ``"architecture"`` a small network for landmarks (needs
        torch). All by default, with equal shares of the time.
    random_state : int, default=0
        Determines the folds and, as far as the time allows, the candidates.
    journal : str or Path, optional
        File with every candidate: a killed search continues from it, and searches at the same time
        share it. Each has its own budget.
    random_split : bool, default=False
        Divide by picture instead of by person, if people are unknown. The score is then
        optimistic.
    progress : callable, optional
        Called with a line of text for every new best.
    name : str
        Of the data set, for the report.

    Returns
    -------
    SearchResult

    Raises
    ------
    SearchError
        If the budget is not a duration, or too short or long; if `random_state` is out of range;
        or if the journal cannot be used.
    DatasetError
        If people are unknown, or a label is shown by too few of them.
    MissingExtraError
        If Optuna is not installed, or torch where only an architecture is to be searched.
    UnknownNameError
        If there is no such part.

    Notes
    -----
    Ctrl-C ends the search; the best candidate so far is scored, fitted and returned. A second
    Ctrl-C aborts that too.
    """
    clock = Clock(parse_budget(budget))
    wanted = check_request(budget, parts, random_state, journal)
    data = divide(X, y, groups, random_state=random_state, random_split=random_split, name=name)
    studies = Studies(journal, data.fingerprint, random_state)
    racing = Racing(data, studies, clock, random_state, progress)
    findings = Findings()
    interrupted = _run(racing, wanted, findings)
    best = _winner(racing, budget, interrupted)
    try:
        model, score = _finished(racing, best, by_picture=random_split)
    except KeyboardInterrupt:
        if interrupted:
            raise
        interrupted = True
        model, score = _finished(racing, best, by_picture=random_split)
    return SearchResult(
        model=model,
        best=best,
        score=score,
        leaderboard=racing.entries,
        findings=findings,
        budget=clock.seconds,
        seconds=clock.spent,
        interrupted=interrupted,
    )


def check_request(
    budget: str | float, parts: Sequence[str], random_state: int, journal: str | Path | None
) -> list[str]:
    """Refuse invalid arguments before any data is read; gives the parts in order.

    Raises
    ------
    HandposeError
        See `search`.
    """
    parse_budget(budget)
    if not 0 <= random_state < 2**32:
        raise SearchError(f"random_state must be from 0 to {2**32 - 1}, but got {random_state}")
    wanted = _checked(parts)
    import_optuna()
    if wanted == ["architecture"]:
        require("torch", "the search for an architecture", "torch")
    if journal is not None:
        check_writable(Path(journal))
    return wanted


def _checked(parts: Sequence[str]) -> list[str]:
    parts = [parts] if isinstance(parts, str) else list(parts)
    for part in parts or [""]:
        if part not in PARTS:
            raise UnknownNameError("part of a search", part, PARTS)
    return [part for part in PARTS if part in parts]


def _run(racing: Racing, parts: Sequence[str], findings: Findings) -> bool:
    """Run the parts, each with an equal share of the time; True if Ctrl-C ended them."""
    parts = with_time(parts, racing.clock.left, findings)
    try:
        for number, part in enumerate(parts):
            racing.say(f"searching {part} ...")
            share = racing.clock.left / (len(parts) - number)
            try:
                RUNNERS[part](racing, findings, racing.clock.spent + share)
            except MissingExtraError as error:  # torch is installed, but cannot be imported
                if len(parts) == 1:
                    raise
                findings.skipped[part] = str(error)
    except KeyboardInterrupt:
        return True
    return False


def _winner(racing: Racing, budget: str | float, interrupted: bool) -> Entry:
    best = racing.winner()
    if best is not None:
        return best
    if interrupted:
        raise SearchError("interrupted before any candidate was scored; there is no result")
    raise SearchError(f"budget {budget!r} ended before any candidate was scored; use a larger one")


def _finished(racing: Racing, best: Entry, *, by_picture: bool) -> tuple[GestureModel, Evaluation]:
    """The best candidate fitted on all data, and its score on the people set aside."""
    data, candidate = racing.data, best.candidate
    racing.say(f"scoring {candidate.classifier} on {candidate.features_name} ...")
    unseen = data.unseen
    score = evaluate_model(
        racing.fit(candidate, data.seen),
        data.X[unseen],
        data.y[unseen],
        groups=None if by_picture else data.groups[unseen],
        name=data.name,
    )
    racing.say("fitting on all data ...")
    model = racing.fit(candidate, np.arange(len(data.y)))
    model.min_score = choose_min_score(score)
    return model, replace(score, features=candidate.features_name, min_score=model.min_score)
