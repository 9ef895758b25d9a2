from dataclasses import replace

import numpy as np
import pytest

from benchmarks.keypoints_or_pixels.photos import digest, relabelled, some_people, with_paths
from handpose.datasets import Dataset


def test_relabelled_keeps_only_what_has_a_new_name(photos):
    renamed = relabelled(photos, {"1": "one", "2": "two"})
    assert len(renamed) == np.isin(photos.y, ["1", "2"]).sum()
    assert set(renamed.y) == {"one", "two"}


def test_some_people_are_whole_people(photos):
    drawn = some_people(photos, 5, seed=0)
    names = np.unique(drawn.groups)
    assert len(names) == 5
    assert len(drawn) == np.isin(photos.groups, names).sum()
    assert set(some_people(photos, 5, seed=1).groups) != set(names)


@pytest.mark.parametrize("side", ["keypoints", "pixels"])
def test_the_digest_is_that_of_labels_and_people(photos, side):
    same = Dataset(photos.X, photos.y, photos.groups, photos.paths)
    other = Dataset(photos.X, photos.y[::-1], photos.groups, photos.paths)
    strangers = Dataset(photos.X, photos.y, photos.groups[::-1], photos.paths)
    assert digest(same, side) == digest(photos, side)
    assert len({digest(each, side) for each in (photos, other, strangers)}) == 3


def test_only_the_digest_of_keypoints_depends_on_the_hands(photos):
    swapped = np.where(photos.X.handedness == "Left", "Right", "Left")
    for hands in (photos.X.mirrored(), replace(photos.X, handedness=swapped)):
        other = Dataset(hands, photos.y, photos.groups, photos.paths)
        assert digest(other, "pixels") == digest(photos, "pixels")
        assert digest(other, "keypoints") != digest(photos, "keypoints")


def test_the_digest_depends_on_the_file(photos, picture):
    one, other = picture("a.png", seed=1), picture("b.png", width=90)
    digests = set()
    for source in (one, other):
        here = one.parent / "same.png"
        here.write_bytes(source.read_bytes())
        from benchmarks.keypoints_or_pixels import photos as module

        module._stamp.cache_clear()
        digests.add(digest(with_paths(photos[:1], [str(here)]), "pixels"))
    assert len(digests) == 2
