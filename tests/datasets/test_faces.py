import numpy as np
import pytest

import handpose as hp
from handpose.datasets.faces import FILE, read_faces

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


def test_images_have_points_and_a_split_is_a_group(tmp_path):
    data = hp.load_dataset("faces_lfpw", path=stored(tmp_path))
    images, points, splits = data
    assert images[:, 0, 0].tolist() == list(range(5))
    np.testing.assert_allclose(points, POINTS, rtol=1e-6)
    assert splits.tolist().count("trainset") == 3
    test = data.select(groups=["testset"])
    assert test.X[:, 0, 0].tolist() == [1, 4]
    np.testing.assert_allclose(test.y, POINTS[[1, 4]], rtol=1e-6)


def test_a_machine_without_the_faces_is_told_where_they_belong(tmp_path, monkeypatch):
    monkeypatch.setenv("HANDPOSE_DATA", str(tmp_path))
    with pytest.raises(hp.DatasetError, match=r"faces_lfpw\.npz is not on this machine; get it fr"):
        hp.load_dataset("faces_lfpw")
    with pytest.raises(hp.DatasetError, match="no such file"):
        hp.load_dataset("faces_lfpw", path=tmp_path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"points4": POINTS[:, :3]}, "not the expected arrays"),
        ({"names4": np.array(NAMES[::-1])}, "not the expected arrays"),
        ({"images": np.zeros((5, 96, 96))}, "not the expected arrays"),
        ({"split": np.array(["trainset"])}, "not the expected arrays"),
        ({"points4": np.array([None])}, "not the expected npz file"),
        (None, "not the expected npz file"),
    ],
)
def test_a_file_that_is_not_the_expected_one_is_refused(tmp_path, change, message):
    if change is None:
        (tmp_path / FILE).write_bytes(b"PK damaged")
    else:
        stored(tmp_path, **change)
    with pytest.raises(hp.DatasetError, match=message):
        read_faces(tmp_path / FILE)


@pytest.mark.photos
def test_the_persons_left_eye_is_on_the_right_and_the_mouth_below_the_nose(data_root):
    data = read_faces(data_root / "faces_lfpw" / FILE)
    assert ((data.groups == "trainset").sum(), len(data)) == (805, 1029)
    left, right, nose, mouth = data.y.transpose(1, 0, 2)
    assert (left[:, 0] > right[:, 0]).all()
    assert (mouth[:, 1] > nose[:, 1]).mean() > 0.99
