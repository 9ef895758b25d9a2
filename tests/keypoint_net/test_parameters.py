import numpy as np
import pytest

from handpose.containers.skeletons import FACE4, Skeleton
from handpose.keypoint_net import KeypointNet, PointAugmentation
from handpose.keypoint_net.parameters import RULES
from handpose.system.parameter_rules import check_rules


def test_the_defaults_are_allowed():
    check_rules(KeypointNet().get_params(), RULES)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("preset", 3),
        ("skeleton", "hand"),
        ("skeleton", Skeleton("nothing", (), ())),
        ("skeleton", Skeleton("turns", ("A", "B", "C"), (), mirror=(1, 2, 0))),
        ("skeleton", Skeleton("short", ("A", "B", "C"), (), mirror=(1, 0))),
        ("channels", 2),
        ("channels", True),
        ("size", 7),
        ("size", 96.0),
        ("epochs", 0),
        ("batch_size", 1),
        ("learning_rate", 0),
        ("learning_rate", np.nan),
        ("weight_decay", -1),
        ("warmup_epochs", np.inf),
        ("augment", {"rotation": 3}),
        ("augment", PointAugmentation(rotation="far")),
        ("augment", PointAugmentation(noise=np.nan)),
        ("augment", PointAugmentation(scale=0)),
        ("validation_fraction", 1),
        ("patience", 0),
        ("checkpoint", 5),
        ("threads", 0),
    ],
)
def test_a_value_that_is_not_allowed_is_refused_in_one_line(name, value):
    with pytest.raises(ValueError, match=f"^{name} must be .*, but got") as error:
        check_rules({name: value}, RULES)
    assert "\n" not in str(error.value)


def test_others_are_passed_over():
    check_rules({"progress": print, "random_state": None, "skeleton": FACE4}, RULES)
