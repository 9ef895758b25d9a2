"""Options that take several values: ``--classifier svm gbdt mlp``."""

from __future__ import annotations

from typing import Any

from typer.core import TyperCommand

from handpose.bench.parts import PARTS
from handpose.classifiers import CLASSIFIERS
from handpose.features import BLOCKS, PRESETS

GREEDY: dict[str, frozenset[str]] = {
    "--classifier": frozenset(CLASSIFIERS),
    "--features": frozenset({*PRESETS, *BLOCKS}),
    "--only": frozenset(PARTS),
}
"""Option to the values that may follow its first one."""


class GreedyCommand(TyperCommand):
    """A command whose `GREEDY` options swallow every known value that follows them."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Repeat the option before each further value, the form that typer reads."""
        return super().parse_args(ctx, repeat_options(args))


def repeat_options(args: list[str]) -> list[str]:
    """``--classifier svm mlp`` becomes ``--classifier svm --classifier mlp``."""
    result: list[str] = []
    option, values_left = "", False
    for arg in args:
        if arg in GREEDY:
            option, values_left = arg, False
        elif option and not values_left:
            values_left = True
        elif option and arg in GREEDY[option]:
            result.append(option)
        else:
            option = ""
        result.append(arg)
    return result
