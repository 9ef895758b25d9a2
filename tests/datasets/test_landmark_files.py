import json

import numpy as np
import pytest

import handpose as hp
from handpose.datasets.landmark_files import landmark_files

HANDS = np.random.default_rng(0).uniform(0, 1, (3, 42))
ROWS = "\n".join(",".join(map(str, row)) for row in HANDS)


def test_a_folder_of_csv_files_has_a_label_a_file(tmp_path):
    for label in ("fist", "palm"):
        (tmp_path / f"{label}.csv").write_text(ROWS)
    data = hp.load_dataset(tmp_path)
    assert data.y.tolist() == ["fist"] * 3 + ["palm"] * 3
    np.testing.assert_allclose(data.X.points[:3, :, :2].reshape(3, 42), HANDS, rtol=1e-6)


def test_a_folder_of_annotations_is_one_data_set(tmp_path):
    for label in ("call", "fist"):
        hand = {"labels": [label], "landmarks": [HANDS[0].reshape(21, 2).tolist()], "user_id": "u"}
        (tmp_path / f"{label}.json").write_text(json.dumps({"image": hand}))
    data = hp.load_dataset(tmp_path)
    assert data.label_names == ["call", "fist"]
    assert hp.load_dataset(tmp_path / "call.json").label_names == ["call"]


def test_a_csv_file_is_read_by_its_suffix(tmp_path):
    (tmp_path / "hands.CSV").write_text("\n".join(f"a,{row}" for row in ROWS.splitlines()))
    assert hp.load_dataset(tmp_path / "hands.CSV").label_names == ["a"]


@pytest.mark.parametrize("name", ["gone.csv", "gone.json"])
def test_a_missing_file_is_named(tmp_path, name):
    with pytest.raises(hp.DatasetError, match=f"{name}: no such file"):
        hp.load_dataset(tmp_path / name)


def test_a_manifest_is_no_file_of_landmarks_and_two_kinds_are_none(tmp_path):
    (tmp_path / "manifest.csv").touch()
    assert landmark_files(tmp_path) == []
    (tmp_path / "a.csv").touch()
    (tmp_path / "a.json").touch()
    assert landmark_files(tmp_path) == []
