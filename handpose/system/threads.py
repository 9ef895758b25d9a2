"""One thread for small computations.

On a busy machine, a thread with one millisecond of work may wait ten for the processor, and the
other threads wait for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any

from threadpoolctl import ThreadpoolController

SMALL_BATCH = 1000
"""Vectors up to which predicting takes one thread."""

SMALL_TABLE = 100_000
"""Vectors up to which fitting takes one thread."""


class _Blas:
    """The linear algebra libraries of this process, whose number of threads all threads share."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._inside = 0
        self._loaded: list[Any] = []
        self._before: list[tuple[Any, int]] = []

    def look(self, controller: ThreadpoolController) -> None:
        """Note which libraries are loaded."""
        with self._lock:
            self._loaded = controller.select(user_api="blas").lib_controllers

    def enter(self) -> None:
        """One thread from now on; the first to enter notes how many there were."""
        with self._lock:
            if not self._loaded:
                self.look(ThreadpoolController())
            self._inside += 1
            noted = [library for library, _ in self._before]
            for library in self._loaded:
                if not any(library.filepath == known.filepath for known in noted):
                    self._before.append((library, library.get_num_threads()))
                    _set(library, 1)

    def leave(self) -> None:
        """As many threads as before, once the last has left."""
        with self._lock:
            self._inside -= 1
            if not self._inside:
                for library, threads in self._before:
                    _set(library, threads)
                self._before = []


def _set(library: Any, threads: int) -> None:
    """Set the number of threads, whichever thread set it last.

    `set_num_threads` of threadpoolctl from 3.8 on does nothing while another thread is in charge.
    """
    getattr(library, "_real_set_num_threads", library.set_num_threads)(threads)


_BLAS = _Blas()


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Let numpy and scipy compute in one thread. Entering takes a few microseconds.

    May be nested and entered by several threads at once; the number that was set before comes back
    when the last has left.
    """
    _BLAS.enter()
    try:
        yield
    finally:
        _BLAS.leave()


@contextmanager
def one_thread() -> Iterator[None]:
    """Let numpy, scipy and scikit-learn compute in one thread. Entering takes milliseconds.

    OpenMP counts its threads for each calling thread, so only the one that enters is limited. Torch
    keeps a count of its own, which a limit from outside would corrupt: its library is left out.
    """
    controller = ThreadpoolController()
    _BLAS.look(controller)
    paths = [library.filepath for library in controller.lib_controllers]
    openmp = controller.select(user_api="openmp").select(
        filepath=[path for path in paths if "torch" not in Path(path).parts]
    )
    with one_blas_thread(), openmp.limit(limits=1):
        yield
