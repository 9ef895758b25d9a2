"""Values that are not allowed: one line each, before anything is read or loaded."""

import numpy as np
import pytest

import handpose as hp
from handpose.pixels import EfficientNetClassifier
from handpose.pixels.parameters import RULES, check_parameters

BAD = [
    ("resolution", 31, "a whole number from 32 to 2048 or None, but got 31"),
    ("resolution", 4096, "a whole number from 32 to 2048 or None, but got 4096"),
    ("resolution", 128.0, r"a whole number from 32 to 2048 or None, but got 128\.0"),
    ("weights", 7, '"imagenet", a path or None, but got 7'),
    ("C", 0, "a number above 0 or None, but got 0"),
    ("C", float("nan"), "a number above 0 or None, but got nan"),
    ("epochs", 0, "a whole number from 1, but got 0"),
    ("epochs", True, "a whole number from 1, but got True"),
    ("batch_size", 0, "a whole number from 1, but got 0"),
    ("learning_rate", -1e-3, r"a number above 0, but got -0\.001"),
    ("learning_rate", "fast", "a number above 0, but got 'fast'"),
    ("weight_decay", -1, "a number from 0, but got -1"),
    ("warmup_epochs", float("inf"), "a number from 0, but got inf"),
    ("label_smoothing", 1, "a number from 0 to less than 1, but got 1"),
    ("augment", "strong", "a PixelAugmentation or None, but got 'strong'"),
    ("validation_fraction", 1.0, r"a number from 0 to less than 1, but got 1\.0"),
    ("validation_fraction", None, "a number from 0 to less than 1, but got None"),
    ("patience", 0, "a whole number from 1, but got 0"),
    ("threads", 0, "a whole number from 1 or None, but got 0"),
]


@pytest.mark.parametrize(("name", "value", "message"), BAD)
def test_a_value_that_is_not_allowed_is_one_line(name, value, message):
    parameters = EfficientNetClassifier(**{name: value}).get_params()
    with pytest.raises(ValueError, match=f"^{name} must be {message}$"):
        check_parameters(parameters)


def test_every_rule_is_of_a_parameter_and_allows_its_default():
    parameters = EfficientNetClassifier().get_params()
    assert set(RULES) <= set(parameters)
    check_parameters(parameters)
    check_parameters(parameters | {"resolution": np.int64(96), "C": np.float32(1)})


@pytest.mark.torch
def test_fit_checks_before_it_reads():
    pytest.importorskip("torch")
    with pytest.raises(ValueError, match="epochs must be"):
        EfficientNetClassifier(epochs=0).fit(["nowhere.jpg"] * 4, list("aabb"))
    for unknown in ("lite9", ["lite0"], None):
        with pytest.raises(hp.UnknownNameError, match="unknown EfficientNet variant"):
            EfficientNetClassifier(unknown).fit(["nowhere.jpg"] * 4, list("aabb"))


@pytest.mark.torch
@pytest.mark.parametrize("groups", ["ppqq", "pppp"])
def test_where_nobody_can_be_held_out_the_way_out_is_named(groups):
    pytest.importorskip("torch")
    model = EfficientNetClassifier(weights=None, fine_tune=True, validation_fraction=0.5)
    message = r"held out without losing a label; .*; 0 trains for a fixed number of epochs\)$"
    with pytest.raises(hp.DatasetError, match=message):
        model.fit(np.zeros((4, 32, 32, 3), np.uint8), list("aabb"), groups=list(groups))


@pytest.mark.torch
def test_no_class_is_held_out_altogether():
    pytest.importorskip("torch")
    settings = {"resolution": 32, "epochs": 1, "threads": 1, "validation_fraction": 0.4}
    model = EfficientNetClassifier(weights=None, fine_tune=True, **settings)
    labels = np.array(list("aaabb"))
    model.fit(np.zeros((5, 32, 32, 3), np.uint8), labels)
    assert set(labels[model.train_rows_]) == {"a", "b"}
    assert len(model.held_out_rows_) == 2
