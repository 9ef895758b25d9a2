import unicodedata

import pytest

import handpose as hp
from handpose.datasets import ImageItem, list_images, read_folder
from handpose.datasets.folder import write_manifest
from handpose.images import listing


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "photos"
    for name in (
        "palm/b.JPG",
        "palm/a.png",
        "fist/deep/er/c.webp",
        "fist/notes.txt",
        "fist/.hidden.png",
        ".git/d.png",
        "at_the_top.png",
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    (folder / "fist" / "folder.png").mkdir()
    return folder


def manifest(root, text, encoding="utf-8"):
    (root / "manifest.csv").write_text(text, encoding=encoding)


def test_the_first_folder_is_the_label_and_paths_are_sorted(root):
    assert list_images(root) == [
        ImageItem("fist/deep/er/c.webp", "fist"),
        ImageItem("palm/a.png", "palm"),
        ImageItem("palm/b.JPG", "palm"),
    ]
    assert list_images(str(root)) == list_images(root)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_manifest_decides_on_order_labels_and_subjects(root, encoding):
    manifest(root, "subject,path,label\nann,palm/b.JPG,wave\n, palm/a.png ,é\n", encoding)
    assert list_images(root) == [
        ImageItem("palm/b.JPG", "wave", "ann"),
        ImageItem("palm/a.png", "é", ""),
    ]


def test_a_manifest_needs_no_subjects_and_may_have_more_columns(root):
    manifest(root, "path,label,sha256\npalm/a.png,palm,abc\n")
    assert list_images(root) == [ImageItem("palm/a.png", "palm")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("path,name\na.png,palm\n", r"needs the columns path,label\[,subject\], but has path,name"),
        ("path,label\na.png,\n", "line 2: path and label must not be empty"),
        ("path,label\na.png,palm\n,fist\n", "line 3: path and label must not be empty"),
        ("path,label\na.png\n", "line 2: path and label must not be empty"),
        ("path,label\n../a.png,palm\n", r"line 2: '\.\./a\.png' leads out of the folder"),
        ("path,label\npalm/../../a.png,palm\n", "leads out of the folder"),
        ("path,label\n/etc/passwd,palm\n", "'/etc/passwd' leads out of the folder"),
        ("path,label\n", "no images in it"),
        ("", "no images in it"),
    ],
)
def test_a_wrong_manifest_is_refused_with_its_line(root, text, message):
    manifest(root, text)
    with pytest.raises(hp.DatasetError, match=message) as caught:
        list_images(root)
    assert str(root) in str(caught.value)


def test_a_manifest_that_is_no_text_is_refused(root):
    (root / "manifest.csv").write_bytes(b"path,label\n\xff\xfe\x00,palm\n")
    with pytest.raises(hp.DatasetError, match=r"manifest\.csv: not a CSV file in UTF-8"):
        list_images(root)


def test_a_folder_without_images_says_what_is_expected(tmp_path):
    (tmp_path / "empty" / "fist").mkdir(parents=True)
    (tmp_path / "empty" / "loose.png").touch()
    with pytest.raises(hp.DatasetError, match=r"no images in it; expected empty/LABEL/IMAGE.*jpg"):
        list_images(tmp_path / "empty")


@pytest.mark.parametrize("name", ["absent", "file.txt"])
def test_what_is_no_folder_is_refused(tmp_path, name):
    (tmp_path / "file.txt").touch()
    with pytest.raises(hp.DatasetError, match=f"{name}: no such folder"):
        list_images(tmp_path / name)


def pictures(root, *names):
    """Pictures of no two the same bytes."""
    for number, name in enumerate(names):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(bytes([number]))
    return root


@pytest.fixture
def _no_heic(monkeypatch):
    monkeypatch.setattr(listing, "heic_is_readable", lambda: False)


def test_what_is_read_is_one_line_with_labels_by_name(root):
    folder = read_folder(root)
    assert str(folder) == f"{root}: 3 pictures, 2 labels (fist 1, palm 2)"
    manifest(root, "path,label,subject\npalm/a.png,palm,ann\npalm/b.JPG,fist,\n")
    assert str(read_folder(root)) == (
        f"{root}: 2 pictures, 2 labels (fist 1, palm 1), 1 subject (1 pictures name none)"
    )


