"""torch for the length of a computation, or one line that says how to install it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from handpose.errors import MissingExtraError


@contextmanager
def borrowed_torch(purpose: str, threads: int | None = None) -> Iterator[Any]:
    """Give the module torch; put its random state and number of threads back afterwards.

    Parameters
    ----------
    purpose : str
        What needs torch, for the message.
    threads : int, optional
        Threads to compute with; None leaves the number as it is.

    Raises
    ------
    MissingExtraError
        If torch cannot be imported.
    """
    try:
        import torch
    except ImportError:
        raise MissingExtraError(purpose, "torch") from None
    before = torch.get_num_threads()
    try:
        if threads:
            torch.set_num_threads(threads)
        with torch.random.fork_rng(devices=[]):
            yield torch
    finally:
        torch.set_num_threads(before)
