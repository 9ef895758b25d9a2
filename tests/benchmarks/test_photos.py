from dataclasses import replace

import numpy as np
import pytest

from benchmarks.keypoints_or_pixels.photos import Photos


def test_rows_stay_together(photos):
    rows = photos[np.array([3, 1])]
    assert rows.paths.tolist() == photos.paths[[3, 1]].tolist()
    assert rows.labels.tolist() == photos.labels[[3, 1]].tolist()
    np.testing.assert_array_equal(rows.hands.points, photos.hands.points[[3, 1]])


def test_relabelled_keeps_only_what_has_a_new_name(photos):
    renamed = photos.relabelled({"1": "one", "2": "two"})
    assert len(renamed) == np.isin(photos.labels, ["1", "2"]).sum()
    assert set(renamed.labels) == {"one", "two"}


def test_of_subjects_draws_whole_people(photos):
    drawn = photos.of_subjects(5, seed=0)
    names = np.unique(drawn.subjects)
    assert len(names) == 5
    assert len(drawn) == np.isin(photos.subjects, names).sum()
    assert set(photos.of_subjects(5, seed=1).subjects) != set(names)


@pytest.mark.parametrize("digest", ["files_digest", "hands_digest"])
def test_digest_is_that_of_labels_and_subjects(photos, digest):
    same = Photos(photos.paths, photos.hands, photos.labels, photos.subjects)
    other = Photos(photos.paths, photos.hands, photos.labels[::-1], photos.subjects)
    assert getattr(same, digest) == getattr(photos, digest)
    assert getattr(other, digest) != getattr(photos, digest)


def test_only_the_digest_of_hands_depends_on_the_extractor(photos):
    swapped = np.where(photos.hands.handedness == "Left", "Right", "Left")
    for hands in (photos.hands.mirrored(), replace(photos.hands, handedness=swapped)):
        other = Photos(photos.paths, hands, photos.labels, photos.subjects)
        assert other.files_digest == photos.files_digest
        assert other.hands_digest != photos.hands_digest


def test_digest_of_hands_without_photos_does_not_depend_on_the_folder(
    photos, tmp_path, monkeypatch
):
    def digest():
        nowhere = np.full(len(photos), "")
        return Photos(nowhere, photos.hands, photos.labels, photos.subjects).hands_digest

    before = digest()
    monkeypatch.chdir(tmp_path)
    assert digest() == before


def test_digest_depends_on_the_file(photos, picture):
    one, other = picture("a.png", seed=1), picture("b.png", width=90)
    row = photos[:1]
    digests = set()
    for source in (one, other):
        here = one.parent / f"{source.stem}.copy.png"
        here.write_bytes(source.read_bytes())
        digests.add(Photos(np.array([str(here)]), row.hands, row.labels, row.subjects).files_digest)
    assert len(digests) == 2
