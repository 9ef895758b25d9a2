"""Whether a window can be opened, and a real one where there is a virtual display."""

import os
import shutil
import subprocess
import sys

import pytest

from handpose.cli.window import NoDisplayError, Window, can_open_windows

LIVE = """
import numpy as np
from handpose.cli.window import Window
window = Window("handpose")
window.show(np.full((48, 64, 3), 90, np.uint8))
window.key(50)
print(window.is_open)
window.close()
"""

on_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="X11")


@on_linux
@pytest.mark.parametrize("display", [None, ":7654"])
def test_no_display_is_noticed_and_does_not_end_the_process(monkeypatch, display):
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.delenv("DISPLAY", raising=False)
    if display:
        monkeypatch.setenv("DISPLAY", display)
    assert not can_open_windows()
    with pytest.raises(NoDisplayError, match="--no-window"):
        Window("handpose")


@on_linux
@pytest.mark.skipif(shutil.which("xvfb-run") is None, reason="xvfb is not installed")
def test_a_window_opens_on_a_virtual_display():
    command = ["xvfb-run", "--auto-servernum", sys.executable, "-c", LIVE]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=60, env=dict(os.environ)
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["True"]
