"""The check-list of a release: build it, install it as users do, and work with it.

Usage: python -m scripts.release_check [--python 3.10 3.13] [--constrained] [--keep FOLDER]
       [--dirty] [--without build docs ...]

On every Python that is found the wheel is installed into a new environment, alone and without
constraints (--constrained: with constraints.txt), outside of the repository and with an empty home;
there it recognises, trains, evaluates and runs the demo. Each line is a point of the list; the exit
code is 1 if one of them failed. The tests on every Python are another command: make check-extras.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tarfile
import time
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from scripts.check_extras import PYTHONS, find

ROOT = Path(__file__).parents[1]

TOOLS = ("build", "twine", "pip-audit")
PHOTO = "datasets/rendered_hands/3/render0.jpg"
MOST_MB = 20
"""Of the wheel."""
NEEDED = (
    "handpose/__init__.py",
    "handpose/py.typed",
    "handpose/shipped_datasets/sign_language_digits/landmarks.parquet",
    "handpose/studio/page/index.html",
)
"""What a wheel has lacked, or might."""
COMMANDS: dict[str, tuple[str, ...]] = {
    "recognises": ("recognize", str(ROOT / PHOTO)),
    "trains": ("train", "sign_language_digits", "-o", "own.handpose"),
    "recognises with it": ("recognize", str(ROOT / PHOTO), "--model", "own.handpose"),
    "evaluates": ("evaluate", "sign_language_digits", "--classifier", "svm", "--json"),
    "runs the demo": ("demo",),
}
SAID = {"recognises": r"\b3\b", "recognises with it": r"\b3\b", "evaluates": r'"accuracy": 0\.9'}
"""What the answer must hold."""


class CheckError(Exception):
    """A point of the list that is not met."""


def main() -> None:
    """Go through the list."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--python", nargs="+", default=PYTHONS)
    parser.add_argument("--constrained", action="store_true", help="install as constraints.txt")
    parser.add_argument("--dirty", action="store_true", help="allow files that are not committed")
    parser.add_argument("--keep", type=Path, help="put wheel and sdist there")
    parser.add_argument("--without", nargs="+", default=(), choices=("audit", "demo", "docs"))
    options = parser.parse_args()
    check = _List()
    with TemporaryDirectory(prefix="handpose-release-") as scratch:
        work = Path(scratch)
        check("all is committed", lambda: committed(options.dirty))
        check("the changelog has this version, with a date", changelog)
        tools = work / "tools"
        check("wheel and sdist are built", lambda: build(tools, work / "dist", options.keep))
        if any((work / "dist").glob("*.whl")):
            check("their metadata is valid", lambda: metadata(tools, work / "dist"))
            check("the wheel holds what it should", lambda: contents(work / "dist"))
            check("the sdist holds what was committed", lambda: sources(work / "dist"))
            for version in options.python:
                _on(check, version, work, options)
        if "docs" not in options.without:
            check("the site builds, and its links lead somewhere", docs)
    sys.exit(check.failed)


class _List:
    """Prints a line for each point."""

    failed = False

    def __call__(self, point: str, look: Callable[[], str]) -> bool:
        start = time.monotonic()
        try:
            said = look()
        except (CheckError, OSError, subprocess.SubprocessError) as error:
            self.failed = True
            print(f"FAILED  {point}: {error}", flush=True)
            return False
        seconds = time.monotonic() - start
        print(f"ok      {point}{': ' + said if said else ''} ({seconds:.0f} s)", flush=True)
        return True


def _on(check: _List, version: str, work: Path, options: argparse.Namespace) -> None:
    """The points of one Python."""
    interpreter = find(version)
    if interpreter is None:
        check.failed = True
        print(f"FAILED  Python {version}: not found; install it with pyenv", flush=True)
        return
    with TemporaryDirectory(dir=work) as place:
        folder = Path(place)
        python = folder / "venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        installs = lambda: install(interpreter, python, work / "dist", options.constrained)  # noqa: E731
        if not check(f"Python {version}: it installs", installs):
            return
        if "audit" not in options.without:
            check(f"Python {version}: no known vulnerability", lambda: audit(work, python))
        home = folder / "home"
        home.mkdir()
        check(f"Python {version}: fetches the networks", lambda: use(python, home, "fetch"))
        for point in COMMANDS:
            if point != "runs the demo" or "demo" not in options.without:
                check(f"Python {version}: {point}", lambda point=point: use(python, home, point))  # type: ignore[misc]


def committed(dirty: bool) -> str:
    """Nothing would be released that is not in the repository."""
    changed = _output(["git", "status", "--porcelain"]).splitlines()
    if changed and not dirty:
        raise CheckError(f"{len(changed)} files are not committed, such as {changed[0].strip()}")
    return f"{len(changed)} files are not" if changed else ""


