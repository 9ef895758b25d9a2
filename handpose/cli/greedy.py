"""Options that take several values: ``--classifier svm gbdt mlp``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from typer.core import TyperCommand

from handpose.classifiers import CLASSIFIERS, MOTION_CLASSIFIERS
from handpose.features import BLOCKS, PRESETS

GREEDY: dict[str, frozenset[str]] = {
    "--classifier": frozenset({*CLASSIFIERS, *MOTION_CLASSIFIERS}),
    "--features": frozenset({*PRESETS, *BLOCKS}),
}
"""Options and the values that may follow their first one."""


class GreedyCommand(TyperCommand):
    """A command with options that take every known value after them."""

    values = GREEDY

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Repeat the option before each further value, as typer expects."""
        return super().parse_args(ctx, repeat_options(args, self.values))


def repeat_options(args: list[str], values: Mapping[str, frozenset[str]] = GREEDY) -> list[str]:
    """``--classifier svm mlp`` becomes ``--classifier svm --classifier mlp``."""
    result: list[str] = []
    option, values_left = "", False
    for arg in args:
        if arg in values:
            option, values_left = arg, False
        elif option and not values_left:
            values_left = True
        elif option and arg in values[option]:
            result.append(option)
        else:
            option = ""
        result.append(arg)
    return result
