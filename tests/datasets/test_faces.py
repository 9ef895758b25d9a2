import numpy as np
import pytest

import handpose as hp
from handpose.datasets.faces import FILE, load_faces

POINTS = np.random.default_rng(0).uniform(20, 70, (5, 4, 2))
NAMES = ["left_eye", "right_eye", "nose", "mouth"]


def stored(folder, **change):
    arrays = {
        "images": np.arange(5, dtype=np.uint8)[:, None, None] + np.zeros((1, 96, 96), np.uint8),
        "points4": POINTS,
        "names4": np.array(NAMES),
        "split": np.array(["trainset", "testset", "trainset", "trainset", "testset"]),
    }
    np.savez(folder / FILE, **arrays | change)
    return folder


def test_each_split_has_its_own_faces(tmp_path):
    train = load_faces("trainset", stored(tmp_path))
    test = load_faces("testset", tmp_path)
    assert train.images[:, 0, 0].tolist() == [0, 2, 3]
    assert test.images[:, 0, 0].tolist() == [1, 4]
    np.testing.assert_allclose(test.points, POINTS[[1, 4]], rtol=1e-6)
    apart = np.hypot(*(POINTS[1, 0] - POINTS[1, 1]))
    assert test.eye_distance()[0] == pytest.approx(apart, rel=1e-6)


def test_an_unknown_split_is_refused(tmp_path):
    with pytest.raises(hp.DatasetError, match="split must be 'trainset' or 'testset'"):
        load_faces("test", stored(tmp_path))


def test_a_machine_without_the_faces_is_told_where_they_belong(tmp_path, monkeypatch):
    monkeypatch.setenv("HANDPOSE_DATA", str(tmp_path))
    with pytest.raises(hp.DatasetError, match=r"faces_lfpw\.npz is not on this machine; put it"):
        load_faces()
    with pytest.raises(hp.DatasetError, match="no such file"):
        load_faces(folder=tmp_path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"points4": POINTS[:, :3]}, "its arrays are others"),
        ({"names4": np.array(NAMES[::-1])}, "its arrays are others"),
        ({"images": np.zeros((5, 96, 96))}, "its arrays are others"),
        ({"split": np.array(["trainset"])}, "its arrays are others"),
        ({"points4": np.array([None])}, "not the npz file that is expected"),
        (None, "not the npz file that is expected"),
    ],
)
def test_a_file_that_is_not_the_expected_one_is_refused(tmp_path, change, message):
    if change is None:
        (tmp_path / FILE).write_bytes(b"PK damaged")
    else:
        stored(tmp_path, **change)
    with pytest.raises(hp.DatasetError, match=message):
        load_faces(folder=tmp_path)


@pytest.mark.photos
def test_the_persons_left_eye_is_on_the_right_and_the_mouth_below_the_nose(data_root):
    train, test = (load_faces(split, data_root / "faces_lfpw") for split in ("trainset", "testset"))
    assert (len(train), len(test)) == (805, 224)
    points = np.concatenate([train.points, test.points])
    left, right, nose, mouth = points.transpose(1, 0, 2)
    assert (left[:, 0] > right[:, 0]).all()
    assert (mouth[:, 1] > nose[:, 1]).mean() > 0.99
