"""A folder of samples: its layout, and that nothing is lost."""

import csv

import numpy as np
import pytest

import handpose as hp
from handpose.datasets import list_images, read_folder
from handpose.datasets.sample_folder import SampleFolder
from handpose.errors import DatasetError
from tests.at_once import at_once

IMAGE = np.full((40, 50, 3), 120, np.uint8)


def listed(root):
    return [(item.path, item.label, item.subject) for item in list_images(root)]


def test_photos_and_subjects_are_where_the_design_says(tmp_path):
    root = tmp_path / "mine"
    for label, subject in (("fist", "anna"), ("fist", "ben"), ("thumbs_up", "anna")):
        SampleFolder(root, label, subject).add(IMAGE)
    assert listed(root) == [
        ("fist/anna-0001.jpg", "fist", "anna"),
        ("fist/ben-0001.jpg", "fist", "ben"),
        ("thumbs_up/anna-0001.jpg", "thumbs_up", "anna"),
    ]
    np.testing.assert_allclose(hp.read_image(root / "fist/anna-0001.jpg"), IMAGE, atol=2)


def test_nothing_is_written_before_the_first_photo(tmp_path):
    SampleFolder(tmp_path / "mine", "fist", "anna")
    assert not (tmp_path / "mine").exists()


def test_a_later_session_goes_on_counting(tmp_path):
    for _ in range(3):
        SampleFolder(tmp_path, "fist", "anna").add(IMAGE)
    names = [path.name for path in SampleFolder(tmp_path, "fist", "anna").samples()]
    assert names == ["anna-0001.jpg", "anna-0002.jpg", "anna-0003.jpg"]


def test_a_subject_whose_name_begins_another_is_someone_else(tmp_path):
    SampleFolder(tmp_path, "fist", "an-2").add(IMAGE)
    assert SampleFolder(tmp_path, "fist", "an").samples() == []


def test_a_photo_that_was_not_noted_in_time_is_noted_later(tmp_path):
    folder = SampleFolder(tmp_path, "fist", "anna")
    folder.add(IMAGE)
    lost = folder.add(IMAGE)
    manifest = tmp_path / "manifest.csv"
    manifest.write_text("\n".join(manifest.read_text().splitlines()[:-1]) + "\n")
    assert len(listed(tmp_path)) == 1
    SampleFolder(tmp_path, "fist", "anna")
    assert (f"fist/{lost.name}", "fist", "anna") in listed(tmp_path)


def test_photos_of_a_folder_without_manifest_stay_in_the_data_set(tmp_path, picture):
    picture("palm/old.png")
    SampleFolder(tmp_path, "fist", "anna").add(IMAGE)
    assert listed(tmp_path) == [
        ("palm/old.png", "palm", ""),
        ("fist/anna-0001.jpg", "fist", "anna"),
    ]


def test_other_columns_of_a_manifest_stay(tmp_path, picture):
    picture("palm/old.png")
    (tmp_path / "manifest.csv").write_text("path,label,camera\npalm/old.png,palm,7\n")
    SampleFolder(tmp_path, "fist", "anna").add(IMAGE)
    with (tmp_path / "manifest.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["camera"] for row in rows] == ["7", ""]
    assert [row["subject"] for row in rows] == ["", "anna"]


@pytest.mark.parametrize("bad", ["", "a/b", "../x", ".hidden", "a\\b", "a,b\n", " "])
def test_a_name_that_is_no_file_name_is_refused(tmp_path, bad):
    for label, subject in ((bad, "anna"), ("fist", bad)):
        with pytest.raises(hp.DatasetError, match="cannot be part of a file name"):
            SampleFolder(tmp_path, label, subject)


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(hp.DatasetError, match="not a folder"):
        SampleFolder(tmp_path / "file", "fist", "anna")


def test_sessions_at_the_same_time_lose_nothing_of_each_other(tmp_path):
    root = tmp_path / "mine"
    sessions = [SampleFolder(root, "fist", who) for who in ("anna", "ben", "anna")]
    for _ in range(2):
        for session in sessions:
            session.add(IMAGE)
    assert len(set(listed(root))) == len(listed(root)) == 6


COLLECT = """
import numpy as np
from handpose.datasets.sample_folder import SampleFolder
from handpose.errors import DatasetError
session = SampleFolder(sys.argv[3], "fist", "anna")
together()
for _ in range(10):
    session.add(np.zeros((8, 8, 3), np.uint8))
"""


def test_processes_that_collect_into_the_same_folder_lose_nothing_of_each_other(tmp_path):
    at_once(3, tmp_path / "place", COLLECT, tmp_path / "mine")
    names = {f"fist/anna-{number:04d}.jpg" for number in range(1, 31)}
    assert {path for path, _, _ in listed(tmp_path / "mine")} == names
    assert not list((tmp_path / "mine").glob(".*"))


def test_a_manifest_from_a_spreadsheet_is_gone_on_with(tmp_path, picture):
    picture("palm/old.png")
    manifest = tmp_path / "manifest.csv"
    manifest.write_bytes(b"\xef\xbb\xbf\r\nPath;Label;camera\r\npalm\\old.png;palm;7\r\n")
    folder = SampleFolder(tmp_path, "fist", "ann")
    folder.add(hp.read_image(tmp_path / "palm" / "old.png"))
    assert manifest.read_text() == (
        "path,label,camera,subject\npalm\\old.png,palm,7,\nfist/ann-0001.jpg,fist,,ann\n"
    )
    assert [item.label for item in hp.list_images(tmp_path)] == ["palm", "fist"]


def test_a_wrong_manifest_is_named_before_anything_is_written(tmp_path):
    (tmp_path / "manifest.csv").write_text("file,class\nx,y\n")
    with pytest.raises(hp.DatasetError, match=r"manifest.csv: needs the columns"):
        SampleFolder(tmp_path, "fist", "anna")


def frames(n=6):
    return [hp.Frame(np.full((40, 50, 3), 20 * i, np.uint8), i, 33 * i) for i in range(n)]


def test_takes_are_videos_with_label_and_subject(tmp_path):
    for _ in range(2):
        path = SampleFolder(tmp_path, "wave", "anna", videos=True).add_take(frames())
    assert path == tmp_path / "wave" / "anna-0002.mp4"
    assert len(list(hp.read_frames(path))) == 6
    items = read_folder(tmp_path, videos=None).items
    assert [(item.path, item.label, item.subject) for item in items] == [
        ("wave/anna-0001.mp4", "wave", "anna"),
        ("wave/anna-0002.mp4", "wave", "anna"),
    ]


@pytest.mark.parametrize("first", [True, False])
def test_photos_and_takes_do_not_share_a_folder(tmp_path, first):
    one = SampleFolder(tmp_path, "wave", "anna", videos=first)
    one.add_take(frames()) if first else one.add(IMAGE)
    with pytest.raises(DatasetError, match="need a folder of their own"):
        SampleFolder(tmp_path, "wave", "anna", videos=not first)
