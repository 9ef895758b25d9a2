import io

import numpy as np
import pytest

import handpose as hp
from handpose.datasets.asl import (
    ASL_DIGEST,
    content_digest,
    frame_numbers,
    is_frame,
    read_asl_landmarks,
    write_asl_landmarks,
)

POINTS = np.random.default_rng(0).uniform(0, 1, (3, 21, 3)).astype(np.float32)
NAMES = ["frame_0.npy", "frame_12.npy", "frame_0.npy"]


def stored(path, order=(0, 1, 2), **change):
    order = list(order)
    arrays = {"X": POINTS, "y": np.array(list("AAB")), "frame": np.array(NAMES)}
    np.savez(path, **{k: v[order] for k, v in arrays.items()} | change)
    return path


def npy(array):
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


def recordings():
    names = ["r-1/data/raw_gestures/A/frame_0.npy", "r-1/data/raw_gestures/A/frame_12.npy"]
    names.append("r-1/data/raw_gestures/B/frame_0.npy")
    return list(zip(names, [npy(hand.reshape(63)) for hand in POINTS], strict=True))


def test_a_row_is_a_hand_and_its_path_a_frame(tmp_path):
    data = read_asl_landmarks(stored(tmp_path / "hands.npz"))
    np.testing.assert_array_equal(data.X.points, POINTS)
    assert data.y.tolist() == list("AAB")
    assert data.paths.tolist() == ["A/frame_0.npy", "A/frame_12.npy", "B/frame_0.npy"]
    assert not data.has_subjects
    assert (data.X.image_size == 1).all()
    assert set(data.X.handedness) == {""}
    assert frame_numbers(data).tolist() == [0, 12, 0]


def test_frames_are_gathered_into_the_same_table(tmp_path):
    write_asl_landmarks(recordings(), tmp_path / "gathered.npz")
    assert content_digest(tmp_path / "gathered.npz") == content_digest(stored(tmp_path / "o.npz"))


def test_the_digest_depends_on_the_hands_and_not_on_their_order(tmp_path):
    one = content_digest(stored(tmp_path / "1.npz"))
    assert one == content_digest(stored(tmp_path / "2.npz", order=(2, 0, 1)))
    assert one == content_digest(stored(tmp_path / "3.npz", X=POINTS.astype(np.float64)))
    moved = POINTS.copy()
    moved[1, 4, 0] += 1e-4
    for change in ({"X": moved}, {"y": np.array(list("ABB"))}, {"frame": np.array(NAMES[::-1])}):
        assert (one != content_digest(stored(tmp_path / "4.npz", **change))) == (
            "frame" not in change
        )
    other = np.array(["frame_0.npy", "frame_13.npy", "frame_0.npy"])
    assert one != content_digest(stored(tmp_path / "5.npz", frame=other))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("asl-ai-fa1d/data/raw_gestures/A/frame_0.npy", True),
        ("landmarks/Z/frame_402.npy", True),
        ("data/sample_raw_gestures/A/frame_0.npy", False),
        ("data/raw_gestures/AB/frame_0.npy", False),
        ("data/raw_gestures/A/frame_0.txt", False),
        ("data/processed/X_test.npy", False),
    ],
)
def test_the_originals_are_known_by_their_names(name, expected):
    assert is_frame(name) is expected


@pytest.mark.parametrize(
    "content", [b"", b"text", npy(np.zeros(62)), npy(np.array(["a"] * 63)), npy(POINTS)[:100]]
)
def test_a_frame_that_is_no_hand_is_refused(tmp_path, content):
    with pytest.raises(hp.DatasetError, match=r"A/frame_0\.npy: not a file of 63 numbers"):
        write_asl_landmarks([("raw_gestures/A/frame_0.npy", content)], tmp_path / "out.npz")
    assert not (tmp_path / "out.npz").exists()


def test_no_frames_are_refused(tmp_path):
    with pytest.raises(hp.DatasetError, match="no recorded hands"):
        write_asl_landmarks([], tmp_path / "out.npz")


@pytest.mark.parametrize("read", [read_asl_landmarks, content_digest])
@pytest.mark.parametrize("damage", ["absent", "empty", "text", "truncated", "other", "shape"])
def test_a_file_that_is_not_the_expected_one_is_refused(tmp_path, read, damage):
    path = tmp_path / "hands.npz"
    if damage == "other":
        np.savez(path, Z=POINTS)
    elif damage == "shape":
        stored(path, X=POINTS[..., :2])
    elif damage != "absent":
        content = stored(path).read_bytes()
        path.write_bytes({"empty": b"", "text": b"text"}.get(damage, content[:200]))
    with pytest.raises(hp.DatasetError, match=r"hands\.npz: .*get it anew"):
        read(path)


def test_a_path_that_names_no_frame_is_refused(people):
    with pytest.raises(hp.DatasetError, match="a path names no frame"):
        frame_numbers(people)


@pytest.mark.photos
def test_the_real_recordings_are_the_pinned_ones(data_root):
    path = data_root / "asl_alphabet_landmarks" / "asl_alphabet_landmarks.npz"
    data = read_asl_landmarks(path)
    assert content_digest(path) == ASL_DIGEST
    assert len(data) == 10508
    assert len(data.label_names) == 26
    for letter in data.label_names:
        frames = np.sort(frame_numbers(data[data.y == letter]))
        np.testing.assert_array_equal(frames, np.arange(len(frames)))
