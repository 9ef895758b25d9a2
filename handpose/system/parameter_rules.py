"""Allowed values of the parameters of an estimator."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import inf
from numbers import Integral, Real
from typing import Any, TypeAlias

Rule: TypeAlias = tuple[str, Callable[[Any], bool]]
"""The allowed values in words, and a test of them."""


def is_number(value: object, kind: type) -> bool:
    """Whether a value is of a kind of number; bool does not count."""
    return isinstance(value, kind) and not isinstance(value, bool)


def whole(low: int, high: float = inf) -> Rule:
    """Rule for whole numbers between two bounds, inclusive."""
    words = f"from {low}" if high == inf else f"from {low} to {high}"
    return (
        f"a whole number {words}",
        lambda value: is_number(value, Integral) and low <= value <= high,
    )


def or_none(rule: Rule) -> Rule:
    """Rule that also allows None."""
    return f"{rule[0]} or None", lambda value: value is None or rule[1](value)


POSITIVE: Rule = "a number above 0", lambda value: is_number(value, Real) and 0 < value < inf
NOT_NEGATIVE: Rule = "a number from 0", lambda value: is_number(value, Real) and 0 <= value < inf
SHARE: Rule = (
    "a number from 0 to less than 1",
    lambda value: is_number(value, Real) and 0 <= value < 1,
)

TRAINING_RULES: dict[str, Rule] = {
    "epochs": whole(1),
    "learning_rate": POSITIVE,
    "weight_decay": NOT_NEGATIVE,
    "warmup_epochs": NOT_NEGATIVE,
    "validation_fraction": SHARE,
    "patience": whole(1),
    "threads": or_none(whole(1)),
}
"""Rules for the parameters that every training has."""


def check_rules(parameters: Mapping[str, Any], rules: Mapping[str, Rule]) -> None:
    """Raise ValueError for the first invalid value; names without a rule are ignored."""
    for name, value in parameters.items():
        allowed, is_allowed = rules.get(name, ("", lambda _: True))
        if not is_allowed(value):
            raise ValueError(f"{name} must be {allowed}, but got {value!r}")


def check_counts(**counts: Any) -> None:
    """Raise ValueError for an option that is not a whole number from 1 up."""
    for name, count in counts.items():
        if isinstance(count, bool) or not isinstance(count, Integral) or count < 1:
            raise ValueError(f"{name} must be a whole number from 1 up, but got {count!r}")
