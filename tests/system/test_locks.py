from __future__ import annotations

import subprocess
import sys
import threading
import time
import warnings

import pytest

from handpose.errors import HandposeWarning
from handpose.system.locks import one_writer

COUNT = """
import sys, time, warnings
from pathlib import Path
from handpose.system.locks import one_writer
warnings.simplefilter("ignore")
path = Path(sys.argv[1])
for _ in range(40):
    with one_writer(path):
        number = int(path.read_text())
        time.sleep(0.001)
        path.write_text(str(number + 1))
"""
HOLD = """
import sys, time
from pathlib import Path
from handpose.system.locks import one_writer
with one_writer(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_processes_that_count_in_one_file_lose_no_number(tmp_path):
    path = tmp_path / "number.txt"
    path.write_text("0")
    command = [sys.executable, "-c", COUNT, str(path)]
    counters = [subprocess.Popen(command) for _ in range(3)]
    assert [counter.wait(60) for counter in counters] == [0, 0, 0]
    assert path.read_text() == "120"
    assert list(tmp_path.iterdir()) == [path]  # no lock is left


def test_a_lock_ends_with_its_process_and_who_waits_is_told(tmp_path):
    path = tmp_path / "file.txt"
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE)
    assert holder.stdout.readline() == b"held\n"
    threading.Timer(0.3, holder.kill).start()
    start = time.monotonic()
    with pytest.warns(HandposeWarning, match="another process is writing it"), one_writer(path):
        waited = time.monotonic() - start
    holder.wait()
    holder.stdout.close()
    assert 0.1 < waited < 30
    assert list(tmp_path.iterdir()) == []


def test_nobody_waits_for_another_file_nor_for_a_lock_that_was_given_back(tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with one_writer(tmp_path / "a"), one_writer(tmp_path / "b"):
            pass
        with one_writer(tmp_path / "a"):
            pass
