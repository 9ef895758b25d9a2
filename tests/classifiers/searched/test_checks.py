"""A changed network is refused when its file is read, not when it is first asked."""

from copy import deepcopy

import numpy as np
import pytest

import handpose as hp
from handpose.classifiers.loaded import check_indices
from handpose.classifiers.searched import Searched
from handpose.classifiers.searched.checks import check_searched

GRAPH = ("hand -> a: graph", "hand -> b: attention", "a -> b: dense", "b -> c: gated")

pytestmark = pytest.mark.torch
pytest.importorskip("torch")


@pytest.fixture(scope="module")
def model(people):
    searched = Searched(GRAPH, width=4, epochs=1)
    model = hp.make_model(searched, features="coordinates", augmentation=None)
    return model.fit(people.hands[:100], people.labels[:100])


def test_an_honest_network_passes(model):
    check_searched(model[-1])
    check_indices(model, 63)


def without(name):
    return lambda old: {key: value for key, value in old.items() if key != name}


def other(name, change):
    return lambda old: {**old, name: change(old[name])}


@pytest.mark.parametrize(
    ("attribute", "change", "message"),
    [
        ("graph_", lambda old: ("hand -> a: os.system", *old[1:]), "unknown operation"),
        ("graph_", lambda old: 5, "unknown graph 5"),
        ("graph_", lambda old: old[1:], "unknown graph"),
        (
            "graph_",
            lambda old: ("hand -> a: attention", *old[1:]),
            r"hand-a\.attention\.key is not",
        ),
        ("parameters_", lambda old: [1], "sequence"),
        ("parameters_", lambda old: {}, "is not what its graph needs"),
        ("parameters_", without("stem.bias"), r"stem\.bias is not"),
        ("parameters_", without("head.bias"), r"head\.bias is not"),
        ("parameters_", lambda old: {**old, "more": old["head.bias"]}, "more is not"),
        ("parameters_", other("stem.weight", lambda a: a[:3]), r"stem\.weight is not"),
        ("parameters_", other("stem.bias", lambda a: a[:80]), "stem"),
        ("parameters_", other("stem.bias", lambda a: "wide"), "stem"),
        ("parameters_", other("head.weight", lambda a: a[:, :2]), r"head\.weight is not"),
        ("parameters_", other("head.bias", lambda a: a * np.nan), r"head\.bias is not"),
        ("parameters_", other("head.bias", lambda a: a.astype(object)), r"head\.bias is not"),
        ("parameters_", other("head.bias", lambda a: a.tolist()), r"head\.bias is not"),
        ("parameters_", other("head.bias", lambda a: a.astype(complex)), r"head\.bias is not"),
        ("mean_", lambda old: old[:2], "mean_ is not"),
        ("scale_", lambda old: None, "scale_ is not"),
        ("n_features_in_", lambda old: 5, r"stem\.weight is not"),
        ("n_features_in_", lambda old: "all", r"stem\.weight is not"),
        ("classes_", lambda old: old[:1], r"head\.weight is not"),
    ],
)
def test_a_changed_file_is_refused_when_it_is_read(model, tmp_path, attribute, change, message):
    changed = deepcopy(model)
    setattr(changed[-1], attribute, change(getattr(model[-1], attribute)))
    path = hp.save_model(changed, tmp_path / "changed")
    with pytest.raises(
        hp.ModelFileError, match=rf"changed\.handpose: damaged .*{message}"
    ) as caught:
        hp.load_model(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("attribute", ["graph_", "parameters_", "mean_", "n_features_in_"])
def test_a_file_without_an_attribute_is_refused(model, tmp_path, attribute):
    changed = deepcopy(model)
    delattr(changed[-1], attribute)
    path = hp.save_model(changed, tmp_path / "changed")
    with pytest.raises(hp.ModelFileError, match=attribute):
        hp.load_model(path)
