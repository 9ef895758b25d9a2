"""Photos that are taken out of a folder's manifest, and moved in."""

import numpy as np
import pytest

from handpose.datasets import list_images
from handpose.datasets.manifest import read_manifest
from handpose.datasets.sample_folder import SampleFolder
from handpose.datasets.sample_moves import move_in, take_out


@pytest.fixture
def root(tmp_path):
    folder = SampleFolder(tmp_path / "mine", "fist", "anna")
    for shade in (50, 60, 70):
        folder.add(picture_of(shade))
    return tmp_path / "mine"


def picture_of(shade):
    return np.full((40, 50, 3), shade, np.uint8)


def names(root):
    return [item.path for item in read_manifest(root / "manifest.csv")]


def test_what_is_taken_out_is_no_longer_read_and_stays_on_the_disk(root):
    take_out(root, {"fist/anna-0002.jpg"})
    assert names(root) == ["fist/anna-0001.jpg", "fist/anna-0003.jpg"]
    assert (root / "fist/anna-0002.jpg").is_file()
    assert [item.path for item in list_images(root)] == names(root)


def test_what_is_moved_in_is_the_same_file_under_the_next_number(root):
    before = (root / "fist/anna-0001.jpg").read_bytes()
    take_out(root, {"fist/anna-0001.jpg"})
    assert move_in(root, root / "fist/anna-0001.jpg", "palm", "anna") == "palm/anna-0001.jpg"
    assert (root / "palm/anna-0001.jpg").read_bytes() == before
    assert move_in(root, root / "palm/anna-0001.jpg", "fist", "anna") == "fist/anna-0004.jpg"


def test_a_place_that_is_taken_is_not_written_over(root):
    kept = (root / "fist/anna-0003.jpg").read_bytes()
    take_out(root, {"fist/anna-0001.jpg"})
    moved = move_in(root, root / "fist/anna-0001.jpg", "fist", "anna", "fist/anna-0003.jpg")
    assert moved == "fist/anna-0004.jpg"
    assert (root / "fist/anna-0003.jpg").read_bytes() == kept


@pytest.mark.parametrize("subject", ["../up", "a/b", "é", ""])
def test_a_person_whose_name_is_no_file_name_gets_one(root, subject):
    moved = move_in(root, root / "fist/anna-0001.jpg", "fist", subject)
    assert (root / moved).parent == root / "fist"
    assert (root / moved).is_file()
