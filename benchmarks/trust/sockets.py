"""System calls that open sockets while the library works, as strace sees them."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.runner import MissingDataError, Setup
from benchmarks.trust.killing import command_of
from handpose.datasets import photo_folder
from handpose.datasets.places import shipped_folder

LIMIT_S = 600
_CALL = re.compile(r"\bsocket\((\w+)")
_MADE = "import socket; socket.socket().close()"


def sockets(setup: Setup) -> dict[str, Any]:
    """Calls of ``socket`` in a process and its children, by family: what is recognised, trained and
    measured opens none. The last row is a control that opens one.
    """
    if shutil.which("strace") is None:
        raise MissingDataError("strace is not here")
    photo = photo_folder("rendered_hands") / "3" / "render0.jpg"
    clip = shipped_folder("rendered_clips") / "still.mp4"
    rows = {}
    with TemporaryDirectory() as scratch:
        model = Path(scratch) / "model.handpose"
        shown = {
            "recognize, a photo": ["recognize", photo],
            "recognize, a video": ["recognize", clip, "--json"],
            "live": ["live", clip, "--no-window"],
            "train": ["train", "sign_language_digits", "-o", model, "--classifier", "knn"],
            "evaluate": ["evaluate", "sign_language_digits", "--classifier", "knn"],
            "recognize, own model": ["recognize", photo, "--model", model],
        }
        for name, arguments in shown.items():
            rows[name] = _counted(command_of(arguments), Path(scratch))
            setup.report(f"{name}: {rows[name]}")
        rows["control"] = _counted([sys.executable, "-c", _MADE], Path(scratch))
    return {"rows": rows}


def _counted(command: list[str], scratch: Path) -> dict[str, Any]:
    said = scratch / "calls"
    traced = ["strace", "-f", "-qq", "-e", "trace=socket,connect", "-o", str(said), *command]
    done = subprocess.run(traced, capture_output=True, text=True, check=False, timeout=LIMIT_S)
    if not said.is_file():
        raise MissingDataError(f"strace cannot trace here ({done.stderr.strip()[-100:]})")
    families = _CALL.findall(said.read_text(encoding="utf-8", errors="replace"))
    return {
        "exit code": done.returncode,
        "internet": sum(family.startswith("AF_INET") for family in families),
        "other": sum(not family.startswith("AF_INET") for family in families),
    }
