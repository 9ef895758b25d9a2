import io
import json
from dataclasses import replace

import numpy as np
import pytest

import handpose as hp
from benchmarks.few_shot.draws import frame_numbers
from handpose.datasets.gathered import ASL, HAGRID
from handpose.datasets.originals import Originals

POINTS = np.random.default_rng(0).uniform(0, 1, (3, 21, 3)).astype(np.float32)
BOTH = pytest.mark.parametrize("known", [HAGRID, ASL], ids=lambda known: known.name)
FRAMES = ["frame_0.npy", "frame_12.npy", "frame_0.npy"]
ARRAYS = {
    HAGRID: {
        "X": POINTS[..., :2],
        "y": ["no_gesture", "palm", "ok"],
        "user": ["ann", "ann", "bob"],
    },
    ASL: {"X": POINTS, "y": list("AAB"), "frame": FRAMES},
}


def stored(known, path, order=(0, 1, 2), **change):
    arrays = {key: np.array(value)[list(order)] for key, value in ARRAYS[known].items()}
    np.savez(path, **arrays | change)
    return path


def annotations():
    """Two files: three whole hands of two people, one hand without landmarks."""
    hands = POINTS[..., :2].tolist()
    first = {
        "1": {"labels": ["no_gesture", "palm"], "landmarks": hands[:2], "user_id": "ann"},
        "2": {"labels": ["palm"], "landmarks": [[]], "user_id": "bob"},
    }
    second = {"3": {"labels": ["ok"], "landmarks": [hands[2]], "user_id": "bob"}}
    return {"r-1/b.json": json.dumps(second).encode(), "r-1/a.json": json.dumps(first).encode()}


def npy(array):
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


def recordings():
    names = [f"r-1/data/raw_gestures/{y}/{f}" for y, f in zip("AAB", FRAMES, strict=True)]
    return {name: npy(hand.reshape(63)) for name, hand in zip(names, POINTS, strict=True)}


FILES = {HAGRID: annotations, ASL: recordings}


def originals(files, place):
    return Originals(list(files), files.__getitem__, place)


@BOTH
def test_a_row_is_a_hand(known, tmp_path):
    data = known.read(stored(known, tmp_path / "hands.npz"))
    np.testing.assert_array_equal(data.X.points[..., : known.axes], POINTS[..., : known.axes])
    assert not data.X.points[..., known.axes :].any()
    assert data.y.tolist() == ARRAYS[known]["y"]
    assert (data.X.image_size == 1).all()
    assert set(data.X.handedness) == {""}
    assert (data.name, data.provenance) == (known.name, known.provenance)
    if known is HAGRID:
        assert data.groups.tolist() == ["ann", "ann", "bob"]
    else:
        assert data.paths.tolist() == ["A/frame_0.npy", "A/frame_12.npy", "B/frame_0.npy"]
        assert not data.has_subjects


@BOTH
def test_the_same_rows_are_gathered_from_the_originals_in_any_order(known, tmp_path):
    expected = stored(known, tmp_path / "expected.npz")
    pinned = replace(known, digest=known.content_digest(expected))
    files = FILES[known]() | {"r-1/README.md": b"", "r-1/frame_1.npy": b""}
    backwards = dict(reversed(files.items()))
    for number, these in enumerate((files, backwards)):
        path = tmp_path / f"{number}.npz"
        pinned.gather(originals(these, tmp_path), path)
        with np.load(path) as got, np.load(expected) as wanted:
            assert set(got) == set(wanted)
            for key in wanted:
                np.testing.assert_array_equal(got[key], wanted[key])


@BOTH
def test_other_landmarks_than_those_of_the_pinned_commit_are_refused(known, tmp_path):
    for files in (FILES[known](), {known.file: stored(known, tmp_path / "o.npz").read_bytes()}):
        with pytest.raises(hp.DatasetError, match="not those of the pinned commit; nothing was"):
            known.gather(originals(files, tmp_path), tmp_path / "out.npz")


