"""Run the tests in new environments: on every Python that handpose names, and without each extra.

Usage: python scripts/check_extras.py [--python 3.10 3.13] [--extras "" search,plots] [--newest]
       [-- PYTEST...]

Each Python has one environment: the first with all extras but torch, the others without some.
Interpreters are those on the path and those of pyenv; one that is missing is named and skipped.
With --newest, the newest versions on PyPI are installed instead of those of constraints.txt, and
scikit-learn beyond the bound in pyproject.toml, whose reason is that private attributes are read.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
PYTHONS = ("3.10", "3.11", "3.12", "3.13")
EXTRAS = (
    "distributed,export,heic,mediapipe,pandas,plots,search,stores,studio",
    "",
    "mediapipe,search",
    "plots,search",
)
"""For each Python: all but torch; none; without plots; without mediapipe. The ordinary tests have
all, and torch is large. The oldest Python has all: its packages are those that lag behind."""


def main() -> None:
    """Make the environments, run the tests, and tell how each ended."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--python", nargs="+", default=PYTHONS)
    parser.add_argument("--extras", nargs="+", default=EXTRAS, help="a comma between two")
    parser.add_argument("--newest", action="store_true", help="newest versions, scikit-learn too")
    parser.add_argument("pytest", nargs="*", help="what else to tell pytest")
    options = parser.parse_args()
    ended = {}
    for number, version in enumerate(options.python):
        extras = options.extras[number % len(options.extras)]
        title = f"Python {version} with {extras or 'no extra'}{', newest' * options.newest}"
        interpreter = find(version)
        if interpreter is None:
            print(f"{title}: no such Python found")
            continue
        print(f"{title} ...", flush=True)
        ended[title] = run(interpreter, extras, options.pytest, newest=options.newest)
    for title, code in ended.items():
        print(f"{title}: {'passed' if code == 0 else f'failed ({code})'}")
    sys.exit(any(ended.values()) or not ended)


def find(version: str) -> str | None:
    """An interpreter of a version, or None."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    kept = sorted(pyenv.glob(f"{version}.*/bin/python"))
    return str(kept[-1]) if kept else shutil.which(f"python{version}")


def run(interpreter: str, extras: str, pytest: list[str], *, newest: bool = False) -> int:
    """Exit code of the tests in an environment made for them."""
    with TemporaryDirectory(prefix="handpose-") as folder:
        subprocess.run([interpreter, "-m", "venv", folder], check=True)
        python = str(Path(folder) / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))
        install = [python, "-m", "pip", "install", "--quiet"]
        wanted = ["-e", f".[{extras}]" if extras else ".", "pytest", "httpx2"]
        if newest:
            subprocess.run([*install, *wanted], cwd=ROOT, check=True)
            beyond = [*install, "--upgrade", "--no-deps", "scikit-learn"]
            subprocess.run(beyond, cwd=ROOT, check=True)
        else:
            subprocess.run([*install, "-c", "constraints.txt", *wanted], cwd=ROOT, check=True)
        tests = [python, "-m", "pytest", "-q", *pytest]
        return subprocess.run(tests, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    main()
