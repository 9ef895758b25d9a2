"""Downloading a wheel with the installer that the environment has."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from handpose.errors import AssetError
from handpose.system.extras import is_installed

_LONGEST_REASON = 200


@dataclass(frozen=True)
class Wheel:
    """A wheel, for any Python and platform.

    Attributes
    ----------
    name, version : str
    python : str
        Its Python, ``"3.11"``.
    platform : str
        ``"manylinux_2_28_x86_64"``.
    """

    name: str
    version: str
    python: str
    platform: str

    def __str__(self) -> str:
        return f"{self.name}=={self.version}"


def bring(wheel: Wheel, folder: Path) -> Path:
    """Download a wheel, from the package index that the user's installer is set up for.

    In order: this environment's pip, uv, a pip elsewhere on the path; without any of them, the pip
    of a temporary environment.

    Parameters
    ----------
    wheel : Wheel
    folder : Path
        Scratch, which must exist.

    Returns
    -------
    Path
        The wheel, or a folder that holds its files.

    Raises
    ------
    AssetError
        If all fail; the message gives the reason of each.
    """
    reasons = []
    for number, (installer, ask) in enumerate(_installers().items()):
        try:
            return ask(wheel, folder / str(number))
        except AssetError as error:
            reasons.append(f"{installer}: {error}")
    raise AssetError("; ".join(reasons))


def _installers() -> dict[str, Callable[[Wheel, Path], Path]]:
    ways: dict[str, Callable[[Wheel, Path], Path]] = {}
    elsewhere, uv = shutil.which("pip") or shutil.which("pip3"), shutil.which("uv")
    if is_installed("pip"):
        ways["pip"] = lambda wheel, folder: _by_pip([sys.executable, "-m", "pip"], wheel, folder)
    if uv is not None:
        ways["uv"] = lambda wheel, folder: _by_uv(uv, wheel, folder)
    if "pip" not in ways and elsewhere is not None:
        ways[elsewhere] = lambda wheel, folder: _by_pip([elsewhere], wheel, folder)
    return ways or {"ensurepip": _by_new_pip}


def _by_pip(pip: list[str], wheel: Wheel, folder: Path) -> Path:
    tag = f"cp{wheel.python.replace('.', '')}"
    wanted = [f"--python-version={wheel.python}", f"--abi={tag}", f"--platform={wheel.platform}"]
    options = ["--quiet", "--no-deps", "--only-binary=:all:", "--implementation=cp", *wanted]
    _ask([*pip, "download", *options, "--dest", str(folder), str(wheel)])
    found = list(folder.glob("*.whl"))
    if not found:
        raise AssetError("it succeeded, but there is no wheel")
    return found[0]


def _by_uv(uv: str, wheel: Wheel, folder: Path) -> Path:
    system, machine = wheel.platform.removesuffix("_x86_64"), "x86_64"
    wanted = ["--python-version", wheel.python, "--python-platform", f"{machine}-{system}"]
    options = ["--quiet", "--no-deps", "--only-binary", ":all:", "--python", sys.executable]
    _ask([uv, "pip", "install", *options, *wanted, "--target", str(folder), str(wheel)])
    return folder


def _by_new_pip(wheel: Wheel, folder: Path) -> Path:
    environment = folder.with_name("environment")
    _ask([sys.executable, "-m", "venv", "--clear", str(environment)])
    python = environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    return _by_pip([str(python), "-m", "pip"], wheel, folder)


def _ask(command: list[str]) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        raise AssetError(f"{command[0]} cannot be run ({error.strerror})") from None
    if done.returncode:
        raise AssetError(_reason(done.stderr or done.stdout))


def _reason(said: str) -> str:
    """Why an installer failed, in one line: its last error, or its output."""
    errors = [line for line in said.splitlines() if re.match(r"(error|fatal)\b", line, re.I)]
    words = (errors[-1] if errors else re.sub(r"[^\x20-\x7e]", " ", said)).split()
    return " ".join(words)[:_LONGEST_REASON] or "it gave no reason"
