"""Part: what is found with the instructions of other processors."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.extraction import bodies, hard
from benchmarks.extraction.colours import HARD, colours
from benchmarks.extraction.false_hands import EXTRACTORS, false_hands
from benchmarks.extraction.passes import PROCESSORS, elsewhere
from benchmarks.extraction.recolored import TINTS
from benchmarks.machine import machine
from benchmarks.runner import Setup

ASKED = ("AVX2",)
"""Of `PROCESSORS`: their arithmetic differs from that of a processor of today."""

Rows = dict[str, dict[str, Any]]


def instruction_sets(setup: Setup) -> dict[str, Any]:
    """What the parts above count, with the instructions of other processors: hands found, in
    brackets hands too many, and pictures in which there is none."""
    rows: Rows = {}
    for name in ASKED:
        for effort, row in elsewhere("instruction_sets", PROCESSORS[name], setup).items():
            rows[f"{name}, {effort}"] = row
    return {"rows": rows}


def _measured(setup: Setup) -> Rows:
    """Effort to its row of the table, in this process."""
    ours = {name: how for name, how in EXTRACTORS.items() if name in hard.ours()}
    parts: dict[str, Callable[[], dict[str, Any]]] = {
        "crowds": lambda: hard.crowds(setup, hard.ours),
        "light": lambda: hard.light(setup, hard.ours),
        "far": lambda: hard.far(setup, hard.ours),
        "people": lambda: bodies.people(setup, bodies.ours),
        "colours": lambda: colours(setup, ours),
        "false_hands": lambda: false_hands(setup, ours),
    }
    counted = {part: count()["rows"] for part, count in parts.items()}
    return {name: _row({part: rows[name] for part, rows in counted.items()}) for name in ours}


def _row(seen: Rows) -> dict[str, Any]:
    false = seen["false_hands"]
    return {
        "computes in": machine()["precision"],
        **{grid: seen["crowds"][grid] for grid in ("2 x 2", "3 x 3", "4 x 4")},
        **{
            kind: seen["light"][kind]
            for kind in (
                *("brightness 0.1", "brightness 0.05", "brightness 0.35, noise 25"),
                "large, noise 80",
            )
        },
        "7.5 % in video": seen["far"]["7.5 % in video"],
        "far people": seen["people"]["odd, raised"],
        "drone_hand": seen["people"]["drone_hand"],
        "gloves, the worst": min(seen["colours"][tint] for tint in TINTS),
        HARD: seen["colours"][HARD],
        "hagrid_sample": false["hagrid_sample"],
        "digits, every 8th": false["sign_language_digits"],
        "everyday, true": false["everyday, hand, report"],
        "everyday, false": false["everyday, no hand, report"],
        "no hand": sum(count for kind, count in false.items() if kind.startswith("no hand")),
    }


if __name__ == "__main__":
    print(json.dumps(_measured(Setup(Path(sys.argv[1]), "--quick" in sys.argv[2:]))))
