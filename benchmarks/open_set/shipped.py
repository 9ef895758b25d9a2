"""Part: what the shipped models name of hands that mean nothing."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

import handpose as hp
from benchmarks.pictures import photo_files
from benchmarks.runner import Setup
from handpose.evaluation.open_set import best_gestures
from handpose.extractors import DEFAULT_NUM_HANDS
from handpose.models.threshold import OPEN_SET, threshold_of
from scripts.no_digit import resting_of_hagrid
from scripts.other_cameras import ASKED, SHOWN_BY, digits_of_hagrid, renamed

MODELS = ("digits", "hagrid")
OTHERS, PHOTOS, RENDERED = "other people of HaGRID", "photos of HaGRID", "rendered digits"
"""Hands that show a gesture of the model."""
EVERYDAY, RESTING = "everyday hands", "at rest, other people of HaGRID"
"""Hands that show none."""


def shipped(setup: Setup) -> dict[str, Any]:
    """What the shipped models name by default, and where a rate of false accepts is asked for.

    *everyday hands*: those that are found in everyday photos with hands that mean nothing. Percent
    of them that are named, and of digits percent of hands at rest of people whom the model was not
    trained on; then percent of hands that show a gesture of the model and are named right: new
    people of the training set (from the model's card); of digits, people of HaGRID whom the model
    was not trained on; photos of HaGRID as a recogniser sees them, in which a missed hand is an
    error (of people who are not known: some may be among those who were trained on); and the
    rendered hands. No threshold was chosen on any of these, but what else `digits` learns from was.
    """
    rows: dict[str, dict[str, Any]] = {}
    details = {}
    for name in MODELS:
        model = hp.load_model(name)
        nothing = {
            where: best_gestures(model, hands) for where, hands in no_gestures(setup, name).items()
        }
        known = {
            where: (data.y, *best_gestures(model, data.X))
            for where, data in elsewhere(setup, name).items()
        }
        for asked, limit, of_new_people in _thresholds(model):
            rows[f"{name}, {asked}"] = {
                "from score": round(limit, 3),
                **dict.fromkeys((EVERYDAY, RESTING), ""),
                **{where: _percent(scores >= limit) for where, (scores, _) in nothing.items()},
                "new people": of_new_people,
                **dict.fromkeys((OTHERS, PHOTOS, RENDERED), ""),
                **{
                    where: _percent((theirs >= limit) & (labels == truth))
                    for where, (truth, theirs, labels) in known.items()
                },
            }
        scores, named = nothing[EVERYDAY]
        by_default = named[scores >= threshold_of(model)]
        details[name] = {label: int((by_default == label).sum()) for label in np.unique(by_default)}
    return {"rows": rows, "hands": len(everyday_hands(setup)), "details": details}


def no_gestures(setup: Setup, name: str) -> dict[str, hp.Landmarks]:
    """Hands that show no gesture of a model of this name."""
    everyday = {EVERYDAY: everyday_hands(setup)}
    if name != "digits":
        return everyday
    resting = resting_of_hagrid(setup.landmarks("hagrid_landmarks"), people=ASKED)
    return everyday | {RESTING: resting.X[resting.detected]}


def elsewhere(setup: Setup, name: str) -> dict[str, hp.Dataset]:
    """Hands that a model of this name is asked about."""
    photos = photos_of_hagrid(setup)
    if name != "digits":
        return {PHOTOS: photos}
    return {
        OTHERS: digits_of_hagrid(setup.landmarks("hagrid_landmarks"), people=ASKED),
        PHOTOS: renamed(photos, SHOWN_BY, PHOTOS),
        RENDERED: hp.load_dataset("rendered_hands"),
    }


@cache
def photos_of_hagrid(setup: Setup) -> hp.Dataset:
    """The surest hand in each photo of a gesture, or one that was missed."""
    files = photo_files(setup, "hagrid_sample")
    images = [hp.read_image(file) for file in files]
    with hp.make_extractor(num_hands=1) as extractor:
        found = [extractor.detect(image) for image in images]
    missed = [hp.Landmarks.missing([image.shape[1::-1]]) for image in images]
    hands = [hand if len(hand) else none for hand, none in zip(found, missed, strict=True)]
    return hp.Dataset(hp.Landmarks.concat(hands), [file.parent.name for file in files])


def _thresholds(model: hp.GestureModel) -> Iterator[tuple[str, float, str]]:
    """The default and those of the card: name, score, percent of new people's hands named right."""
    yield "default", threshold_of(model), ""
    assert model.card is not None
    for entry in model.card.metrics[OPEN_SET]["true_accepts"]:
        rate, kept = entry["false_accepts"], entry["true_accepts"]
        yield f"{rate:.1%} asked for", float(entry["threshold"]), f"{100 * kept:.1f}"


@cache
def everyday_hands(setup: Setup) -> hp.Landmarks:
    """Hands of everyday photos that mean nothing, as a recogniser finds them."""
    folder = setup.folder("everyday_photos")
    with (folder / "manifest.csv").open() as file:
        files = [folder / row["path"] for row in csv.DictReader(file) if row["label"] == "hand"]
    with hp.make_extractor(num_hands=DEFAULT_NUM_HANDS) as extractor:
        found = [extractor.detect(hp.read_image(file)) for file in files]
    return hp.Landmarks.concat(found)


def _percent(true: NDArray[np.bool_]) -> str:
    return f"{100 * true.mean():.1f}"
