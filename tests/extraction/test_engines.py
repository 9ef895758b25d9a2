"""Extraction by executors: each file once, whatever becomes of a worker."""

import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import BrokenExecutor, Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import handpose as hp
from handpose.errors import WorkerError
from handpose.extraction import engines, extract_folder, work
from handpose.extraction.engines import TRIES, dask_executor, with_executor
from handpose.extraction.work import CHUNK
from handpose.system.stores import StorePath

N_CHUNKS = 5
N = N_CHUNKS * CHUNK - 3
ROOT = Path(__file__).parents[2]


class LaterExecutor(ThreadPoolExecutor):
    """Fails at the tasks that `fails` says: (which submission, counted from 0) -> error or None."""

    def __init__(self, fails=lambda number: None, **more):
        super().__init__(1, **more)
        self.fails, self.submitted = fails, 0

    def submit(self, task, /, *args, **kwargs):
        error = self.fails(self.submitted)
        self.submitted += 1
        if error is None:
            return super().submit(task, *args, **kwargs)
        future = Future()
        future.set_exception(error)
        return future


@pytest.fixture
def photos(tmp_path):
    root = tmp_path / "photos"
    for i in range(N):
        path = root / ("fist", "palm")[i % 2] / f"{i:03}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (20, 30), (1 + i, 3, i)).save(path)
    return root


@pytest.fixture
def table(tmp_path):
    return tmp_path / "out" / "table.parquet"


@pytest.fixture
def alone(fake, photos, tmp_path):
    """The table that one process makes."""
    path = tmp_path / "alone.parquet"
    extract_folder(photos, path, extractor="fake", n_jobs=1)
    fake.images_seen = 0
    return hp.read_table(path)


def assert_same(path, expected):
    found = hp.read_table(path)
    assert found.paths.tolist() == expected.paths.tolist()
    assert len(set(found.paths.tolist())) == len(found)
    np.testing.assert_array_equal(found.X.points, expected.X.points)
    assert found.provenance == expected.provenance


def test_any_executor_makes_the_table_that_one_process_makes(fake, alone, photos, table):
    counts = []
    with ThreadPoolExecutor(3) as executor:
        summary = extract_folder(
            photos,
            table,
            extractor="fake",
            executor=executor,
            progress=lambda *count: counts.append(count),
        )
    assert_same(table, alone)
    assert summary.found.total() == N
    assert counts[0] == (0, N)
    assert counts[-1] == (N, N)
    assert counts == sorted(set(counts))
    assert fake.images_seen == N
    assert list(table.parent.iterdir()) == [table]


def test_a_chunk_whose_worker_died_is_done_by_another_and_no_file_twice(fake, alone, photos, table):
    with LaterExecutor(lambda n: OSError("the worker is gone") if n in {1, 3} else None) as pool:
        assert extract_folder(photos, table, extractor="fake", executor=pool).complete
    assert pool.submitted == N_CHUNKS + 2
    assert fake.images_seen == N
    assert_same(table, alone)


def test_a_chunk_that_no_worker_can_do_is_told_and_the_others_are_kept(fake, alone, photos, table):
    """The first chunk fails each time: the others are all submitted before it comes again."""
    with (
        LaterExecutor(lambda n: OSError("killed") if n == 0 or n >= N_CHUNKS else None) as pool,
        pytest.raises(WorkerError, match=rf"{TRIES} times at 1 of {N_CHUNKS} chunks .*killed"),
    ):
        extract_folder(photos, table, extractor="fake", executor=pool)
    assert pool.submitted == N_CHUNKS + TRIES - 1
    assert not table.exists()
    fake.images_seen = 0
    with ThreadPoolExecutor(1) as executor:
        extract_folder(photos, table, extractor="fake", executor=executor)
    assert fake.images_seen == CHUNK
    assert_same(table, alone)


@pytest.mark.parametrize("how", ["result", "submit", "closed"])
def test_an_executor_that_has_stopped_is_told_and_the_next_goes_on(
    fake, alone, photos, table, how, monkeypatch
):
    monkeypatch.setattr(engines, "SUBMITTED", 1)
    pool = LaterExecutor(lambda n: BrokenExecutor("a process died") if n == 2 else None)
    if how != "result":
        submit = pool.submit

        def refusing(task):
            if pool.submitted < 2:
                return submit(task)
            if how == "submit":
                raise BrokenExecutor("a process died")
            pool.shutdown()
            return submit(task)

        monkeypatch.setattr(pool, "submit", refusing)
        pool.fails = lambda _: None
    with pool, pytest.raises(WorkerError, match=r"the executor has stopped .*run again"):
        extract_folder(photos, table, extractor="fake", executor=pool)
    fake.images_seen = 0
    extract_folder(photos, table, extractor="fake", n_jobs=1)
    assert fake.images_seen == N - 2 * CHUNK
    assert_same(table, alone)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ImportError("No module named 'handpose'"), "cannot load the work .*install the same"),
        (hp.AssetError("the network is not here"), "the network is not here"),
    ],
)
def test_what_no_worker_can_do_better_is_not_tried_again(fake, photos, table, error, said):
    with (
        LaterExecutor(lambda n: error) as pool,
        pytest.raises(hp.HandposeError, match=said),
    ):
        extract_folder(photos, table, extractor="fake", executor=pool)
    assert pool.submitted == N_CHUNKS


