import csv
import hashlib
import shutil
from collections import Counter

import numpy as np
import pytest

import handpose as hp
from handpose.datasets.rendered import read_rendered_hands


@pytest.fixture
def copy(rendered_folder, tmp_path):
    return shutil.copytree(
        rendered_folder,
        tmp_path / "copy",
        ignore=lambda folder, names: [n for n in names if n.endswith(".py")],
    )


def test_six_subjects_show_ten_digits(rendered):
    assert len(rendered) == 60
    assert Counter(rendered.y.tolist()) == dict.fromkeys("0123456789", 6)
    assert set(Counter(rendered.groups.tolist()).values()) == {10}
    assert Counter(rendered.X.handedness.tolist()) == {"Left": 30, "Right": 30}


def test_the_keypoints_lie_in_their_picture(rendered):
    assert rendered.X.detected.all()
    xy, size = rendered.X.points[..., :2], rendered.X.image_size[:, None]
    assert (xy > 0).all()
    assert (xy < size).all()
    assert (rendered.X.points[:, 0, 2] == 0).all()
    for path, (width, height) in zip(rendered.paths, size[:, 0], strict=True):
        folder = hp.datasets.photo_folder("rendered_hands")
        assert hp.read_image(folder / path).shape == (height, width, 3)


def test_left_and_right_hands_are_mirror_images(rendered):
    """Where the palm faces the camera, the thumb of a right hand is on the picture's right."""
    points = rendered.X.points
    index, pinky = (points[:, i, :2] - points[:, 0, :2] for i in (5, 17))
    turns = index[:, 0] * pinky[:, 1] - index[:, 1] * pinky[:, 0] > 0
    left = rendered.X.handedness == "Left"
    assert np.mean(turns == left) > 0.7  # the back of the hand shows in nine


def test_the_manifest_has_the_hash_of_every_picture(rendered_folder):
    with (rendered_folder / "manifest.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        content = (rendered_folder / row["path"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == row["sha256"]
    pictures = sum((rendered_folder / row["path"]).stat().st_size for row in rows)
    assert pictures < 3_000_000


def test_a_copy_reads_the_same(copy, rendered):
    again = read_rendered_hands(copy / "keypoints.csv")
    np.testing.assert_array_equal(again.X.points, rendered.X.points)
    assert again.provenance == {"name": "rendered"}


@pytest.mark.parametrize("name", ["keypoints.csv", "manifest.csv", "0/render0.jpg"])
def test_a_missing_file_is_a_data_set_error(copy, name):
    (copy / name).unlink()
    with pytest.raises(hp.DatasetError, match=r"keypoints\.csv: damaged"):
        read_rendered_hands(copy / "keypoints.csv")


def test_a_picture_without_keypoints_is_a_data_set_error(copy):
    lines = (copy / "keypoints.csv").read_text().splitlines()
    (copy / "keypoints.csv").write_text("\n".join(lines[:-1]))
    with pytest.raises(hp.DatasetError, match=r"keypoints\.csv: damaged"):
        read_rendered_hands(copy / "keypoints.csv")
