import json

import numpy as np
import pytest

import handpose as hp
from handpose.datasets.hagrid import (
    content_digest,
    read_hagrid_landmarks,
    write_hagrid_landmarks,
)

RNG = np.random.default_rng(0)
POINTS = RNG.uniform(0, 1, (3, 21, 2)).astype(np.float32)


def annotations():
    """Two files: three whole hands of two people, one hand without landmarks."""
    first = {
        "image-1": {
            "labels": ["palm", "no_gesture"],
            "landmarks": [POINTS[0].tolist(), POINTS[1].tolist()],
            "user_id": "ann",
        },
        "image-2": {"labels": ["palm"], "landmarks": [[]], "user_id": "bob"},
    }
    second = {"image-3": {"labels": ["ok"], "landmarks": [POINTS[2].tolist()], "user_id": "bob"}}
    return [("b.json", json.dumps(second).encode()), ("a.json", json.dumps(first).encode())]


def test_annotated_hands_are_gathered_and_those_without_landmarks_left_out(tmp_path):
    path = tmp_path / "out.npz"
    write_hagrid_landmarks(annotations(), path)
    data = read_hagrid_landmarks(path)
    assert data.y.tolist() == ["palm", "no_gesture", "ok"]
    assert data.groups.tolist() == ["ann", "ann", "bob"]
    np.testing.assert_array_equal(data.X.points[..., :2], POINTS)
    assert (data.X.points[..., 2] == 0).all()
    assert (data.X.image_size == 1).all()
    assert set(data.X.handedness) == {""}


def stored(path, order=(0, 1, 2), **change):
    order = list(order)
    arrays = {"X": POINTS, "y": np.array(list("abc")), "user": np.array(list("pqr"))}
    np.savez(path, **{k: v[order] for k, v in arrays.items()} | change)
    return path


def test_the_digest_depends_on_the_hands_and_not_on_their_order(tmp_path):
    one = content_digest(stored(tmp_path / "1.npz"))
    assert one == content_digest(stored(tmp_path / "2.npz", order=(2, 0, 1)))
    assert one == content_digest(stored(tmp_path / "3.npz", X=POINTS.astype(np.float64)))
    moved = POINTS.copy()
    moved[1, 4, 0] += 1e-4
    for change in ({"X": moved}, {"y": np.array(list("abd"))}, {"user": np.array(list("pqq"))}):
        assert one != content_digest(stored(tmp_path / "4.npz", **change))


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[1, 2]",
        "\xff",
        "[" * 100_000,
        '{"image": {"labels": ["palm"]}}',
        '{"image": {"labels": ["palm"], "landmarks": [], "user_id": "a"}}',
        json.dumps({"i": {"labels": ["a"], "landmarks": [[[1, 2, 3]] * 21], "user_id": "a"}}),
    ],
)
def test_a_file_that_is_no_annotation_is_refused(tmp_path, content):
    with pytest.raises(hp.DatasetError, match=r"a\.json: not a HaGRID annotation file"):
        write_hagrid_landmarks([("a.json", content.encode())], tmp_path / "out.npz")
    assert not (tmp_path / "out.npz").exists()


def test_no_hands_are_refused(tmp_path):
    with pytest.raises(hp.DatasetError, match="no annotated hands"):
        write_hagrid_landmarks([], tmp_path / "out.npz")


@pytest.mark.parametrize("read", [read_hagrid_landmarks, content_digest])
@pytest.mark.parametrize("damage", ["absent", "empty", "text", "truncated", "other", "shape"])
def test_a_file_that_is_not_the_expected_one_is_refused(tmp_path, read, damage):
    path = tmp_path / "hands.npz"
    if damage == "other":
        np.savez(path, Z=POINTS)
    elif damage == "shape":
        stored(path, user=np.array(["p"]))
    elif damage != "absent":
        content = stored(path).read_bytes()
        path.write_bytes({"empty": b"", "text": b"text"}.get(damage, content[:200]))
    with pytest.raises(hp.DatasetError, match=r"hands\.npz: .*fetch it anew"):
        read(path)
