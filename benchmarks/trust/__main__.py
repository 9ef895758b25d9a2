"""What may be relied on when files are hostile, processes die and disks are full?

python -m benchmarks.trust [--only PART ...] [--quick]

Every row should say 0 where it counts faults. ``kills``, ``full_disk``, ``sockets`` and ``names``
need Linux; ``full_disk`` must be root. ``--budget`` is the time of each part that
counts files, kills or frames, at most.
"""

from __future__ import annotations

from benchmarks.runner import Benchmark, parts_of, run
from benchmarks.trust.frames import frames
from benchmarks.trust.full_disk import full_disk
from benchmarks.trust.fuzz import PARTS
from benchmarks.trust.kills import kills
from benchmarks.trust.names import names
from benchmarks.trust.sockets import sockets

BENCHMARK = Benchmark(
    "trust",
    parts_of(*PARTS, kills, full_disk, frames, sockets, names),
    shown={**dict.fromkeys((part.__name__ for part in PARTS), ""), "kills": ""},
    budget="30min",
)

if __name__ == "__main__":
    run(BENCHMARK)
