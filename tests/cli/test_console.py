"""Nothing in a name of a file, a label or a message commands the terminal."""

from __future__ import annotations

import io
import sys
import warnings

import pytest
from rich.table import Table

import handpose as hp
from handpose.cli.console import _Console, report, show_warnings

EVIL = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202egpj.exe\r\x08"


def commands(text):
    """The control characters in a text, without those that rich makes itself (bold, reset)."""
    for own in ("\x1b[1m", "\x1b[0m", "\x1b[3m"):
        text = text.replace(own, "")
    return [c for c in text if (ord(c) < 32 and c != "\n") or 127 <= ord(c) < 160 or c == "\u202e"]


@pytest.mark.parametrize("terminal", [True, False])
def test_texts_and_tables_are_shown_without_commands_and_markup(terminal):
    file = io.StringIO()
    console = _Console(
        file=file, force_terminal=terminal, highlight=False, markup=False, soft_wrap=True, width=200
    )
    table = Table(EVIL, title=EVIL, header_style="bold")
    table.add_row(f"[red]{EVIL}[/red]")
    console.print(table)
    console.print(EVIL, f"[link=x]{EVIL}")
    assert commands(file.getvalue()) == []
    assert r"\x1b]0;owned" in file.getvalue()
    assert "[red]" in file.getvalue()
    assert "[link=x]" in file.getvalue()


def test_errors_and_warnings_are_one_line_without_commands(capsys):
    report(f"{EVIL}: no\nsuch file")
    with show_warnings():
        warnings.warn(f"{EVIL}\nmore", hp.HandposeWarning, stacklevel=1)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert all(commands(line) == [] for line in lines)


@pytest.mark.skipif(sys.platform == "win32", reason="no such file names there")
@pytest.mark.parametrize(
    "arguments",
    [
        ("recognize", "{photo}"),
        ("recognize", "{broken}"),
        ("recognize", "{photo}", "--json"),
        ("extract", "{folder}", "-o", "{folder}/table.parquet"),
        ("evaluate", "{broken}"),
    ],
)
def test_names_of_files_and_folders_reach_no_terminal_as_they_are(
    run, tmp_path, rendered_folder, arguments
):
    name = EVIL.replace("/", "")
    label = tmp_path / "photos" / name
    label.mkdir(parents=True)
    photo, broken = label / f"{name}.jpg", label / f"broken{name}.jpg"
    photo.write_bytes((rendered_folder / "5" / "render0.jpg").read_bytes())
    broken.write_text("no picture")
    places = {"photo": photo, "broken": broken, "folder": tmp_path / "photos"}
    ran = run(*[argument.format(**places) for argument in arguments])
    assert "\\x1b" in ran.out + ran.err or "\\u001b" in ran.out
    assert commands(ran.out + ran.err) == []


@pytest.mark.parametrize(
    "arguments",
    [
        (EVIL,),
        (f"--{EVIL}",),
        ("recognize", f"--{EVIL}"),
        ("recognize", f"--min-score={EVIL}", "a.jpg"),
        ("extract", "a", EVIL, "-o", "b.parquet"),
        ("data", EVIL),
        ("--debug", "recognize", f"--{EVIL}"),
    ],
)
def test_what_is_wrong_in_a_command_line_is_one_line_without_commands(run, arguments):
    ran = run(*arguments)
    assert ran.code == 2
    (line,) = ran.err.splitlines()
    assert line.startswith("handpose: ")
    assert "--help" in line
    assert commands(line) == []


def test_a_command_without_arguments_shows_its_help_and_no_error(run):
    ran = run("data")
    assert ran.complaints == []
    assert "Usage:" in ran.out + ran.err
