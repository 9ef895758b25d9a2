"""Fit how sure each landmark is (`handpose.extractors.native.point_scores`).

    python -m scripts.train_point_scores RENDERS ... --data DIR

RENDERS are folders that ``scripts.rendering.render_all_round`` and, with other seeds than that of
``datasets/rendered_hands``, ``scripts.rendering.render_hands`` made (537 and 240 hands); DIR holds
the photos. Each picture is looked at as it is and spoilt in three ways (`scripts.spoilt_hands`).
Trained on rendered hands of four of the six imaginary persons and on photos of
``sign_language_digits`` (half of the people) and ``rock_paper_scissors`` (half of the clips);
measured on the others, and on ``hagrid_sample`` and ``drone_hand``, of which nothing is trained on.

Of a rendered hand the truth is exact; of a photo it is what twelve crops of the whole photo agree
on, which hides what all of them get wrong alike. So that this is no part of what is learnt, the
photos' truth is moved by what the network gets wrong on clear renders: a point's label is the share
of such moves with which it is right.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from benchmarks.machine import machine
from handpose.containers.skeletons import HandLandmark
from handpose.extractors.native import NativeExtractor
from handpose.extractors.native import point_scores as model
from handpose.extractors.native.point_scores import (
    FEATURES,
    MOVES,
    TABLE,
    WITHIN,
    ScoreModel,
    features,
)
from handpose.images import read_image
from scripts.spoilt_hands import Example, spoilt
from scripts.true_points import OFFSETS, agreed, as_landmarks, fit_offsets, rendered

Array = NDArray[np.float64]

SPOILT = 3
TRAINED_RENDERS = ("render0", "render1", "render2", "render3")
PHOTOS = {"sign_language_digits": 300, "rock_paper_scissors": 300}
UNSEEN = {"hagrid_sample": 160, "drone_hand": 100}
ANOTHER_HAND = 0.5
"""In sides of the true hand's box: what lies farther off is another hand."""
DOUBTFUL = 0.05
"""Share of the hands in unspoilt photos of which another crop is looked at."""
MEANT = 64
"""How many ways in which the network is wrong stand for all of them."""
CLEARLY_FOUND = 0.08
"""In sides of the box: mean error of the hands that show how far landmarks lie from the joints
of the rig."""
SURE = 4.6
"""Logit of the presence (0.99) that most hands in unspoilt photos have, but one in six rendered."""
HIDDEN, ROUNDS = 24, 12
"""Size of the network, and how often it sees every hand."""


@dataclass
class Table:
    """Hands that were found, a row each.

    Attributes
    ----------
    features : ndarray of shape (n, 21, len(FEATURES + MOVES))
    points, truth : ndarray of shape (n, 21, 2)
        Pixels; the truth is NaN where it is not known.
    kind : ndarray of n str
        What was done to the picture.
    group : ndarray of n str
        Whose hand it is.
    """

    features: Array
    points: Array
    truth: Array
    kind: NDArray[np.str_]
    group: NDArray[np.str_]

    def __getitem__(self, rows: Any) -> Table:
        return Table(*(getattr(self, field.name)[rows] for field in fields(self)))

    @property
    def apart(self) -> Array:
        """From the truth, in sides of the true hand's box, shape (n, 21, 2)."""
        box = np.nanmax(self.truth, axis=1) - np.nanmin(self.truth, axis=1)
        return np.asarray((self.points - self.truth) / box.max(1)[:, None, None])


def look(extractor: NativeExtractor, examples: Iterator[tuple[str, Example]]) -> Table:
    """Find the hands of pictures; what is another hand than the one asked for is left out."""
    rows = []
    for group, example in examples:
        asked: list[tuple[Any, ...]] = []
        with _recorded(asked):
            found = extractor.detect(example.image)
        if len(found):
            points, world, presence, size, again = asked[-1]
            x = features(points[:1], world[:1], presence[:1], size, again[:1])[0]
            rows.append((x, found.points[0, :, :2], example.points, example.kind, group))
    table = Table(*(np.array(column) for column in zip(*rows, strict=True)))
    return table[np.nanmean(np.linalg.norm(table.apart, axis=2), axis=1) < ANOTHER_HAND]


class _recorded:  # noqa: N801
    """Notes what the extractor asks the model about."""

    def __init__(self, asked: list[tuple[Any, ...]]):
        self._asked, self._model = asked, model.point_scores

    def __enter__(self) -> None:
        def note(*about: Any) -> Array:
            self._asked.append(about)
            return np.zeros(about[0].shape[:2])

        model.point_scores = note

    def __exit__(self, *_: Any) -> None:
        model.point_scores = self._model


def spoilt_ones(
    pictures: Iterator[tuple[str, Any, Array]], others: list[Any], seed: int
) -> Iterator[tuple[str, Example]]:
    """Each picture as it is and spoilt, with its group."""
    for number, (group, image, points) in enumerate(pictures):
        rng = np.random.default_rng([seed, number])
        known = ~np.isnan(points)
        if known.all(1).sum() < 13:
            continue
        filled = np.where(known, points, np.nanmean(points, axis=0))
        yield group, Example(image, points, "as it is")
        for _ in range(SPOILT):
            example = spoilt(image, filled, rng, others)
            yield (
                group,
                Example(
                    np.ascontiguousarray(example.image),
                    np.where(known, example.points, np.nan),
                    example.kind,
                ),
            )


