"""Who does the work: processes of this machine, or the workers of any executor."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from contextlib import contextmanager
from typing import Any, TypeVar

from joblib import Parallel, delayed

from handpose.errors import HandposeError, StoreError, WorkerError
from handpose.system.extras import require

T = TypeVar("T")

TRIES = 3
"""How often a task is given to an executor whose worker fails at it."""
SUBMITTED = 1024
"""Tasks that an executor holds at a time: enough for hundreds of workers."""
DASK_TIMEOUT = "10s"
"""How long a scheduler may take to answer."""
_DASK_SETTINGS = {
    "distributed.comm.timeouts.connect": "5s",  # what a dead worker held is soon done again
    "distributed.comm.retry.count": 0,
}


def with_processes(tasks: Sequence[Callable[[], T]], n_jobs: int) -> Iterator[tuple[int, T]]:
    """Run tasks in processes of this machine; gives the number and result of each as it ends."""
    parallel = Parallel(n_jobs=min(n_jobs, max(len(tasks), 1)), return_as="generator_unordered")
    yield from parallel(delayed(_numbered)(*task) for task in enumerate(tasks))


def _numbered(number: int, task: Callable[[], T]) -> tuple[int, T]:
    return number, task()


def with_executor(tasks: Sequence[Callable[[], T]], executor: Executor) -> Iterator[tuple[int, T]]:
    """Run tasks on an executor; gives the number and result of each as it ends, and once.

    A task that fails for another reason than a `HandposeError`, or because of a store, is given to
    the executor again, at most `TRIES` times in all. The other tasks are done before the error is
    raised.

    Raises
    ------
    WorkerError
        If a task failed each time, or the executor can do no more.
    HandposeError
        What a task raised.
    """
    todo = deque((number, 1) for number in range(len(tasks)))
    waiting: dict[Future[T], tuple[int, int]] = {}
    failed: list[BaseException] = []
    try:
        while todo or waiting:
            while todo and len(waiting) < SUBMITTED:
                number, attempt = todo.popleft()
                waiting[_submit(executor, tasks[number])] = number, attempt
            for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                number, attempt = waiting.pop(future)
                error = future.exception()
                if error is None:
                    yield number, future.result()
                    continue
                _raise_if_final(error)
                if attempt < TRIES:
                    todo.append((number, attempt + 1))
                else:
                    failed.append(error)
    finally:
        for future in waiting:
            future.cancel()
    if failed:
        raise WorkerError(
            f"workers failed {TRIES} times at {len(failed)} of {len(tasks)} chunks "
            f"({_reason(failed[0])}); the others are kept: run again to try only these"
        ) from failed[0]


def _submit(executor: Executor, task: Callable[[], T]) -> Future[T]:
    try:
        return executor.submit(task)
    except (BrokenExecutor, RuntimeError) as error:  # RuntimeError: it was shut down
        raise _broken(error) from error


def _raise_if_final(error: BaseException) -> None:
    """Raise what no other worker would do better."""
    if isinstance(error, StoreError):
        return  # another worker may reach it
    if isinstance(error, HandposeError) or not isinstance(error, Exception):
        raise error
    if isinstance(error, BrokenExecutor):
        raise _broken(error) from error
    if isinstance(error, ImportError):
        raise WorkerError(
            f"a worker cannot load the work ({_reason(error)}); install the same handpose on "
            "every worker"
        ) from error


def _broken(error: BaseException) -> WorkerError:
    return WorkerError(
        f"the executor has stopped ({_reason(error)}); what was finished is kept: run again with "
        "a new one"
    )


def _reason(error: BaseException) -> str:
    text = str(error).strip()
    return f"{type(error).__name__}: {text.splitlines()[0]}" if text else type(error).__name__


@contextmanager
def dask_executor(address: str) -> Iterator[Executor]:
    """An executor whose workers are those of a Dask scheduler.

    Dask itself gives the tasks of a worker that died to another one.

    Parameters
    ----------
    address : str
        Of the scheduler, as ``tcp://host:8786``.

    Raises
    ------
    MissingExtraError
        Without the extra `distributed`.
    WorkerError
        If there is no scheduler at that address, or it has no worker.
    """
    require("distributed", "running on Dask", "distributed")
    import dask
    from distributed import Client

    with dask.config.set(_DASK_SETTINGS):
        try:
            client: Any = Client(address, timeout=DASK_TIMEOUT, set_as_default=False)
        except (OSError, ValueError, TypeError) as error:
            raise WorkerError(
                f"no Dask scheduler at {address} ({_reason(error)}); start one with: dask scheduler"
            ) from None
        with client:
            if not client.scheduler_info()["workers"]:
                raise WorkerError(
                    f"the Dask scheduler at {address} has no worker; start some with: "
                    f"dask worker {address} --nthreads 1"
                )
            yield client.get_executor(retries=TRIES)
