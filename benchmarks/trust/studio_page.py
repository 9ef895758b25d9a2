"""A page of the studio that never rests, and a studio that is killed under it."""

from __future__ import annotations

import json
import subprocess
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import numpy as np

from benchmarks.trust.inputs import rendered_photos
from benchmarks.trust.killing import Killer, kill, left_over, start

LABELS = ("fist", "palm", "two")
STARTED_S = 120.0


class Page:
    """Sends requests to a studio, one after the other, and keeps what was answered."""

    def __init__(self, address: str):
        self._address = address.rstrip("/")
        parts = urlsplit(address)
        self._origin = f"{parts.scheme}://{parts.netloc}"

    def get(self, path: str) -> dict[str, Any]:
        return self._ask(path, None)

    def post(self, path: str, **given: Any) -> dict[str, Any]:
        return self._ask(path, json.dumps(given).encode())

    def upload(self, photo: Path, label: str) -> dict[str, Any]:
        query = f"name={quote(photo.name)}&label={quote(label)}&subject=anna"
        return self._ask(f"upload?{query}", photo.read_bytes())

    def ready(self) -> dict[str, Any]:
        """The state, once the folder has been looked at."""
        until = time.monotonic() + STARTED_S
        while time.monotonic() < until:
            state = self.get("state")
            if state["ready"]:
                return state
            time.sleep(0.05)
        raise RuntimeError(f"the studio is not ready: {state}")

    def _ask(self, path: str, body: bytes | None) -> dict[str, Any]:
        request = urllib.request.Request(
            f"{self._address}/api/{path}", data=body, headers={"origin": self._origin}
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return dict(json.load(answer))


def open_studio(root: Path) -> tuple[subprocess.Popen[bytes], Page]:
    """A studio, and a page of it."""
    arguments = ["studio", "--data", root, "--port", "0", "--no-browser"]
    process = start(arguments, stdout=subprocess.PIPE)
    assert process.stdout is not None
    line = process.stdout.readline().decode()
    if "http" not in line:
        kill(process)
        raise RuntimeError(f"the studio did not start: {line!r}")
    page = Page(line.split()[-1])
    page.ready()
    return process, page


def samples_in(state: dict[str, Any]) -> dict[str, str]:
    """Path to gesture of every sample."""
    return {
        sample["path"]: card["name"] for card in state["gestures"] for sample in card["samples"]
    }


class _Busy(threading.Thread):
    """Uploads, relabels, removes and takes back, until nobody answers."""

    def __init__(self, page: Page, photos: list[Path], rng: np.random.Generator):
        super().__init__(daemon=True)
        self._page, self._photos, self._rng = page, photos, rng
        self.known = samples_in(page.get("state"))
        self.answered = 0

    def run(self) -> None:
        while True:
            try:
                state = self._do()
            except (urllib.error.URLError, ConnectionError, OSError, ValueError):
                return
            if state is not None:
                self.known = samples_in(state)
                self.answered += 1

    def _do(self) -> dict[str, Any] | None:
        names, what = sorted(self.known), self._rng.random()
        label = str(self._rng.choice(LABELS))
        try:
            if what < 0.15 and len(names) > 5:
                return self._page.post("samples/remove", paths=[str(self._rng.choice(names))])
            if what < 0.3 and names:
                paths = [str(self._rng.choice(names))]
                return self._page.post("samples/relabel", paths=paths, label=label)
            photo = self._photos[int(self._rng.integers(len(self._photos)))]
            return self._page.upload(photo, label)
        except urllib.error.HTTPError:
            return None  # refused: nothing was changed


def kill_studios(scratch: Path, killer: Killer) -> dict[str, Any]:
    """What a studio had answered is there when it is opened again, but for one change."""
    root = scratch / "mine"
    photos = rendered_photos()
    process, page = open_studio(root)
    for label in LABELS:
        page.post("gestures", name=label)
    lost = damaged = answered = 0
    while killer.goes_on:
        busy = _Busy(page, photos, killer.rng)
        busy.start()
        _wait(busy, int(killer.rng.integers(1, 8)))
        time.sleep(killer.rng.uniform(0, 0.2))
        killer.kills += kill(process)
        busy.join(60)
        answered += busy.answered
        process, page = open_studio(root)
        after = samples_in(page.ready())
        changed = after.items() ^ busy.known.items()
        moved = {path for path, _ in changed}
        lost += max(0, len(moved) - 1 - _was_renamed(moved, busy.known, after))
        damaged += sum(not page_shows(page, path) for path in after)
    kill(process)
    process, page = open_studio(root)
    page.post("gestures", name="last")
    kill(process)
    return {
        "kills": killer.kills,
        "ended before": 0,
        "lost": lost,
        "damaged": damaged,
        "left behind": len(left_over(root)),
        "changes answered": answered,
    }


def _wait(busy: _Busy, answers: int) -> None:
    until = time.monotonic() + STARTED_S
    while busy.answered < answers and time.monotonic() < until:
        time.sleep(0.005)


def _was_renamed(moved: set[str], before: dict[str, str], after: dict[str, str]) -> int:
    """A sample whose gesture is changed moves: one path goes, another comes."""
    return int(len(moved - after.keys()) == 1 and len(moved - before.keys()) == 1)


def page_shows(page: Page, path: str) -> bool:
    """Whether the studio can show a sample."""
    address = f"{page._address}/api/thumbnail?path={quote(path)}"
    try:
        with urllib.request.urlopen(address, timeout=60) as answer:
            return bool(answer.read(3) == b"\xff\xd8\xff")
    except urllib.error.HTTPError:
        return False
