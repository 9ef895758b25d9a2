"""The command line: the only place that prints."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Sequence
from io import TextIOWrapper
from typing import Annotated

import typer

from handpose.cli.assets import app as assets_app
from handpose.cli.collect import collect
from handpose.cli.console import fail, show_warnings
from handpose.cli.data import app as data_app
from handpose.cli.demo import demo
from handpose.cli.evaluate import evaluate
from handpose.cli.extract import extract
from handpose.cli.greedy import GreedyCommand
from handpose.cli.live import live
from handpose.cli.recognize import recognize
from handpose.cli.search import search
from handpose.cli.train import train
from handpose.errors import HandposeError, UnknownNameError

app = typer.Typer(
    name="handpose",
    help="Hand gestures from keypoints: photos to landmarks, landmarks to gestures.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (demo, recognize, live, collect, extract, train, search):
    app.command()(command)
app.command(cls=GreedyCommand)(evaluate)
app.add_typer(data_app, name="data")
app.add_typer(assets_app, name="assets")


def _print_version(wanted: bool) -> None:
    if wanted:
        from handpose import __version__

        print(f"handpose {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version and exit."
        ),
    ] = False,
) -> None:
    pass


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command line.

    Exit codes: 0 done; 1 an input could not be processed; 2 wrong usage.
    """
    run(app, argv)


def run(app: typer.Typer, argv: Sequence[str] | None = None, name: str = "handpose") -> None:
    """Run an app with this command line's exit codes, error lines and ``--debug``."""
    # OpenMP threads that spin while they wait make everything slow beside another busy process.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    arguments = list(sys.argv[1:] if argv is None else argv)
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # as standard error is
    if "--debug" in arguments:
        app([argument for argument in arguments if argument != "--debug"], prog_name=name)
    warnings.simplefilter("ignore")
    with show_warnings():
        try:
            app(arguments, prog_name=name)
        except UnknownNameError as error:
            fail(str(error), code=2)
        except HandposeError as error:
            fail(str(error))
        except OSError as error:
            fail(f"{error.filename}: {error.strerror}" if error.filename else str(error))
        except Exception as error:
            fail(f"internal error, {type(error).__name__}: {error} (run again with --debug)")
