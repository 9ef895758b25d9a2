"""Our extractor beside MediaPipe's graph: time, hands found, false hands, landmark error.

python -m benchmarks.extraction [--only PART ...] [--quick] [--data DIR]
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from itertools import count, product
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.extraction.bodies import people
from benchmarks.extraction.choices import confidence, evidence, looks
from benchmarks.extraction.colours import colours
from benchmarks.extraction.fallback import fallback
from benchmarks.extraction.false_hands import false_hands
from benchmarks.extraction.hard import crowds, far, light, one_or_two
from benchmarks.extraction.instruction_sets import instruction_sets
from benchmarks.extraction.passes import SHIPPED as RENDERS
from benchmarks.extraction.passes import keypoints_of, passes
from benchmarks.extraction.point_scores import backs, point_scores, sides
from benchmarks.extraction.precisions import precisions
from benchmarks.extraction.speed import speed
from benchmarks.pictures import clip_files, hand_free, photo_files
from benchmarks.runner import Benchmark, Setup, parts_of, resident_mib, run
from benchmarks.timing import interleaved, quartiles
from handpose.assets import asset_path
from handpose.extraction import extract_folder
from handpose.extractors import Extractor, make_extractor
from handpose.extractors.native import NativeExtractor
from handpose.extractors.native.palms import COARSE, FINE
from handpose.extractors.padding import padded, unpadded
from handpose.images import read_frames, read_image
from handpose.networks import runtimes

PHOTOS = ("sign_language_digits", "hagrid_sample", "rock_paper_scissors")

PLAIN: tuple[str, dict[str, Any]] = ("mediapipe", {"retry": None})
PADDED: tuple[str, dict[str, Any]] = ("mediapipe", {})
LENIENT = {"min_detection_confidence": 0.3, "min_presence_confidence": 0.3}
OURS: tuple[str, dict[str, Any]] = ("native", {})
BESIDE = {"": PLAIN, ", MediaPipe padded": PADDED}
"""MediaPipe as it comes, and where it finds nothing looking again at the padded image."""

TURNS = {"": {}, ", in turns of 50": {"batch": 50, "by_call": True}}
"""Image by image, and as in a program of one's own, where the caches hold but one extractor."""


def pair(
    theirs: Callable[[Any], Any],
    ours: Callable[[Any], Any],
    images: list[Any],
    turns: str,
    patience: float,
) -> dict[str, Any]:
    """A row of the table: ours beside MediaPipe's."""
    calls = {"theirs": theirs, "ours": ours}
    times, answers, undisturbed = interleaved(calls, images, patience=patience, **TURNS[turns])
    row: dict[str, Any] = {
        f"{name} {key}": value
        for name in ("theirs", "ours")
        for key, value in quartiles(times[name]).items()
    }
    row["ratio"] = round(row["theirs median_ms"] / row["ours median_ms"], 2)
    for name, hands in answers.items():
        row[f"{name} found"] = round(sum(len(hand) > 0 for hand in hands) / len(images), 4)
    return row | {"undisturbed": undisturbed}


def ratios(seconds: dict[str, list[float]], reference: str) -> dict[str, dict[str, float]]:
    times = {name: quartiles(values) for name, values in seconds.items()}
    base = times[reference]["median_ms"]
    return {name: {**t, "ratio": round(base / t["median_ms"], 2)} for name, t in times.items()}


VARIANTS: dict[str, dict[str, Any]] = {
    "native": {},
    "native, one pass": {"refine": False},
    "native, 1 thread": {"threads": 1},
    "native, bf16": {"precision": "bf16"},
    "native, f32": {"precision": "f32"},
    "native, litert": {"runtime": "litert"},
}


def detect(setup: Setup) -> dict[str, Any]:
    """One image, one hand: MediaPipe IMAGE over ours, both passes included."""
    images = [read_image(file) for name in PHOTOS[:2] for file in photo_files(setup, name, 150)]
    rows = {}
    for name, options in VARIANTS.items():  # in pairs: idle threads of a third one would disturb
        for (beside, (kind, others)), turns in product(_beside(options), TURNS):
            with (
                make_extractor(kind, **others) as theirs,
                make_extractor("native", **options) as ours,
            ):
                row = pair(theirs.detect, ours.detect, images, turns, setup.patience)
                row["outside_networks"] = _outside_networks(ours, images)
            rows[f"{name}{beside}{turns}"] = row
    return {"images": len(images), "rows": rows}


