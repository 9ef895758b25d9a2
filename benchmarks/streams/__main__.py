"""Motions and letters in streams that do not end: found once each, told soon, spelled as text.

python -m benchmarks.streams [--only PART ...] [--data DIR]
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np

import handpose as hp
from benchmarks.motion.people import MODELS, model_of
from benchmarks.runner import Benchmark, Setup, parts_of, run
from benchmarks.streams.measures import Tally
from benchmarks.streams.persons import from_few_takes, of_new_signers
from benchmarks.streams.spelled import read_all
from benchmarks.streams.stitching import Stream, stitch
from benchmarks.streams.swiped import told_of_people, told_swipes
from handpose.containers.motion import Motions
from handpose.extraction.clips import as_one_hand
from handpose.recognition.finding import events_in_time

NONSENSE = ("Grab", "Pinch", "Shake", "Swipe V")
"""Gestures of SHREC'17 that are not taught: what hands do between signs."""
TAUGHT_NOTHING = NONSENSE[:2]
"""Of these, the ones that a model may learn as nothing, from people of the training set."""
NAMED_FROM = 0.6
"""Score from which on gestures of SHREC'17 are named."""
WHOLE_FROM = 0.7
"""The same where phases count."""
SCORES = (0.6, 0.7, 0.8)
"""Of which one is chosen."""
FOLDS = 4
"""Of the people whom a model is trained on."""
SIGNS = 20
"""In a stream, before it is cut."""


def data_of(setup: Setup, name: str, file: str, folder: str = "") -> hp.Dataset:
    return hp.load_dataset(name, path=setup.folder(folder or name) / file)


@cache
def shrec17(setup: Setup) -> hp.Dataset:
    return data_of(setup, "shrec17", "sequences.npz", "shrec17_train")


def people(dataset: hp.Dataset) -> tuple[list[str], list[str]]:
    """Whom a model is trained on, and whom it is asked about."""
    everybody = sorted(set(dataset.groups.tolist()), key=int)
    asked = everybody[2::3]
    return [person for person in everybody if person not in asked], asked


def streams_of(
    takes: hp.Dataset, nonsense: hp.Dataset, most: int, seed: int = 0, share: float = 0.5
) -> list[Stream]:
    """Streams of each person's takes, with what the same person does besides."""
    streams = []
    for person in sorted(set(takes.groups.tolist())):
        rng = np.random.default_rng([seed, int(person)])
        own = takes.select(groups=[person])
        besides = list(nonsense.X[nonsense.groups == person])
        order = rng.permutation(len(own))[:most]
        rows = list(own.X)
        for start in range(0, len(order), SIGNS):
            chosen = [(rows[i], str(own.y[i])) for i in order[start : start + SIGNS]]
            streams.append(stitch(chosen, besides, rng, share))
    return streams


def found_in(model: hp.GestureModel, streams: list[Stream], tally: Tally | None = None) -> Tally:
    """What a model finds in streams, beside what it has found."""
    tally = Tally() if tally is None else tally
    for stream in streams:
        tally.add(stream, events_in_time(model, stream.motion))
    return tally


def gestures(setup: Setup) -> dict[str, Any]:
    """Gestures of SHREC'17 in streams of six people who were not trained on.

    A stream is 20 takes of a person, with pauses, hands out of the picture and gestures that are
    not taught (half of the time) between them. Nothing was chosen on these people: see *chosen*.
    A sign is found by an event of its name that covers half of it and lasts at most twice as long;
    every other event is false. Delay: frames from the end of a sign to the event. *takes alone*:
    from whole takes. *streams*: from these and windows of streams that are stitched from them
    (`handpose.with_nothing`), in which two of the four gestures that are not taught are shown as no
    gesture, by people of the training set. *phases*: it has learnt too how motions begin and end
    (`handpose.learn_phases`).
    """
    training, asked = people(shrec17(setup))
    taught, with_nonsense = taught_by(setup, training)
    streams = shown_by(setup, asked)
    rows, details = {}, {}
    for name in MODELS:
        model = model_of(setup, name)
        for way, found in _in_ways(model, taught, with_nonsense, streams):
            setup.report(f"{name}, {way}")
            rows[f"{name}, {way}"] = found.row()
            details[f"{name}, {way}"] = most_common(found)
    return {"rows": rows, "details": details, "asked": asked}


def chosen(setup: Setup) -> dict[str, Any]:
    """The same for the people who are trained on above, by a motion_net of others: four folds.

    Settings were chosen on these, among them the score from which on gestures are named.
    """
    training, _ = people(shrec17(setup))
    tallies = {score: Tally() for score in SCORES}
    for fold in range(FOLDS):
        asked = training[fold::FOLDS]
        _, with_nonsense = taught_by(setup, [one for one in training if one not in asked])
        model = model_of(setup, "motion_net")
        model.fit(*hp.with_nothing(with_nonsense, model))
        hp.learn_phases(model, with_nonsense)
        streams = shown_by(setup, asked)
        for score, tally in tallies.items():
            found_in(model.set_params(min_score=score), streams, tally)
        setup.report(f"fold {fold + 1} of {FOLDS}")
    return {"rows": {f"from {score}": tally.row() for score, tally in tallies.items()}}


