"""Ways of telling what was not taught, each beside the same svm."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit, logsumexp
from scipy.stats import weibull_min
from sklearn.covariance import ledoit_wolf
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, OneClassSVM

import handpose as hp
from handpose.classifiers.few_shot.embedding import embed, network_columns, shipped_embedding
from handpose.models.known import KnownHands

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]
Ask = Callable[[Floats, Codes], Floats]
"""From vectors, and the class that each is taken for, to scores: higher is better known."""


class Taught:
    """Training hands of a round, as vectors."""

    def __init__(self, model: hp.GestureModel, dataset: Any, nothing: Floats):
        self.model = model
        self.vectors = model.features_.transform(dataset.X).astype(np.float64)
        self.codes = np.searchsorted(model.classes_, dataset.y)
        self.groups = dataset.groups
        self.n = len(model.classes_)
        self.nothing = nothing
        self.network = shipped_embedding("geometry", network_columns("geometry"))

    def embedded(self, vectors: Floats) -> Floats:
        return embed(self.network, vectors)


def probability(taught: Taught) -> Ask:
    return lambda vectors, codes: taught.model.classifier_.predict_proba(vectors).max(1)


def _logits(taught: Taught) -> Callable[[Floats], Floats]:
    fitted = make_pipeline(StandardScaler(), LogisticRegression(C=1.0, max_iter=300))
    fitted.fit(taught.vectors, taught.codes)
    return fitted.decision_function


def max_logit(taught: Taught) -> Ask:
    logits = _logits(taught)
    return lambda vectors, codes: logits(vectors).max(1)


def energy(taught: Taught) -> Ask:
    logits = _logits(taught)
    return lambda vectors, codes: logsumexp(logits(vectors), axis=1)


def ensemble(taught: Taught) -> Ask:
    trees = ExtraTreesClassifier(200, random_state=0).fit(taught.vectors, taught.codes)
    return lambda vectors, codes: _own(trees.predict_proba(vectors), codes)


def _mahalanobis(rows: Floats, codes: Codes, n: int) -> Callable[[Floats], Floats]:
    means = np.stack([rows[codes == code].mean(0) for code in range(n)])
    inverse = np.linalg.inv(ledoit_wolf(rows - means[codes], assume_centered=True)[0])
    axes = np.linalg.cholesky(inverse)
    return lambda asked: _squares(asked @ axes, means @ axes)


def mahalanobis(taught: Taught) -> Ask:
    distances = _mahalanobis(taught.vectors, taught.codes, taught.n)
    return lambda vectors, codes: -_own(distances(vectors), codes)


def mahalanobis_embedded(taught: Taught) -> Ask:
    distances = _mahalanobis(taught.embedded(taught.vectors), taught.codes, taught.n)
    return lambda vectors, codes: -_own(distances(taught.embedded(vectors)), codes)


def relative_mahalanobis(taught: Taught) -> Ask:
    """Ren et al. 2021, with random hands for the background."""
    distances = _mahalanobis(taught.embedded(taught.vectors), taught.codes, taught.n)
    nothing = taught.embedded(taught.nothing)
    behind = _mahalanobis(nothing, np.zeros(len(nothing), int), 1)

    def ask(vectors: Floats, codes: Codes) -> Floats:
        places = taught.embedded(vectors)
        return behind(places)[:, 0] - _own(distances(places), codes)

    return ask


def _nearest(rows: Floats, codes: Codes, n: int, few: int = 3) -> Callable[[Floats], Floats]:
    def ask(asked: Floats) -> Floats:
        found = []
        for code in range(n):
            distances = _squares(asked, rows[codes == code])
            k = min(few, distances.shape[1])
            found.append(np.partition(distances, k - 1, axis=1)[:, :k].mean(1))
        return np.stack(found, 1)

    return ask


def nearest(taught: Taught) -> Ask:
    scale = StandardScaler().fit(taught.vectors)
    distances = _nearest(scale.transform(taught.vectors), taught.codes, taught.n)
    return lambda vectors, codes: -_own(distances(scale.transform(vectors)), codes)


def nearest_embedded(taught: Taught) -> Ask:
    distances = _nearest(taught.embedded(taught.vectors), taught.codes, taught.n)
    return lambda vectors, codes: -_own(distances(taught.embedded(vectors)), codes)


def density_embedded(taught: Taught) -> Ask:
    """The densities of `few_shot`."""
    rows = taught.embedded(taught.vectors)

    def ask(vectors: Floats, codes: Codes) -> Floats:
        distances = _squares(taught.embedded(vectors), rows) / -0.75
        of_each = [logsumexp(distances[:, taught.codes == c], axis=1) for c in range(taught.n)]
        return _own(np.stack(of_each, 1) - np.log(np.bincount(taught.codes)), codes)

    return ask


def density_ratio(taught: Taught) -> Ask:
    """The same over the density of random hands."""
    known, nothing = density_embedded(taught), taught.embedded(taught.nothing)

    def ask(vectors: Floats, codes: Codes) -> Floats:
        distances = _squares(taught.embedded(vectors), nothing) / -0.75
        return known(vectors, codes) - logsumexp(distances, axis=1)

    return ask


def one_class(taught: Taught) -> Ask:
    """A one-class SVM a gesture."""
    rows = taught.embedded(taught.vectors)
    machines = [OneClassSVM(nu=0.05).fit(rows[taught.codes == code]) for code in range(taught.n)]

    def ask(vectors: Floats, codes: Codes) -> Floats:
        places = taught.embedded(vectors)
        return _own(np.stack([m.decision_function(places) for m in machines], 1), codes)

    return ask


def extreme_values(taught: Taught) -> Ask:
    """Weibull fits to the largest distances from each gesture's mean: Bendale & Boult 2016."""
    rows = taught.embedded(taught.vectors)
    means = np.stack([rows[taught.codes == code].mean(0) for code in range(taught.n)])
    fits = []
    for code in range(taught.n):
        distances = np.sqrt(_squares(rows[taught.codes == code], means[[code]])[:, 0])
        fits.append(weibull_min.fit(np.sort(distances)[-20:]))

    def ask(vectors: Floats, codes: Codes) -> Floats:
        distances = np.sqrt(_squares(taught.embedded(vectors), means))
        return _own(
            np.stack([weibull_min.logsf(distances[:, c], *fit) for c, fit in enumerate(fits)], 1),
            codes,
        ) - 1e-6 * _own(distances, codes)

    return ask


