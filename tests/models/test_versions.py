"""Files of one Python and scikit-learn are read by the others with the same numbers.

Slow: environments are made with pip. ``make check-versions`` sets HANDPOSE_VERSIONS and runs it.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RUN = ("-W", "error", "-m", "tests.models.versions")
ENVIRONMENTS = {"3.10": "1.6.1", "3.11": "1.7.2", "3.12": "1.9.1", "3.13": "1.8.0"}
"""Python to scikit-learn: the oldest that the package allows, the newest, and between."""
NEEDED = ("joblib", "lazy-loader", "numpy", "opencv-python", "pillow", "platformdirs")
NEEDED += ("pooch", "pyarrow", "requests", "rich", "scipy", "threadpoolctl", "typing-extensions")


def interpreter(version):
    """A Python of a version, from pyenv or the path."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    kept = sorted(pyenv.glob(f"{version}.*/bin/python"))
    return str(kept[-1]) if kept else shutil.which(f"python{version}")


def done(*command):
    """Whether a command ended well, and what it said."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    ran = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return ran.returncode == 0, (ran.stdout + ran.stderr)[-1500:]


def made(version, scikit_learn, folder):
    """The interpreter of a new environment, or why there is none."""
    python = interpreter(version)
    if python is None:
        return None, f"no Python {version}"
    good, said = done(python, "-m", "venv", folder)
    pip = [folder / "bin" / "python", "-m", "pip", "install", "--quiet"]
    if good:
        good, said = done(*pip, f"scikit-learn=={scikit_learn}", *NEEDED)
    return (folder / "bin" / "python", "") if good else (None, said)


@pytest.mark.slow
@pytest.mark.skipif("HANDPOSE_VERSIONS" not in os.environ, reason="set HANDPOSE_VERSIONS: minutes")
def test_every_version_reads_what_every_other_wrote(tmp_path):
    pythons, missing = {"this one": sys.executable}, {}
    for version, scikit_learn in ENVIRONMENTS.items():
        name = f"Python {version} with scikit-learn {scikit_learn}"
        python, why = made(version, scikit_learn, tmp_path / f"env{version}")
        if python is None:
            missing[name] = why
        else:
            pythons[name] = python
    if len(pythons) == 1:
        pytest.skip(f"no environment could be made: {missing}")
    models = tmp_path / "models"
    models.mkdir()
    for task in ("write", "read"):
        for name, python in pythons.items():
            good, said = done(python, *RUN, task, models, name)
            assert good, f"{task}, {name}: {said}"
    assert {folder.name for folder in models.iterdir()} == set(pythons)
    assert not missing, missing
