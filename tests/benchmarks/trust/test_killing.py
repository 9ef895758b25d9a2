import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from benchmarks.trust import killing
from benchmarks.trust.killing import Killer, kill, left_over, shape_of

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")

WRITER = """
import sys, time
time.sleep(0.2)
open(sys.argv[1], "w").write("begun")
time.sleep(60)
"""


def writer(arguments, **more):
    command = [sys.executable, "-c", WRITER, *arguments]
    return subprocess.Popen(command, start_new_session=True)


def test_every_second_kill_waits_until_something_was_written(tmp_path, monkeypatch):
    monkeypatch.setattr(killing, "start", writer)
    killer = Killer(np.random.default_rng(0), 2, time.monotonic() + 60, whole_s=0.05)
    (tmp_path / "out").mkdir()
    file = tmp_path / "out" / "file"
    start = time.monotonic()
    assert killer.run([str(file)], file.parent)
    assert not file.exists()
    assert killer.run([str(file)], file.parent)
    assert file.exists()
    assert (killer.kills, killer.ended, killer.goes_on) == (2, 0, False)
    assert time.monotonic() - start < 30


def test_what_had_ended_was_not_killed():
    process = subprocess.Popen([sys.executable, "-c", ""], start_new_session=True)
    process.wait()
    assert not kill(process)
    asleep = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True
    )
    assert kill(asleep)
    assert asleep.returncode == -signal.SIGKILL


def test_what_is_in_a_folder_and_what_was_left(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / ".t.parquet.0123abcd.tmp").write_bytes(b"x")
    (tmp_path / ".t.parquet.lock").write_bytes(b"")
    (tmp_path / "t.parquet").write_bytes(b"xy")
    assert {(os.path.basename(path), size) for path, size in shape_of(tmp_path)} == {
        (".t.parquet.0123abcd.tmp", 1),
        (".t.parquet.lock", 0),
        ("t.parquet", 2),
    }
    assert left_over(tmp_path) == [".t.parquet.lock", ".t.parquet.0123abcd.tmp"]
