"""Parts: hands that are many, dark, grainy, far away or in long pictures, before and after."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.extraction.speed import BEFORE, HERE, Checkout
from benchmarks.pictures import photo_files
from benchmarks.runner import Setup
from handpose.extractors import Extractor, make_extractor
from handpose.images import read_image

Image = NDArray[np.uint8]
Boxes = list[list[float]]

KINDS = ("hagrid_sample", "drone_hand")
CELL = 336
FRAME = (1920, 1080)
SECOND = 30
"""Frames."""


class _Asked:
    """An extractor in this process, as `Checkout` asks one in another."""

    def __init__(self, extractor: Extractor):
        self._extractor = extractor

    def boxes(self, path: Path) -> Boxes:
        return [[float(x) for x in box] for box in self._extractor.detect(read_image(path)).boxes()]

    def frames_until_found(self, path: Path) -> int:
        image = read_image(path)
        with self._extractor.video() as video:
            for frame in range(2 * SECOND):
                if len(video.detect(image, frame * 1000 // SECOND)):
                    return frame
        return 2 * SECOND

    def close(self) -> None:
        self._extractor.close()


class _Elsewhere:
    """The extractor of a checkout."""

    def __init__(self, checkout: Path, **options: Any):
        self._checkout = Checkout(checkout, {"threads": 1, **options})

    def boxes(self, path: Path) -> Boxes:
        boxes: Boxes = self._checkout.ask("boxes", str(path))
        return boxes

    def frames_until_found(self, path: Path) -> int:
        return int(self._checkout.ask("frames_until_found", str(path), 2 * SECOND))

    def close(self) -> None:
        self._checkout.close()


@contextmanager
def _extractors(num_hands: int) -> Iterator[dict[str, Any]]:
    """MediaPipe, ours of the checkout from before (if `BEFORE` names one), and ours now."""
    before = os.environ.get(BEFORE)
    asked: dict[str, Any] = {
        "mediapipe": _Asked(make_extractor("mediapipe", num_hands=num_hands, retry=None)),
        "mediapipe, padded retry": _Asked(make_extractor("mediapipe", num_hands=num_hands)),
    }
    for effort in ("balanced", "thorough"):
        if before:
            asked[f"before, {effort}"] = _Elsewhere(
                Path(before), num_hands=num_hands, effort=effort
            )
        asked[f"native, {effort}"] = _Elsewhere(HERE, num_hands=num_hands, effort=effort)
    try:
        yield asked
    finally:
        for extractor in asked.values():
            extractor.close()


def _alone(setup: Setup, count: int, kinds: tuple[str, ...] = KINDS) -> list[Image]:
    """Photos in which one hand is found, and only one."""
    images = []
    with make_extractor("native", num_hands=2, threads=1) as extractor:
        for name in kinds:
            found = 0
            for file in photo_files(setup, name):
                image = read_image(file)
                if len(extractor.detect(image)) == 1:
                    images.append(image)
                    found += 1
                if found >= setup.few(count) // len(kinds):
                    break
    return images


@contextmanager
def _written(images: list[Image]) -> Iterator[list[Path]]:
    """The images as files that keep every bit."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{number}.bmp" for number in range(len(images))]
        for path, image in zip(paths, images, strict=True):
            cv2.imwrite(str(path), cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
        yield paths


def _grid(images: list[Image], n: int) -> Image:
    """n x n photos in cells of the same size."""
    grid = np.zeros((n * CELL, n * CELL, 3), np.uint8)
    for number, image in enumerate(images):
        shrunk = _resized(image, CELL / max(image.shape[:2]))
        height, width = shrunk.shape[:2]
        y, x = CELL * np.array(divmod(number, n)) + [CELL - height, CELL - width] // np.int64(2)
        grid[y : y + height, x : x + width] = shrunk
    return grid


def _resized(image: Image, factor: float) -> Image:
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, None, fx=factor, fy=factor, interpolation=how), np.uint8)


def crowds(setup: Setup) -> dict[str, Any]:
    """Grids of photos in each of which one hand is found alone: hands found, and in brackets hands
    too many."""
    photos = _alone(setup, 144, KINDS[:1])
    rows: dict[str, dict[str, Any]] = {}
    for n in (2, 3, 4):
        many = range(0, len(photos) - n * n + 1, n * n)
        with (
            _extractors(n * n) as asked,
            _written([_grid(photos[i : i + n * n], n) for i in many]) as files,
        ):
            for name, extractor in asked.items():
                cells = [_cells(extractor.boxes(file), n) for file in files]
                hands = sum(map(len, cells))
                found = len({(grid, cell) for grid, inside in enumerate(cells) for cell in inside})
                rows.setdefault(name, {})[f"{n} x {n}"] = (
                    f"{found}/{len(files) * n * n} ({hands - found})"
                )
    return {"photos": len(photos), "rows": rows}


