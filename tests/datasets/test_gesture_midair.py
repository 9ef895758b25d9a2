import numpy as np
import pytest

import handpose as hp

POINTS = np.random.default_rng(0).normal(0, 100, (9, 3)).astype(np.float32)
GOOD = {
    "points": POINTS,
    "timestamps_ms": np.array([0, 11, 20, 30, 0, 10, 10, 20, 31], float),
    "length": np.array([4, 5], np.int16),
    "y": np.array(["v", "caret"]),
    "subject": np.array([0, 7], np.int8),
}


def stored(folder, **change):
    path = folder / "tracks.npz"
    np.savez(path, **GOOD | change)
    return path


def test_tracks_have_the_times_of_the_file_and_half_metres(tmp_path):
    data = hp.load_dataset("gesture_midair", path=stored(tmp_path))
    assert (data.y.tolist(), data.groups.tolist()) == (["v", "caret"], ["0", "7"])
    first, second = data.X
    assert first.timestamps_ms.tolist() == [0, 11, 20, 30]
    np.testing.assert_allclose(first.points[:, 0, 0], POINTS[:4] * [-1, -1, 1] / 500, rtol=1e-5)
    assert second.timestamps_ms.tolist() == [0, 10, 20, 31]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"timestamps_ms": np.arange(9)[::-1] * 10.0}, "times of a track must grow"),
        ({"timestamps_ms": np.full(9, np.nan)}, "timestamps_ms must be finite"),
        ({"points": POINTS * np.inf}, "points must hold finite numbers"),
        ({"length": np.array([4, 4])}, "add up to 8 frames, but there are 9"),
        ({"y": np.array([1, 2])}, r"y has shape \(2,\) and type int64"),
    ],
)
def test_a_file_that_is_not_of_this_form_is_refused(tmp_path, change, message):
    with pytest.raises(hp.DatasetError, match=message):
        hp.load_dataset("gesture_midair", path=stored(tmp_path, **change))
