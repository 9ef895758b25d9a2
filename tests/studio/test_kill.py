"""A studio that is killed while it trains loses nothing."""

import signal
import subprocess
import sys
from pathlib import Path

import numpy as np

import handpose as hp
from handpose.studio.session import Studio
from tests.studio.conftest import PaintedExtractor, fill

ROOT = Path(__file__).parents[2]
TRAINING = """
import sys
from pathlib import Path
import numpy as np
import handpose as hp
from handpose.studio.session import Studio
from tests.studio.conftest import PaintedExtractor

hands = hp.Landmarks(np.load(sys.argv[2]))
with Studio(Path(sys.argv[1]), lambda: PaintedExtractor(hands)) as studio:
    studio.open()
    while True:
        studio.train()
        print("training", flush=True)
        studio.job.wait()
        print(studio.job.state["error"] or "trained", flush=True)
"""


def test_kill_while_training_loses_nothing(tmp_path, hands):
    after = ["training", "trained", "training"]
    folder, saved = tmp_path / "mine", tmp_path / "hands.npy"
    with Studio(folder, lambda: PaintedExtractor(hands)) as studio:
        studio.open()
        fill(studio, turns=3)
        shown = studio.state()["gestures"]
    np.save(saved, hands.points)
    process = subprocess.Popen(
        [sys.executable, "-c", TRAINING, str(folder), str(saved)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    try:
        assert [process.stdout.readline().strip() for _ in after] == after
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait(30)
        process.stdout.close()
    with Studio(folder, lambda: PaintedExtractor(hands)) as again:
        again.open()
        state = again.state()
        assert state["gestures"] == shown
        assert hp.load_model(again.model_file()).classes_.tolist() == ["fist", "one", "two"]
        assert not state["training"]["running"]