def of_renders(folders: list[Path]) -> Iterator[tuple[str, Any, Array]]:
    for folder in folders:
        for path, joints in rendered(folder):
            (person,) = (part for part in path.stem.split("_") if part.startswith("render"))
            yield person, read_image(path), joints


def of_photos(
    extractor: NativeExtractor, folder: Path, limit: int
) -> Iterator[tuple[str, Any, Array]]:
    with open(folder / "manifest.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    random.Random(1).shuffle(rows)
    for row in rows[:limit]:
        image = read_image(folder / row["path"])
        points = agreed(extractor, image)
        if points is not None:
            yield row["subject"] or row["path"], image, points


def right(table: Table, wrong: Array | None = None) -> tuple[Array, Array]:
    """For each landmark whose truth is known: its features with its number, and the probability
    that it is right."""
    n = len(table.apart)
    numbered = np.broadcast_to(np.eye(21), (n, 21, 21))
    known = ~np.isnan(table.apart[..., 0])
    x = np.concatenate([table.features, numbered], axis=2)[known]
    apart = table.apart[:, None] + (np.zeros((1, 21, 2)) if wrong is None else wrong)
    return x, (np.linalg.norm(apart, axis=3) <= WITHIN).mean(1)[known]


def fitted(x: Array, share: Array) -> ScoreModel:
    """The network that takes features to probabilities."""
    count = x.shape[1] - len(HandLandmark)
    mean, spread = x[:, :count].mean(0), x[:, :count].std(0)
    scaled = np.concatenate([(x[:, :count] - mean) / spread, x[:, count:]], axis=1)
    network = MLPClassifier(
        (HIDDEN,), alpha=0.1, learning_rate_init=3e-3, batch_size=1024, max_iter=ROUNDS,
        random_state=0, n_iter_no_change=ROUNDS,
    )  # fmt: skip
    labels = np.repeat([1, 0], len(x))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        network.fit(
            np.concatenate([scaled, scaled]),
            labels,
            sample_weight=np.concatenate([share, 1 - share]) + 1e-9,
        )
    (first, last), (bias, intercept) = network.coefs_, network.intercepts_
    weights = first[:count] / spread[:, None]
    return ScoreModel(
        weights, first[count:] + bias - mean @ weights, last[:, 0], float(intercept[0])
    )


def calibration_error(score: Array, is_right: Array, bins: int = 10) -> float:
    """Expected calibration error: mean distance between score and share of right points, over
    `bins` equally wide bins weighted by what falls into them."""
    which = np.minimum((score * bins).astype(int), bins - 1)
    gaps = [
        abs(score[which == b].mean() - is_right[which == b].mean()) * (which == b).mean()
        for b in np.unique(which)
    ]
    return float(sum(gaps))


def measured(apart: Array, score: Array) -> dict[str, float]:
    """What the bars ask, for landmarks whose truth is known.

    Parameters
    ----------
    apart : ndarray of shape (m,)
        Distance to the truth, in sides of the hand's box.
    score : ndarray of shape (m,)
    """
    order = np.argsort(score, kind="stable")
    low, rest = np.split(order, [len(order) // 5])
    return {
        "points": len(score),
        "right": round(float((apart <= WITHIN).mean()), 3),
        "mean score": round(float(score.mean()), 3),
        "calibration error": round(calibration_error(score, apart <= WITHIN), 3),
        "error of the lowest fifth over the rest": round(
            float(apart[low].mean() / apart[rest].mean()), 2
        ),
    }


def scores_of(table: Table, network: ScoreModel) -> Array:
    """Of each landmark, shape (n, 21)."""
    return network.scores(table.features[..., : len(network.weights)])


def report(name: str, table: Table, score: Array, wrong: Array | None) -> dict[str, Any]:
    """Print how well scores fit, for all pictures and by what was done to them; `wrong` moves the
    truth of photos, see `right`."""
    apart = np.linalg.norm(table.apart, axis=2)
    kinds = [kind for kind in np.unique(table.kind) if " and " not in kind]
    rows = {"all": np.ones(len(apart), bool), **{kind: table.kind == kind for kind in kinds}}
    results = {}
    for kind, chosen in rows.items():
        known = ~np.isnan(apart[chosen])
        results[kind] = measured(apart[chosen][known], score[chosen][known])
        if wrong is not None:
            share = right(table[chosen], wrong)[1]
            error = calibration_error(score[chosen][known], share)
            results[kind]["calibration error, truth moved"] = round(error, 3)
        print(f"{name:32} {kind:10} {results[kind]}", flush=True)
    return results["all"]


def gathered(options: argparse.Namespace) -> dict[str, Table]:
    """The hands of all pictures."""
    extractor = NativeExtractor(threads=1, point_scores="thorough")
    unscored = NativeExtractor(threads=1, point_scores="off")
    files = sorted((options.data / "hagrid_sample").glob("*/*.jpg"))
    others = [read_image(path) for path in files[::12]]
    sources = {"renders": of_renders(options.renders)}
    for name, limit in (PHOTOS | UNSEEN).items():
        sources[name] = of_photos(unscored, options.data / name, limit)
    tables = {}
    for seed, (name, pictures) in enumerate(sources.items()):
        tables[name] = look(extractor, spoilt_ones(pictures, others, seed))
        print(f"{name}: {len(tables[name].kind)} hands", flush=True)
    return tables


def kept(options: argparse.Namespace) -> dict[str, Table]:
    """What `gathered` gives, from the file that keeps it."""
    if options.keep and options.keep.is_file():
        with np.load(options.keep) as file:
            return {
                name: Table(*(file[f"{name} {field.name}"] for field in fields(Table)))
                for name in ("renders", *PHOTOS, *UNSEEN)
            }
    tables = gathered(options)
    if options.keep:
        arrays = {
            f"{name} {field.name}": getattr(table, field.name)
            for name, table in tables.items()
            for field in fields(Table)
        }
        np.savez_compressed(options.keep, **arrays)
    return tables


def with_offsets(renders: Table) -> tuple[Table, Array]:
    """Rendered hands whose truth is where MediaPipe's landmarks belong, learnt from clear pictures
    of the persons that are trained on."""
    clear = (renders.kind == "as it is") & np.isin(renders.group, TRAINED_RENDERS)
    clear &= np.linalg.norm(renders.apart, axis=2).mean(1) < CLEARLY_FOUND
    offsets = fit_offsets(renders.truth[clear], renders.points[clear])
    truth = np.array([as_landmarks(joints, offsets) for joints in renders.truth])
    return replace(renders, truth=truth), offsets


def halves(table: Table) -> tuple[Table, Table]:
    """The hands of every other group, and the rest."""
    chosen = np.isin(table.group, np.unique(table.group)[::2])
    return table[chosen], table[~chosen]


def main() -> None:
    """Fit, report and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("renders", type=Path, nargs="+")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--keep", type=Path, help="file (.npz) that keeps what was found")
    options = parser.parse_args()
    tables = kept(options)
    renders, offsets = with_offsets(tables.pop("renders"))
    is_trained = np.isin(renders.group, TRAINED_RENDERS)
    trained = {"renders": renders[is_trained]}
    unseen = {"renders of two others": renders[~is_trained]}
    for name, table in tables.items():
        if name in PHOTOS:
            trained[name], unseen[f"{name}, others"] = halves(table)
        else:
            unseen[name] = table
    wrong = common_errors(trained["renders"])
    fast, thorough = (fit(trained, wrong, len(names)) for names in (FEATURES, FEATURES + MOVES))
    sure = [
        scores_of(table[table.kind == "as it is"], fast).mean(1)
        for name, table in trained.items()
        if name in PHOTOS
    ]
    doubt = round(float(np.quantile(np.concatenate(sure), DOUBTFUL)), 3)
    facts: dict[str, Any] = {"fast": {}, "balanced": {}, "thorough": {}}
    for source, table in ({f"trained on {k}": t for k, t in trained.items()} | unseen).items():
        scores = {"fast": scores_of(table, fast), "thorough": scores_of(table, thorough)}
        doubtful = scores["fast"].mean(1, keepdims=True) < doubt
        scores["balanced"] = np.where(doubtful, scores["thorough"], scores["fast"])
        clear = table.kind == "as it is"
        print(f"{source}: doubtful {doubtful.mean():.2f}, unspoilt {doubtful[clear].mean():.2f}")
        for name, score in scores.items():
            moved = None if "renders" in source else wrong
            facts[name][source] = report(f"{name}, {source}", table, score, moved)
    document = {
        "doubt": doubt,
        "fast": fast.to_dict(),
        "thorough": thorough.to_dict(),
        "provenance": {
            "made by": "scripts/train_point_scores.py",
            "hands": {name: len(table.kind) for name, table in trained.items()},
            "measured": facts,
            "extractor": NativeExtractor().provenance,
            "machine": machine(),
        },
    }
    TABLE.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    OFFSETS.write_text(json.dumps({"offsets": offsets.round(4).tolist()}) + "\n", encoding="utf-8")


def common_errors(renders: Table) -> Array:
    """What the network gets wrong on unspoilt pictures of hands of which it is as sure as of those
    in photos; shape (k, 21, 2)."""
    presence = renders.features[:, 0, FEATURES.index("presence")]
    clear = renders.apart[(renders.kind == "as it is") & (presence > SURE)]
    return np.random.default_rng(0).permutation(clear)[:MEANT]


def fit(trained: dict[str, Table], wrong: Array, count: int) -> ScoreModel:
    """A model that looks at so many features."""
    parts = []
    for source, table in trained.items():
        seen = replace(table, features=table.features[..., :count])
        parts.append(right(seen, None if source == "renders" else wrong))
    x, share = (np.concatenate(part) for part in zip(*parts, strict=True))
    return fitted(x, share)


if __name__ == "__main__":
    main()
