"""Old names work for one version, and warn with the new one."""

import numpy as np
import pytest

import handpose as hp


@pytest.mark.parametrize(("old", "new"), [("hands", "X"), ("labels", "y"), ("subjects", "groups")])
def test_old_names_of_a_data_set(old, new):
    data = hp.Dataset(hp.Landmarks.missing([[4, 3]] * 2), ["a", "b"], ["anna", "ben"])
    with pytest.warns(DeprecationWarning, match=rf"Dataset\.{old} .*use Dataset\.{new}$") as caught:
        np.testing.assert_array_equal(getattr(data, old).shape, getattr(data, new).shape)
    assert caught[0].filename == __file__


def test_old_names_of_arguments():
    hands = hp.Landmarks.missing([[4, 3]])
    with pytest.warns(DeprecationWarning, match="the argument labels of Dataset .* use y$") as got:
        assert hp.Dataset(hands, labels=["a"]).y.tolist() == ["a"]
    assert got[0].filename == __file__
    with pytest.raises(TypeError, match="both 'y' and its old name 'labels'"):
        hp.Dataset(hands, y=["a"], labels=["a"])


@pytest.mark.parametrize(
    ("function", "arguments", "old", "new", "error"),
    [
        (hp.fetch_dataset, ["sign_language_digits"], "source", "path", "absent: not a folder"),
        (hp.list_images, [], "root", "path", "absent: no such folder"),
        (hp.fetch_assets, [], "wheel", "path", "absent: no such file"),
        (hp.extract_folder, [], "root", "path", "absent: no such folder"),
    ],
)
def test_old_names_of_paths(cache, tmp_path, function, arguments, old, new, error):
    message = f"argument {old} of {function.__name__} .* use {new}$"
    with (
        pytest.warns(DeprecationWarning, match=message) as got,
        pytest.raises(hp.HandposeError, match=error),
    ):
        function(*arguments, **{old: tmp_path / "absent"})
    assert got[0].filename == __file__
