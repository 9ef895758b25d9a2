"""Starts commands and kills them with SIGKILL, at any moment or just when they write."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

POLL_S = 0.002
LIMIT_S = 600.0


@dataclass
class Killer:
    """Kills every second time at a random moment, else soon after a folder has changed.

    Parameters
    ----------
    rng : numpy.random.Generator
    most : int
        Kills.
    until : float
        When to stop, by `time.monotonic`; there is one kill at least.
    whole_s : float
        How long the command takes.
    soon_s : float
        After a change, at most.
    """

    rng: np.random.Generator
    most: int
    until: float
    whole_s: float = 0.0
    soon_s: float = 0.05
    kills: int = 0
    ended: int = 0
    _turn: int = field(default=0, repr=False)

    @property
    def goes_on(self) -> bool:
        """Whether there are more kills to come."""
        return self.kills < self.most and (not self.kills or time.monotonic() < self.until)

    def run(self, arguments: Sequence[str], watched: Path) -> bool:
        """Run ``handpose ARGUMENTS`` and kill it; False where it ended before."""
        self._turn += 1
        before = shape_of(watched)
        process = start(arguments)
        until = time.monotonic() + self.rng.uniform(0.2, 1.1) * self.whole_s
        wait_for_change = self._turn % 2 == 0
        limit = time.monotonic() + LIMIT_S
        while process.poll() is None and time.monotonic() < (limit if wait_for_change else until):
            if wait_for_change and shape_of(watched) != before:
                time.sleep(self.rng.uniform(0, self.soon_s))
                break
            time.sleep(POLL_S)
        killed = kill(process)
        self.kills += killed
        self.ended += not killed
        return killed


def command_of(arguments: Sequence[object]) -> list[str]:
    """``handpose ARGUMENTS``, with this interpreter."""
    return [sys.executable, "-m", "handpose", *map(str, arguments)]


def start(arguments: Sequence[str], **more: object) -> subprocess.Popen[bytes]:
    """A process of the command line, in a group of its own."""
    command = command_of(arguments)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen(command, start_new_session=True, **{**quiet, **more})  # type: ignore[call-overload, no-any-return]


def kill(process: subprocess.Popen[bytes]) -> bool:
    """SIGKILL, first to the process alone, then to what it has started; False where it was over."""
    alive = process.poll() is None
    if alive:
        process.kill()
    code = process.wait()
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    return alive and code == -signal.SIGKILL


def to_the_end(arguments: Sequence[str]) -> tuple[float, str]:
    """Seconds and standard error of a command that must succeed.

    Raises
    ------
    RuntimeError
        If it fails.
    """
    begin = time.monotonic()
    process = start(arguments, stderr=subprocess.PIPE)
    _, said = process.communicate(timeout=LIMIT_S)
    text = said.decode(errors="replace")
    if process.returncode != 0:
        raise RuntimeError(f"handpose {' '.join(map(str, arguments))}: {text[-500:]}")
    return time.monotonic() - begin, text


def shape_of(folder: Path) -> frozenset[tuple[str, int]]:
    """Names and sizes of what is in a folder."""
    found = set()
    for root, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(root, name)
            try:
                found.add((path, os.stat(path).st_size))
            except OSError:
                continue
    return frozenset(found)


def left_over(folder: Path) -> list[str]:
    """Temporary files, locks and parts in a folder."""
    names = (path.name for path in sorted(folder.rglob("*")))
    return [name for name in names if ".tmp" in name or name.endswith((".lock", ".parts"))]
