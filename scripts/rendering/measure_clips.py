"""Compare what handpose's own extractor finds in the clips with the exact keypoints.

Needs handpose and its hand networks (`handpose assets fetch`)::

    python -m scripts.rendering.measure_clips
"""

import numpy as np
from scipy.optimize import linear_sum_assignment

import handpose as hp
from handpose.datasets.rendered_clips import CLIPS, Clip, read_clip

NEAR = 0.3  # of the longer side of the keypoints' box: farther away, it is another hand


def follow(clip: Clip) -> tuple[np.ndarray, np.ndarray]:
    """Run the extractor over a clip.

    Returns
    -------
    found : ndarray of shape (frames, hands, 21, 2)
        What belongs to each hand; NaN where nothing does.
    right_side : ndarray of bool, shape (frames, hands)
    """
    truth = clip.points[..., :2]
    found = np.full(truth.shape, np.nan)
    right_side = np.zeros(truth.shape[:2], bool)
    with hp.make_extractor("native", num_hands=truth.shape[1]) as extractor:
        for frame in hp.read_frames(clip.path):
            hands = extractor.detect_for_video(frame.rgb, frame.timestamp_ms)
            cost = distance(truth[frame.index][:, None], hands.points[None, ..., :2])
            cost = np.where(cost < NEAR, cost, 1e3)
            for hand, row in zip(*linear_sum_assignment(cost), strict=True):
                if cost[hand, row] < NEAR:
                    found[frame.index, hand] = hands.points[row, :, :2]
                    right_side[frame.index, hand] = hands.handedness[row] == clip.handedness[hand]
    return found, right_side


def distance(truth: np.ndarray, found: np.ndarray) -> np.ndarray:
    """Return the mean distance of the keypoints, as a share of the longer side of their box."""
    return np.linalg.norm(found - truth, axis=-1).mean(-1) / np.ptp(truth, axis=-2).max(-1)


def print_jitter(clip: Clip, found: np.ndarray) -> None:
    """Print how much the picture and the landmarks of a hand that stands still change."""
    pictures = np.array([frame.rgb[::4, ::4] for frame in hp.read_frames(clip.path)], float)
    deviation, step = found.std(axis=0).mean(), np.diff(found, axis=0)
    print(f"  grain: {pictures.std(axis=0).mean():.2f} grey levels")
    print(f"  jitter: {deviation:.2f} px standard deviation,", end="")
    print(f" {np.sqrt(np.square(step).mean()):.2f} px from frame to frame")


def main() -> None:
    """Print a row for every clip and hand, and the jitter of `still`."""
    print("clip      hand  whole  found  side    mean distance, its 90th percentile (% of the box)")
    for name in CLIPS:
        clip = read_clip(name)
        found, right_side = follow(clip)
        for hand, side in enumerate(clip.handedness):
            whole = clip.visible[:, hand] == 1
            here = whole & ~np.isnan(found[:, hand, 0, 0])
            far = 100 * distance(clip.points[here, hand, :, :2], found[here, hand])
            shares = f"{here.sum() / whole.sum():6.1%} {right_side[here, hand].mean():6.1%}"
            errors = f"{far.mean():.1f} {np.percentile(far, 90):.1f}"
            print(f"{name:9} {side:5} {whole.sum():5}  {shares}  {errors}")
        if name == "still":
            print_jitter(clip, found[:, 0])


if __name__ == "__main__":
    main()