def test_what_is_left_out_is_named(root):
    (root / "palm" / "clip.wmv").touch()
    top, others, videos = read_folder(root).notes
    assert top == "left out: 1 picture (at_the_top.png) at the top, in no label's folder"
    assert others == "left out: 1 other file (fist/notes.txt)"
    assert videos.startswith("left out: 1 video (palm/clip.wmv); take its frames: handpose collect")
    assert read_folder(root).unreadable == []


@pytest.mark.usefixtures("_no_heic")
def test_heic_photos_are_named_with_the_remedy_and_a_label_of_nothing_else_too(tmp_path):
    root = pictures(
        tmp_path, "fist/a.avif", "fist/b.jfif", "fist/c.HEIC", "palm/d.heic", "ok/e.jpg"
    )
    heic, nothing = read_folder(root).unreadable
    assert heic.startswith("left out: 2 HEIC photos (fist/c.HEIC, palm/d.heic); install")
    assert nothing == "no picture is left in palm"
    assert len(list_images(root)) == 3


@pytest.mark.usefixtures("_no_heic")
def test_a_folder_of_heic_photos_alone_says_so(tmp_path):
    pictures(tmp_path, "fist/c.HEIC", "palm/d.heic")
    with pytest.raises(hp.DatasetError, match=r"no image in it can be read here; .*2 HEIC photos"):
        list_images(tmp_path)


def test_a_folder_beside_a_manifest_is_left_out_with_the_remedy(root):
    manifest(root, "path,label\npalm/a.png,palm\n")
    (note,) = read_folder(root).notes
    assert "at_the_top.png, fist/deep/er/c.webp, palm/b.JPG) that manifest.csv does" in note
    assert note.endswith(f"add them: handpose data manifest {root}")


def test_the_remedy_adds_them_and_keeps_what_was_there(root):
    manifest(root, "path,label,sha256\npalm/a.png,wave,abc\n")
    added = write_manifest(root, subject="bob")
    assert [item.path for item in added.items] == ["fist/deep/er/c.webp", "palm/b.JPG"]
    assert list_images(root) == [
        ImageItem("palm/a.png", "wave"),
        ImageItem("fist/deep/er/c.webp", "fist", "bob"),
        ImageItem("palm/b.JPG", "palm", "bob"),
    ]
    assert "palm/a.png,wave,abc," in (root / "manifest.csv").read_text()
    with pytest.raises(hp.DatasetError, match="no picture to add"):
        write_manifest(root)


def test_a_layout_makes_a_manifest_of_folders_of_people(tmp_path):
    root = pictures(tmp_path, *(f"{p}/{g}/{p}{g}.jpg" for p in ("ann", "bob") for g in ("a", "b")))
    with pytest.raises(hp.DatasetError, match="handpose data manifest"):
        list_images(root)
    write_manifest(root, "subject/label")
    assert {(item.label, item.subject) for item in list_images(root)} == {
        (g, p) for p in ("ann", "bob") for g in ("a", "b")
    }
    with pytest.raises(hp.DatasetError, match="invalid layout"):
        write_manifest(pictures(tmp_path, "x/y/z.jpg"), "people")


def test_a_yolo_export_is_read(tmp_path):
    root = pictures(tmp_path, "train/images/a.jpg", "valid/images/b.jpg")
    for name, number in (("train/labels/a.txt", 0), ("valid/labels/b.txt", 1)):
        (root / name).parent.mkdir()
        (root / name).write_text(f"{number} 0.5 0.5 0.2 0.2")
    (root / "data.yaml").write_text("names: [fist, palm]")
    assert [item.label for item in list_images(root)] == ["fist", "palm"]


def test_copies_and_near_spellings_of_labels_are_named(tmp_path):
    root = pictures(tmp_path, "Fist/a.jpg", "fist/b.jpg", "palm/c.jpg")
    (root / "palm" / "d.jpg").write_bytes((root / "fist" / "b.jpg").read_bytes())
    spelling, copies = read_folder(root).notes
    assert spelling == "labels that differ only in capital letters: Fist and fist"
    assert copies.startswith("1 picture is there under two labels (fist/b.jpg = palm/d.jpg)")


def test_both_spellings_of_an_accent_are_one_label(tmp_path):
    pictures(
        tmp_path, *(f"{unicodedata.normalize(form, 'é')}/{form}.jpg" for form in ("NFC", "NFD"))
    )
    assert {item.label for item in list_images(tmp_path)} == {"é"}
