"""What cannot work is said before hands are looked for."""

from __future__ import annotations

import subprocess
import sys

import pytest

import handpose as hp
from handpose.extraction import extract_folder, work
from handpose.system.extras import is_installed

ORDERS = {
    "train": ["train", "{photos}", "-o", "{out}.handpose"],
    "evaluate": ["evaluate", "{photos}"],
    "extract": ["extract", "{photos}", "-o", "{out}.parquet"],
    "search": ["search", "{photos}", "-o", "{out}.handpose"],
    "recognize": ["recognize", "{photos}"],
    "live": ["live", "{photos}", "--no-window"],
    "collect": ["collect", "{out}", "{photos}", "--label", "a", "--subject", "b", "--no-window"],
}

WRONG_OPTIONS = {
    "--effort nobody": "unknown effort 'nobody'; known: balanced, fast, thorough",
    "--min-confidence 2": "min_detection_confidence must be above 0 and below 1, but got 2.0",
    "--extractor mediapipe --effort fast": "unknown mediapipe option 'effort'; known: ",
}

CASES = [
    ("train --classifier searched", "torch", 'pip install "handpose[torch]"'),
    ("evaluate --classifier svm searched", "torch", 'pip install "handpose[torch]"'),
    ("evaluate --plot {out}.png", "matplotlib", 'pip install "handpose[plots]"'),
    ("search", "optuna", 'pip install "handpose[search]"'),
    ("search --part architecture", "torch", 'pip install "handpose[torch]"'),
    *(
        (f"{command} --extractor mediapipe", "mediapipe", 'pip install "handpose[mediapipe]"')
        for command in ORDERS
    ),
    *(
        (f"{command} {option}", None, message)
        for command in ORDERS
        for option, message in WRONG_OPTIONS.items()
    ),
    *(
        (f"{command} --{key} {wrong}", None, f"did you mean {meant!r}?")
        for command, key, wrong, meant in (
            ("recognize", "model", "digit", "digits"),
            ("live", "model", "hagrit", "hagrid"),
            ("train", "extractor", "nativ", "native"),
        )
    ),
    ("train --classifier nobody", None, "unknown classifier 'nobody'"),
    ("train --features nobody", None, "nobody"),
    ("train --extractor nobody", None, "unknown extractor 'nobody'"),
    ("evaluate --model absent.handpose", None, "absent.handpose: no such file"),
    ("evaluate --plot {out}.doc", "-", "out.doc: a plot is written as ."),
    ("evaluate --plot {photos}", "-", "photos: a plot is written as"),
    ("search --budget 3x", "-", "3x"),
    ("search --part nobody", "-", "unknown part of a search 'nobody'"),
    ("search --journal {photos}", "-", "photos: cannot be written (Is a directory)"),
    ("recognize --annotate {photos}/1/render0.jpg", None, "cannot be written (Not a directory)"),
]
NEEDED = {"--plot": "matplotlib", "search": "optuna"}


@pytest.fixture
def order(run, photos, tmp_path, monkeypatch, cache):
    """Run a command that must end before it has looked at a picture; gives its complaint."""

    def look(*_, **__):
        pytest.fail("hands were looked for")

    def order(words):
        command, *more = words.split()
        places = {"photos": photos, "out": tmp_path / "out"}
        ran = run(*[word.format(**places) for word in [*ORDERS[command], *more]])
        assert ran.code in (1, 2)
        assert ran.out == ""
        assert not list(tmp_path.glob("out*"))
        (line,) = ran.complaints
        assert "internal error" not in line
        return line

    monkeypatch.setattr(work, "best_hand", look)
    return order


def test_a_model_of_another_kind_is_refused_before_the_work(order, photos, tmp_path):
    data = hp.load_dataset("rendered_clips")
    model = hp.make_model("knn", features="motion").fit(data.X, list("aabababb"))
    path = model.save(tmp_path / "moves.handpose")
    line = order(f"evaluate --model {path}")
    assert f"{photos} holds pictures, but this is a model of motions; use one of still ges" in line


@pytest.mark.parametrize(("words", "package", "message"), CASES, ids=[case[0] for case in CASES])
def test_what_is_missing_or_wrong_is_one_line_before_the_work(
    order, monkeypatch, words, package, message
):
    for word, needed in NEEDED.items():
        if word in words and package != needed:
            pytest.importorskip(needed)
    if package not in (None, "-"):
        for name in [package, *sys.modules]:
            if name.split(".")[0] == package:
                monkeypatch.setitem(sys.modules, name, None)
    assert message in order(words)


WITHOUT_TORCH = """
import sys
import scipy.stats  # which asks for torch in a way of its own
from handpose.cli import main
sys.modules["torch"] = None
place, *orders = sys.argv[1:]
for order in orders:
    try:
        main([word.replace("PLACE", place) for word in order.split()])
    except SystemExit as ended:
        print(ended.code)
"""


def test_a_net_of_ones_own_without_torch_is_one_line_before_the_work(photos, tmp_path):
    places = {"photos": "PLACE/photos", "out": "PLACE/out"}
    orders = [
        " ".join(word.format(**places) for word in [*words, "--extractor", "x.keypoints"])
        for name, words in ORDERS.items()
        if name != "search" or is_installed("optuna")
    ]
    command = [sys.executable, "-c", WITHOUT_TORCH, str(tmp_path), *orders]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1"] * len(orders)
    lines = [line for line in done.stderr.splitlines() if line.startswith("handpose: ")]
    assert len(lines) == len(orders)
    assert all('pip install "handpose[torch]"' in line for line in lines)


def test_the_work_would_have_begun(order, photos):
    with pytest.raises(pytest.fail.Exception, match="hands were looked for"):
        extract_folder(photos, n_jobs=1)