def taught_by(setup: Setup, people: list[str]) -> tuple[hp.Dataset, hp.Dataset]:
    """Takes of the gestures that are taught, and with those of no gesture, by these people."""
    data = shrec17(setup)
    taught = data.select(groups=people, labels=gestures_taught(data))
    other = data.select(groups=people, labels=TAUGHT_NOTHING)
    nothing = hp.Dataset(other.X, ["no_gesture"] * len(other), other.groups)
    return taught, hp.Dataset.concat([taught, nothing])


def shown_by(setup: Setup, people: list[str]) -> list[Stream]:
    """Streams of these people."""
    data = shrec17(setup)
    theirs = data.select(groups=people)
    return streams_of(
        theirs.select(labels=gestures_taught(data)),
        theirs.select(labels=NONSENSE),
        20 if setup.quick else 40,
    )


def gestures_taught(data: hp.Dataset) -> list[str]:
    return [label for label in data.label_names if label not in NONSENSE]


def _in_ways(
    model: hp.GestureModel, takes: hp.Dataset, with_nonsense: hp.Dataset, streams: list[Stream]
) -> Iterator[tuple[str, Tally]]:
    """What a model finds that learns more and more."""
    model.set_params(min_score=NAMED_FROM)
    yield "takes alone", found_in(model.fit(*takes), streams)
    yield "streams", found_in(model.fit(*hp.with_nothing(with_nonsense, model)), streams)
    hp.learn_phases(model, with_nonsense).set_params(min_score=WHOLE_FROM)
    yield "streams and phases", found_in(model, streams)


def most_common(tally: Tally) -> dict[str, Any]:
    """What was missed and what was told wrongly, most often first."""
    return {
        "missed": dict(Counter(tally.missed).most_common(8)),
        "wrong": dict(Counter(tally.wrong).most_common(8)),
    }


def words(setup: Setup) -> dict[str, Any]:
    """Signed words (asl_sequences) in streams of a session, by models of the other sessions.

    Between signs hands rest, leave the picture, or do nothing in particular, as takes of the
    session's "-" show. Takes have 30 frames. Nothing was chosen on these.
    """
    data = data_of(setup, "asl_sequences", "words.npz")
    data = hp.Dataset(Motions(map(as_one_hand, data.X)), data.y, data.groups, name=data.name)
    signs = [label for label in data.label_names if len(label) > 1 and label != "no_gesture"]
    rows, details = {}, {}
    for session in ("0", "1", "3", "4"):
        setup.report(f"session {session}")
        others = [group for group in set(data.groups.tolist()) if group != session]
        taught = data.select(groups=others, labels=[*signs, "no_gesture"])
        model = hp.make_model("svm", features="motion")
        own = data.select(groups=[session])
        streams = streams_of(
            own[np.isin(own.y, signs)], own.select(labels=["no_gesture"]), setup.few(100)
        )
        for way, found in _in_ways(model, taught, taught, streams):
            rows[f"session {session}, {way}"] = found.row()
            details[f"session {session}, {way}"] = most_common(found)
    return {"rows": rows, "details": details}


def few_takes(setup: Setup) -> dict[str, Any]:
    """Words of one signer (signed_words) by an svm of five of their own takes of each.

    Signers with ten takes or more of two words or more; the takes that were not trained on are
    asked, whole. *with windows of streams*: as `handpose train` makes it, so that words are also
    found in a stream. *named*: of these, rightly and not refused.
    """
    return from_few_takes(data_of(setup, "signed_words", "sequences.npz"), 5)


def personal(setup: Setup) -> dict[str, Any]:
    """Words of a new signer (signed_words) by a model of others, then with three of their takes.

    Seven words; for each signer five draws of three takes a word, spread over the recording, and
    the *first* three takes, from which a signer may drift. *others alone*: asked for the takes that
    the draws leave. Settings were chosen on every second signer, the others are asked.
    """
    return of_new_signers(data_of(setup, "signed_words", "sequences.npz"), setup)


def swipes(setup: Setup) -> dict[str, Any]:
    """Swipes in real and rendered clips as `handpose recognize --motions swipes` tells them.

    The model was trained on computed swipes. Of real clips the swipes were marked by eye, of
    rendered ones they are known; `circles` and the other rendered clips show none. *besides*: other
    events. Delay: from a swipe's end to the moment it is told. Speeds and features of the computed
    swipes were chosen on people (*swipes_of_people*), after a look at what was told besides here.
    """
    return told_swipes(setup)


def swipes_of_people(setup: Setup) -> dict[str, Any]:
    """The same model on takes of SHREC'17, seen from the front: what it tells of each gesture.

    *right*: with its direction; *another swipe*: only that. A take begins and ends with ways to
    and from the gesture, which are often as fast. The model's features and speeds were chosen on
    these people: on 80 takes of each swipe, and 40 of each of six gestures that are none.
    """
    return told_of_people(setup, shrec17(setup))


def spelling(setup: Setup) -> dict[str, Any]:
    """200 words, spelled thrice by stitched takes of letters of an unknown session.

    Settings were chosen on session 0 with 30 other words. Sessions of the same number in the file
    of words are not trained on either. A letter is held for 14 to 30 frames, four to ten lead to
    the next. Character error: edits a letter. The list has all 230 words. *three takes of each*:
    the model of held letters also knows one hand of three other takes.
    """
    return read_all(setup)


BENCHMARK = Benchmark(
    "streams",
    parts_of(gestures, chosen, words, few_takes, personal, swipes, swipes_of_people, spelling),
    shown={"gestures": "", "spelling": ""},
)

if __name__ == "__main__":
    run(BENCHMARK)
