"""`search`: the best model for some data, without tuning."""

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
from handpose.errors import MissingExtraError, UnknownNameError
from handpose.evaluation import Evaluation, evaluate_model
from handpose.evaluation.thresholds import choose_min_score
from handpose.models.gestures import GestureModel
from handpose.system.extras import is_installed, require
from handpose.system.files import check_writable


def search(
    hands: Landmarks | ArrayLike,
    labels: ArrayLike,
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
    """Find the best model for some hands within a budget of time.

    A fifth of the people is set aside. The others are divided into five folds, which share no
    person; by them, candidates are compared, and most are given up after one or two folds
    (successive halving). Where none is better than the default model by more than one standard
    error, that is the best. The best is fitted on all people but those set aside and scored on
    these: that is `SearchResult.score`, the accuracy to expect from new people. Neither a parameter
    nor a crossing nor a network was chosen with a look at them. At last the same candidate is
    fitted on everyone; of that model itself no score is known, since nobody is left who could
    measure it.

    Parameters
    ----------
    hands : Landmarks of length n, or array_like of shape (n, 21, 2 or 3)
    labels : array_like of n str
    groups : array_like of n str
        Subjects.
    budget : str or float, default="5min"
        ``"90s"``, ``"5min"``, ``"1h"``, or seconds; the fits at the end are within it. The search
        may end earlier where nothing new fits into what is left.
    parts : sequence of str
        ``"features"`` searches feature blocks and generates crossings, ``"hyperparameters"`` every
        classifier's parameters, ``"architecture"`` a small network for landmarks (needs torch). All
        by default, each in an equal share of the time.
    random_state : int, default=0
        Decides the folds and, as far as the clock lets it, the candidates.
    journal : str or Path, optional
        File that remembers every candidate: a search that was killed goes on from it, and several
        at the same time share it. Each has a budget of its own.
    random_split : bool, default=False
        Keep pictures apart, not people, where subjects are unknown. The score then flatters.
    progress : callable, optional
        Is given a line of text for every new best.
    name : str
        Of the data set, for the report.

    Returns
    -------
    SearchResult

    Raises
    ------
    SearchError
        If the budget is no time, too short or too long, the seed is none, or the journal cannot be
        used.
    DatasetError
        If subjects are unknown, or a label is shown by too few of them.
    MissingExtraError
        If Optuna is not installed, or torch where only an architecture is to be searched.
    UnknownNameError
        If there is no such part.

    Notes
    -----
    Ctrl-C ends the search, and the best so far is scored, fitted and returned (once more from the
    start, where this was under way); a second one ends that too.
    """
    clock = Clock(parse_budget(budget))
    wanted = check_request(budget, parts, random_state, journal)
    data = divide(
        hands, labels, groups, random_state=random_state, random_split=random_split, name=name
    )
    fingerprint = f"{data.fingerprint}, {'with' if is_installed('torch') else 'without'} torch"
    studies = Studies(journal, fingerprint, random_state)
    racing = Racing(data, studies, clock, random_state, progress)
    findings = Findings()
    interrupted = _run(racing, wanted, findings)
    best = _winner(racing, budget, interrupted)
    try:
        model, score = _finished(racing, best, name, by_picture=random_split)
    except KeyboardInterrupt:
        if interrupted:
            raise
        interrupted = True
        model, score = _finished(racing, best, name, by_picture=random_split)
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
    """Refuse what no data could make possible; gives the parts in their order.

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
    """Make the searches, each in an equal share of the time; whether somebody ended them."""
    parts = with_time(parts, racing.clock.left, findings)
    try:
        for number, part in enumerate(parts):
            racing.say(f"searching {part} ...")
            share = racing.clock.left / (len(parts) - number)
            try:
                RUNNERS[part](racing, findings, racing.clock.spent + share)
            except MissingExtraError as error:  # torch is there, but cannot be imported
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
        raise SearchError("interrupted before one candidate was scored; nothing to return")
    raise SearchError(f"budget {budget!r} ended before one candidate was scored; give more")


def _finished(
    racing: Racing, best: Entry, name: str, *, by_picture: bool
) -> tuple[GestureModel, Evaluation]:
    """The best, fitted on everyone; and its score on those whom the search never saw."""
    data, candidate = racing.data, best.candidate
    racing.say(f"scoring {candidate.classifier} on {candidate.features_name} ...")
    unseen = data.unseen
    score = evaluate_model(
        racing.fit(candidate, data.seen),
        data.hands[unseen],
        data.labels[unseen],
        groups=None if by_picture else data.subjects[unseen],
        name=name,
    )
    racing.say("fitting on everyone ...")
    model = racing.fit(candidate, np.arange(len(data.labels)))
    model.min_score = choose_min_score(score)
    return model, replace(score, features=candidate.features_name, min_score=model.min_score)
