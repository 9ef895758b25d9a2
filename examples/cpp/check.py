"""Hold the C++ example to Python, on every rendered picture that ships, and on bad input.

    python check.py build/recognize [MODEL]

Python looks at the same picture with the same networks in f32. Then every classifier, of still
hands and of motions, is run by `build/answer` and has to give Python's labels. Needs handpose and
its extra `export`. The last line counts what passed and what failed.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

import handpose as hp

PICTURES = Path(__file__).parents[2] / "datasets" / "rendered_hands"
ANSWERS = Path(__file__).parents[1] / "answers.py"
MOST_APART = 0.5
"""Pixels, of any landmark."""


def run(program: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [program, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)


def differences(program: str, folder: Path, model: str, pictures: list[Path]) -> Iterator[str]:
    """Where the two say different things, one line a picture; prints how far they are apart."""
    told = run(program, folder, *pictures)
    if told.returncode:
        yield f"exit code {told.returncode}: {told.stderr}"
        return
    farthest, unnamed = 0.0, 0
    with hp.load_recognizer(model, precision="f32", point_scores="off", num_hands=1) as recognizer:
        for path, line in zip(pictures, told.stdout.splitlines(), strict=True):
            expected, hands = recognizer.recognize(path), json.loads(line)["hands"]
            if len(hands) != len(expected):
                yield f"{path}: {len(hands)} hands, in Python {len(expected)}"
            for hand, mine in zip(hands, expected, strict=False):
                points = np.asarray(hand["landmarks"])
                apart = float(np.abs(points[:, :2] - mine.landmarks.points[0, :, :2]).max())
                farthest, unnamed = max(farthest, apart), unnamed + (hand["gesture"] is None)
                if (hand["gesture"], hand["handedness"]) != (mine.gesture, mine.handedness):
                    yield f"{path}: {hand['gesture']}, in Python {mine.gesture}"
                if apart > MOST_APART:
                    yield f"{path}: a landmark lies {apart:.2f} pixels from Python's"
    print(f"{len(pictures)} pictures, {unnamed} of them unnamed, landmarks {farthest:.3f} px apart")


def misreadings(program: str, folder: Path, picture: Path) -> Iterator[str]:
    """Bad input that is not refused with the right exit code and a line that names it."""
    text = folder / "text.jpg"
    text.write_text("not a picture")
    model, network = folder / "model.onnx", folder / "hand_landmark_full.onnx"
    whole = model.read_bytes()
    cases: list[tuple[str, int, str, list[object]]] = [
        ("no arguments", 2, "usage", []),
        ("no folder", 2, "cannot be opened", [folder / "nowhere", picture]),
        ("a missing picture", 1, "missing.jpg: cannot be opened", [folder, "missing.jpg", picture]),
        ("a text as picture", 1, "not a picture", [folder, text, picture]),
    ]
    for name, code, line, arguments in cases:
        yield from _unlike(name, run(program, *arguments), code, line)
    elsewhere = whole.replace(b"handpose_format", b"elsepose_format")
    for name, content, line in (
        ("a damaged model", whole[: len(whole) // 2], "damaged"),
        ("a foreign model", network.read_bytes(), "not the file that handpose export"),
        ("a model of another program", elsewhere, "not a handpose model"),
    ):
        model.write_bytes(content)
        yield from _unlike(name, run(program, folder, picture), 2, line)
    model.unlink()
    yield from _unlike("no model", run(program, folder, picture), 2, "missing")


def other_answers(program: str, folder: Path) -> Iterator[str]:
    """Models that name a hand or a motion otherwise than Python, or one that is missing."""
    subprocess.run([sys.executable, str(ANSWERS), str(folder)], check=True)
    files = sorted(folder.glob("*.onnx"))
    for file in files:
        expected = json.loads(file.with_suffix(".json").read_text())
        told = run(program, file, file.with_suffix(".json"))
        if told.returncode:
            yield f"{file.name}: exit code {told.returncode}: {told.stderr}"
            continue
        found = json.loads(told.stdout)
        for row, missing in enumerate(expected["missing"]):
            if not (
                found["none"][row] if missing else found["label"][row] == expected["label"][row]
            ):
                yield f"{file.name}: row {row} is named otherwise than in Python"
    print(f"{len(files)} models of every classifier: {', '.join(file.stem for file in files)}")
    damaged = folder / "damaged.onnx"
    damaged.write_bytes(files[0].read_bytes()[:999])
    told = run(program, damaged, files[0].with_suffix(".json"))
    yield from _unlike("a damaged model", told, 2, "damaged")
    motions = folder / "motions_svm.onnx"
    told = run(program, motions, files[0].with_suffix(".json"))
    yield from _unlike("a model of motions for hands", told, 2, "a model of motions")


def _unlike(
    name: str, told: subprocess.CompletedProcess[str], code: int, line: str
) -> Iterator[str]:
    if told.returncode != code or line not in told.stderr or len(told.stderr.splitlines()) > 2:
        yield f"{name}: exit code {told.returncode}, {told.stderr!r}"


def main() -> int:
    program, model = sys.argv[1], (sys.argv[2] if len(sys.argv) > 2 else "digits")
    pictures = sorted(PICTURES.glob("?/*.jpg"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "export"
        hp.export_model(hp.load_model(model), folder, web=True, with_networks=True)
        wrong = [*differences(program, folder, model, pictures)]
        wrong += misreadings(program, folder, pictures[0])
        wrong += other_answers(str(Path(program).with_name("answer")), Path(name) / "answers")
    for line in wrong:
        print(line)
    print(f"{len(pictures) + 10 - len(wrong)} passed, {len(wrong)} failed")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
