"""How much memory a process takes that does nothing but recognise photos."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

_KEYPOINTS = """
import json, sys
import handpose as hp
model, runtime = sys.argv[1:3]
extractor = hp.make_extractor("native", runtime=runtime, threads=1)
recognizer = hp.load_recognizer(model, extractor=extractor)
for path in json.load(sys.stdin):
    recognizer.recognize(hp.read_image(path))
"""

_PIXELS = """
import json, sys
from handpose.pixels import EfficientNetClassifier
classifier = EfficientNetClassifier.load(sys.argv[1]).set_params(threads=1)
for path in json.load(sys.stdin):
    classifier.predict([path])
"""

# A process that Python starts counts its parent's memory into ru_maxrss, so Linux is asked itself.
_REPORT = """
from pathlib import Path
status = Path("/proc/self/status")
if status.is_file():
    peak = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    print(int(peak.split()[1]) / 1024)
else:
    import resource
    unit = 2**20 if sys.platform == "darwin" else 2**10
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit)
"""


def keypoint_memory(model: Path, runtime: str, photos: Sequence[str]) -> float | None:
    """Peak resident memory in MiB of a fresh process that recognises photos by their keypoints.

    Parameters
    ----------
    model : Path
        A ``.handpose`` file.
    runtime : str
        As for the native extractor.
    photos : sequence of str
        Paths.

    Returns
    -------
    float or None
        None where the process failed: a platform that does not tell, a runtime that is missing.
    """
    return _peak(_KEYPOINTS, photos, str(model), runtime)


def pixel_memory(model: Path, photos: Sequence[str]) -> float | None:
    """The same of one that uses `EfficientNetClassifier`, read from the file that it saved."""
    return _peak(_PIXELS, photos, str(model))


def _peak(code: str, photos: Sequence[str], *arguments: str) -> float | None:
    command = [sys.executable, "-c", code + _REPORT, *arguments]
    done = subprocess.run(
        command, input=json.dumps(list(photos)), capture_output=True, text=True, check=False
    )
    return None if done.returncode else round(float(done.stdout.split()[-1]), 1)