def _beside(options: dict[str, Any]) -> list[tuple[str, tuple[str, dict[str, Any]]]]:
    """What a variant is compared with: the one that is the default with everything."""
    return list(BESIDE.items())[: 1 if options else None]


def _outside_networks(extractor: NativeExtractor, images: list[Any]) -> float:
    """Share of the time of `detect` that is not spent in networks."""
    finder = extractor._open()
    palm, hand = _Timed(finder.palm_network), _Timed(finder.hand_network)
    extractor._finder = replace(finder, palm_network=palm, hand_network=hand)
    start = time.perf_counter()
    for image in images:
        extractor.detect(image)
    return round(1 - (palm.seconds + hand.seconds) / (time.perf_counter() - start), 4)


class _Timed:
    """A network that counts the seconds that it takes."""

    def __init__(self, network: runtimes.Network):
        self._network, self.sides, self.seconds = network, network.sides, 0.0

    def __call__(self, pictures: Any) -> Any:
        start = time.perf_counter()
        outputs = self._network(pictures)
        self.seconds += time.perf_counter() - start
        return outputs


def track(setup: Setup) -> dict[str, Any]:
    """Frames of video: MediaPipe VIDEO over ours, the same hand followed."""
    frames = [
        frame.rgb
        for clip in clip_files(setup)
        for frame in list(read_frames(clip))[: setup.few(10_000)]
    ]
    rows = {}
    for name, options in VARIANTS.items():
        for (beside, (kind, others)), turns in product(_beside(options), TURNS):
            if "refine" in options:
                continue  # frames that follow another get one pass anyway
            with (
                make_extractor(kind, **others) as theirs,
                make_extractor("native", **options) as ours,
            ):
                follow = _follow_padded(theirs) if beside else _follow(theirs)
                row = pair(follow, _follow(ours), frames, turns, setup.patience)
                rows[f"{name}{beside}{turns}"] = row
    return {"frames": len(frames), "rows": rows}


def _follow(extractor: Extractor) -> Callable[[Any], Any]:
    clock = count(step=40)
    return lambda image: extractor.detect_for_video(image, next(clock))


def _follow_padded(extractor: Extractor) -> Callable[[Any], Any]:
    """Every frame is padded: in a video there is no second look."""
    follow = _follow(extractor)

    def run(image: Any) -> Any:
        larger, scale, border = padded(image)
        return unpadded(follow(larger), scale, border, (image.shape[1], image.shape[0]))

    return run


def folder(setup: Setup) -> dict[str, Any]:
    """Seconds an image, files to table: a plain MediaPipe loop beside `extract_folder`."""
    root, cores = setup.folder("hagrid_sample"), os.cpu_count() or 1
    files = [path for path in sorted(root.glob("*/*")) if path.is_file()]
    loops = {name: make_extractor(kind, **options) for name, (kind, options) in BESIDE.items()}

    def workers(jobs: int, threads: int) -> Callable[[], Any]:
        def run() -> None:
            with tempfile.TemporaryDirectory() as place:
                table = Path(place) / "table.parquet"
                extract_folder(root, table, extractor="native", n_jobs=jobs, threads=threads)

        return run

    runs: dict[str, Callable[[], Any]] = {
        **{
            f"mediapipe loop{name}": lambda loop=loop: [loop.detect(read_image(f)) for f in files]
            for name, loop in loops.items()
        },
        f"native, {cores} workers x 1 thread": workers(cores, 1),
        f"native, {cores} workers x {cores} threads": workers(cores, cores),
        f"native, 1 worker x {cores} threads": workers(1, cores),
    }
    times, _, undisturbed = interleaved(
        {name: lambda _, run=run: run() for name, run in runs.items()},
        list(range(2 if setup.quick else 5)),
        batch=5,
        patience=setup.patience,
        by_call=True,  # so that workers keep their networks from one run to the next
    )
    seconds = {name: [t / len(files) for t in taken] for name, taken in times.items()}
    rows = ratios(seconds, "mediapipe loop")
    return {"files": len(files), "undisturbed": undisturbed, "rows": rows}


