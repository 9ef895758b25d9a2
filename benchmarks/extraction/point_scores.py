"""Parts: what `Landmarks.point_scores` are worth, palms seen from the back, sides in videos."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from benchmarks.extraction.passes import SHIPPED
from benchmarks.pictures import clip_files, photo_files
from benchmarks.runner import Setup
from handpose.containers.landmarks import Landmarks
from handpose.containers.skeletons import HandLandmark as L
from handpose.extractors.native import NativeExtractor
from handpose.images import read_frames, read_image
from handpose.temporal import Tracker, sights_of, with_sides
from scripts.spoilt_hands import Example
from scripts.train_point_scores import ANOTHER_HAND, measured, spoilt_ones
from scripts.true_points import agreed, as_landmarks, rendered

Array = NDArray[np.float64]

SEED = 99
"""Of how pictures are spoilt; not that of the training."""
VARIANTS: dict[str, dict[str, Any]] = {
    "as it is": {},
    "fast": {"point_scores": "fast"},
    "thorough": {"point_scores": "thorough"},
    "bf16": {"precision": "bf16"},
    "f32": {"precision": "f32"},
    "LiteRT": {"runtime": "litert"},
    "lite": {"network": "lite"},
}
PALM = 0.67
"""Median width of a palm (knuckle of the index finger to that of the pinky) over its length (wrist
to the knuckle of the middle finger)."""
FRONTAL = 0.5
"""From this width over length in the image on, a palm is seen from the front or from the back."""
NARROW = 0.7


def point_scores(setup: Setup) -> dict[str, Any]:
    """How often points are right (within 5 % of the hand's box), by their scores: over all points
    the expected calibration error, and how much larger the error is among the fifth with the lowest
    scores. Rendered hands that nothing was trained on, as they are and three times spoilt (covered,
    cut off, blurred, dark and grainy, small), whose points are known exactly, by MediaPipe's
    definition and by the rig's own joints; and photos of two sets that nothing was trained on,
    where what twelve crops of the whole photo agree on stands for the truth: it hides what all
    crops get wrong alike, so that scores seem too low there."""
    rows = {}
    with NativeExtractor(threads=1, point_scores="off") as unscored:
        sources = {
            "renders": list(spoilt_ones(_renders(setup), _others(setup), SEED)),
            **{
                name: list(spoilt_ones(_photos(setup, unscored, name), _others(setup), SEED))
                for name in ("hagrid_sample", "drone_hand")
            },
        }
    for variant, options in VARIANTS.items():
        with NativeExtractor(threads=1, **options) as extractor:
            for source, examples in sources.items():
                found = [(example, extractor.detect(example.image)) for _, example in examples]
                rows[f"{source}, {variant}"] = _kept(
                    found, as_landmarks if source == "renders" else None
                )
                if source == "renders":
                    rows[f"{source} by the rig's joints, {variant}"] = _kept(found, None)
    return {"pictures": {name: len(found) for name, found in sources.items()}, "rows": rows}


def _renders(setup: Setup) -> Iterator[tuple[str, Any, Array]]:
    for path, joints in list(rendered(SHIPPED))[:: 20 if setup.quick else 1]:
        yield path.stem, read_image(path), joints


def _photos(
    setup: Setup, extractor: NativeExtractor, name: str
) -> Iterator[tuple[str, Any, Array]]:
    for path in photo_files(setup, name, 100):
        image = read_image(path)
        points = agreed(extractor, image)
        if points is not None:
            yield path.name, image, points


def _others(setup: Setup) -> list[Any]:
    """What covers hands."""
    files = sorted((setup.folder("hagrid_sample")).glob("*/*.jpg"))
    return [read_image(path) for path in files[5 :: 200 if setup.quick else 12]]


def _kept(found: list[tuple[Example, Landmarks]], definition: Any) -> dict[str, Any]:
    apart, score = [], []
    for example, hands in found:
        if len(hands):
            truth = definition(example.points) if definition else example.points
            side = np.nanmax(np.nanmax(truth, 0) - np.nanmin(truth, 0))
            distance = np.linalg.norm(hands.points[0, :, :2] - truth, axis=1) / side
            if np.nanmean(distance) < ANOTHER_HAND:
                apart.append(distance)
                score.append(hands.point_scores[0])
    distances, scores = np.array(apart), np.array(score, float)
    known = ~np.isnan(distances)
    return {"hands": len(apart), **measured(distances[known], scores[known])}


def backs(setup: Setup) -> dict[str, Any]:
    """Hands in photos whose palm is seen from the front or from the back: for how many it is under
    0.7 of its width in metres, as the network gives it and as the extractor
    does."""
    rows: dict[str, dict[str, Any]] = {}
    as_given = patch("handpose.extractors.native.hands.as_seen", lambda points, world: world)
    with NativeExtractor(threads=1) as extractor:
        for name in ("hagrid_sample", "rock_paper_scissors", "drone_hand"):
            images = [read_image(path) for path in photo_files(setup, name, 400)]
            seen = Landmarks.concat(extractor.detect(image) for image in images)
            with as_given:
                given = Landmarks.concat(extractor.detect(image) for image in images)
            frontal = _width(seen.points[..., :2]) >= FRONTAL
            from_back = _is_back(seen)
            for side, chosen in (("back", from_back), ("palm", ~from_back)):
                shown = frontal & chosen
                narrow = {
                    f"narrow, {key}": int((_width(hands.world)[shown] < NARROW * PALM).sum())
                    for key, hands in (("the network's", given), ("ours", seen))
                }
                rows[f"{name}, {side}"] = {"hands": int(shown.sum()), **narrow}
    return {"rows": rows}


def _width(points: Array) -> Array:
    """Of palms, over their length."""

    def between(one: L, other: L) -> Array:
        return np.asarray(np.linalg.norm(points[:, one] - points[:, other], axis=-1))

    return between(L.INDEX_FINGER_MCP, L.PINKY_MCP) / between(L.WRIST, L.MIDDLE_FINGER_MCP)


def _is_back(hands: Landmarks) -> NDArray[np.bool_]:
    """Whether a hand shows its back: by the order of its knuckles and its side."""
    index, pinky = (hands.points[:, k, :2] - hands.points[:, 0, :2] for k in (5, 17))
    turn = index[:, 0] * pinky[:, 1] - index[:, 1] * pinky[:, 0]
    return np.asarray((turn > 0) == (hands.handedness == "Right"))


def sides(setup: Setup) -> dict[str, Any]:
    """Hands in the frames of clips that are given the other side than most frames of their track
    have: by the extractor, frame by frame, and in results, by all frames so far."""
    rows = {}
    for hands in (1, 2):
        counts = Counter[str]()
        with NativeExtractor(threads=1, num_hands=hands, point_scores="off") as extractor:
            for clip in clip_files(setup):
                counts += _other_sides(extractor, clip)
        rows[f"num_hands={hands}"] = dict(counts)
    return {"rows": rows}


def _other_sides(extractor: NativeExtractor, clip: Path) -> Counter[str]:
    tracker = Tracker()
    tracks: dict[int, list[tuple[str, str]]] = defaultdict(list)
    with extractor.video() as video:
        for frame in read_frames(clip):
            found = video.detect(frame.rgb, frame.timestamp_ms)
            ids = tracker.update(sights_of(found), frame.timestamp_ms).tolist()
            named = with_sides(found, tracker.sides)
            for number, *both in zip(ids, found.handedness, named.handedness, strict=True):
                tracks[number].append((str(both[0]), str(both[1])))
    counts = Counter({"hands": 0, "extractor": 0, "results": 0})
    for pairs in tracks.values():
        most = Counter(one for one, _ in pairs).most_common(1)[0][0]
        counts["hands"] += len(pairs)
        counts["extractor"] += sum(one != most for one, _ in pairs)
        counts["results"] += sum(two != most for _, two in pairs)
    return counts
