import zipfile

import numpy as np
import pytest

import handpose as hp
from handpose.datasets.npz import read_npz


def test_arrays_that_are_wanted_and_there_and_the_names_of_all(tmp_path):
    np.savez(tmp_path / "a.npz", y=[1, 2], X=np.eye(2))
    arrays, there = read_npz(tmp_path / "a.npz", ["X", "z"])
    assert list(arrays) == ["X"]
    np.testing.assert_array_equal(arrays["X"], np.eye(2))
    assert there == ["X", "y"]


def test_a_member_that_is_no_array_is_named(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("X.npy", "no array")
    with pytest.raises(ValueError, match="X is not an array"):
        read_npz(tmp_path / "a.npz", ["X"])


@pytest.mark.parametrize("name", ["faces_lfpw", "hagrid_landmarks", "asl_sequences"])
def test_data_sets_refuse_such_a_file(tmp_path, name):
    members = ("images", "points4", "split", "names4", "X", "y", "user", "hands", "session", "pose")
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        for member in members:
            archive.writestr(f"{member}.npy", "no array")
    with pytest.raises(hp.DatasetError, match=r"a\.npz: (not the expected|damaged)"):
        hp.load_dataset(name, path=tmp_path / "a.npz")


def test_a_zip_of_an_unknown_version_is_refused(tmp_path):
    path = tmp_path / "a.npz"
    np.savez(path, points=np.zeros((2, 3)))
    content = bytearray(path.read_bytes())
    content[content.rindex(b"PK\x01\x02") + 6] = 200  # the version that is needed
    path.write_bytes(content)
    with pytest.raises(hp.DatasetError, match="damaged, or not an npz"):
        hp.load_dataset(path)
