"""Choose the parameters of the landmark filter: jitter of still hands against lag of moving ones.

    python scripts/tune_smoothing.py

Six stills of `rendered_hands` are moved about by known paths, with a camera's grain, and followed.
The clips on which benchmarks/temporal.py reports are not looked at.
"""

from __future__ import annotations

from itertools import product

import cv2
import numpy as np

import handpose as hp
from handpose.datasets import photo_folder
from handpose.temporal import LandmarkSmoother

STILLS = ("5/render1", "2/render3", "1/render0", "3/render2", "9/render4", "7/render5")
SPEEDS = {"still": 0.0, "slow": 0.4, "fast": 1.2}
"""Swings a second."""
SECONDS, RATE, GRAIN = 4.0, 30, 4.0
SETTLED = 15
LAGS = np.arange(-0.06, 0.2, 0.002)
MIN_CUTOFFS, BETAS, D_CUTOFFS = (0.5, 1.0, 1.5, 2.0), (1.0, 2.0, 4.0, 8.0), (1.0, 2.0)

Sequence = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Seconds (t,); landmarks as found and as they are (t, 21, 2)."""


def main() -> None:
    sequences = {(name, speed): follow(name, speed) for name in STILLS for speed in SPEEDS}
    print("min_cutoff  beta  d_cutoff  jitter  lag slow  lag fast  (jitter: filtered over raw; ms)")
    for parameters in product(MIN_CUTOFFS, BETAS, D_CUTOFFS):
        jitter, lags = [], {"slow": [], "fast": []}
        for (_, speed), (times, found, true) in sequences.items():
            smooth = filtered(parameters, times, found)
            if speed == "still":
                jitter.append(step(smooth) / step(found))
            else:
                lags[speed].append(lag(times, smooth, true) - lag(times, found, true))
        slow, fast = np.mean(lags["slow"]), np.mean(lags["fast"])
        numbers = "{:10.1f}{:6.1f}{:10.1f}".format(*parameters)
        print(f"{numbers}{np.mean(jitter):8.2f}{slow * 1000:10.0f}{fast * 1000:10.0f}")


def follow(name: str, speed: str) -> Sequence:
    """Move a still about, and find its hand in every frame."""
    image = hp.read_image(photo_folder("rendered_hands") / f"{name}.jpg")
    rendered = hp.load_dataset("rendered_hands")
    exact = rendered.X.points[rendered.paths == f"{name}.jpg"][0, :, :2]
    height, width = image.shape[:2]
    rng = np.random.default_rng(STILLS.index(name))
    times = np.arange(0, SECONDS, 1 / RATE)
    found, true = [], []
    with hp.make_extractor() as extractor:
        for t in times:
            swing = np.sin(2 * np.pi * SPEEDS[speed] * t * np.array([1.0, 1.3, 0.7]))
            move = cv2.getRotationMatrix2D((width / 2, height / 2), 8 * swing[2], 0.75)
            move[:, 2] += 70 * swing[0], 40 * swing[1]
            frame = cv2.warpAffine(image, move, (width, height), borderMode=cv2.BORDER_REPLICATE)
            frame = np.clip(frame + rng.normal(0, GRAIN, frame.shape), 0, 255).astype(np.uint8)
            hands = extractor.detect_for_video(frame, round(t * 1000))
            found.append(hands.points[0, :, :2])
            true.append(exact @ move[:, :2].T + move[:, 2])
    return times, np.array(found), np.array(true)


def filtered(
    parameters: tuple[float, float, float], times: np.ndarray, found: np.ndarray
) -> np.ndarray:
    smoother = LandmarkSmoother(*parameters)
    frames = zip(times, found, strict=True)
    ids = np.array([0])
    smooth = [smoother.smooth(hp.Landmarks(p[None]), ids, t * 1000).points[0] for t, p in frames]
    return np.array(smooth)[..., :2]


def step(path: np.ndarray) -> float:
    """Mean motion of a landmark from frame to frame."""
    return float(np.linalg.norm(np.diff(path[SETTLED:], axis=0), axis=-1).mean())


def lag(times: np.ndarray, path: np.ndarray, true: np.ndarray) -> float:
    """Seconds by which the true path must be delayed to fit best, but for an offset."""

    def error(delay: float) -> float:
        columns = true.reshape(len(true), -1).T
        late = np.stack([np.interp(times - delay, times, column) for column in columns], axis=1)
        rest = (path - late.reshape(path.shape))[SETTLED:]
        return float(np.square(rest - rest.mean(0)).mean())

    return float(min(LAGS, key=error))


if __name__ == "__main__":
    main()
