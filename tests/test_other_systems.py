"""What other systems do differently, as far as it can be tried here: consoles, start of processes,
encodings of files, runtimes that have no wheel there."""

from __future__ import annotations

import io
import multiprocessing
import os
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pytest
from PIL import Image

import handpose as hp
from handpose.cli import main
from handpose.extractors import EXTRACTORS

LABEL = "pałm ✋ и"
"""Not in the characters of Windows in Western Europe (cp1252)."""


def use_fake():
    """What a fresh process has to know: the extractor without networks."""
    EXTRACTORS["fake"] = "tests.extractors.fake:FakeExtractor"


def test_processes_that_are_spawned_make_the_same_table(fake, tmp_path):
    """Windows and macOS spawn: nothing of this process is in the new one."""
    root = tmp_path / "photos"
    for i in range(20):
        path = root / ("fist", "palm")[i % 2] / f"{i}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (20, 30), (1 + i, 3, i)).save(path)
    alone, spawned = tmp_path / "alone.parquet", tmp_path / "spawned.parquet"
    hp.extract_folder(root, alone, extractor="fake", n_jobs=1)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context, initializer=use_fake) as executor:
        hp.extract_folder(root, spawned, extractor="fake", executor=executor)
    points = [hp.read_table(path).X.points for path in (alone, spawned)]
    np.testing.assert_array_equal(*points)


@pytest.fixture(scope="module")
def shown(tmp_path_factory, people):
    """A table with a label that few consoles can show, and a model of it."""
    folder = tmp_path_factory.mktemp("shown")
    labels = np.where(people.y == people.y[0], LABEL, people.y)
    data = hp.Dataset(people.X, labels, people.groups, name=LABEL)[::3]
    hp.write_table(data, folder / "table.parquet")
    hp.make_model("knn", augmentation=None).fit(data.X, data.y).save(folder / "model.handpose")
    return folder


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_a_console_that_lacks_characters_shows_their_escapes(shown, encoding, monkeypatch):
    """Python sets such an encoding where Windows' console, or a pipe of it, has one."""

    def run(*arguments):
        streams = [io.TextIOWrapper(io.BytesIO(), encoding) for _ in range(2)]
        streams[1].reconfigure(errors="backslashreplace")  # as Python makes it
        monkeypatch.setattr(sys, "stdout", streams[0])
        monkeypatch.setattr(sys, "stderr", streams[1])
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        for stream in streams:
            stream.flush()
        return ended.value.code, *(stream.buffer.getvalue() for stream in streams)

    monkeypatch.setenv("COLUMNS", "200")
    model = ("--model", shown / "model.handpose")
    code, said, _ = run("evaluate", shown / "table.parquet", *model)
    assert code == 0
    assert rb"pa\u0142m" in said
    code, said, _ = run("--help")
    assert code == 0
    assert b"recognize" in said
    code, _, said = run("recognize", f"{LABEL}.jpg")
    assert code == 1
    assert rb"pa\u0142m \u270b \u0438.jpg: no such file" in said


FILES = """
import sys, warnings
warnings.filterwarnings("error", category=EncodingWarning, module="handpose")
from pathlib import Path
import handpose as hp
from handpose.datasets.sample_folder import SampleFolder
import numpy as np
folder = Path(sys.argv[1])
data = hp.load_dataset("sign_language_digits")[::40]
hp.write_table(data, folder / "t.parquet"); hp.read_table(folder / "t.parquet")
model = hp.make_model("svm", augmentation=None).fit(data.X, data.y)
model.save(folder / "m.handpose"); hp.load_model(folder / "m.handpose")
SampleFolder(folder / "mine", "fist", "a").add(np.full((99, 99, 3), 200, np.uint8))
hp.datasets.read_folder(folder / "mine")
hp.load_dataset("rendered_hands")
(folder / "k.csv").write_bytes(b"a," + b",".join([b"0.5", b"0.1"] * 21))
hp.load_dataset(folder / "k.csv")
print("done")
"""


def test_files_are_read_and_written_in_utf8_whatever_the_system_prefers(tmp_path):
    """Without an encoding a file would be in cp1252 on Windows."""
    ran = subprocess.run(
        [sys.executable, "-X", "warn_default_encoding", "-c", FILES, tmp_path],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert ran.stdout.split() == ["done"], ran.stderr


WITHOUT = """
import sys
sys.modules["openvino"] = None
import handpose as hp
with hp.load_recognizer("digits") as recognizer:
    print([hand.gesture for hand in recognizer.recognize(sys.argv[1])])
"""


@pytest.mark.litert
def test_where_openvino_has_no_wheel_litert_recognises(rendered_folder):
    ran = subprocess.run(
        [sys.executable, "-c", WITHOUT, rendered_folder / "3" / "render0.jpg"],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={name: value for name, value in os.environ.items() if name != "HANDPOSE_RUNTIME"},
    )
    assert ran.stdout.split() == ["['3']"], ran.stderr
