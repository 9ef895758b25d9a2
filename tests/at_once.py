"""Processes that do the same at the same time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]

START = """
import os, sys, time, platformdirs
from pathlib import Path
platformdirs.user_cache_dir = lambda name, **_: os.path.join(os.environ["XDG_CACHE_HOME"], name)
def together():
    "Wait until all processes have come so far."
    place, count = Path(sys.argv[1]), int(sys.argv[2])
    (place / str(os.getpid())).touch()
    while len(list(place.iterdir())) < count:
        time.sleep(0.002)
"""


def at_once(count, place, code, *arguments):
    """Run code in several processes, which meet where it calls ``together()``.

    Parameters
    ----------
    count : int
    place : Path
        A folder for nothing else.
    code : str
        Finds `arguments` in ``sys.argv[3:]``.

    Returns
    -------
    list of (str, str)
        Standard output and standard error of each; all have ended well.
    """
    place.mkdir()
    command = [sys.executable, "-W", "always", "-c", START + code, str(place), str(count)]
    command += map(str, arguments)
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    processes = [subprocess.Popen(command, cwd=ROOT, **pipes) for _ in range(count)]
    said = [process.communicate(timeout=100) for process in processes]
    assert [process.returncode for process in processes] == [0] * count, said
    return said
