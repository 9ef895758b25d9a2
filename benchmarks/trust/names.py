"""Names that command terminals or pages: in files, folders, labels and people."""

from __future__ import annotations

import os
import pty
import re
import shutil
import subprocess
import threading
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

import handpose as hp
from benchmarks.runner import Setup
from benchmarks.trust.killing import command_of
from handpose.datasets import photo_folder
from handpose.datasets.places import shipped_folder
from handpose.system.extras import is_installed

PAYLOADS = {
    "control characters": "\x1b]0;owned\x07\x1b[2J\x9b31m\x85a\rb\x08c\u202egpj.exe\u2066",
    "markup": "[red]x[/red][link=file:x]y[/link]<img src=x onerror=alert(1)>",
}
"""The title of the window, a screen that is cleared, colours of 8 bits, a line that is written
over, text that is turned round; what rich and what browsers take for markup."""
SHOWN = ("recognize", "extract", "data manifest", "a file that is not there")
"""Commands that show the names of their inputs."""
_OWN = re.compile(r"\x1b\[[0-9;]*m|\x1b\[\?25[lh]|\r?(?:\x1b\[1A|\x1b\[2K)+")
"""What rich writes to a terminal itself: colours, the cursor, lines that are cleared."""
_AT_COLUMN_0 = re.compile(r"^\r", re.MULTILINE)
"""A return where the line begins, which rich writes when a bar was not shown: it moves nothing."""
LIMIT_S = 300


def names(setup: Setup) -> dict[str, Any]:
    """Files, folders, gestures and people whose names hold control characters, characters that turn
    text round, or markup, through every command, into a pipe and into a terminal.

    *obeyed*: runs whose output holds such a character as it is. *markup lost*: runs in which a name
    with brackets was not shown as it is, of commands that show names.
    """
    rows: dict[str, dict[str, int]] = {}
    payloads = dict(list(PAYLOADS.items())[:1]) if setup.quick else PAYLOADS
    for payload, run in product(payloads.values(), (_piped, _on_a_terminal)):
        with TemporaryDirectory() as scratch:
            for command, arguments in _commands(Path(scratch), payload).items():
                row = rows.setdefault(command, {"runs": 0, "obeyed": 0, "markup lost": 0})
                said = run(arguments)
                row["runs"] += 1
                row["obeyed"] += bool(_obeyed(said))
                shown = command in SHOWN and payload.startswith("[")
                row["markup lost"] += shown and "[red]" not in said
        setup.report(f"{payload!r}: {rows}")
    if is_installed("starlette"):
        rows["studio, report"] = _report_of_the_studio(payloads)
    return {"rows": rows}


def _commands(work: Path, payload: str) -> dict[str, list[Any]]:
    name = payload.replace("/", "")
    photo = photo_folder("rendered_hands") / "5" / "render0.jpg"
    photos = work / "photos"
    for label in (name, "other"):
        (photos / label).mkdir(parents=True)
        for number in range(3):
            shutil.copy(photo, photos / label / f"{name}{number}.jpg")
    broken = photos / name / f"broken{name}.jpg"
    broken.write_text("no picture")
    clip = work / f"{name}.mp4"
    shutil.copy(shipped_folder("rendered_clips") / "still.mp4", clip)
    model, table = work / f"{name}.handpose", work / f"{name}.parquet"
    data = hp.load_dataset("sign_language_digits")[::25]
    labels = [name if label == "0" else str(label) for label in data.y]
    people = [name if i % 3 else f"p{i % 7}" for i in range(len(data))]
    hp.write_table(hp.Dataset(data.X, labels, people, name=name), table)
    fitted = hp.make_model("knn", augmentation=None).fit(data.X, np.array(labels))
    fitted.save(model)
    return {
        "recognize": ["recognize", photos / name / f"{name}0.jpg", broken, "--model", model],
        "recognize --json": ["recognize", photos / name / f"{name}0.jpg", broken, "--json"],
        "recognize --events": ["recognize", clip, "--events", "--model", model],
        "live": ["live", clip, "--no-window", "--model", model],
        "extract": ["extract", photos, "-o", work / "out" / f"{name}.parquet"],
        "train": ["train", table, "-o", work / "new.handpose", "--classifier", "knn"],
        "evaluate": ["evaluate", table, "--classifier", "knn"],
        "evaluate --json": ["evaluate", table, "--classifier", "knn", "--json"],
        "export": ["export", model, "-o", work / f"{name}.onnx"],
        "recognize --annotate": ["recognize", clip, "--annotate", work / f"drawn{name}"],
        "collect": ["collect", work / "mine", clip, "--label", name, "--subject", name],
        "data show": ["data", "show", name, "-o", work / f"{name}.png"],
        "data manifest": ["data", "manifest", photos],
        "search": ["search", table, "-o", work / "s.handpose", "--budget", "2s"],
        "a file that is not there": ["recognize", work / f"gone{name}.jpg"],
        "an option that is not there": ["recognize", f"--{name}"],
        "a command that is not there": [name],
    }


def _piped(arguments: list[Any]) -> str:
    done = subprocess.run(command_of(arguments), capture_output=True, check=False, timeout=LIMIT_S)
    return (done.stdout + done.stderr).decode("utf-8", "surrogateescape")


def _on_a_terminal(arguments: list[Any]) -> str:
    ours, theirs = pty.openpty()
    size = {"COLUMNS": "200", "LINES": "50", "TERM": "xterm-256color"}
    process = subprocess.Popen(
        command_of(arguments),
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, **size},
    )
    os.close(theirs)
    said = bytearray()

    def listen() -> None:
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:
                return
            if not part:
                return
            said.extend(part)

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    process.wait(LIMIT_S)
    listener.join(5)
    os.close(ours)
    return without_own(said.decode("utf-8", "surrogateescape"))


def without_own(text: str) -> str:
    """What a terminal was sent, without what rich writes itself."""
    return _AT_COLUMN_0.sub("", _OWN.sub("", text.replace("\r\n", "\n")))


def _obeyed(text: str) -> list[str]:
    """Characters that a terminal would obey."""
    found = re.findall(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)
    return sorted(set(found))


def _report_of_the_studio(payloads: dict[str, str]) -> dict[str, int]:
    """What the studio says of a gesture of such a name, which it refuses, and the page that it
    gives away of a folder of such a name.
    """
    from handpose.studio.report import report
    from handpose.studio.session import Studio

    row = {"runs": 0, "obeyed": 0, "markup lost": 0}
    for payload in payloads.values():
        name = payload.replace("/", "")
        with TemporaryDirectory() as scratch:
            refused = Path(scratch) / "mine"
            _write_samples(refused, name)
            with Studio(refused, _one_hand) as studio:
                studio.open()
                row["obeyed"] += bool(_obeyed(studio.state()["error"]))
            root = Path(scratch) / name
            _write_samples(root, "two")
            with Studio(root, _one_hand) as studio:
                studio.open()
                studio.train()
                studio.job.wait()
                page = report(studio)
        row["runs"] += 2
        row["obeyed"] += "<img src=x" in page or bool(_obeyed(page.replace("\n", "")))
    return row


def _one_hand() -> hp.Extractor:
    return hp.make_extractor("native", num_hands=1)


def _write_samples(root: Path, label: str) -> None:
    for photo in sorted(photo_folder("rendered_hands").glob("[25]/*.jpg")):
        folder = root / (label if photo.parent.name == "2" else "other")
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(photo, folder / f"anna-000{photo.stem[-1]}.jpg")
