"""Make docs/live.png and docs/live.webp: `handpose live` on a rendered clip, on a virtual display.

    python scripts/record_live.py

Needs Xvfb and ImageMagick's `import` (Debian: xvfb, imagemagick). The PNG is a screenshot of the
window; the animation is what ``--record`` wrote, smaller.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image

from handpose.datasets.rendered_clips import read_clip
from handpose.images import read_frames

DOCS = Path(__file__).parents[1] / "docs"
DISPLAY = ":87"
SCREENSHOT_FRAME_S = 3.0
WIDTH, EVERY = 360, 2


def main() -> None:
    clip = read_clip("gestures").path
    screen = ["Xvfb", DISPLAY, "-screen", "0", "640x480x24"]
    environment = {**os.environ, "DISPLAY": DISPLAY}
    with tempfile.TemporaryDirectory() as folder:
        recording = Path(folder) / "live.mp4"
        command = [sys.executable, "-c", "from handpose.cli import main; main()"]
        command += ["live", str(clip), "--record", str(recording)]
        display = subprocess.Popen(screen, stderr=subprocess.DEVNULL)
        try:
            time.sleep(2)
            live = subprocess.Popen(command, env=environment)
            _wait_for_window(environment)
            time.sleep(SCREENSHOT_FRAME_S)
            shot = DOCS / "live.png"
            subprocess.run(["import", "-window", "root", str(shot)], env=environment, check=True)
            if live.wait() != 0:
                raise SystemExit("handpose live failed")
        finally:
            display.terminate()
        _animate(recording, DOCS / "live.webp")


def _wait_for_window(environment: dict[str, str]) -> None:
    """Wait until something is drawn on the black screen."""
    probe = ["import", "-window", "root", "-resize", "1x1!", "txt:-"]
    for _ in range(120):
        pixel = subprocess.run(probe, env=environment, capture_output=True, text=True, check=True)
        if "(0,0,0)" not in pixel.stdout.replace(" ", ""):
            return
        time.sleep(0.25)
    raise SystemExit("no window appeared")


def _animate(recording: Path, path: Path) -> None:
    frames = [
        Image.fromarray(frame.rgb).resize((WIDTH, WIDTH * 3 // 4), Image.Resampling.LANCZOS)
        for frame in read_frames(recording)
        if frame.index % EVERY == 0
    ]
    frames[0].save(
        path,
        save_all=True,
        append_images=frames[1:],
        duration=round(EVERY * 1000 / 30),
        loop=0,
        quality=60,
        method=6,
    )


if __name__ == "__main__":
    main()
