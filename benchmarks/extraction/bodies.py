"""Part: hands of people far away, with and without the search at people's arms."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.pictures import hand_free, photo_files
from benchmarks.runner import Setup
from handpose.containers.bodies import Bodies
from handpose.containers.landmarks import Landmarks
from handpose.containers.skeletons import BodyLandmark as B
from handpose.extractors import Extractor, make_extractor
from handpose.extractors.native import NativeExtractor
from handpose.extractors.native.arms import RAISED, heights
from handpose.extractors.native.ladder import Effort
from handpose.images import read_image

FAR, NEAR = "far_people", "drone_hand"
AT_WRIST = 0.5
"""A hand is at a wrist if the middle of its landmarks is nearer, in lengths of the trunk."""


class _PalmsAlone(NativeExtractor):
    """Which never looks at people's arms."""

    @property
    def _effort(self) -> Effort:
        return replace(super()._effort, people=())


def ours() -> dict[str, Extractor]:
    """The native extractor with the search at arms."""
    return {
        f"native, {effort}": make_extractor("native", effort=effort, threads=1)
        for effort in ("balanced", "thorough")
    }


def everybody() -> dict[str, Extractor]:
    """MediaPipe, and ours without and with the search at arms."""
    return {
        "mediapipe": make_extractor("mediapipe", retry=None),
        "mediapipe, padded retry": make_extractor("mediapipe"),
        "native, balanced, palms alone": _PalmsAlone(threads=1),
        **ours(),
    }


def people(
    setup: Setup, extractors: Callable[[], dict[str, Extractor]] = everybody
) -> dict[str, Any]:
    """Photos of people in which a hand is found, at 4 to 6 m (far_people) and at 1 to 2 m
    (drone_hand). By the even photos of far_people the search at arms was chosen, the odd ones are
    others. There the surest hand lies at a raised wrist, at one that hangs down, or elsewhere,
    which is false; where wrists are says the body network with all effort. Whether landmarks fit
    was looked at in pictures, not counted. False: pictures without a hand in which one is found;
    all were looked at when the search was chosen."""
    far = [read_image(file) for file in sorted(photo_files(setup, FAR))]
    near = [read_image(file) for file in sorted(photo_files(setup, NEAR))]
    free = [image for kind in hand_free(setup).values() for image in kind]
    with NativeExtractor(effort="thorough", threads=1) as looker:
        bodies = [looker.detect_bodies(image) for image in far]
    rows = {}
    for name, extractor in extractors().items():
        with extractor:
            start = time.perf_counter()
            found = [extractor.detect(image) for image in far]
            spent = time.perf_counter() - start
            where = [_place(hands, body) for hands, body in zip(found, bodies, strict=True)]
            rows[name] = {
                **_shares("even", where[::2]),
                **_shares("odd", where[1::2]),
                "drone_hand": _share(extractor, near),
                "false": sum(len(extractor.detect(image)) > 0 for image in free),
                "ms a far photo": round(spent / len(far) * 1e3, 1),
            }
    return {"photos": [len(far), len(near)], "pictures without hands": len(free), "rows": rows}


def _place(hands: Landmarks, bodies: Bodies) -> str:
    if not len(hands):
        return "none"
    middle = hands.points[0, :, :2].mean(0)
    for body in range(len(bodies)):
        person = bodies[body]
        for wrist, height in zip((B.LEFT_WRIST, B.RIGHT_WRIST), heights(person), strict=True):
            if np.linalg.norm(middle - person.points[0, wrist, :2]) < AT_WRIST * _trunk(person):
                return "raised" if height > RAISED else "hanging"
    return "elsewhere"


def _trunk(person: Bodies) -> float:
    points: NDArray[np.float32] = person.points[0, :, :2]
    shoulders = points[[B.LEFT_SHOULDER, B.RIGHT_SHOULDER]].mean(0)
    return float(np.linalg.norm(shoulders - points[[B.LEFT_HIP, B.RIGHT_HIP]].mean(0)))


def _shares(kind: str, places: list[str]) -> dict[str, str]:
    counts = Counter(places)
    return {
        f"{kind}, {place}": f"{counts[place]}/{len(places)}"
        for place in ("raised", "hanging", "elsewhere")
    }


def _share(extractor: Extractor, images: list[Any]) -> str:
    return f"{sum(len(extractor.detect(image)) > 0 for image in images)}/{len(images)}"
