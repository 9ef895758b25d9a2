"""Parts: hands that are many, dark, grainy, far away or in long pictures, before and after."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.extraction.speed import BEFORE, HERE, Checkout
from benchmarks.pictures import photo_files
from benchmarks.runner import Setup
from handpose.extractors import make_extractor
from handpose.images import read_image

Image = NDArray[np.uint8]
Boxes = list[list[float]]

KINDS = ("hagrid_sample", "drone_hand")
CELL = 336
FRAME = (1920, 1080)
SECOND = 30
"""Frames."""


class Alone(NamedTuple):
    """A photo that shows one hand, whose box has this longer side in pixels."""

    image: Image
    side: float


class _Elsewhere:
    """An extractor in a process of its own."""

    def __init__(self, checkout: Path, kind: str = "native", **options: Any):
        self._checkout = Checkout(checkout, options, kind)

    def boxes(self, path: Path) -> Boxes:
        boxes: Boxes = self._checkout.ask("boxes", str(path))
        return boxes

    def frames_until_found(self, path: Path) -> int:
        return int(self._checkout.ask("frames_until_found", str(path), 2 * SECOND))

    def close(self) -> None:
        self._checkout.close()


class Asked(NamedTuple):
    """An extractor, and the checkout that it is of."""

    options: dict[str, Any]
    kind: str = "native"
    checkout: Path = HERE


Choice = Callable[[], dict[str, Asked]]


def ours() -> dict[str, Asked]:
    """The native extractor in two efforts."""
    return {
        f"native, {effort}": Asked({"threads": 1, "effort": effort})
        for effort in ("balanced", "thorough")
    }


def everybody() -> dict[str, Asked]:
    """MediaPipe, ours of the checkout from before (if `BEFORE` names one), and ours now."""
    asked = {
        "mediapipe": Asked({"retry": None}, "mediapipe"),
        "mediapipe, padded retry": Asked({}, "mediapipe"),
    }
    for name, own in ours().items():
        if before := os.environ.get(BEFORE):
            asked[name.replace("native", "before")] = own._replace(checkout=Path(before))
        asked[name] = own
    return asked


@contextmanager
def _opened(extractors: Choice, num_hands: int) -> Iterator[dict[str, _Elsewhere]]:
    """Each in a process of its own."""
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(
                closing(_Elsewhere(checkout, kind, num_hands=num_hands, **options))
            )
            for name, (options, kind, checkout) in extractors().items()
        }


def _alone(setup: Setup, count: int, kinds: tuple[str, ...] = KINDS) -> list[Alone]:
    """Photos in which one hand is found, and only one."""
    photos = []
    with make_extractor("native", num_hands=2, threads=1) as extractor:
        for name in kinds:
            found = 0
            for file in photo_files(setup, name):
                image = read_image(file)
                hands = extractor.detect(image)
                if len(hands) == 1:
                    photos.append(Alone(image, float(np.ptp(hands.points[0, :, :2], axis=0).max())))
                    found += 1
                if found >= setup.few(count) // len(kinds):
                    break
    return photos


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


def crowds(setup: Setup, extractors: Choice = everybody) -> dict[str, Any]:
    """Grids of photos in each of which one hand is found alone: hands found, and in brackets hands
    too many."""
    images = [photo.image for photo in _alone(setup, 144, KINDS[:1])]
    rows: dict[str, dict[str, Any]] = {}
    for n in (2, 3, 4):
        many = range(0, len(images) - n * n + 1, n * n)
        with (
            _opened(extractors, n * n) as asked,
            _written([_grid(images[i : i + n * n], n) for i in many]) as files,
        ):
            for name, extractor in asked.items():
                cells = [_cells(extractor.boxes(file), n) for file in files]
                hands = sum(map(len, cells))
                found = len({(grid, cell) for grid, inside in enumerate(cells) for cell in inside})
                rows.setdefault(name, {})[f"{n} x {n}"] = (
                    f"{found}/{len(files) * n * n} ({hands - found})"
                )
    return {"photos": len(images), "rows": rows}


def _cells(boxes: Boxes, n: int) -> list[tuple[int, int]]:
    return [(int((y0 + y1) / 2 // CELL), int((x0 + x1) / 2 // CELL)) for x0, y0, x1, y1 in boxes]


def one_or_two(setup: Setup) -> dict[str, Any]:
    """With ``num_hands=2``: photos of several data sets by the number of hands found. The digits
    show one hand each; in the others, where MediaPipe finds two, so should we."""
    rows: dict[str, dict[str, Any]] = {}
    with _opened(everybody, 2) as asked:
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


def light(setup: Setup, extractors: Choice = everybody) -> dict[str, Any]:
    """Photos whose hand is found alone, darkened and made grainy (noise in grey levels); large:
    enlarged to 12 megapixels first. Photos in which a hand is found."""
    images = [photo.image for photo in _alone(setup, 80)]
    rng = np.random.default_rng(setup.seed)

    def spoilt(image: Image, brightness: float, sigma: float) -> Image:
        values = image * np.float32(brightness)
        if sigma:
            values += rng.standard_normal(image.shape, np.float32) * np.float32(sigma)
        return values.clip(0, 255).astype(np.uint8)

    kinds: dict[str, Callable[[], list[Image]]] = {
        f"brightness {b}{f', noise {s}' if s else ''}": lambda b=b, s=s: [
            spoilt(image, b, s) for image in images
        ]
        for b, s in ((0.35, 0), (0.1, 0), (0.05, 0), (1, 25), (1, 50), (0.35, 25))
    }
    kinds |= {
        f"large, noise {s}": lambda s=s: [
            spoilt(_resized(image, 4000 / max(image.shape[:2])), 1, s) for image in images[::4]
        ]
        for s in (25, 50, 80)
    }
    return {"rows": _hits(kinds, extractors)}


def far(setup: Setup, extractors: Choice = everybody) -> dict[str, Any]:
    """Photos whose hand is found alone, shrunk into a frame of 1920 x 1080 pixels until the hand's
    box has this share of its height; and put into grey pictures 4 and 8 times as long as wide.
    Photos in which a hand is found; in video: found in the still frame within a second."""
    photos, rng = _alone(setup, 50), np.random.default_rng(setup.seed)
    shares = (0.15, 0.1, 0.075, 0.047)
    kinds: dict[str, Callable[[], list[Image]]] = {
        f"{100 * share:g} %": lambda share=share: [_far(photo, share, rng) for photo in photos]
        for share in shares
    }
    kinds |= {
        f"{n} : 1": lambda n=n: [_long(photo.image, n, rng) for photo in photos] for n in (4, 8)
    }
    rows = _hits(kinds, extractors)
    with (
        _opened(extractors, 1) as asked,
        _written([_far(photo, 0.075, rng) for photo in photos]) as files,
    ):
        for name, extractor in asked.items():
            frames = [extractor.frames_until_found(file) for file in files]
            within = sum(frame < SECOND for frame in frames)
            rows[name]["7.5 % in video"] = f"{within}/{len(files)}"
    return {"rows": rows}


def _far(photo: Alone, share: float, rng: np.random.Generator) -> Image:
    """The photo somewhere in a grey frame, as small as its hand is to be."""
    shrunk = _resized(photo.image, share * FRAME[1] / photo.side)
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


def _hits(
    kinds: dict[str, Callable[[], list[Image]]], extractors: Choice
) -> dict[str, dict[str, Any]]:
    """For each extractor, in how many pictures of each kind it finds a hand."""
    rows: dict[str, dict[str, Any]] = {}
    with _opened(extractors, 1) as asked:
        for kind, make in kinds.items():
            with _written(make()) as files:
                for name, extractor in asked.items():
                    hits = sum(len(extractor.boxes(file)) > 0 for file in files)
                    rows.setdefault(name, {})[kind] = f"{hits}/{len(files)}"
    return rows
