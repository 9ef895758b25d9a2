"""Video: hands followed, labels that flicker or not, jitter and lag, the time of a whole frame.

python -m benchmarks.temporal [--only PART ...] [--quick] [--data DIR]
"""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.pictures import clip_files
from benchmarks.runner import Benchmark, Setup, parts_of, resident_mib, run
from benchmarks.timing import interleaved, quartiles
from handpose.containers.landmarks import Landmarks
from handpose.datasets.rendered_clips import CLIPS, Clip, read_clip
from handpose.extractors import Extractor, make_extractor
from handpose.extractors.base import HandVideo
from handpose.images import VideoRecorder, read_frames
from handpose.models import load_model
from handpose.recognition import GestureRecognizer, VideoRecognition

SETTLED = 10
"""Frames after which a filter no longer remembers how it began."""
LAGS_MS = np.arange(-40.0, 160.0, 1.0)
NEAR = 1.5
"""A found hand is a true one if its centre is nearer than this, in halves of the hand's box."""


@dataclass(frozen=True)
class Watched:
    """A video as the recogniser saw it, and the hands before they were smoothed."""

    results: list[VideoRecognition]
    raw: list[Landmarks]

    @property
    def seconds(self) -> float:
        times = [result.frame.timestamp_ms for result in self.results]
        return (times[-1] - times[0]) / 1000


def watch(path: Path) -> Watched:
    model = load_model("digits")
    raw: list[Landmarks] = []
    extractor = make_extractor(num_hands=2)

    def noted(image: Any, timestamp_ms: int) -> Landmarks:
        raw.append(extractor.detect_for_video(image, timestamp_ms))
        return raw[-1]

    extractor.video = lambda: HandVideo(noted)
    with GestureRecognizer(extractor, model) as recognizer:
        return Watched(list(recognizer.stream(path)), raw)


def label_changes(watched: Watched) -> tuple[int, int]:
    """How often the label of a hand differs from that of its last frame: raw, debounced."""
    changes, last = [0, 0], {}
    for result in watched.results:
        for hand in result:
            labels = (hand.gesture, hand.steady_gesture)
            before = last.get(hand.track_id, (None, None))
            changes = [n + (a != b) for n, a, b in zip(changes, labels, before, strict=True)]
            last[hand.track_id] = labels
    return changes[0], changes[1]


def clips(setup: Setup) -> dict[str, Any]:
    """Real hands in motion (gesture_clips, digits model): hands found, track ids, label changes a
    second before and after debouncing. *hand-frames an id* is how long a hand keeps its number."""
    rows = {}
    totals = np.zeros(5)
    for path in clip_files(setup)[: 2 if setup.quick else None]:
        watched = watch(path)
        found = np.array([len(result) for result in watched.results])
        ids = {hand.track_id for result in watched.results for hand in result}
        raw, steady = label_changes(watched)
        rows[path.stem] = _clip_row(watched.seconds, found, len(ids), raw, steady)
        totals += [watched.seconds, len(found), (found > 0).sum(), raw, steady]
    seconds, frames, with_hand, raw, steady = totals
    rows["all"] = {
        "frames": int(frames),
        "with a hand": round(with_hand / frames, 3),
        "changes/s raw": round(raw / seconds, 2),
        "changes/s debounced": round(steady / seconds, 2),
    }
    return {"rows": rows}


def _clip_row(seconds: float, found: np.ndarray, ids: int, raw: int, steady: int) -> dict[str, Any]:
    return {
        "frames": len(found),
        "with a hand": round(float((found > 0).mean()), 3),
        "most at once": int(found.max()),
        "track ids": ids,
        "hand-frames an id": round(float(found.sum() / max(ids, 1)), 1),
        "changes/s raw": round(raw / seconds, 2),
        "changes/s debounced": round(steady / seconds, 2),
    }