def found(setup: Setup) -> dict[str, Any]:
    """Hands found where there is one, and where there is none."""
    pictures: dict[str, Any] = {
        name: [read_image(file) for file in photo_files(setup, name)] for name in PHOTOS
    }
    pictures |= {f"no hand: {kind}": images for kind, images in hand_free(setup).items()}
    extractors = {
        "mediapipe": make_extractor(PLAIN[0], **PLAIN[1]),
        "mediapipe, padded retry": make_extractor(PADDED[0], **PADDED[1]),
        "mediapipe, padded retry, at 0.3": make_extractor(PADDED[0], **LENIENT),
        **{
            f"native, {e}": make_extractor("native", effort=e, threads=1)
            for e in ("fast", "balanced", "thorough")
        },
        "native, balanced, bf16": make_extractor("native", precision="bf16", threads=1),
        "native, balanced, litert": make_extractor("native", runtime="litert", threads=1),
    }
    rows: dict[str, dict[str, Any]] = defaultdict(dict)
    for name, extractor in extractors.items():
        for kind, images in pictures.items():
            start = time.perf_counter()
            hits = sum(len(extractor.detect(image)) > 0 for image in images)
            rows[name][kind] = hits if kind.startswith("no hand") else round(hits / len(images), 4)
            rows[name][f"ms {kind}"] = round((time.perf_counter() - start) / len(images) * 1e3, 1)
    return {
        "pictures": {kind: len(images) for kind, images in pictures.items()},
        "rows": dict(rows),
    }


def error(setup: Setup) -> dict[str, Any]:
    """Mean distance to the exact key points of rendered hands, in sides of the hand's box."""
    exact = keypoints_of(RENDERS)
    variants = {
        "mediapipe": PLAIN,
        "native": OURS,
        "native, one pass": ("native", {"refine": False}),
        "native, bf16": ("native", {"precision": "bf16"}),
        "native, f32": ("native", {"precision": "f32"}),
        "native, lite": ("native", {"network": "lite"}),
    }
    rows = {}
    for name, (kind, options) in variants.items():
        with make_extractor(kind, **options) as extractor:
            errors = []
            for path, points in exact.items():
                hands = extractor.detect(read_image(path))
                distance = np.linalg.norm(hands.points[:1, :, :2] - points, axis=-1).mean()
                errors.append(distance / np.ptp(points, axis=0).max() if len(hands) else np.nan)
        q = np.nanpercentile(errors, [25, 50, 75])
        rows[name] = {
            "mean": round(float(np.nanmean(errors)), 4),
            **{k: round(float(v), 4) for k, v in zip(("q1", "median", "q3"), q, strict=True)},
            "missed": int(np.isnan(errors).sum()),
        }
    for row in rows.values():
        row["below_mediapipe"] = round(1 - row["mean"] / rows["mediapipe"]["mean"], 3)
    return {"pictures": len(exact), "rows": rows}


def networks(setup: Setup) -> dict[str, Any]:
    """The networks alone, on every runtime."""
    calls = {}
    for file, size, batches in (
        ("palm_detection_full.tflite", FINE, (1,)),
        ("palm_detection_full.tflite", COARSE, (1,)),
        ("hand_landmark_full.tflite", 224, (1, 2)),
        ("hand_landmark_lite.tflite", 224, (1,)),
    ):
        for runtime, threads, precision in (
            ("litert", 1, "f32"),
            ("litert", 2, "f32"),
            ("openvino", 1, "f32"),
            ("openvino", 2, "f32"),
            ("openvino", 1, "bf16"),
            ("openvino", 2, "bf16"),
            ("openvino", 1, "int8"),
            ("openvino", 2, "int8"),
        ):
            for batch in batches:
                options = (runtime, threads, precision, batch)
                net = runtimes.open_network(asset_path(file), *options, sides=(size,))
                image = np.random.default_rng(0).integers(0, 255, (batch, size, size, 3), np.uint8)
                name = f"{file[:-7]} {size} x{batch}, {runtime} {precision}, {threads} thread"
                calls[name] = lambda _, net=net, image=image: net(image)
    times, _, undisturbed = interleaved(calls, list(range(setup.few(200))), 1, setup.patience)
    rows = {name: quartiles(seconds) for name, seconds in times.items()}
    return {"undisturbed": undisturbed, "rows": rows}


