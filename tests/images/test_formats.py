import pytest

import handpose as hp
from handpose.images import IMAGE_SUFFIXES, VIDEO_SUFFIXES
from handpose.images.formats import (
    FOREIGN_SUFFIXES,
    HEIC_SUFFIXES,
    is_avif,
    is_heic,
    suffix_of,
    what_it_is,
)


def box(major, *compatible):
    content = b"ftyp" + major + b"\0\0\0\0" + b"".join(compatible)
    return (len(content) + 4).to_bytes(4, "big") + content + bytes(40)


def test_a_suffix_is_of_one_kind():
    kinds = [IMAGE_SUFFIXES, HEIC_SUFFIXES, FOREIGN_SUFFIXES, VIDEO_SUFFIXES]
    assert sum(map(len, kinds)) == len(frozenset().union(*kinds))
    assert {".avif", ".jfif"} <= IMAGE_SUFFIXES
    assert {".wmv", ".ts", ".3gp", ".mts", ".webm"} <= VIDEO_SUFFIXES
    assert suffix_of("a/b.HEIC") in HEIC_SUFFIXES


@pytest.mark.parametrize(
    ("content", "heic", "avif"),
    [
        (box(b"heic", b"mif1"), True, False),
        (box(b"mif1", b"miaf", b"heic"), True, False),
        (box(b"avif", b"mif1"), False, True),
        (box(b"mif1", b"avif", b"heic"), False, True),
        (box(b"isom", b"mp42"), False, False),
        (b"\0\0\0\x08ftyp", False, False),
        (b"", False, False),
    ],
)
def test_photos_of_the_mp4_family_are_told_apart_by_their_brands(tmp_path, content, heic, avif):
    path = tmp_path / "photo.jpg"
    path.write_bytes(content)
    assert (is_heic(path), is_avif(path)) == (heic, avif)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"version https://git-lfs.github.com/spec/v1\n", "git lfs pull"),
        (b"<!DOCTYPE html><html>", "web page"),
        (b"%PDF-1.7", "PDF document"),
        (b"%!PS-Adobe-3.0 EPSF", "PostScript"),
        (box(b"isom"), "video"),
        (b"hello", ""),
    ],
)
def test_what_lies_under_a_pictures_name_is_named(tmp_path, content, what):
    path = tmp_path / "photo.jpg"
    path.write_bytes(content)
    found = what_it_is(path)
    assert what in found
    assert bool(found) == bool(what)


@pytest.mark.parametrize(
    ("name", "remedy"), [("a.mp4", "read it"), ("a.jpg", r"read it, once it is named \.mp4")]
)
def test_a_video_in_the_place_of_an_image_names_what_reads_it(tmp_path, name, remedy):
    (tmp_path / name).write_bytes(b"\0\0\0\x18ftypisom\0\0\0\0isomavc1")
    with pytest.raises(hp.ImageError, match=rf"video, not an image; stream\(\) and .* {remedy}$"):
        hp.read_image(tmp_path / name)