def truth(setup: Setup) -> dict[str, Any]:
    """Rendered clips with known hands: visible hands found, switches of a hand's number, label
    changes a second (true: how often the shown digit changes), labels that are right."""
    rows = {}
    for name in CLIPS[:2] if setup.quick else CLIPS:
        clip = read_clip(name)
        watched = watch(clip.path)
        owners = [_owners(clip, t, result.hands) for t, result in enumerate(watched.results)]
        whole = clip.visible == 1
        found = sum((whole[t, hand]) for t, row in enumerate(owners) for hand in row if hand >= 0)
        raw, steady = label_changes(watched)
        rows[name] = {
            "frames": len(owners),
            "whole hands found": round(found / whole.sum(), 3),
            "id switches": _switches(watched, owners),
            "true changes/s": round(_true_changes(clip) / watched.seconds, 2),
            "changes/s raw": round(raw / watched.seconds, 2),
            "changes/s debounced": round(steady / watched.seconds, 2),
            **_right(clip, watched, owners),
        }
    return {"rows": rows}


def _owners(clip: Clip, frame: int, hands: Landmarks) -> list[int]:
    """Which true hand each found hand is; -1 for none."""
    true = clip.points[frame, :, :, :2]
    half = np.ptp(true, axis=1).max(-1) / 2
    owners, taken = [], set()
    for points in hands.points[..., :2]:
        apart = np.linalg.norm(true.mean(1) - points.mean(0), axis=-1) / half
        shape = np.linalg.norm(true - points, axis=-1).mean(-1) / half
        shape[list(taken) + np.flatnonzero(~(apart < NEAR)).tolist()] = np.inf
        owner = int(np.argmin(shape)) if np.isfinite(shape).any() else -1
        owners.append(owner)
        taken.add(owner)
    return owners


def _switches(watched: Watched, owners: list[list[int]]) -> int:
    """How often a true hand has another number than when it was last found."""
    numbers: dict[int, int] = {}
    switches = 0
    for result, row in zip(watched.results, owners, strict=True):
        for owner, number in zip(row, result.track_ids.tolist(), strict=True):
            if owner >= 0:
                switches += numbers.get(owner, number) != number
                numbers[owner] = number
    return switches


def _true_changes(clip: Clip) -> int:
    """Changes of the shown digit, poses between two digits left out."""
    return sum(
        sum(a != b for a, b in pairwise(g for g in clip.gestures[:, hand] if g is not None))
        for hand in range(clip.gestures.shape[1])
    )


def _right(clip: Clip, watched: Watched, owners: list[list[int]]) -> dict[str, Any]:
    """Share of frames with a digit, whole and found, whose label is right: raw, debounced."""
    right = [
        (hand.gesture == shown, hand.steady_gesture == shown)
        for t, (result, row) in enumerate(zip(watched.results, owners, strict=True))
        for hand, owner in zip(result, row, strict=True)
        if owner >= 0 and (shown := clip.gestures[t, owner]) is not None
    ]
    raw, steady = np.mean(right, axis=0) if right else (np.nan, np.nan)
    return {"right raw": round(float(raw), 3), "right debounced": round(float(steady), 3)}


def smoothing(setup: Setup) -> dict[str, Any]:
    """Jitter of the still hand (mean motion of a landmark from frame to frame, in percent of the
    hand's box) and lag of the moving one (the shift in time at which its path fits the true one
    best), raw and filtered."""
    still, moving = read_clip("still"), read_clip("moving")
    at_rest, in_motion = watch(still.path), watch(moving.path)
    rows = {}
    for name in ("raw", "filtered"):
        path, times, true = _paths(moving, in_motion, name)
        lag, error = _lag(path, times, true, moving.timestamps_ms)
        rows[name] = {
            "jitter %": round(_jitter(still, at_rest, name), 3),
            "lag ms": round(lag, 1),
            "error at that lag %": round(error, 2),
        }
    ratio = rows["filtered"]["jitter %"] / rows["raw"]["jitter %"]
    added = rows["filtered"]["lag ms"] - rows["raw"]["lag ms"]
    return {"rows": rows, "jitter ratio": round(ratio, 2), "added lag ms": round(added, 1)}


