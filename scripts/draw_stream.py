"""Make docs/streams.png: the rendered swipes and what lies between, the scores, the events.

    python -m scripts.draw_stream

Needs matplotlib and the hand networks (`handpose assets fetch`).
"""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import numpy as np

import handpose as hp
from benchmarks.motion.clips import followed
from benchmarks.streams.swiped import Told, told_in, true_swipes
from handpose.containers.motion import Motion
from handpose.recognition.windows import firsts_before
from scripts.made_swipes import DIRECTIONS

ROOT = Path(__file__).parents[1]
COLOURS = dict(zip(DIRECTIONS, ("#f97316", "#0ea5e9", "#22c55e", "#a855f7"), strict=True))


def main() -> None:
    """Draw the clip."""
    mpl.use("agg")
    import matplotlib.pyplot as plt

    clip = hp.read_clip("swipes")
    motion = Motion.from_landmarks(*followed(clip.path))
    with hp.load_recognizer(motions="swipes", num_hands=1) as recognizer:
        found = told_in(recognizer, clip.path)
    figure, (way, score, told) = plt.subplots(
        3, 1, figsize=(9, 4.6), sharex=True, height_ratios=[1.2, 1.4, 0.7]
    )
    seconds = motion.timestamps_ms / 1000
    wrist = motion.points[:, 0, 0, :2]
    way.plot(seconds, wrist[:, 0] - np.nanmean(wrist[:, 0]), color="#334155", label="right")
    way.plot(seconds, np.nanmean(wrist[:, 1]) - wrist[:, 1], color="#94a3b8", label="up")
    way.set_ylabel("wrist, pixels\nin the image")
    way.legend(loc="lower right", frameon=False, ncols=2)
    for label, scores in best_scores(hp.load_model("swipes"), motion).items():
        score.plot(seconds[2:], scores, color=COLOURS[label], label=label)
    score.set_ylabel("best score\nof a window")
    score.legend(loc="upper left", frameon=False, ncols=4, fontsize=8)
    score.set_ylim(0, 1.25)
    bars(told, clip, found)
    told.set_xlabel("seconds")
    for axes in (way, score, told):
        axes.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    figure.savefig(ROOT / "docs" / "streams.png", dpi=110)


def best_scores(model: hp.GestureModel, motion: Motion) -> dict[str, list[float]]:
    """The highest score of each direction of the windows that end with each frame."""
    window_ms = model.window_ms or 500.0
    columns = [model.classes_.tolist().index(label) for label in DIRECTIONS]
    best = []
    for end in range(2, len(motion)):
        windows = [motion[first : end + 1] for first in firsts_before(motion, window_ms, end)]
        nothing = np.zeros((1, len(columns)))
        scores = model.window_scores(windows)[:, columns] if windows else nothing
        best.append(scores.max(0))
    return dict(zip(DIRECTIONS, np.array(best).T.tolist(), strict=True))


def bars(axes: object, clip: hp.Clip, found: list[Told]) -> None:
    """What was shown, and what was told, when."""
    for row, swipes in enumerate((found, true_swipes(clip))):
        for one in swipes:
            left, width = one.started_ms / 1000, (one.ended_ms - one.started_ms) / 1000
            axes.barh(row, width, left=left, color=COLOURS[one.label])
    for one in found:
        axes.plot([one.told_ms / 1000], [0], "|", color="#0f172a", markersize=14)
    axes.set_yticks([0, 1], ["told", "shown"])


if __name__ == "__main__":
    main()
