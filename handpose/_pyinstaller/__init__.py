"""Where PyInstaller finds out what an app that imports handpose needs."""

from __future__ import annotations

from pathlib import Path


def hook_dirs() -> list[str]:
    """The folder with the hook, for PyInstaller's entry point."""
    return [str(Path(__file__).parent)]
