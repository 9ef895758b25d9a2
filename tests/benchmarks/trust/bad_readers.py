"""A worker of the fuzzer whose readers have faults: each does what its name says, once."""

import os
import sys
from pathlib import Path

from benchmarks.trust import fuzz_worker
from benchmarks.trust.sound_files import Sound

SOUND = b"a sound file"


def raises(path):
    raise KeyError("two\nlines")


def writes(path):
    Path(path.parents[2], "elsewhere").write_text("x")


def crashes(path):
    os.abort()


def only_damaged(fault):
    """A reader that takes the sound file, and has its fault at all others."""
    return lambda path: None if path.read_bytes() == SOUND else fault(path)


FAULTS = (raises, writes, crashes)

if __name__ == "__main__":
    fuzz_worker.WARM_UP = 0
    fuzz_worker.KINDS.clear()
    for fault in FAULTS:
        sounds = [Sound("file.bin", SOUND, only_damaged(fault), {})]
        fuzz_worker.KINDS[fault.__name__] = lambda sounds=sounds: iter(sounds)
    fuzz_worker.main(sys.argv[1], *map(int, sys.argv[2:6]), Path(sys.argv[6]))
