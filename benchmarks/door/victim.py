"""A door that is watched by nobody, to be killed: ``python -m benchmarks.door.victim DIR SEED``.

It goes on for ever: right and wrong sequences in turn, no waits. `kills` and the tests end it.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

import handpose as hp
from benchmarks.door.acting import COST, FPS, people, seen_of
from examples.door.audit import AuditLog
from examples.door.bolt import FileBolt
from examples.door.door import Door
from examples.door.policy import Policy
from examples.door.secret import Secret

SECRET, WRONG = ("2", "5", "0", "5"), ("2", "5", "0", "4")


def main(folder: Path, seed: int) -> None:
    model = hp.load_model("digits")
    person = people(hp.load_dataset("sign_language_digits"))[seed]
    rng, seconds = np.random.default_rng(seed), 0.0
    log, bolt = AuditLog(folder / "log.jsonl"), FileBolt(folder / "open")
    policy = Policy(waits_s=(0.0,) * 10**6, open_s=0.5)
    secret = Secret.of(SECRET, COST)
    labels = [str(label) for label in model.classes_]
    door = Door(secret, policy, log, bolt, labels, 0.5, lambda: seconds)
    print("watching", flush=True)
    attempts = 0
    while True:
        challenge = [r["gestures"] for r in log.records if r["event"] == "challenge"][-1]
        shown = [*challenge, *(WRONG if attempts % 2 else SECRET)]
        attempts += 1
        for seen in seen_of(model, person.shows(shown, rng)):
            seconds += 1 / FPS
            door.see(seen)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
