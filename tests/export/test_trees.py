"""Trees as files have them."""

import numpy as np

from handpose.classifiers.trees import Walk
from handpose.export.trees import down32, leaf_trees, limits, node_trees, tree_steps


def test_comparisons_with_a_threshold_in_32_bits_stay_the_same():
    rng = np.random.default_rng(0)
    x = rng.standard_normal(500).astype(np.float32)
    exact = x.astype(np.float64)
    thresholds = np.concatenate(
        [exact, np.nextafter(exact, 9), np.nextafter(exact, -9), [np.inf, -np.inf, 0.0, 1e300]]
    )
    rounded = down32(thresholds)
    assert rounded.dtype == np.float32
    assert np.isfinite(rounded).all()
    assert ((x[:, None] <= rounded) == (x[:, None] <= thresholds)).all()


def test_a_feature_at_a_threshold_stays_there_when_its_last_bit_differs():
    at = np.array([0.01, 0.7, 1.3, 3.1, -2.2])
    x = at.astype(np.float32)
    for other in (x, np.nextafter(x, np.float32(9)), np.nextafter(x, np.float32(-9))):
        assert (other <= limits(at)).all()
    assert (limits(at) < at + 3e-6).all()


def test_nodes_and_leaves_know_their_trees(fitted):
    classifier = fitted("random_forest").classifier_
    arrays = classifier.to_arrays()
    n_trees = int(arrays["n_trees"])
    trees = node_trees(arrays)
    assert trees[:n_trees].tolist() == list(range(n_trees))
    vectors = np.random.default_rng(0).uniform(0, 2, (20, classifier.n_features_in_))
    leaves = Walk(arrays).leaves(vectors.astype(np.float32))
    assert (leaf_trees(arrays)[leaves] == np.arange(n_trees)).all()


def test_steps_lead_to_the_same_leaves(fitted):
    classifier = fitted("gbdt").classifier_
    arrays = classifier.to_arrays()
    steps = tree_steps(arrays)
    x = np.random.default_rng(0).uniform(0, 2, classifier.n_features_in_).astype(np.float32)
    at = steps.roots
    for _ in range(steps.depth):
        at = steps.left[at] + (x[steps.feature[at]] > steps.threshold[at])
    assert (steps.leaf[at] == Walk(arrays).leaves(x[None])[0]).all()