def test_a_worker_that_does_not_see_the_photos_is_no_row_of_errors(
    fake, photos, table, monkeypatch
):
    task = work.extract_chunk
    away = photos.with_name("elsewhere")

    def on_another_machine(recipe, chunk):
        photos.rename(away)
        try:
            return task(recipe, chunk)
        finally:
            away.rename(photos)

    monkeypatch.setattr(work, "extract_chunk", on_another_machine)
    with (
        LaterExecutor() as pool,
        pytest.raises(WorkerError, match=r"no such folder on the worker .* same path"),
    ):
        extract_folder(photos, table, extractor="fake", executor=pool)


def test_a_worker_with_another_extractor_is_refused(fake, photos, table, monkeypatch):
    monkeypatch.setattr(
        work,
        "_extract_chunk",
        lambda recipe, chunk: work.Finished(None, work.Notes(), {"name": "fake", "version": "old"}),
    )
    monkeypatch.setattr(fake, "provenance", {"name": "fake", "version": "new"})
    with LaterExecutor() as pool, pytest.raises(WorkerError, match=r"other landmarks .*same hand"):
        extract_folder(photos, table, extractor="fake", executor=pool)
    assert not table.exists()


def test_an_executor_is_never_given_more_than_it_may_hold(monkeypatch):
    monkeypatch.setattr(engines, "SUBMITTED", 2)
    open_tasks = []

    class Counting(LaterExecutor):
        def submit(self, task):
            open_tasks.append(self.submitted - len(done))
            return super().submit(task)

    done = []
    with Counting() as pool:
        for number, result in with_executor([lambda i=i: i * i for i in range(9)], pool):
            done.append((number, result))
    assert sorted(done) == [(i, i * i) for i in range(9)]
    assert max(open_tasks) == 1


def test_when_the_reader_stops_the_rest_is_cancelled():
    with ThreadPoolExecutor(1) as pool:
        ran = []
        results = with_executor(
            [lambda i=i: ran.append(i) or time.sleep(0.01) for i in range(50)], pool
        )
        next(results)
        results.close()
    assert len(ran) < 50


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running(*arguments):
    """A process of ``python -m``, ended afterwards."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path[1:]])}
    command = [sys.executable, "-m", *map(str, arguments)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, env=environment, cwd=ROOT, **quiet) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture(scope="module")
def dask_cluster(tmp_path_factory):
    """A scheduler and two workers, processes of their own on loopback: (address, workers)."""
    import dask
    from distributed import Client

    port = free_port()
    address, where = f"tcp://127.0.0.1:{port}", ("--host", "127.0.0.1", "--port", port)
    scheduler = ("distributed.cli.dask_scheduler", *where, "--no-dashboard")
    worker = (
        *("distributed.cli.dask_worker", address, "--nthreads", 1, "--no-nanny"),
        *("--no-dashboard", "--preload", "tests.extraction.dask_worker"),
    )
    with ExitStack() as stack:
        stack.enter_context(running(*scheduler))
        places = [tmp_path_factory.mktemp("worker") for _ in range(2)]
        workers = [
            stack.enter_context(running(*worker, "--local-directory", place)) for place in places
        ]
        with (
            dask.config.set({"distributed.comm.timeouts.connect": "300s"}),
            Client(address, timeout="300s", set_as_default=False) as client,
        ):
            client.wait_for_workers(2, timeout=300)
        yield address, workers


@pytest.mark.distributed
@pytest.mark.filterwarnings("default")
def test_dask_workers_make_the_same_table_also_when_one_is_killed(
    fake, alone, photos, table, dask_cluster
):
    address, workers = dask_cluster
    with dask_executor(address) as executor:
        extract_folder(photos, table, extractor="fake", executor=executor)
        assert_same(table, alone)

        def kill_one(done, _):
            if done >= CHUNK and workers[0].poll() is None:
                workers[0].send_signal(signal.SIGKILL)
                workers[0].wait()

        killed = table.with_name("killed.parquet")
        extract_folder(photos, killed, extractor="fake", executor=executor, progress=kill_one)
    assert workers[0].returncode == -signal.SIGKILL
    assert_same(killed, alone)
    assert fake.images_seen == 0  # all of it was done by the workers


@pytest.mark.distributed
@pytest.mark.filterwarnings("default")
def test_dask_workers_copy_their_photos_from_a_store(fake, alone, photos, dask_cluster):
    from fsspec.implementations.dirfs import DirFileSystem
    from fsspec.implementations.local import LocalFileSystem

    store = DirFileSystem(str(photos.parent), LocalFileSystem())  # every worker sees it
    rows = StorePath(store, "rows")
    with dask_executor(dask_cluster[0]) as executor:
        extract_folder(StorePath(store, "photos"), rows, extractor="fake", executor=executor)
    assert_same(rows, alone)
    assert fake.images_seen == 0


@pytest.mark.distributed
def test_an_address_without_a_scheduler_is_one_line(monkeypatch):
    monkeypatch.setattr(engines, "DASK_TIMEOUT", "1s")
    with (
        pytest.raises(WorkerError, match=r"no Dask scheduler at tcp://127\.0\.0\.1:9 .*dask sch"),
        dask_executor("tcp://127.0.0.1:9"),
    ):
        pass


def test_without_dask_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(hp.MissingExtraError, match=r"handpose\[distributed\]"), dask_executor("x"):
        pass
