import numpy as np
import pytest

import handpose as hp
from handpose.datasets.point_history import TRACKS_FILE, read_point_history

NAMES = "\ufeffStop\nClockwise\nCounter Clockwise\nMove"
PIXELS = np.array([960, 540])


def track(n, seed=0, at=(400, 300)):
    """A fingertip's walk, in whole pixels."""
    steps = np.random.default_rng(seed).integers(-9, 10, (n, 2))
    return at + np.cumsum(steps, axis=0)


def rows(label, track, starts):
    for start in starts:
        window = (track[start : start + 16] - track[start]) / PIXELS
        yield ",".join([str(label), *(f"{value:.9f}" for value in window.ravel())])


def stored(folder, *recordings, names=NAMES):
    lines = [line for recording in recordings for line in rows(*recording)]
    folder.joinpath("point_history.csv").write_text("\n".join(lines) + "\n")
    folder.joinpath("point_history_classifier_label.csv").write_text(names, encoding="utf-8")
    return folder


def read(folder, **options):
    return read_point_history(folder / TRACKS_FILE, **options)


def places(data):
    """(recording, first frame) of each window."""
    return [tuple(map(int, path.split("/"))) for path in data.paths]


def recordings(data):
    return [recording for recording, _ in places(data)]


def starts(data):
    return [start for _, start in places(data)]


def frames_of(data):
    """(recording, frame) of all frames of each window."""
    return [{(recording, start + i) for i in range(16)} for recording, start in places(data)]


def test_windows_are_in_image_heights_and_as_the_camera_sees_them(tmp_path):
    walk = track(20)
    history = read(stored(tmp_path, (1, walk, range(5))))
    assert len(history) == 5
    motion = next(iter(history.X[2]))
    expected = (walk[2:18] - walk[2]) * (-1, 1) / 540
    points = motion.points[:, 0, 0]
    np.testing.assert_allclose(points - points[0], expected, atol=1e-6)
    assert motion.duration_ms == pytest.approx(500)
    assert set(history.y.tolist()) == {"Clockwise"}


def test_it_unpacks_as_motions_labels_groups(tmp_path):
    folder = stored(tmp_path, (0, track(20), range(5)), (3, track(30, 1), range(9)))
    motions, labels, groups = read(folder)
    assert len(motions) == len(labels) == len(groups) == 14
    assert labels.tolist() == ["Stop"] * 5 + ["Move"] * 9
    assert groups.tolist() == ["0.0"] * 5 + ["1.0"] * 9


def test_windows_that_skip_frames_belong_to_the_recording_whose_frames_they_share(tmp_path):
    first = [0, 1, 3, 4, 5, 11, 23]
    folder = stored(tmp_path, (1, track(60), first))
    history = read(folder, block_frames=None)
    assert starts(history) == first
    assert recordings(history) == [0] * len(first)


def test_windows_that_share_no_frames_begin_another_recording(tmp_path):
    folder = stored(tmp_path, (1, track(90), [0, 1, 2, 40, 41]), (1, track(40, 1), range(3)))
    history = read(folder)
    assert recordings(history) == [0] * 3 + [1] * 2 + [2] * 3
    assert starts(history) == [0, 1, 2, 0, 1, 0, 1, 2]


def test_a_window_that_shares_frames_with_none_is_left_out(tmp_path):
    folder = stored(tmp_path, (1, track(90), [0, 40, 41]), (2, track(40, 1), [5]))
    assert starts(read(folder)) == [0, 1]


def test_a_change_of_label_begins_another_recording(tmp_path):
    walk = track(40)
    history = read(stored(tmp_path, (0, walk, range(5)), (3, walk, range(5, 9))))
    assert recordings(history) == [0] * 5 + [1] * 4