def waking(setup: Setup) -> dict[str, Any]:
    """The landmark network, after nothing and after what keeps the processor busy in between."""
    path, image = asset_path("hand_landmark_full.tflite"), read_image(RENDER)
    crop = np.random.default_rng(0).integers(0, 255, (1, 224, 224, 3), np.uint8)
    precision = runtimes.choose_precision("auto", "openvino")
    memory = np.zeros(8_000_000)
    rows = {}
    with make_extractor(PLAIN[0], **PLAIN[1]) as theirs:
        between: dict[str, Callable[[], Any]] = {
            "again and again": lambda: None,
            "after 10 ms of counting": lambda: _for_10_ms(lambda: None),
            "after 10 ms in 64 MB": lambda: _for_10_ms(lambda: np.add(memory, 1, out=memory)),
            "after MediaPipe": lambda: theirs.detect(image),
        }
        for threads in (1, 2):
            network = runtimes.open_network(path, "openvino", threads, precision)
            for name, before in between.items():
                seconds = []
                for _ in range(setup.few(300)):
                    before()
                    start = time.perf_counter()
                    network(crop)
                    seconds.append(time.perf_counter() - start)
                rows[f"{name}, {threads} thread"] = quartiles(seconds[len(seconds) // 10 :])
    return {"rows": rows}


def _for_10_ms(call: Callable[[], Any]) -> None:
    end = time.perf_counter() + 0.01
    while time.perf_counter() < end:
        call()


RENDER = RENDERS / "5" / "render1.jpg"
START = """
import sys, time
start = time.perf_counter()
from handpose.extractors import make_extractor
from handpose.images import read_image
make_extractor(sys.argv[1], **eval(sys.argv[2])).detect(read_image(sys.argv[3]))
print(time.perf_counter() - start)
"""


def start_up(setup: Setup) -> dict[str, Any]:
    """A fresh process: from the first import to the first hand, a rendered one."""
    seconds: dict[str, list[float]] = defaultdict(list)
    variants = {
        "mediapipe": PLAIN,
        "native, openvino": ("native", {"runtime": "openvino"}),
        "native, litert": ("native", {"runtime": "litert"}),
    }
    for _ in range(3 if setup.quick else 7):
        for name, (kind, options) in variants.items():
            command = [sys.executable, "-c", START, kind, repr(options), str(RENDER)]
            out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
            seconds[name].append(float(out.split()[-1]))
    return {"rows": ratios(seconds, "mediapipe")}


def memory(setup: Setup) -> dict[str, Any]:
    """Resident memory over 10,000 frames, in MiB."""
    images = [read_image(file) for file in photo_files(setup, "hagrid_sample", 40)]
    rows = {}
    for runtime in runtimes.RUNTIMES:
        extractor = make_extractor("native", runtime=runtime, num_hands=2)
        sizes = []
        for frame in range(setup.few(10_000) + 1):
            extractor.detect_for_video(images[frame // 10 % len(images)], frame * 40)
            if frame % 500 == 0 and frame:
                sizes.append(resident_mib())
        growth = sizes[-1] / sizes[0] - 1 if sizes else 0.0
        rows[runtime] = {"first_mib": sizes[:1], "last_mib": sizes[-1:], "growth": round(growth, 4)}
    return {"frames": setup.few(10_000), "rows": rows}


DEFAULT_ROWS = r"^native(, MediaPipe padded)?(, in turns of 50)?$"

BENCHMARK = Benchmark(
    "extraction",
    parts_of(
        *(detect, track, folder, speed, found, people, fallback, looks, evidence, confidence),
        *(crowds, one_or_two, light, far, colours, false_hands, point_scores, backs, sides),
        *(instruction_sets, error, passes, networks, precisions, waking, start_up, memory),
    ),
    shown={"detect": DEFAULT_ROWS, "track": DEFAULT_ROWS, "found": r"mediapipe|\w$"},
)

if __name__ == "__main__":
    run(BENCHMARK)
