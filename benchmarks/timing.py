"""How benchmarks measure time: in turn, warm, medians, and only while nobody else works."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

WARM_UP = 10
BATCH = 10
"""Inputs between two looks at what other processes did."""
MAX_DISTURBANCE = 0.06
"""Share of the processor that others may have used; a batch with more is measured again."""
PATIENCE = 150
"""Seconds a comparison may take; then disturbed batches count too, and the row says so."""


class Quiet:
    """Tells how much other processes worked since the last look (Linux; elsewhere always 0)."""

    def __init__(self) -> None:
        self._clock, self._ticks = time.perf_counter(), _ticks_of_others()

    def disturbance(self) -> float:
        """Share of the processor that others used."""
        clock, ticks = time.perf_counter(), _ticks_of_others()
        spent = sum(spent - self._ticks.get(pid, 0) for pid, spent in ticks.items())
        passed = (clock - self._clock) * os.sysconf("SC_CLK_TCK") * (os.cpu_count() or 1)
        self._clock, self._ticks = clock, ticks
        return spent / passed


def _ticks_of_others() -> dict[int, int]:
    """Processor time of each process but this one and those below it."""
    ticks, parents = {}, {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended meanwhile
        pid = int(stat.parent.name)
        parents[pid], ticks[pid] = int(fields[1]), int(fields[11]) + int(fields[12])

    def ours(pid: int) -> bool:
        while pid > 1:
            if pid == os.getpid():
                return True
            pid = parents.get(pid, 0)
        return False

    return {pid: spent for pid, spent in ticks.items() if not ours(pid)}


def quartiles(seconds: Iterable[float]) -> dict[str, float]:
    q1, median, q3 = np.percentile(np.array(list(seconds)) * 1e3, [25, 50, 75])
    return {
        "median_ms": round(float(median), 2),
        "q1_ms": round(float(q1), 2),
        "q3_ms": round(float(q3), 2),
    }


def interleaved(
    calls: dict[str, Callable[[Any], Any]], inputs: list[Any], batch: int = BATCH
) -> tuple[dict[str, list[float]], dict[str, list[Any]], float]:
    """Run every call on every input, in turn.

    Returns
    -------
    seconds, answers : dict of list
        For each call.
    undisturbed : float
        Share of the times that were taken while other processes rested.
    """
    for value in inputs[:WARM_UP]:
        for call in calls.values():
            call(value)
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    answers: dict[str, list[Any]] = {name: [] for name in calls}
    disturbed: dict[str, list[float]] = {name: [] for name in calls}
    quiet, end = Quiet(), time.monotonic() + PATIENCE
    batches = [inputs[i : i + batch] for i in range(0, len(inputs), batch)]
    first = True
    while batches and time.monotonic() < end:
        again = []
        for values in batches:
            quiet.disturbance()
            times: dict[str, list[float]] = {name: [] for name in calls}
            for value in values:
                for name, call in calls.items():
                    start = time.perf_counter()
                    answer = call(value)
                    times[name].append(time.perf_counter() - start)
                    if first:
                        answers[name].append(answer)
            rest = quiet.disturbance() <= MAX_DISTURBANCE
            again += [] if rest else [values]
            for name, taken in times.items():
                (seconds if rest else disturbed)[name] += taken
        batches, first = again, False
    clean = len(next(iter(seconds.values())))
    if clean < len(inputs) / 4:
        seconds = {name: seconds[name] + disturbed[name] for name in calls}
    return seconds, answers, round(clean / max(len(next(iter(seconds.values()))), 1), 2)
