"""Every classifier's defaults from 2 to 250 classes and from 2 to 10,000 samples a class."""

from functools import cache

import numpy as np
import pytest

import handpose as hp
from handpose.errors import EmbeddingWarning

pytestmark = pytest.mark.filterwarnings(f"ignore::{EmbeddingWarning.__module__}.EmbeddingWarning")

N_FEATURES = 30
ASKED = 400
BEHIND = {2: 0.08, 5: 0.08, 100: 0.05, 1000: 0.03, 10_000: 0.02}
"""How far a classifier may be behind the nearest true centre, by samples a class."""
NO_NEED_OF_MANY = {
    "gbdt": {2: 0.45, 5: 0.25, 100: 0.08},
    "random_forest": {2: 0.3, 5: 0.2},
    "extra_trees": {2: 0.3, 5: 0.2},
}


@cache
def table(n_classes, each, seed=0):
    """Blobs that overlap, and what the nearest true centre says of new samples of them."""
    rng = np.random.default_rng([seed, n_classes, each])
    centres = rng.standard_normal((n_classes, N_FEATURES))

    def samples(codes):
        return (centres[codes] + 0.8 * rng.standard_normal((len(codes), N_FEATURES))).astype("f4")

    y, asked = np.repeat(np.arange(n_classes), each), rng.integers(n_classes, size=ASKED)
    X, questions = samples(y), samples(asked)
    best = np.square(questions[:, None] - centres).sum(-1).argmin(1)
    return X, y, questions, asked, float(np.mean(best == asked))
