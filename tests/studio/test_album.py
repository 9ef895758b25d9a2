"""The folder: written at once, adopted after a kill, restored after a mistake."""

import csv

import numpy as np
import pytest

from handpose.datasets.sample_folder import SampleFolder
from handpose.errors import DatasetError
from handpose.studio.album import MAX_GESTURES, TABLE, Album
from tests.studio.conftest import PaintedExtractor, picture


def opened(root, hands):
    album = Album(root)
    album.read(PaintedExtractor(hands).detect)
    return album


def manifest(root):
    with (root / "manifest.csv").open(encoding="utf-8") as file:
        return {row["path"]: (row["label"], row["subject"]) for row in csv.DictReader(file)}


def test_what_was_collected_is_there_when_it_is_opened_again(filled, hands):
    again = opened(filled.root, hands)
    assert again.labels == ["fist", "one", "two"]
    assert again.subjects == ["anna", "ben"]
    assert [s.path for s in again.samples] == sorted(s.path for s in filled.album.samples)
    assert all(s.hands.detected.all() for s in again.samples)
    assert set(manifest(filled.root)) == {s.path for s in again.samples}


def test_a_photo_that_a_killed_session_did_not_note_is_adopted(filled, hands):
    SampleFolder(filled.root, "fist", "carl").add(picture(gesture=0, person=2))
    lines = (filled.root / "manifest.csv").read_text().splitlines()
    kept = [line for line in lines if "carl" not in line]
    (filled.root / "manifest.csv").write_text("\n".join(kept) + "\n")
    assert "carl" in opened(filled.root, hands).subjects
    assert manifest(filled.root)["fist/carl-0001.jpg"] == ("fist", "carl")


def test_removed_samples_leave_folder_and_manifest_and_come_back(filled):
    album, root = filled.album, filled.root
    paths = [s.path for s in album.of("fist")][:2]
    before = (root / paths[0]).read_bytes()
    album.remove(paths)
    assert not any((root / path).exists() for path in paths)
    assert not set(paths) & set(manifest(root))
    restored = album.undo()
    assert len(restored) == 2
    assert (root / restored[0].path).read_bytes() == before
    assert {s.path for s in album.samples} == set(manifest(root))
    with pytest.raises(DatasetError, match="nothing to undo"):
        album.undo()


def test_a_removed_gesture_comes_back_with_its_samples(filled):
    filled.album.remove_label("one")
    assert filled.album.labels == ["fist", "two"]
    assert not (filled.root / "one").exists()
    filled.album.undo()
    assert len(filled.album.of("one")) == 12
    assert "one" in filled.album.labels


def test_another_label_can_be_undone_too(filled):
    album = filled.album
    (moved,) = album.relabel([album.of("fist", "anna")[0].path], "one")
    assert manifest(filled.root)[moved.path] == ("one", "anna")
    assert (len(album.of("fist")), len(album.of("one"))) == (11, 13)
    album.undo()
    assert (len(album.of("fist")), len(album.of("one"))) == (12, 12)
    assert {s.path for s in album.samples} == set(manifest(filled.root))
    with pytest.raises(DatasetError, match="no gesture 'three'"):
        album.relabel([album.samples[0].path], "three")


def test_a_table_never_gives_the_hand_of_another_photo(filled, hands):
    """A number that became free may be taken by a photo that is older than the table."""
    album = filled.album
    album.write_table(filled._extractor.provenance)
    last = album.of("one", "anna")[-1]
    album.remove([last.path])
    (moved,) = album.relabel([album.of("fist", "anna")[0].path], "one")
    assert moved.path == last.path
    again = opened(filled.root, hands)
    np.testing.assert_allclose(again[moved.path].hands.points, moved.hands.points, atol=3)


def test_the_table_is_that_of_collect_and_saves_looking(filled, hands):
    filled.album.write_table(filled._extractor.provenance)
    assert (filled.root / TABLE).is_file()
    album = Album(filled.root)

    def never(image):
        raise AssertionError("a photo was looked at again")

    album.read(never)
    assert len(album) == 36


def test_what_was_removed_is_gone_when_the_studio_has_ended(filled):
    filled.album.remove([filled.album.samples[0].path])
    assert (filled.root / ".trash").is_dir()
    filled.close()
    assert not (filled.root / ".trash").exists()


@pytest.mark.parametrize("name", ["../up", "<b>x</b>", "", "a/b", ".hidden", "x\ny"])
def test_a_name_that_is_no_file_name_is_refused(studio, name):
    with pytest.raises(DatasetError, match="cannot be part of a file name"):
        studio.album.add_label(name)
    assert [p.name for p in studio.root.iterdir()] == []


def test_there_is_an_end_to_cards_and_no_two_are_alike(studio):
    for number in range(MAX_GESTURES):
        studio.album.add_label(f"g{number}")
    with pytest.raises(DatasetError, match=f"room for {MAX_GESTURES} gestures"):
        studio.album.add_label("one more")
    with pytest.raises(DatasetError, match="already"):
        studio.album.add_label("G7")


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "x").write_text("")
    with pytest.raises(DatasetError, match="not a folder"):
        Album(tmp_path / "x")


def test_an_unreadable_photo_is_a_warning(filled, hands):
    path = filled.album.samples[0].path
    (filled.root / path).write_bytes(b"no picture")
    with pytest.warns(match="not an image"):
        again = opened(filled.root, hands)
    assert len(again) == 35
