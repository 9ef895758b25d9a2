"""Make docs/streams.png: computed swipes and other ways in a stream, the scores, the events.

    python -m scripts.draw_stream

Needs matplotlib. The hands are those of the digits' landmarks, carried along ways.
"""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import numpy as np

import handpose as hp
from benchmarks.streams.stitching import Stream, stitch
from handpose.recognition.finding import events_in_time
from handpose.recognition.windows import firsts_before
from scripts.made_swipes import DIRECTIONS, swipes

ROOT = Path(__file__).parents[1]
COLOURS = dict(zip(DIRECTIONS, ("#f97316", "#0ea5e9", "#22c55e", "#a855f7"), strict=True))
SHOWN = ("swipe_left", "swipe_up", "swipe_right", "swipe_down", "swipe_left")


def main() -> None:
    """Draw the stream."""
    mpl.use("agg")
    import matplotlib.pyplot as plt

    model, stream = hp.load_model("swipes"), a_stream()
    figure, (way, score, told) = plt.subplots(
        3, 1, figsize=(9, 4.6), sharex=True, height_ratios=[1.2, 1.4, 0.7]
    )
    seconds = stream.motion.timestamps_ms / 1000
    wrist = stream.motion.points[:, 0, 0, :2] / 40
    way.plot(seconds, wrist[:, 0], color="#334155", label="x")
    way.plot(seconds, -wrist[:, 1], color="#94a3b8", label="up")
    way.set_ylabel("wrist,\npalm sizes")
    way.legend(loc="upper left", frameon=False, ncols=2)
    for label, scores in best_scores(model, stream).items():
        score.plot(seconds[2:], scores, color=COLOURS[label], label=label)
    score.set_ylabel("best score\nof a window")
    score.legend(loc="upper left", frameon=False, ncols=4, fontsize=8)
    score.set_ylim(0, 1.25)
    bars(told, stream, model)
    told.set_xlabel("seconds")
    for axes in (way, score, told):
        axes.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    figure.savefig(ROOT / "docs" / "streams.png", dpi=110)


def a_stream() -> Stream:
    """Five swipes of one hand, with rests and other ways between them."""
    data = swipes(12, seed=3)
    rng = np.random.default_rng(4)
    right = [m.handedness == "Right" for m in data.X]
    takes = [
        (next(m for m, y, r in zip(data.X, data.y, right, strict=True) if y == label and r), label)
        for label in SHOWN
    ]
    others = [m for m, y, r in zip(data.X, data.y, right, strict=True) if y not in DIRECTIONS and r]
    return stitch(takes, others, rng)


def best_scores(model: hp.GestureModel, stream: Stream) -> dict[str, list[float]]:
    """The highest score of each direction of the windows that end with each frame."""
    motion, window_ms = stream.motion, model.window_ms or 500.0
    columns = [model.classes_.tolist().index(label) for label in DIRECTIONS]
    best = []
    for end in range(2, len(motion)):
        windows = [motion[first : end + 1] for first in firsts_before(motion, window_ms, end)]
        nothing = np.zeros((1, len(columns)))
        scores = model.window_scores(windows)[:, columns] if windows else nothing
        best.append(scores.max(0))
    return dict(zip(DIRECTIONS, np.array(best).T.tolist(), strict=True))


def bars(axes: object, stream: Stream, model: hp.GestureModel) -> None:
    """What was shown, and what was told, when."""
    for sign in stream.signs:
        axes.barh(1, (sign.last - sign.first) / 30, left=sign.first / 30, color=COLOURS[sign.label])
    begun: dict[int, float] = {}
    for now, event in events_in_time(model, stream.motion):
        begun.setdefault(event.started_ms, now)
        if event.has_ended and event.gesture and event.ended_ms is not None:
            left, width = event.started_ms / 1000, (event.ended_ms - event.started_ms) / 1000
            axes.barh(0, width, left=left, color=COLOURS[event.gesture])
            axes.plot([begun[event.started_ms] / 1000], [0], "|", color="#0f172a", markersize=14)
    axes.set_yticks([0, 1], ["told", "shown"])


if __name__ == "__main__":
    main()
