"""What the commands share: two streams, one form of error, progress."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from handpose.errors import HandposeWarning
from handpose.system.words import printable

APP_SETTINGS: dict[str, Any] = {
    "add_completion": False,
    "pretty_exceptions_enable": False,
    "rich_markup_mode": "markdown",
    "context_settings": {"help_option_names": ["-h", "--help"]},
}
"""Of every app: plain tracebacks, Markdown in help texts, -h beside --help."""

_WIDTH = None if sys.stdout.isatty() else 120


class _Console(Console):
    """Shows every text, also in the cells of a table, as `printable` gives it."""

    def render_str(self, text: str, **options: Any) -> Text:
        return super().render_str(printable(text), **options)


out = _Console(highlight=False, markup=False, soft_wrap=True, width=_WIDTH)
"""Results go here: standard output."""
err = _Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
"""Progress, warnings and errors go here: standard error."""


def report(message: str) -> None:
    """Name an input that could not be processed, in one line."""
    line = printable(" ".join(message.split()))
    print(f"handpose: {line}", file=sys.stderr)


def fail(message: str, code: int = 1) -> NoReturn:
    """Report and exit: 1 for an input that could not be processed, 2 for wrong usage."""
    report(message)
    sys.exit(code)


@contextmanager
def show_warnings() -> Iterator[None]:
    """Show the library's own warnings as one line each, and no others."""

    def show(message: Warning | str, *_: Any, **__: Any) -> None:
        line = printable(" ".join(str(message).split()))
        print(f"handpose: warning: {line}", file=sys.stderr)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", HandposeWarning)
        warnings.showwarning = show
        yield


@contextmanager
def progress_bar(title: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error; gives the function that moves it."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bars:
        bar = bars.add_task(title, total=None, visible=False)
        yield lambda done, total: bars.update(bar, completed=done, total=total, visible=True)