def _cells(boxes: Boxes, n: int) -> list[tuple[int, int]]:
    return [(int((y0 + y1) / 2 // CELL), int((x0 + x1) / 2 // CELL)) for x0, y0, x1, y1 in boxes]


def one_or_two(setup: Setup) -> dict[str, Any]:
    """With ``num_hands=2``: photos of several data sets by the number of hands found. The digits
    show one hand each; in the others, where MediaPipe finds two, so should we."""
    rows: dict[str, dict[str, Any]] = {}
    with _extractors(2) as asked:
        for name, count in (("sign_language_digits", 500), *((kind, 400) for kind in KINDS)):
            files = photo_files(setup, name, count)
            counts = {key: [len(e.boxes(file)) for file in files] for key, e in asked.items()}
            for key, hands in counts.items():
                row = rows.setdefault(key, {})
                row |= {f"{name}, {n}": hands.count(n) for n in (0, 1, 2)}
                row[f"{name}, fewer than mediapipe"] = sum(
                    ours < theirs for ours, theirs in zip(hands, counts["mediapipe"], strict=True)
                )
    return {"rows": rows}


def light(setup: Setup) -> dict[str, Any]:
    """Photos whose hand is found alone, darkened and made grainy (noise in grey levels); large:
    enlarged to 12 megapixels first. Photos in which a hand is found."""
    photos, rng = _alone(setup, 80), np.random.default_rng(setup.seed)

    def spoilt(image: Image, brightness: float, sigma: float) -> Image:
        values = image * np.float32(brightness)
        if sigma:
            values += rng.standard_normal(image.shape, np.float32) * np.float32(sigma)
        return values.clip(0, 255).astype(np.uint8)

    kinds: dict[str, Callable[[], list[Image]]] = {
        f"brightness {b}{f', noise {s}' if s else ''}": lambda b=b, s=s: [
            spoilt(image, b, s) for image in photos
        ]
        for b, s in ((0.35, 0), (0.1, 0), (0.05, 0), (1, 25), (1, 50), (0.35, 25))
    }
    kinds |= {
        f"large, noise {s}": lambda s=s: [
            spoilt(_resized(image, 4000 / max(image.shape[:2])), 1, s) for image in photos[::4]
        ]
        for s in (25, 50, 80)
    }
    return {"rows": _hits(kinds)}


def far(setup: Setup) -> dict[str, Any]:
    """Photos whose hand is found alone, shrunk into a frame of 1920 x 1080 pixels until the hand's
    box has this share of its height; and put into grey pictures 4 and 8 times as long as wide.
    Photos in which a hand is found; in video: found in the still frame within a second."""
    photos, rng = _alone(setup, 50), np.random.default_rng(setup.seed)
    shares = (0.15, 0.1, 0.075, 0.047)
    kinds: dict[str, Callable[[], list[Image]]] = {
        f"{100 * share:g} %": lambda share=share: [_far(image, share, rng) for image in photos]
        for share in shares
    }
    kinds |= {f"{n} : 1": lambda n=n: [_long(image, n, rng) for image in photos] for n in (4, 8)}
    rows = _hits(kinds)
    with (
        _extractors(1) as asked,
        _written([_far(image, 0.075, rng) for image in photos]) as files,
    ):
        for name, extractor in asked.items():
            frames = [extractor.frames_until_found(file) for file in files]
            within = sum(frame < SECOND for frame in frames)
            rows[name]["7.5 % in video"] = f"{within}/{len(files)}"
    return {"rows": rows}


def _far(image: Image, share: float, rng: np.random.Generator) -> Image:
    """The photo somewhere in a grey frame, as small as its hand is to be."""
    with make_extractor("native", threads=1) as extractor:
        x0, y0, x1, y1 = extractor.detect(image).boxes()[0]
    shrunk = _resized(image, share * FRAME[1] / max(x1 - x0, y1 - y0))
    return _pasted(shrunk[: FRAME[1], : FRAME[0]], FRAME, rng)


def _long(image: Image, times: int, rng: np.random.Generator) -> Image:
    height, width = image.shape[:2]
    return _pasted(image, (times * max(height, width), height), rng)


def _pasted(image: Image, size: tuple[int, int], rng: np.random.Generator) -> Image:
    frame = np.full((size[1], size[0], 3), 110, np.uint8)
    height, width = image.shape[:2]
    x, y = rng.integers(size[0] - width + 1), rng.integers(size[1] - height + 1)
    frame[y : y + height, x : x + width] = image
    return frame


def _hits(kinds: dict[str, Callable[[], list[Image]]]) -> dict[str, dict[str, Any]]:
    """For each extractor, in how many pictures of each kind it finds a hand."""
    rows: dict[str, dict[str, Any]] = {}
    with _extractors(1) as asked:
        for kind, make in kinds.items():
            with _written(make()) as files:
                for name, extractor in asked.items():
                    hits = sum(len(extractor.boxes(file)) > 0 for file in files)
                    rows.setdefault(name, {})[kind] = f"{hits}/{len(files)}"
    return rows
