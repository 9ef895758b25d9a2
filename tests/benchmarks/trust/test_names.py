"""What rich writes to a terminal itself is told from what a name made it write."""

from __future__ import annotations

import io

import pytest
from rich.console import Console
from rich.progress import Progress

from benchmarks.trust.names import PAYLOADS, _obeyed, without_own


@pytest.mark.parametrize("visible", [True, False])
def test_a_bar_and_its_end_are_richs_own(visible):
    file = io.StringIO()
    console = Console(file=file, force_terminal=True, legacy_windows=False, width=80)
    with Progress(console=console, transient=True) as bars:
        bars.add_task("finding hands", total=3, completed=1, visible=visible)
        console.print("[red]one line[/red]")
    assert "\r" in file.getvalue()
    assert _obeyed(without_own(file.getvalue())) == []
    assert "one line" in without_own(file.getvalue())


def test_a_name_that_is_shown_as_it_is_is_seen():
    evil = PAYLOADS["control characters"]
    assert len(_obeyed(without_own(f"a: {evil}\r\nb"))) == 8
    assert _obeyed(without_own("read a\rb")) == ["\r"]
    assert _obeyed(without_own(r"\x1b]0;owned\x07")) == []
