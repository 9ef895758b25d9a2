"""What a file says about trees and machines is checked before compiled code follows it."""

from copy import deepcopy
from functools import cache

import numpy as np
import pytest

import handpose as hp
from handpose.classifiers.loaded import check_indices
from tests.quick_fits import QUICK

N_FEATURES = 20


@pytest.fixture(scope="module")
def fit():
    """Fit a model by the name of its classifier, each once."""
    data = hp.load_dataset("sign_language_digits")[::20]

    @cache
    def fit(name):
        model = hp.make_model(name, features="angles", augmentation=None, **QUICK.get(name, {}))
        return model.fit(data.hands, data.labels)

    return fit


@pytest.fixture
def fitted(request, fit):
    """A model of the test's own."""
    return deepcopy(fit(request.param))


TREES = ["gbdt", "random_forest", "extra_trees"]


@pytest.mark.parametrize("fitted", [*TREES, "svm", "knn"], indirect=True)
def test_an_honest_model_passes(fitted):
    check_indices(fitted, N_FEATURES)


@pytest.mark.parametrize("fitted", [*TREES, "svm"], indirect=True)
def test_a_model_for_other_features_is_refused(fitted):
    with pytest.raises(ValueError, match=r"feature|shape"):
        check_indices(fitted, 3)


@pytest.mark.parametrize("fitted", ["gbdt"], indirect=True)
@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("feature_idx", N_FEATURES, "beyond the 20"),
        ("feature_idx", -1, "beyond the 20"),
        ("left", 10_000, "leads nowhere"),
        ("right", 0, "leads nowhere"),
        ("is_categorical", 1, "by category"),
    ],
)
def test_a_crafted_boosted_tree_is_refused(fitted, column, value, message):
    nodes = fitted[-1]._predictors[0][0].nodes
    nodes[column][np.flatnonzero(nodes["is_leaf"] == 0)[0]] = value
    with pytest.raises(ValueError, match=message):
        check_indices(fitted, N_FEATURES)


@pytest.mark.parametrize("fitted", ["random_forest"], indirect=True)
@pytest.mark.parametrize(
    ("column", "value", "message"),
    [("feature", 999, "beyond the 20"), ("left_child", 99_999, "leads nowhere")],
)
def test_a_crafted_forest_is_refused(fitted, column, value, message):
    tree = fitted[-1].estimators_[0].tree_
    state = tree.__getstate__()
    state["nodes"][column][0] = value
    tree.__setstate__(state)
    with pytest.raises(ValueError, match=message):
        check_indices(fitted, N_FEATURES)


@pytest.mark.parametrize("fitted", ["gbdt"], indirect=True)
def test_a_tree_whose_branches_meet_again_is_refused(fitted):
    """Walked level by level, a chain of those would double at each level."""
    nodes = fitted[-1]._predictors[0][0].nodes
    nodes["left"][0] = nodes["right"][0]
    with pytest.raises(ValueError, match="two nodes share"):
        check_indices(fitted, N_FEATURES)


@pytest.mark.parametrize("fitted", ["svm"], indirect=True)
def test_a_crafted_machine_is_refused(fitted):
    svc = fitted[-1].svc_
    svc._dual_coef_ = svc._dual_coef_[:, :3]
    with pytest.raises(ValueError, match="_dual_coef_"):
        check_indices(fitted, N_FEATURES)


@pytest.mark.parametrize("fitted", ["gbdt"], indirect=True)
def test_the_file_of_a_crafted_model_is_refused(fitted, tmp_path):
    nodes = fitted[-1]._predictors[0][0].nodes
    nodes["feature_idx"][0] = 10**6
    path = hp.save_model(fitted, tmp_path / "crafted")
    with pytest.raises(hp.ModelFileError, match=r"crafted\.handpose: damaged"):
        hp.load_model(path)
