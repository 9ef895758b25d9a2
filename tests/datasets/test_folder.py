import pytest

import handpose as hp
from handpose.datasets import ImageItem, list_images


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
