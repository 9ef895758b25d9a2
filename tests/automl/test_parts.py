"""What each part hands on to the next."""

from dataclasses import replace
from functools import partial

import pytest

import handpose as hp
from handpose.automl import costs, parts
from handpose.automl.beam import find_crossings
from handpose.automl.budget import Clock
from handpose.automl.data import divide
from handpose.automl.racing import Racing
from handpose.automl.studies import Studies
from handpose.classifiers import Searched

pytest.importorskip("optuna")
GRAPH = ("hand -> a: skip", "hand -> b: skip", "hand -> c: skip")


@pytest.fixture
def racing(few, tmp_path):
    data = divide(*few)
    studies = Studies(tmp_path / "j.log", data.fingerprint, 0)
    return Racing(data, studies, Clock(60), 0)


@pytest.fixture
def only_first(racing, monkeypatch):
    """Only the candidates that a part names itself are tried, not what chance adds."""
    ordinary = racing.run

    def run(part, suggest, *, first=(), **options):
        ordinary(part, suggest, first=first, **options | {"most": len(first)})

    monkeypatch.setattr(racing, "run", run)


def test_hyperparameters_begin_with_every_default(racing):
    parts.search_hyperparameters(racing, parts.Findings(), 2)
    tried = {entry.candidate.classifier for entry in racing.entries}
    assert {"svm", "logistic"} <= tried <= set(hp.CLASSIFIERS)


def test_a_classifier_whose_networks_know_these_people_is_left_out(racing):
    """The digits' people taught `few_shot`'s networks."""
    findings = parts.Findings()
    assert "few_shot" not in parts._classifiers(racing.data, findings)
    assert "pretrained on these people" in findings.skipped["few_shot"]


def test_of_other_people_it_is_tried(racing):
    hands = hp.Landmarks(racing.data.X.points + 1)
    findings = parts.Findings()
    assert "few_shot" in parts._classifiers(replace(racing.data, X=hands), findings)
    named = replace(racing.data, X=hands, name="sign_language_digits")
    assert "few_shot" not in parts._classifiers(named, findings)


def test_crossings_are_remembered_in_the_journal(racing, monkeypatch, only_first):
    monkeypatch.setattr(parts, "find_crossings", partial(find_crossings, beam=1, most=1))
    first = parts.Findings()
    parts.search_features(racing, first, 50)
    assert first.crossings.kept
    monkeypatch.setattr(parts, "find_crossings", None)
    again = parts.Findings()
    parts.search_features(racing, again, 50)
    assert again.crossings == first.crossings
    assert first.features is not None


@pytest.mark.torch
def test_a_network_is_found_raced_and_remembered(racing, monkeypatch, only_first):
    pytest.importorskip("torch")
    monkeypatch.setattr(Searched, "find", lambda *args, **kwargs: GRAPH)
    monkeypatch.setattr(parts, "_FEWEST_SECONDS", 1.0)
    monkeypatch.setattr(parts, "suggest_training", lambda choose: {"width": 4, "epochs": 2})
    monkeypatch.setitem(costs._GUESSES, "searched", 0.0)
    findings = parts.Findings()
    parts.search_architecture(racing, findings, 50)
    assert findings.graph == "\n".join(GRAPH)
    assert racing.studies.recall("architecture", "graph") == list(GRAPH)
    assert {entry.candidate.classifier for entry in racing.entries} == {"searched"}
    assert "graph" not in racing.entries[0].candidate.settings


def left_out(names, seconds):
    findings = parts.Findings()
    kept = parts.with_time(names, seconds, findings)
    return kept, findings.skipped


@pytest.mark.torch
def test_a_part_for_which_there_is_no_time_gives_its_share_away():
    pytest.importorskip("torch")
    kept, skipped = left_out(parts.PARTS, 30.0)
    assert kept == ["features", "hyperparameters"]
    assert "needs 20 s, but had 10" in skipped["architecture"]
    assert left_out(parts.PARTS, 90.0) == (list(parts.PARTS), {})
    assert left_out(["architecture"], 3.0) == (["architecture"], {})  # then it says so itself


def test_without_torch_an_architecture_is_left_out_and_named(monkeypatch):
    monkeypatch.setattr(parts, "is_installed", lambda name: False)
    kept, skipped = left_out(parts.PARTS, 900.0)
    assert kept == ["features", "hyperparameters"]
    assert "handpose[torch]" in skipped["architecture"]