@pytest.mark.parametrize("block_frames", [16, 17, 50, 90])
def test_windows_of_different_groups_share_no_frame(tmp_path, block_frames):
    folder = stored(tmp_path, (1, track(200), range(0, 184)), (2, track(150, 1), range(0, 134, 2)))
    history = read(folder, block_frames=block_frames)
    seen = {}
    for group, frames in zip(history.groups.tolist(), frames_of(history), strict=True):
        for frame in frames:
            assert seen.setdefault(frame, group) == group
    assert len(set(history.groups.tolist())) == sum(
        -(-n // block_frames) for n in (199, 148)
    ) - sum(0 < n % block_frames < 16 for n in (199, 148))


def test_without_blocks_every_window_is_kept_and_a_recording_is_a_group(tmp_path):
    folder = stored(tmp_path, (1, track(200), range(184)), (2, track(150, 1), range(134)))
    history = read(folder, block_frames=None)
    assert len(history) == 184 + 134
    assert set(history.groups.tolist()) == {"0.0", "1.0"}


def test_frames_in_the_images_corner_were_missed(tmp_path):
    walk = track(40)
    walk[[12, 13, 14, 30]] = 0
    history = read(stored(tmp_path, (3, walk, range(24))))
    seen = np.isfinite(track(40)[:, 0])
    seen[[12, 13, 14, 30]] = False
    for motion, start in zip(history.X, starts(history), strict=True):
        assert motion.seen[:, 0].tolist() == seen[start : start + 16].tolist()


def test_a_track_that_turns_at_its_upper_left_was_not_missed_there(tmp_path):
    there = np.arange(20)[:, None] * np.array([7, 5])
    walk = np.concatenate([there[::-1], there]) + 300
    history = read(stored(tmp_path, (3, walk, range(24))))
    assert all(motion.seen.all() for motion in history.X)


def test_a_finger_that_never_moves_was_not_missed(tmp_path):
    history = read(stored(tmp_path, (0, np.full((30, 2), 200), range(14))))
    assert all(motion.seen.all() for motion in history.X)


def test_it_is_looked_for_in_the_folder_of_data_sets(tmp_path, monkeypatch, cache):
    (tmp_path / "point_history").mkdir()
    stored(tmp_path / "point_history", (0, track(20), range(5)))
    monkeypatch.setenv("HANDPOSE_DATA", str(tmp_path))
    assert len(hp.load_dataset("point_history")) == 5


def test_how_to_fetch_it_is_said_if_it_is_not_there(tmp_path, monkeypatch, cache):
    monkeypatch.setenv("HANDPOSE_DATA", str(tmp_path))
    with pytest.raises(hp.DatasetError, match="run: handpose data fetch point_history"):
        hp.load_dataset("point_history")


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("", "each row must have 33 numbers"),
        ("1,2,3\n", "each row must have 33 numbers"),
        ("a" + ",0" * 32, "not a table of numbers"),
        ("1" + ",0" * 32 + "\n1,0,0\n", "not a table of numbers"),
        ("1" + ",nan" * 32, "each row must have 33 numbers"),
        ("1" + ",0.1003" * 32, "multiples of 1/960 and 1/540"),
        ("1" + ",0.1" * 32, "relative to the first"),
        ("1" + ",0" * 32, "no two windows of a label share frames"),
        ("7" + ",0" * 32, "names 4 labels, but the tracks use 7 to 7"),
        ("-1" + ",0" * 32, "names 4 labels, but the tracks use -1 to -1"),
    ],
)
def test_a_file_that_is_no_point_history_is_refused_in_one_line(tmp_path, table, message):
    folder = stored(tmp_path)
    (folder / "point_history.csv").write_text(table)
    with pytest.raises(hp.DatasetError, match=message) as error:
        read(folder)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("file", ["point_history.csv", "point_history_classifier_label.csv"])
def test_an_absent_file_is_named(tmp_path, file):
    folder = stored(tmp_path, (0, track(20), range(5)))
    (folder / file).unlink()
    with pytest.raises(hp.DatasetError, match=f"{file}: no such file"):
        read(folder)


@pytest.mark.parametrize("block_frames", [15, 0, -90])
def test_blocks_shorter_than_a_window_are_refused(tmp_path, block_frames):
    with pytest.raises(hp.DatasetError, match=f"at least 16 or None, but got {block_frames}"):
        read(tmp_path, block_frames=block_frames)


@pytest.mark.photos
def test_the_real_file_holds_seven_recordings(data_root):
    history = read(data_root / "point_history", block_frames=None)
    names, first = np.unique(recordings(history), return_index=True)
    assert len(history) == 5289
    assert len(names) == 7
    assert history.y[first].tolist() == (
        ["Stop"] * 3 + ["Clockwise"] + ["Counter Clockwise"] * 2 + ["Move"]
    )


@pytest.mark.photos
def test_the_real_circles_turn_as_a_camera_sees_them(data_root):
    """Clockwise for the person is anticlockwise for the camera that faces the person."""
    from handpose.features.motion import MotionFeatures

    motions, labels, groups = read(data_root / "point_history")
    features = MotionFeatures(("statistics",)).fit(motions)
    turning = dict(
        zip(features.get_feature_names_out(), features.transform(motions).T, strict=True)
    )["turning_point"]
    assert np.median(turning[labels == "Clockwise"]) < -0.5
    assert np.median(turning[labels == "Counter Clockwise"]) > 0.5
    assert len(set(groups.tolist())) == 63


def test_the_old_function_warns_and_gives_the_old_arrays(tmp_path):
    folder = stored(tmp_path, (1, track(90), [0, 1, 40, 41]))
    with pytest.warns(DeprecationWarning, match=r'use load_dataset\("point_history"\)') as caught:
        history = hp.load_point_history(folder)
    assert caught[0].filename == __file__
    motions, labels, groups = history
    assert len(motions) == len(history) == 4
    assert labels.tolist() == ["Clockwise"] * 4
    assert groups.tolist() == ["0.0"] * 2 + ["1.0"] * 2
    assert (history.recordings.tolist(), history.starts.tolist()) == ([0, 0, 1, 1], [0, 1, 0, 1])
