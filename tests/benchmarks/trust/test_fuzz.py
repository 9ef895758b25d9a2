"""The fuzzer itself: it finds what it counts, and makes the same files in every run."""

import sys

import pytest

from benchmarks.runner import Setup
from benchmarks.trust import fuzz
from benchmarks.trust.fuzz_worker import damaged
from benchmarks.trust.sound_files import Sound
from handpose.system.extras import is_installed

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits memory as Linux does")


@pytest.mark.parametrize(
    ("fault", "column", "count"),
    [("raises", "other exceptions", 9), ("writes", "code run", 9), ("crashes", "crashes", 2)],
)
def test_a_fault_is_found_and_the_rest_is_read_on(fault, column, count, tmp_path, monkeypatch):
    """Where the damage changes nothing, the file is sound."""
    monkeypatch.setattr(fuzz, "WORKER", "tests.benchmarks.trust.bad_readers")
    row, faults = fuzz.read_all(fault, count, Setup(tmp_path), tmp_path, 60.0)
    assert row["files"] == count
    assert row[column] == len(faults) > 0
    others = {"crashes", "hangs", "other exceptions", "code run"} - {column}
    assert [name for name in others if row[name]] == []


def test_files_are_the_same_in_every_run_and_differ_by_seed_and_number(tmp_path):
    sounds = [Sound(name, bytes(range(200)), lambda path: None, {}) for name in ("a.png", "b.jpg")]
    made = lambda seed: [damaged(sounds, n, seed, tmp_path)[1] for n in range(50)]  # noqa: E731
    first = made(0)
    assert made(0) == first
    assert sum(one == other for one, other in zip(first, made(1), strict=True)) < 5
    assert len(set(first)) > 40


@pytest.mark.parametrize("kind", ["images", "tables"])
def test_sound_files_can_be_read(kind, tmp_path):
    from benchmarks.trust.sound_files import KINDS

    sounds = list(KINDS[kind]())
    assert len({sound.name for sound in sounds}) == len(sounds) > 10
    assert is_installed("torch") or kind != "keypoint files"
