"""How time is measured: in turn, warm, and as far as possible while other processes rest."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

WARM_UP = 10
BATCH = 10
"""Inputs between two looks at what other processes did."""
MAX_DISTURBANCE = 0.06
"""Share of the processor that others may have used; a batch with more is measured again."""
PATIENCE, QUICK_PATIENCE = 150, 5
"""Seconds a comparison may take before it makes do with the inputs that were not disturbed."""

Times = dict[str, list[float]]


class Quiet:
    """Tells how much other processes worked since the last look (Linux; elsewhere always 0)."""

    def __init__(self) -> None:
        self._clock, self._ticks = time.perf_counter(), _ticks_of_others()

    def disturbance(self) -> float:
        """Share of the processor that others used."""
        clock, ticks = time.perf_counter(), _ticks_of_others()
        spent = sum(spent - self._ticks.get(pid, 0) for pid, spent in ticks.items())
        passed = (clock - self._clock) * _ticks_a_second() * (os.cpu_count() or 1)
        self._clock, self._ticks = clock, ticks
        return spent / passed


def _ticks_a_second() -> int:
    return os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


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
    """Median and quartiles in milliseconds."""
    q1, median, q3 = np.percentile(np.array(list(seconds)) * 1e3, [25, 50, 75])
    return {
        "median_ms": round(float(median), 2),
        "q1_ms": round(float(q1), 2),
        "q3_ms": round(float(q3), 2),
    }


def p50_p99(seconds: Iterable[float]) -> tuple[float, float]:
    """Median and 99th percentile."""
    p50, p99 = np.percentile(np.array(list(seconds)), [50, 99])
    return float(p50), float(p99)


@contextmanager
def without_garbage_collection() -> Iterator[None]:
    """Collect garbage before the block, and not within it."""
    enabled = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def interleaved(
    calls: dict[str, Callable[[Any], Any]],
    inputs: list[Any],
    batch: int = BATCH,
    patience: float = PATIENCE,
    by_call: bool = False,
) -> tuple[Times, dict[str, list[Any]], float]:
    """Run every call on every input, in turn.

    Parameters
    ----------
    calls : dict of callable (input)
    inputs : list
        The first ten also warm up.
    batch : int, default=10
        Inputs between two looks at what other processes did.
    patience : float, default=150
        Seconds after which a disturbed batch is not measured again.
    by_call : bool, default=False
        Within a batch, one call on all inputs and then the next, where what the one leaves in the
        processor's cache would decide how fast the next is.

    Returns
    -------
    seconds, answers : dict of list
        For each call.
    undisturbed : float
        Share of the inputs that were timed while other processes rested. The times are those of
        these inputs alone, but for less than a quarter of them, when all times count.
    """
    for value in inputs[:WARM_UP]:
        for call in calls.values():
            call(value)
    seconds: Times = {name: [] for name in calls}
    disturbed: Times = {name: [] for name in calls}
    answers: dict[str, list[Any]] = {name: [] for name in calls}
    quiet, end = Quiet(), time.monotonic() + patience
    batches = [inputs[i : i + batch] for i in range(0, len(inputs), batch)]
    first = True
    while batches and (first or time.monotonic() < end):
        again = []
        for values in batches:
            quiet.disturbance()
            times = _timed(calls, values, by_call, answers if first else {})
            rest = quiet.disturbance() <= MAX_DISTURBANCE
            again += [] if rest else [values]
            for name, taken in times.items():
                (seconds if rest else disturbed)[name] += taken
            if not first and time.monotonic() > end:
                break
        batches, first = again, False
    clean = len(next(iter(seconds.values())))
    if clean < len(inputs) / 4:
        seconds = {name: seconds[name] + disturbed[name] for name in calls}
    return seconds, answers, round(clean / max(len(inputs), 1), 2)


def _timed(
    calls: dict[str, Callable[[Any], Any]],
    values: list[Any],
    by_call: bool,
    answers: dict[str, list[Any]],
) -> Times:
    times: Times = {name: [] for name in calls}

    def measure(name: str, value: Any) -> None:
        start = time.perf_counter()
        answer = calls[name](value)
        times[name].append(time.perf_counter() - start)
        if name in answers:
            answers[name].append(answer)

    if by_call:
        for name in calls:
            for value in values:
                measure(name, value)
    else:
        for value in values:
            for name in calls:
                measure(name, value)
    return times
