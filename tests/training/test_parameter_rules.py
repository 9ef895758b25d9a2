import numpy as np
import pytest

from handpose.system.parameter_rules import (
    NOT_NEGATIVE,
    POSITIVE,
    SHARE,
    TRAINING_RULES,
    check_rules,
    or_none,
    whole,
)


@pytest.mark.parametrize(
    ("rule", "allowed", "refused"),
    [
        (whole(2), [2, 10**9, np.int64(3)], [1, 2.0, True, "2", None]),
        (whole(2, 4), [2, 4], [1, 5]),
        (or_none(whole(2)), [None, 2], [1, False]),
        (POSITIVE, [1e-9, 1, np.float32(1)], [0, -1, np.nan, np.inf, True, "1"]),
        (NOT_NEGATIVE, [0, 0.5], [-1e-9, np.nan, np.inf, False]),
        (SHARE, [0, 0.999], [1, -0.1, np.nan, None]),
    ],
)
def test_what_is_allowed(rule, allowed, refused):
    for value in allowed:
        check_rules({"n": value}, {"n": rule})
    for value in refused:
        with pytest.raises(ValueError, match=f"^n must be {rule[0]}, but got {value!r}$"):
            check_rules({"n": value}, {"n": rule})


def test_rules_say_their_bounds():
    assert whole(2)[0] == "a whole number from 2"
    assert or_none(whole(2, 4))[0] == "a whole number from 2 to 4 or None"


def test_what_has_no_rule_is_passed_over_and_the_first_fault_is_named():
    check_rules({"colour": object()}, TRAINING_RULES)
    with pytest.raises(ValueError, match="patience must be"):
        check_rules({"patience": 0, "epochs": 0}, TRAINING_RULES)
