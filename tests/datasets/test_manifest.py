import os
import unicodedata

import pytest

import handpose as hp
from handpose.datasets.manifest import ImageItem, as_row, read_manifest, read_rows, write_rows
from tests.mutations import outcomes

COUNT = int(os.environ.get("HANDPOSE_MUTATIONS", "150"))

ROWS = [ImageItem("fist/a.jpg", "fist", "ann"), ImageItem("palm/b.jpg", "palm", "")]
PLAIN = "path,label,subject\nfist/a.jpg,fist,ann\npalm/b.jpg,palm,\n"


@pytest.fixture
def read(tmp_path):
    """Read a manifest of this content."""

    def read(content):
        path = tmp_path / "manifest.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_manifest(path)

    return read


@pytest.mark.parametrize(
    "content",
    [
        PLAIN,
        PLAIN.encode("utf-8-sig"),
        PLAIN.encode("utf-16"),
        "\n\n  \n" + PLAIN,
        PLAIN.replace("\n", "\r\n"),
        PLAIN.replace(",", ";"),
        PLAIN.replace(",", "\t"),
        PLAIN.replace("/", "\\"),
        PLAIN.replace("path,label", "Path, LABEL "),
        PLAIN.replace("\n", ",,\n"),
        PLAIN + "\n,,\nfist/a.jpg,fist,ann\n",
        PLAIN.rstrip(",\n"),
    ],
)
def test_a_manifest_is_read_whoever_wrote_it(read, content):
    assert read(content) == ROWS


def test_both_spellings_of_an_accent_are_one_label(read):
    lines = [
        f"{form}.jpg,{unicodedata.normalize(form, 'é')},{unicodedata.normalize(form, 'Zoë')}"
        for form in ("NFC", "NFD")
    ]
    items = read("\n".join(["path,label,subject", *lines]))
    assert {(item.label, item.subject) for item in items} == {("é", "Zoë")}


@pytest.mark.parametrize(
    "path", [r"a/..\..\x.jpg", "C:/x.jpg", "C:x.jpg", r"\\host\share\x.jpg", "/x.jpg", "../x.jpg"]
)
def test_a_path_that_leads_out_on_any_system_is_refused(read, path):
    with pytest.raises(hp.DatasetError, match=r"line 2: .* leads out of the folder"):
        read(f"path,label\n{path},fist\n")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("path,label\na\0.jpg,fist\n", "NUL"),
        ("path,label\na.jpg,fist\na.jpg,palm\n", "line 3: a.jpg has another label .* in line 2"),
        ("path,label,subject\na.jpg,fist,x\na.jpg,fist,y\n", "another label or subject in line 2"),
        ("path,label\na,b.jpg,fist\n", "line 2: 3 values under 2 columns; put .* between quotes"),
        ("path,name\na.jpg,fist\n", r"needs the columns path,label\[,subject\], but has path,name"),
        (
            "path,label\né.jpg,fist\n".encode("latin-1"),
            "not a CSV file in UTF-8 .*; save it as CSV UTF-8",
        ),
        (b"\xff\xfe\x00", "not a CSV file in UTF-8"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(read, content, message):
    with pytest.raises(hp.DatasetError, match=message) as caught:
        read(content)
    assert "\n" not in str(caught.value)


def test_what_is_written_is_read_again_with_its_own_columns(tmp_path):
    path = tmp_path / "manifest.csv"
    path.write_text("\npath;label;sha256\nfist\\a.jpg;fist;abc\n")
    columns, rows = read_rows(path)
    assert columns == ["path", "label", "sha256"]
    write_rows(path, [*columns, "subject"], [*rows, as_row(ImageItem("b,c.jpg", "palm", "bob"))])
    assert read_manifest(path) == [
        ImageItem("fist/a.jpg", "fist"),
        ImageItem("b,c.jpg", "palm", "bob"),
    ]
    assert read_rows(path)[1][0]["sha256"] == "abc"


@pytest.mark.parametrize("content", [PLAIN.encode(), PLAIN.encode("utf-16")])
def test_a_damaged_manifest_is_read_or_refused(read, content):
    assert outcomes(content, COUNT, read) == {"read", "refused"}
