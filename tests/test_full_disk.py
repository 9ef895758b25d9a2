"""Writers on a disk that takes no more: one line with the file's name, and nothing left."""

from __future__ import annotations

import sys

import pytest

from handpose.system.extras import is_installed

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="no limit on the size of files there"
)

FULL = """
import resource, signal, sys
from importlib.util import find_spec
from pathlib import Path
import numpy as np
from PIL import Image
import handpose as hp
from handpose.datasets.gathered import ASL
from handpose.datasets.originals import Originals
from handpose.datasets.sample_folder import SampleFolder
from handpose.images.saving import save_picture

folder, net = Path(sys.argv[1]), sys.argv[2]
rng = np.random.default_rng(0)
noise = rng.integers(0, 255, (200, 200, 3), np.uint8)
digits = hp.load_dataset("sign_language_digits")
model = hp.load_model("digits")
card = model.card
writers = {
    "table.parquet": lambda path: hp.write_table(digits, path),
    "model.handpose": lambda path: hp.save_model(model, path, card),
    "picture.png": lambda path: save_picture(Image.fromarray(noise), path),
    "picture.jpg": lambda path: save_picture(Image.fromarray(noise), path),
    "a-0001.jpg": lambda path: SampleFolder(path.parent, "fist", "a").add(noise),
    "hands.npz": lambda path: ASL.gather(frames(), path),
}
if net:
    import torch
    from handpose.training.checkpoints import Progress, save_checkpoint
    loaded = hp.KeypointNet.load(net)
    weights = {"w": torch.rand(20000)}
    run = Progress(1, 0, 0.5, [], weights, weights, {}, torch.random.get_rng_state())
    writers["net.keypoints"] = loaded.save
    writers["checkpoint"] = lambda path: save_checkpoint(path, run, "run")
if find_spec("matplotlib"):
    result = hp.evaluate_model(model, digits.hands[:50], digits.labels[:50])
    result.plot(folder / "warm.png")
    (folder / "warm.png").unlink()
    writers["plot.png"] = result.plot

def frames():
    import io
    file = io.BytesIO()
    np.save(file, rng.uniform(0, 1, 63))
    names = [f"raw_gestures/A/frame_{number}.npy" for number in range(400)]
    return Originals(names, lambda name: file.getvalue(), folder)

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
for name, write in writers.items():
    path = folder / name
    try:
        write(path)
        print(name, "was written")
    except hp.HandposeError as error:
        print(name, error)
    except Exception as error:
        print(name, type(error), error)
"""


def test_every_writer_names_the_file_and_leaves_nothing(run_python, tmp_path, request):
    net = ""
    if is_installed("torch"):
        net = request.getfixturevalue("face_net")
    (tmp_path / "out").mkdir()
    lines = run_python(FULL, tmp_path / "out", net)
    assert len(lines) >= 6
    for line in lines:
        name, _, message = line.partition(" ")
        place = tmp_path / "out" / ("fist" if name.endswith("0001.jpg") else "") / name
        assert message.startswith(f"{place}: cannot be written ("), line
        assert "free some space" in message, line
    assert [path for path in (tmp_path / "out").rglob("*") if path.is_file()] == []
