"""The command line: the only place that prints. A command is imported when it is called."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Sequence
from importlib import import_module
from io import TextIOWrapper
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from handpose.cli.console import APP_SETTINGS, fail, show_warnings
from handpose.errors import HandposeError, OptionError, UnknownNameError

_UsageError: Any = typer.BadParameter.__base__
"""Of typer, or of the click that an older typer brings."""

COMMANDS = {
    "demo": "Train, compare and recognise, on data that ships with the library.",
    "recognize": "Name the gestures and motions in photos and videos.",
    "live": "Recognise gestures in a camera or video as it plays.",
    "collect": "Capture samples of a gesture or a motion of your own.",
    "extract": "Find the hands in every image or video of a folder, and write a landmark table.",
    "train": "Train a model of gestures or motions on a folder, a table or a known data set.",
    "search": "Find the best model for a folder of photos or a landmark table, without tuning.",
    "evaluate": "Measure classifiers on people that they were not trained on.",
    "studio": "Teach gestures of your own in a web page, on this machine.",
    "export": "Write a model for programs without Python: ONNX, TFLite, MediaPipe, the web.",
    "data": "Data sets: list, fetch, look at.",
    "assets": "The pretrained networks, of hands and of faces.",
}
"""Name to summary. The module `handpose.cli.NAME` has the command: a typer app called ``app``, or a
function of that name (and its `COMMAND_CLASS`, if it is not typer's)."""


class _Commands(TyperGroup):
    """Lists commands by their summaries, and imports the one that is called."""

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        name, command, rest = super().resolve_command(ctx, args)
        return name, load_command(name) if name else command, rest


def load_command(name: str) -> Any:
    """Import a command: one of `COMMANDS`."""
    module = import_module(f"handpose.cli.{name}")
    if hasattr(module, "app"):
        return typer.main.get_command(module.app)
    single = typer.Typer(**APP_SETTINGS)
    single.command(name, cls=getattr(module, "COMMAND_CLASS", None))(getattr(module, name))
    return typer.main.get_command(single)


app = typer.Typer(
    name="handpose",
    cls=_Commands,
    help="Hand gestures from keypoints: photos to landmarks, landmarks to gestures.",
    no_args_is_help=True,
    **APP_SETTINGS,
)
for _name, _summary in COMMANDS.items():
    app.command(_name, help=_summary)(lambda: None)


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
        _call(app, [argument for argument in arguments if argument != "--debug"], name)
    warnings.simplefilter("ignore")
    with show_warnings():
        try:
            _call(app, arguments, name)
        except (UnknownNameError, OptionError) as error:
            fail(str(error), code=2)
        except HandposeError as error:
            fail(str(error))
        except OSError as error:
            fail(f"{error.filename}: {error.strerror}" if error.filename else str(error))
        except Exception as error:
            fail(f"internal error, {type(error).__name__}: {error} (run again with --debug)")


def _call(app: typer.Typer, arguments: list[str], name: str) -> NoReturn:
    """Call a command, and exit; what is wrong in the command line itself is one line too."""
    try:
        code = app(arguments, prog_name=name, standalone_mode=False)
    except _UsageError as error:
        message = error.format_message().rstrip(".")
        if not message:  # a command without arguments has shown its help
            sys.exit(2)
        called = error.ctx.command_path if error.ctx else name
        fail(f"{message} (see {called} --help)", code=2)
    except typer.Abort:
        fail("aborted")
    sys.exit(code or 0)