def _paths(clip: Clip, watched: Watched, name: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of the frames in which the hand was found: landmarks, times; and the true landmarks."""
    seen = watched.raw if name == "raw" else [result.hands for result in watched.results]
    frames = [t for t, hands in enumerate(seen) if len(hands) and t >= SETTLED]
    path = np.array([seen[t].points[0, :, :2] for t in frames], float)
    return path, clip.timestamps_ms[frames].astype(float), clip.points[:, 0, :, :2].astype(float)


def _jitter(clip: Clip, watched: Watched, name: str) -> float:
    path, _, true = _paths(clip, watched, name)
    step = np.linalg.norm(np.diff(path, axis=0), axis=-1).mean()
    return float(step / np.ptp(true[0], axis=0).max() * 100)


def _lag(
    path: np.ndarray, times: np.ndarray, true: np.ndarray, true_times: np.ndarray
) -> tuple[float, float]:
    """Milliseconds, and the error that is left, in percent of the hand's box.

    The network's landmarks lie where the rig's joints do but for an offset that hardly changes; it
    is taken away.
    """
    flat = true.reshape(len(true), -1)
    errors = []
    for lag in LAGS_MS:
        late = np.stack([np.interp(times - lag, true_times, column) for column in flat.T], axis=1)
        rest = path - late.reshape(path.shape)
        errors.append(np.linalg.norm(rest - rest.mean(0), axis=-1).mean())
    best = int(np.argmin(errors))
    return float(LAGS_MS[best]), float(errors[best] / np.ptp(true[0], axis=0).max() * 100)


def loop(setup: Setup) -> dict[str, Any]:
    """Milliseconds a frame of 640x480 with one hand: the extractor alone on frames that were read
    before, and everything (read, follow, classify, smooth, draw), in turns of one clip each. For
    scale: MediaPipe's graph alone."""
    clip, repeats = read_clip("gestures"), 2 if setup.quick else 12
    frames = list(read_frames(clip.path))
    model = load_model("digits")
    rows: dict[str, Any] = {}
    with (
        make_extractor() as alone,
        make_extractor("mediapipe", retry=None) as theirs,
        GestureRecognizer(make_extractor(), model) as whole,
    ):

        def extract(extractor: Extractor) -> None:
            extractor.reset()
            for frame in frames:
                extractor.detect_for_video(frame.rgb, frame.timestamp_ms)

        def everything(_: int) -> None:
            for result in whole.stream(clip.path):
                result.annotate(status="30 fps")

        def recognise(_: int) -> None:
            for _result in whole.stream(clip.path):
                pass

        calls = {
            "extractor alone": lambda _: extract(alone),
            "read, recognise": recognise,
            "read, recognise, draw": everything,
            "MediaPipe alone": lambda _: extract(theirs),
        }
        seconds, _, undisturbed = interleaved(calls, list(range(repeats)), 1, setup.patience)
    for name, taken in seconds.items():
        rows[name] = quartiles(np.array(taken) / len(frames))
    base = rows["extractor alone"]["median_ms"]
    for row in rows.values():
        row["ratio"] = round(row["median_ms"] / base, 2)
    return {"frames": len(frames), "undisturbed": undisturbed, "rows": rows}


def memory(setup: Setup) -> dict[str, Any]:
    """Resident memory of the whole loop (read, recognise, draw, record) over many frames."""
    clip, goal = read_clip("gestures"), 1000 if setup.quick else 10_000
    model = load_model("digits")
    sizes, frames, start = [], 0, time.perf_counter()
    with (
        tempfile.TemporaryDirectory() as folder,
        GestureRecognizer(make_extractor(), model) as recognizer,
        VideoRecorder(Path(folder) / "seen.mp4") as recorder,
    ):
        while frames < goal:
            for result in recognizer.stream(clip.path):
                recorder.add(result.annotate(), frames * 33)
                frames += 1
            sizes.append(resident_mib())
    middle = sizes[len(sizes) // 4]
    row = {
        "frames": frames,
        "after the first clip MiB": sizes[0],
        "after a quarter MiB": middle,
        "at the end MiB": sizes[-1],
        "growth since a quarter": round(sizes[-1] / middle - 1, 4),
        "seconds": round(time.perf_counter() - start),
    }
    return {"rows": {"whole loop": row}}


BENCHMARK = Benchmark(
    "temporal",
    parts_of(clips, truth, smoothing, loop, memory),
    shown={"clips": "all", "smoothing": "", "loop": ""},
)

if __name__ == "__main__":
    run(BENCHMARK)
