"""The plan of the house: floors and rooms, from the top to the bottom.

A room imports from the floors below it, and never from another room of its own floor.
`tests/test_architecture.py` holds the imports to it. ``python -m tests.house`` writes it into
CONTRIBUTING.md.
"""

from __future__ import annotations

import re
from pathlib import Path

FLOORS: tuple[dict[str, str], ...] = (
    {"__main__": "`python -m handpose`"},
    {"cli": "one file a command, imported when it is called; the only place that prints"},
    {"studio": "`handpose studio`: a page to collect, train, try and take away gestures"},
    {
        "recognition": "`GestureRecognizer`, results, events: frames in, gestures out",
        "automl": "`hp.search`: features, classifiers, settings and architectures within a budget",
    },
    {
        "evaluation": "cross-validation by people, metrics, statistics, thresholds, plots",
        "export": "models as ONNX, TFLite and `.task` files, networks and constants for ports",
    },
    {
        "models": "`GestureModel`, its card, `.handpose` files, checks of what is loaded",
        "extraction": "`load_dataset`; folders of photos and videos to tables of landmarks",
    },
    {
        "classifiers": "vectors to gestures: svm, gbdt, mlp, few_shot, ...",
        "temporal": "track ids, smoothing, debouncing, events",
    },
    {
        "features": "landmarks and motions to vectors",
        "extractors": "pixels to landmarks: native (ours), mediapipe (the reference), your own net",
    },
    {
        "keypoint_net": "keypoint networks for any skeleton, trained from scratch",
        "pixels": "EfficientNet, the pixel baseline",
    },
    {
        "networks": "what runs a pretrained network: runtimes, quantisation, crops, decoding",
        "training": "what every torch training shares",
        "datasets": "the registry, readers, tables, folders, fetching",
    },
    {
        "splits": "folds and hold-outs that keep people apart",
        "drawing": "landmarks and labels on images",
        "images": "photos, videos, cameras: reading, writing",
        "assets": "the pretrained networks: fetching, checksums",
    },
    {
        "containers": "`Landmarks`, `Motion`, `Keypoints`, skeletons, labels",
        "provenance": "what made the landmarks, and whether two of these agree",
    },
    {"system": "files, locks, paths, stores, threads, optional packages, rules for parameters"},
    {"errors": "every error and warning", "_pyinstaller": "the hook for PyInstaller"},
)

CONTRIBUTING = Path(__file__).parents[1] / "CONTRIBUTING.md"
_BLOCK = re.compile(r"(?<=<!-- house -->\n).*?(?=<!-- /house -->)", re.DOTALL)


def rooms_below(room: str) -> set[str]:
    """The rooms that a room may import."""
    (floor,) = [number for number, rooms in enumerate(FLOORS) if room in rooms]
    return {name for rooms in FLOORS[floor + 1 :] for name in rooms}


def table() -> str:
    """The plan as a Markdown table, a line between the floors."""
    rows = ["| floor | room | what is in it |", "|---|---|---|"]
    for number, rooms in enumerate(FLOORS):
        floor = len(FLOORS) - number
        rows += [f"| {floor} | `{room}` | {what} |" for room, what in rooms.items()]
    return "\n".join(rows) + "\n"


def written(text: str) -> str:
    """The text of CONTRIBUTING.md with this plan in it."""
    return _BLOCK.sub(lambda _: table(), text)


if __name__ == "__main__":
    CONTRIBUTING.write_text(written(CONTRIBUTING.read_text("utf-8")), "utf-8")
