import os

import pytest

from handpose.images import listing
from handpose.images.listing import files_in, left_out, listed


@pytest.fixture
def root(tmp_path):
    for name in (
        *("b/2.JPG", "b/10.avif", "a/x.jfif", "a/clip.wmv", "a/IMG.HEIC", "raw/1.cr2"),
        *("notes.txt", "a/.hidden.jpg", ".git/c.png", "a/Thumbs.db"),
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


def without_extra(monkeypatch, readable):
    monkeypatch.setattr(listing, "heic_is_readable", lambda: readable)


def test_every_file_is_of_one_kind_and_hidden_ones_are_of_none(root, monkeypatch):
    without_extra(monkeypatch, readable=False)
    files = files_in(root)
    assert files.pictures == ["a/x.jfif", "b/10.avif", "b/2.JPG"]
    assert files.videos == ["a/clip.wmv"]
    assert files.heic == ["a/IMG.HEIC"]
    assert files.foreign == ["raw/1.cr2"]
    assert files.others == ["notes.txt"]
    heic, raw = files.unreadable()
    assert "left out: 1 HEIC photo (a/IMG.HEIC); install" in heic
    assert 'pip install "handpose[heic]"' in heic
    assert raw == "left out: 1 unreadable picture (raw/1.cr2); save as JPEG or PNG"


def test_with_the_extra_heic_photos_are_pictures(root, monkeypatch):
    without_extra(monkeypatch, readable=True)
    assert files_in(root).pictures == ["a/IMG.HEIC", "a/x.jfif", "b/10.avif", "b/2.JPG"]
    assert not files_in(root).heic


def test_links_are_followed_once(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "1.jpg").touch()
    (tmp_path / "root").mkdir()
    try:
        (tmp_path / "root" / "fist").symlink_to(tmp_path / "elsewhere")
        (tmp_path / "elsewhere" / "around").symlink_to(tmp_path / "root")
        (tmp_path / "root" / "gone.jpg").symlink_to(tmp_path / "nowhere")
    except OSError:
        pytest.skip("no links here")
    assert files_in(tmp_path / "root").pictures == ["fist/1.jpg"]


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="every folder is open here")
def test_a_closed_folder_is_named(root):
    (root / "a").chmod(0)
    try:
        assert files_in(root).unreadable()[-1].startswith("left out: 1 folder (a); no permission")
    finally:
        (root / "a").chmod(0o700)


def test_names_that_are_no_text_are_left_out_with_the_remedy(tmp_path):
    try:
        (tmp_path / os.fsdecode(b"fist\xff")).mkdir()
        (tmp_path / os.fsdecode(b"fist\xff") / "a.jpg").touch()
    except OSError:
        pytest.skip("every name is text here")
    files = files_in(tmp_path)
    assert files.pictures == []
    (line,) = files.unreadable()
    assert line == "left out: 1 file (fist?/a.jpg) with a name that is no text; rename"


def test_what_is_left_out_is_counted_by_suffix_with_examples():
    names = [f"a/{i}.heic" for i in range(1200)] + ["b/x.hif", "LICENSE"]
    assert left_out(names, "photo") == (
        "left out: 1,202 photos (1,200 .heic, 1 .hif, 1 without suffix; "
        "a/0.heic, a/1.heic, a/2.heic, ...)"
    )
    assert left_out(["a.txt"], "file") == "left out: 1 file (a.txt)"
    assert listed("abc", 2) == "a, b, ..."