@BOTH
def test_the_digest_depends_on_the_hands_and_not_on_their_order(known, tmp_path):
    one = known.content_digest(stored(known, tmp_path / "1.npz"))
    points = np.array(ARRAYS[known]["X"])
    assert one == known.content_digest(stored(known, tmp_path / "2.npz", order=(2, 0, 1)))
    assert one == known.content_digest(stored(known, tmp_path / "3.npz", X=points.astype(float)))
    points[1, 4, 0] += 1e-4
    for change in ({"X": points}, {"y": list("ABC")}, {known.third: list("pqq")}):
        assert one != known.content_digest(stored(known, tmp_path / "4.npz", **change))


@pytest.mark.parametrize(
    "name",
    [
        "data/sample_raw_gestures/A/frame_0.npy",
        "data/raw_gestures/AB/frame_0.npy",
        "data/raw_gestures/A/frame_0.txt",
        "data/processed/X_test.npy",
    ],
)
def test_other_files_of_the_letters_are_passed_over(tmp_path, name):
    with pytest.raises(hp.DatasetError, match="no hands of asl_alphabet_landmarks among its files"):
        ASL.gather(originals({name: b""}, tmp_path), tmp_path / "out.npz")


@pytest.mark.parametrize(
    "content", [b"", b"text", npy(np.zeros(62)), npy(np.array(["a"] * 63)), npy(POINTS)[:100]]
)
def test_a_frame_that_is_no_hand_is_refused(tmp_path, content):
    files = {"landmarks/A/frame_0.npy": content}
    with pytest.raises(hp.DatasetError, match=r"A/frame_0\.npy: not a file of 63 numbers"):
        ASL.gather(originals(files, tmp_path), tmp_path / "out.npz")
    assert not (tmp_path / "out.npz").exists()


@pytest.mark.parametrize("content", [b"", b"\xff", b"[1]", b'{"i": {"landmarks": [[]]}}'])
def test_a_file_that_is_no_annotation_is_refused(tmp_path, content):
    with pytest.raises(hp.DatasetError, match=r"^a\.json: .*not "):
        HAGRID.gather(originals({"a.json": content}, tmp_path), tmp_path / "out.npz")
    assert not (tmp_path / "out.npz").exists()


def test_annotations_without_a_whole_hand_are_refused(tmp_path):
    content = json.dumps({"i": {"labels": ["a"], "landmarks": [[]], "user_id": "u"}}).encode()
    with pytest.raises(hp.DatasetError, match="no hands of hagrid_landmarks"):
        HAGRID.gather(originals({"a.json": content}, tmp_path), tmp_path / "out.npz")


@BOTH
@pytest.mark.parametrize("damage", ["absent", "empty", "text", "truncated", "other", "shape"])
def test_a_file_that_is_not_the_expected_one_is_refused(known, tmp_path, damage):
    path = tmp_path / "hands.npz"
    if damage == "other":
        np.savez(path, Z=POINTS)
    elif damage == "shape":
        stored(known, path, **{known.third: ["p"]})
    elif damage != "absent":
        content = stored(known, path).read_bytes()
        path.write_bytes({"empty": b"", "text": b"text"}.get(damage, content[:200]))
    for read in (known.read, known.content_digest):
        with pytest.raises(hp.DatasetError, match=r"hands\.npz: .*fetch it again"):
            read(path)


@pytest.mark.photos
@BOTH
def test_the_real_landmarks_are_the_pinned_ones(known, data_root):
    assert known.content_digest(data_root / known.name / known.file) == known.digest


@pytest.mark.photos
def test_the_letters_are_recordings_without_a_gap(data_root):
    data = ASL.read(data_root / ASL.name / ASL.file)
    for letter in data.label_names:
        frames = np.sort(frame_numbers(data[data.y == letter]))
        np.testing.assert_array_equal(frames, np.arange(len(frames)))
