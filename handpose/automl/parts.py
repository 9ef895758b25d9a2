"""The three parts of a search, each within its share of the time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from handpose.automl.beam import FoundCrossings, find_crossings
from handpose.automl.candidates import Candidate
from handpose.automl.data import SearchData
from handpose.automl.racing import Racing
from handpose.automl.spaces import (
    DEFAULTS,
    SPACES,
    suggest_augmentation,
    suggest_blocks,
    suggest_preset,
    suggest_training,
)
from handpose.classifiers import CLASSIFIERS, Searched, pretraining_of
from handpose.features import LandmarkFeatures
from handpose.models.making import DEFAULT_CLASSIFIER, DEFAULT_FEATURES
from handpose.system.extras import is_installed

_BEAM_SHARE = 0.4
"""Share of the time for features that crossings may take."""
_GRAPH_SHARE = 0.4
"""Share of the time for the architecture that finding it may take."""
_FEWEST_SECONDS = 20.0
"""Least time for the architecture."""
_TORCH = 'needs torch: pip install "handpose[torch]"'
_FAST = "logistic"
"""The classifier that is tried first, so that there soon is a result."""
_SEARCHED = "searched"
"""The classifier of the part ``"architecture"``."""


@dataclass
class Findings:
    """What the parts pass on to each other and to the user, besides scores.

    Attributes
    ----------
    crossings : FoundCrossings or None
    features : dict or None
        The best features of the part ``"features"``.
    graph : str
        The architecture that was found, an edge a line.
    skipped : dict of str
        What was skipped, and why.
    """

    crossings: FoundCrossings | None = None
    features: dict[str, Any] | None = None
    graph: str = ""
    skipped: dict[str, str] = field(default_factory=dict)


def with_time(parts: Sequence[str], seconds: float, findings: Findings) -> list[str]:
    """The parts for which torch and an equal share of the time are enough.

    The architecture is skipped, and noted, if they are not: the others then get its share.
    """
    share = seconds / len(parts)
    if "architecture" not in parts or len(parts) == 1:
        return list(parts)
    if not is_installed("torch"):
        findings.skipped["architecture"] = _TORCH
    elif share < _FEWEST_SECONDS:
        findings.skipped["architecture"] = _too_short(share)
    else:
        return list(parts)
    return [part for part in parts if part != "architecture"]


def search_features(racing: Racing, findings: Findings, until: float) -> None:
    """Find crossings by beam search, then race feature blocks with and without them."""
    part = "features"
    racing.run(part, _suggest_features(()), until=until, first=_first_features(), most=2)
    start = racing.clock.spent
    beam_until = start + _BEAM_SHARE * (until - start)
    findings.crossings = _crossings(racing, beam_until)
    names = findings.crossings.names
    racing.say(f"{len(names)} crossings found")
    first = [{**params, "crossings": True} for params in _first_features()[:2]] if names else []
    racing.run(part, _suggest_features(names), until=until, first=first)
    found = [entry for entry in racing.entries if entry.part == part and entry.whole]
    findings.features = found[0].candidate.features if found else None


def search_hyperparameters(racing: Racing, findings: Findings, until: float) -> None:
    """Race all classifiers and parameters, on every preset and on the features that were found."""
    names = _classifiers(racing.data, findings)

    def suggest(trial: Any) -> Candidate:
        name = trial.suggest_categorical("classifier", names)
        params = SPACES[name](trial) if name in SPACES else {}
        features = findings.features
        if not (features and trial.suggest_categorical("found", (False, True))):
            features = suggest_preset(trial)
        return Candidate(name, params, features, suggest_augmentation(trial))

    racing.run("hyperparameters", suggest, until=until, first=_first_classifiers(names))
    findings.skipped |= racing.unfit


def search_architecture(racing: Racing, findings: Findings, until: float) -> None:
    """Find an architecture by gradient, then race ways to train it."""
    part = "architecture"
    left = racing.seconds_left(until)
    known = racing.studies.recall(part, "graph")
    if not known and left < _FEWEST_SECONDS:
        findings.skipped[part] = _too_short(left)
        return
    graph = tuple(known or _graph(racing, until - (1 - _GRAPH_SHARE) * left))
    racing.studies.remember(part, "graph", graph)
    findings.graph = "\n".join(graph)
    racing.say(f"architecture found: {'; '.join(graph)}")

    def suggest(trial: Any) -> Candidate:
        params = {"graph": graph, **suggest_training(trial)}
        return Candidate(_SEARCHED, params, suggest_preset(trial), suggest_augmentation(trial))

    usual = {"width": 16, "epochs": 30, "learning_rate": 5e-3, "features": DEFAULT_FEATURES}
    first = [{**usual, "copies": 0}, {**usual, "copies": 4, "strength": 1.0}]
    racing.run(part, suggest, until=until, first=first)


RUNNERS: dict[str, Callable[[Racing, Findings, float], None]] = {
    "features": search_features,
    "hyperparameters": search_hyperparameters,
    "architecture": search_architecture,
}
"""In order: hyperparameters are tried on the features that were found."""

PARTS = tuple(RUNNERS)


def _classifiers(data: SearchData, findings: Findings) -> list[str]:
    """Every classifier but `searched`; those pretrained on these people are skipped and noted."""
    names = []
    for name in CLASSIFIERS:
        known = pretraining_of(name)
        if known is not None and known.which(data.X, data.groups, data.name).any():
            findings.skipped[name] = "pretrained on these people: its score would be optimistic"
        elif name != _SEARCHED:
            names.append(name)
    return names


def _too_short(seconds: float) -> str:
    return f"needs {_FEWEST_SECONDS:.0f} s, but had {max(seconds, 0):.0f}; use a larger budget"


def _first_classifiers(names: list[str]) -> list[dict[str, Any]]:
    """The defaults of the library: the fastest, the default model, then the others."""
    order = sorted(names, key=lambda name: (name != _FAST, name != DEFAULT_CLASSIFIER))
    return [
        {
            "classifier": name,
            **DEFAULTS.get(name, {}),
            "found": False,
            "features": DEFAULT_FEATURES,
            "copies": 4 if name == DEFAULT_CLASSIFIER else 0,
            "strength": 1.0,
        }
        for name in order
    ]


def _suggest_features(crossings: tuple[str, ...]) -> Callable[[Any], Candidate]:
    def suggest(trial: Any) -> Candidate:
        name = trial.suggest_categorical("classifier", (_FAST, DEFAULT_CLASSIFIER))
        features = suggest_blocks(trial, crossings)
        return Candidate(name, {}, features, suggest_augmentation(trial))

    return suggest


def _first_features() -> list[dict[str, Any]]:
    geometry = {"block_coordinates": False, "rotate": False, "depth": False, "crossings": False}
    geometry |= {f"block_{name}": True for name in ("distances", "angles", "fingertips")}
    return [
        {"classifier": _FAST, **geometry, "copies": 0},
        {"classifier": DEFAULT_CLASSIFIER, **geometry, "copies": 4, "strength": 1.0},
    ]


def _crossings(racing: Racing, until: float) -> FoundCrossings:
    known = racing.studies.recall("features", "crossings")
    if known:
        with racing.studies.reading():
            return FoundCrossings.from_dict(known)
    data = racing.data
    found = find_crossings(
        data.X,
        data.y,
        data.choosing_folds(),
        go_on=lambda: racing.seconds_left(until) > 0,
    )
    if found.kept:
        racing.studies.remember("features", "crossings", found.to_dict())
    return found


def _graph(racing: Racing, until: float) -> tuple[str, ...]:
    data = racing.data
    rows = data.choosing[data.X.detected[data.choosing]]
    vectors = LandmarkFeatures(DEFAULT_FEATURES).fit_transform(data.X[rows])
    return Searched(random_state=racing.random_state).find(
        vectors,
        data.y[rows],
        groups=data.groups[rows],
        go_on=lambda: racing.seconds_left(until) > 0,
    )
