import numpy as np
import pytest

import handpose as hp
from tests.datasets import test_gesture_midair, test_shrec17, test_signs


@pytest.mark.parametrize(
    ("stored", "name"),
    [
        (test_shrec17.stored, "shrec17"),
        (test_gesture_midair.stored, "gesture_midair"),
        (test_signs.letters, "asl_sequences"),
        (test_signs.words, "signed_words"),
    ],
)
def test_a_file_is_known_by_its_arrays(tmp_path, stored, name):
    path = stored(tmp_path)
    data = hp.load_dataset(path)
    assert data.name == name
    assert data.y.tolist() == hp.load_dataset(name, path=path).y.tolist()


def test_arrays_of_no_known_form_are_named_with_those_that_are(tmp_path):
    np.savez(tmp_path / "other.npz", X=np.zeros(3), joints=np.zeros(3))
    with pytest.raises(hp.DatasetError, match=r"holds X, joints, which .*gesture, joints of shre"):
        hp.load_dataset(tmp_path / "other.npz")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off"])
def test_a_damaged_file_is_refused(tmp_path, content):
    (tmp_path / "cut.npz").write_bytes(content)
    with pytest.raises(hp.DatasetError, match=r"cut\.npz: damaged, or not an npz"):
        hp.load_dataset(tmp_path / "cut.npz")


def test_an_absent_file_is_named(tmp_path):
    with pytest.raises(hp.DatasetError, match=r"gone\.npz: no such file"):
        hp.load_dataset(tmp_path / "gone.npz")