def nothing_class(taught: Taught) -> Ask:
    """A machine that tells the training hands from random ones, in the embedding."""
    rows, nothing = taught.embedded(taught.vectors), taught.embedded(taught.nothing)
    near = _nearest(rows, taught.codes, taught.n)
    usual = np.quantile(near(rows).min(1), 0.99)
    nothing = nothing[near(nothing).min(1) > 2 * usual]
    machine = SVC(C=10.0, class_weight="balanced")
    machine.fit(np.concatenate([rows, nothing]), np.repeat([1, 0], [len(rows), len(nothing)]))
    return lambda vectors, codes: machine.decision_function(taught.embedded(vectors))


def _known(taught: Taught) -> KnownHands:
    return KnownHands.fit(
        taught.vectors,
        taught.codes,
        taught.groups,
        nothing=np.zeros(taught.n, bool),
        names=network_columns("geometry"),
    )


def neighbors(taught: Taught) -> Ask:
    """What tells none in a model: `handpose.models.known`."""
    return _known(taught).nearness


def scores(taught: Taught) -> Ask:
    """What a model's scores are: the probability, times the chance that the gesture is known."""
    known, likely = _known(taught), probability(taught)
    return lambda vectors, codes: likely(vectors, codes) * known.chances(vectors, codes)


def rare_scores(taught: Taught) -> Ask:
    """The same where foreign hands are expected a tenth as often."""
    known, likely = _known(taught), probability(taught)
    known.sigmoid = known.sigmoid + np.array([0, np.log(10)])
    return lambda vectors, codes: likely(vectors, codes) * known.chances(vectors, codes)


def doubtful_neighbors(taught: Taught) -> Ask:
    """A hand is farther away by 0.3 for each unit that the log odds lack to 1000 to 1."""
    known, likely = _known(taught), probability(taught)

    def ask(vectors: Floats, codes: Codes) -> Floats:
        doubts = np.maximum(np.log(1e3) - logit(np.clip(likely(vectors, codes), 1e-9, 1)), 0)
        return known.nearness(vectors, codes) - 0.3 * doubts

    return ask


METHODS: dict[str, Callable[[Taught], Ask]] = {
    "largest probability": probability,
    "largest logit (logistic)": max_logit,
    "energy (logistic)": energy,
    "ensemble (200 trees)": ensemble,
    "Mahalanobis, features": mahalanobis,
    "Mahalanobis, embedding": mahalanobis_embedded,
    "Mahalanobis over random hands": relative_mahalanobis,
    "3 nearest, features": nearest,
    "3 nearest, embedding": nearest_embedded,
    "density, embedding": density_embedded,
    "density over random hands": density_ratio,
    "one-class svm a gesture": one_class,
    "extreme values": extreme_values,
    "svm against random hands": nothing_class,
    "3 nearest over the usual": neighbors,
    "3 nearest over the usual, less doubts": doubtful_neighbors,
    "scores of a model": scores,
    "scores, foreign hands rare": rare_scores,
}


def _own(values: Floats, codes: Codes) -> Floats:
    return values[np.arange(len(values)), codes]


def _squares(ours: Floats, theirs: Floats) -> Floats:
    products = ours @ theirs.T
    squares = np.square(ours).sum(1)[:, None] + np.square(theirs).sum(1) - 2 * products
    return np.maximum(squares, 0)