def changelog() -> str:
    """The version of the package is the first of the changelog, and has a date."""
    version = re.search(r'__version__ = "(.+)"', (ROOT / "handpose/__init__.py").read_text())
    first = re.search(r"^## \[(.+?)\] - (\S+)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.M)
    if not (version and first) or version[1] != first[1]:
        raise CheckError(
            f"handpose is {version and version[1]}, the changelog {first and first[1]}"
        )
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", first[2]):
        raise CheckError(f"the changelog says {first[2]!r} for {first[1]}; write the date")
    return first[1]


def build(tools: Path, dist: Path, keep: Path | None) -> str:
    """An sdist, and a wheel from that."""
    subprocess.run([sys.executable, "-m", "venv", str(tools)], check=True)
    python = _python_of(tools)
    _output([python, "-m", "pip", "install", "--quiet", *TOOLS])
    _output([python, "-m", "build", "--outdir", str(dist), "."])
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        for path in dist.iterdir():
            shutil.copy(path, keep)
    return ", ".join(f"{p.name} {p.stat().st_size / 1e6:.1f} MB" for p in sorted(dist.iterdir()))


def metadata(tools: Path, dist: Path) -> str:
    """What an index would show."""
    files = [str(path) for path in dist.iterdir()]
    _output([_python_of(tools), "-m", "twine", "check", "--strict", *files])
    return ""


def contents(dist: Path) -> str:
    """The package and the data that ships, no tests, no path of this machine, not too large."""
    (wheel,) = dist.glob("*.whl")
    if wheel.stat().st_size > 1e6 * MOST_MB:
        raise CheckError(f"{wheel.name} is larger than {MOST_MB} MB")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        lacking = [name for name in NEEDED if name not in names]
        foreign = [n for n in names if not re.match(r"handpose(/|-[^/]+\.dist-info/)", n)]
        here = [n for n in names if str(ROOT).encode() in archive.read(n)]
    for what, found in (("lacks", lacking), ("has", foreign), ("knows this folder in", here)):
        if found:
            raise CheckError(f"{wheel.name} {what} {', '.join(found[:5])}")
    tracked = _output(["git", "ls-files", "handpose"]).split()
    absent = sorted(set(tracked) - set(names))
    if absent:
        raise CheckError(f"{wheel.name} lacks {', '.join(absent[:5])}")
    return f"{len(names)} files"


def sources(dist: Path) -> str:
    """From the sdist one can build, test and read."""
    (sdist,) = dist.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    folders = ("handpose/", "tests/", "docs/", "scripts/", "benchmarks/", "examples/", "datasets/")
    tracked = [n for n in _output(["git", "ls-files"]).splitlines() if n.startswith(folders)]
    absent = sorted(set(tracked) - names)
    if absent:
        raise CheckError(f"{sdist.name} lacks {len(absent)} files, such as {absent[0]}")
    return f"{len(names)} files"


def install(interpreter: str, python: Path, dist: Path, constrained: bool) -> str:
    """The wheel, alone, in a new environment; gives the size of what pip put there."""
    (wheel,) = dist.glob("*.whl")
    folder = python.parents[1]
    subprocess.run([interpreter, "-m", "venv", str(folder)], check=True)
    before = _megabytes(folder)
    limits = ["-c", str(ROOT / "constraints.txt")] if constrained else []
    pip = [str(python), "-m", "pip", "--disable-pip-version-check"]
    _output([*pip, "install", "--quiet", "--no-compile", *limits, str(wheel)])
    _output([*pip, "check"])
    versions = dict(line.split("==") for line in _output([*pip, "freeze"]).split() if "==" in line)
    told = [f"{n} {versions[n]}" for n in ("numpy", "scikit-learn", "openvino") if n in versions]
    size = _megabytes(folder) - before
    return f"{size:.0f} MB without .pyc, {len(versions)} packages, {', '.join(told)}"


def audit(work: Path, python: Path) -> str:
    """What pip-audit knows about the packages that were installed; it asks the registry."""
    pip = [
        str(python),
        "-m",
        "pip",
        "--disable-pip-version-check",
        "freeze",
        "--exclude",
        "handpose",
    ]
    frozen = python.parents[1] / "frozen.txt"
    frozen.write_text(_output(pip), encoding="utf-8")
    asked = [
        "--requirement",
        str(frozen),
        "--no-deps",
        "--disable-pip",
        "--progress-spinner",
        "off",
    ]
    _output([_python_of(work / "tools"), "-m", "pip_audit", *asked])
    return f"{len(frozen.read_text(encoding='utf-8').split())} packages"


def use(python: Path, home: Path, point: str) -> str:
    """Run a command of the installed package, and look at what it says."""
    arguments = ("assets", "fetch") if point == "fetch" else COMMANDS[point]
    said = _output([str(python), "-m", "handpose", *arguments], cwd=home, env=_bare(home))
    wanted = SAID.get(point)
    if wanted and not re.search(wanted, said):
        raise CheckError(f"handpose {' '.join(arguments)} said: {said[-300:]}")
    return ""


def docs() -> str:
    """The site."""
    said = _output(["make", "docs"])
    return said.strip().splitlines()[-1]


def _bare(home: Path) -> dict[str, str]:
    """The environment without what points to this repository, and with an empty home."""
    kept = {n: v for n, v in os.environ.items() if not n.startswith(("PYTHON", "HANDPOSE", "XDG"))}
    return {**kept, "HOME": str(home), "USERPROFILE": str(home)}


def _python_of(folder: Path) -> str:
    return str(folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))


def _megabytes(folder: Path) -> float:
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return sum(path.stat().st_size for path in files if path.suffix != ".pyc") / 1e6


def _output(command: Sequence[str], cwd: Path = ROOT, env: dict[str, str] | None = None) -> str:
    """What a command prints; raises CheckError with its last lines where it fails."""
    done = subprocess.run(
        command,
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        end = " / ".join((done.stdout + done.stderr).strip().splitlines()[-3:])
        raise CheckError(f"{' '.join(command[:6])} ended with {done.returncode}: {end[-500:]}")
    return done.stdout


if __name__ == "__main__":
    main()
