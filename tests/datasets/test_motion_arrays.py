import numpy as np
import pytest

import handpose as hp
from handpose.datasets.motion_arrays import ArrayForm, read_arrays, sequences

FORMS = {
    "points": ArrayForm("number", ("frames", 3)),
    "y": ArrayForm("text", ("n",)),
    "length": ArrayForm("integer", ("n",)),
}
GOOD = {"points": np.zeros((7, 3)), "y": np.array(["a", "b"]), "length": np.array([3, 4])}


def stored(folder, **change):
    path = folder / "file.npz"
    arrays = {name: a for name, a in (GOOD | change).items() if a is not None}
    np.savez(path, **arrays)
    return path


def test_what_is_needed_is_read_and_more_may_be_there(tmp_path):
    arrays = read_arrays(stored(tmp_path, more=np.zeros(3)), "tracks", FORMS)
    assert arrays.keys() == FORMS.keys()
    assert arrays["points"].shape == (7, 3)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"y": None, "points": None}, r"lacks points, y, and holds length; a file of tracks has"),
        ({"points": np.zeros((7, 2))}, r"points has shape \(7, 2\) and type float64; a file of tr"),
        ({"points": np.zeros((7, 3), complex)}, r"points has .* complex128"),
        ({"y": np.array([1, 2])}, r"y has shape \(2,\) and type int64; .* y \(n,\) text"),
        ({"length": np.array([3.0, 4.0])}, r"length has .* float64"),
        ({"length": np.array([3, 4, 5])}, r"length has shape \(3,\)"),
        ({"y": np.array([None, {}])}, r"damaged, or not an npz file"),
    ],
)
def test_a_file_of_another_form_says_what_came_and_what_is_allowed(tmp_path, change, message):
    with pytest.raises(hp.DatasetError, match=message):
        read_arrays(stored(tmp_path, **change), "tracks", FORMS)


@pytest.mark.parametrize("content", [b"", b"PK damaged", b"a,b\n1,2\n"])
def test_what_is_no_npz_file_is_refused(tmp_path, content):
    path = tmp_path / "file.npz"
    path.write_bytes(content)
    with pytest.raises(hp.DatasetError, match=r"file\.npz: damaged, or not an npz .* points \(fra"):
        read_arrays(path, "tracks", FORMS)


def test_half_a_file_is_refused(tmp_path):
    path = stored(tmp_path)
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(hp.DatasetError, match="damaged"):
        read_arrays(path, "tracks", FORMS)


def test_an_absent_file_is_named(tmp_path):
    with pytest.raises(hp.DatasetError, match=r"gone\.npz: no such file"):
        read_arrays(tmp_path / "gone.npz", "tracks", FORMS)


def test_sequences_follow_each_other(tmp_path):
    assert list(sequences(tmp_path, np.array([3, 4], np.int8), 7)) == [(0, 3), (3, 7)]
    with pytest.raises(hp.DatasetError, match="add up to 7 frames, but there are 8"):
        sequences(tmp_path, np.array([3, 4]), 8)
    with pytest.raises(hp.DatasetError, match="at least 2 frames, but the shortest has 1"):
        sequences(tmp_path, np.array([1, 6]), 7)
