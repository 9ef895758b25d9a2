"""Does the size of its bones tell whose hand it is?

python -m benchmarks.persons [--only PART ...] [--quick]

Verification: two samples, same person or not. What is learnt (the scale of each feature, a
projection) and chosen (which features, which projection) comes from people who are not asked about.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import handpose as hp
from benchmarks.runner import Benchmark, Setup, parts_of, run
from handpose.containers.labels import NO_GESTURE
from handpose.datasets import photo_folder
from handpose.evaluation import PeopleEvaluation, evaluate_people

PLAIN, LEARNT = "scaled", "projected"
"""Each feature by its own spread; or the directions in which people differ more than one person
does (linear discriminants)."""

SIZES = (1, 2, 5)
SHREC_FRAMES = 10

Samples = tuple[list[hp.Landmarks], NDArray[np.str_], "NDArray[np.str_] | None"]
"""Pictures of each sample, whose they are, and when they were taken."""


def digits(setup: Setup) -> dict[str, Any]:
    """Digits: 222 people, ten photos each, taken in a row; world landmarks, point scores.

    A sample is one photo, or the mean of two or five; two samples of a person share no photo and
    no digit. Everything within one session, before one wall.
    """
    table = setup.landmarks("sign_language_digits")
    table = table[table.X.detected]
    rows: dict[str, Any] = {}
    for size in SIZES:
        rows |= _asked(setup, f"{size} photos" if size > 1 else "1 photo", _of_digits(table, size))
    return {"rows": rows, "worth": "same session: worthless for a door"}


def skeletons(setup: Setup) -> dict[str, Any]:
    """SHREC'17: 20 people before a depth camera that fits a skeleton in metres, one session each.

    A sample is a whole sequence; two samples of a person show two gestures.
    """
    data = np.load(setup.folder("shrec17_train") / "sequences.npz")
    ends = np.cumsum(data["length"])
    starts = ends - data["length"]
    chosen = np.random.default_rng(setup.seed).permutation(len(ends))[: setup.few(400)]
    samples = []
    for row in chosen:
        frames = np.linspace(starts[row], ends[row] - 1, SHREC_FRAMES).astype(int)
        joints = np.delete(data["joints"][frames], 1, axis=1)  # the palm's centre
        samples.append(hp.Landmarks(joints * 1000, world=joints))
    people, gestures = data["subject"][chosen].astype(str), data["gesture"][chosen].astype(str)
    rows = _asked(setup, "a sequence", (samples, people, gestures))
    return {"rows": rows, "worth": "same session: worthless for a door"}


def photos(setup: Setup) -> dict[str, Any]:
    """HaGRID: people who sent several photos, each another gesture; x and y of annotators alone.

    Two photos of a person are two pictures of one home, often of one evening, by one camera, whose
    unknown shape of picture stretches all its hands alike. No depth, no point scores.
    """
    table = setup.landmarks("hagrid_landmarks")
    table = table[table.y != NO_GESTURE]
    _, first = np.unique(np.char.add(table.groups, table.y), return_index=True)
    table = table[np.sort(first)]
    names, index, counts = np.unique(table.groups, return_inverse=True, return_counts=True)
    table = table[counts[index] > 1]
    samples = [table.X[row : row + 1] for row in range(len(table))]
    rows = _asked(setup, "1 photo", (samples, table.groups, table.y), space="image")
    return {"rows": rows, "people_with_two_photos": int((counts > 1).sum()), "people": len(names)}


def renders(setup: Setup) -> dict[str, Any]:
    """Rendered hands of six statures, ten digits each: the true bones differ by up to a tenth.

    How far apart the measured ratios of two statures are, over how far apart two halves of one are.
    """
    data = hp.load_dataset("rendered_hands")
    folder = photo_folder("rendered_hands")
    with hp.make_extractor("native", num_hands=1) as extractor:
        found = [extractor.detect(hp.read_image(folder / path))[:1] for path in data.paths]
    points = data.X.points
    true = [hp.Landmarks(points[n : n + 1], world=points[n : n + 1]) for n in range(len(points))]
    rows = {}
    for name, hands in (("measured", found), ("true", true)):
        people, samples = [], []
        for person in np.unique(data.groups):
            own = [hands[n] for n in np.flatnonzero(data.groups == person) if len(hands[n])]
            samples += [hp.Landmarks.concat(own[::2]), hp.Landmarks.concat(own[1::2])]
            people += [person, person]
        vectors = hp.HandGeometry().fit_transform(samples)
        pairs = evaluate_people(vectors, people)
        rows[name] = {
            "two statures": float(np.median(pairs.other)),
            "two halves of one": float(np.median(pairs.same)),
            "equal error rate": pairs.equal_error_rate,
        }
    return {"rows": rows}


def _of_digits(table: hp.Dataset, size: int) -> Samples:
    """Two samples of each person, of different digits."""
    samples, people = [], []
    for person in np.unique(table.groups):
        own = np.flatnonzero(table.groups == person)
        if len(own) < 2 * SIZES[-1]:
            continue
        order = np.random.default_rng(int(own[0])).permutation(own)
        samples += [table.X[np.sort(order[:size])], table.X[np.sort(order[size : 2 * size])]]
        people += [person, person]
    return samples, np.array(people), None


def _asked(setup: Setup, name: str, samples: Samples, space: str = "world") -> dict[str, Any]:
    """Choose on one half of the people, ask about the other; both ways of measuring are shown."""
    hands, people, moments = samples
    names = np.random.default_rng(setup.seed).permutation(np.unique(people))
    known = np.isin(people, names[: len(names) // 2])
    blocks = ("ratios",) if space == "image" else ("ratios", "lengths", "all")
    found: dict[tuple[str, str], tuple[PeopleEvaluation, PeopleEvaluation]] = {}
    for block in blocks:
        vectors = hp.HandGeometry(block, space=space).fit_transform(hands)
        for way in (PLAIN, LEARNT):
            inner = np.isin(people, names[: len(names) // 4])
            tried = _evaluated(way, vectors, people, moments, inner, known & ~inner)
            asked = _evaluated(way, vectors, people, moments, known, ~known)
            found[block, way] = tried, asked
    best = min(found, key=lambda key: found[key][0].equal_error_rate)
    rows = {}
    for key, (tried, asked) in found.items():
        low, high = asked.interval()
        rows[f"{name}: {', '.join(key)}{' (chosen)' if key == best else ''}"] = {
            "people": asked.n_people,
            "pairs_of_one": len(asked.same),
            "pairs_of_two": len(asked.other),
            "equal error rate": asked.equal_error_rate,
            "low": low,
            "high": high,
            "refused at 1 % false accepts": asked.false_rejects(0.01),
            "AUROC": asked.auroc,
            "on the people chosen on": tried.equal_error_rate,
        }
    return rows


def _evaluated(
    way: str,
    vectors: NDArray[np.float32],
    people: NDArray[np.str_],
    moments: NDArray[np.str_] | None,
    known: NDArray[np.bool_],
    asked: NDArray[np.bool_],
) -> PeopleEvaluation:
    space = _space(way)(vectors[known], people[known])
    projected = space.transform(vectors[asked])
    return evaluate_people(projected, people[asked], None if moments is None else moments[asked])


def _space(way: str) -> Callable[..., Any]:
    """Fits what makes vectors comparable."""

    def plain(X: NDArray[np.float32], people: NDArray[np.str_]) -> Any:
        return StandardScaler().fit(X - _means(X, people) + X.mean(0))

    def learnt(X: NDArray[np.float32], people: NDArray[np.str_]) -> Any:
        n = min(10, len(np.unique(people)) - 1)
        discriminants = LinearDiscriminantAnalysis(solver="eigen", shrinkage=0.3, n_components=n)
        return make_pipeline(StandardScaler(), discriminants).fit(X, people)

    return plain if way == PLAIN else learnt


def _means(X: NDArray[np.float32], people: NDArray[np.str_]) -> NDArray[np.float32]:
    """For each row, the mean of its person."""
    _, index = np.unique(people, return_inverse=True)
    sums = np.zeros((index.max() + 1, X.shape[1]))
    np.add.at(sums, index, X)
    return (sums / np.bincount(index)[:, None])[index]


BENCHMARK = Benchmark("persons", parts_of(digits, skeletons, photos, renders))

if __name__ == "__main__":
    run(BENCHMARK)
