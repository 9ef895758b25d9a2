import os

import numpy as np
import pytest

import handpose as hp
from handpose.datasets.keypoint_csv import read_keypoint_csv
from tests.mutations import outcomes

COUNT = int(os.environ.get("HANDPOSE_MUTATIONS", "150"))

RNG = np.random.default_rng(0)
POINTS = RNG.uniform(0, 1, (6, 21, 3)).astype(np.float32).round(4)
LABELS = ["0", "1", "0", "2", "1", "2"]


def cells(points, axes=2):
    return [repr(float(value)) for value in points[:, :axes].ravel()]


@pytest.fixture
def read(tmp_path):
    def read(rows, header=None, delimiter=",", **more):
        path = tmp_path / "hands.csv"
        rows = [*([header] if header else []), *rows]
        path.write_text("\n".join(delimiter.join(row) for row in rows) + "\n")
        return read_keypoint_csv(path, **more)

    return read


@pytest.mark.parametrize("axes", [2, 3])
@pytest.mark.parametrize("place", ["first", "last"])
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_a_label_stands_before_or_behind_the_numbers(read, axes, place, delimiter):
    rows = [
        [label, *cells(p, axes)] if place == "first" else [*cells(p, axes), label]
        for p, label in zip(POINTS, LABELS, strict=True)
    ]
    data = read(rows, delimiter=delimiter)
    assert data.y.tolist() == LABELS
    np.testing.assert_array_equal(data.X.points[..., :axes], POINTS[..., :axes])
    assert (data.X.points[..., axes:] == 0).all()
    assert data.provenance == {"name": "keypoint csv"}


def test_words_are_labels_and_whole_numbers_lose_their_point(read):
    words = read([[*cells(p), word] for p, word in zip(POINTS, "abcabc", strict=True)])
    assert words.label_names == ["a", "b", "c"]
    header = ["label", *[f"v{i}" for i in range(42)]]
    numbers = read([["3.0", *cells(p)] for p in POINTS], header)
    assert numbers.label_names == ["3"]


def test_named_columns_are_put_in_order(read):
    header = [f"{axis}{i}" for axis in "xyz" for i in range(21)]
    rows = [[*[repr(float(v)) for v in p.T.ravel()], "fist", "ann", "left"] for p in POINTS]
    data = read(rows, [*header, "Gesture", "person", "handedness"])
    np.testing.assert_array_equal(data.X.points, POINTS)
    assert data.label_names == ["fist"]
    assert data.groups.tolist() == ["ann"] * 6
    assert set(data.X.handedness) == {"Left"}


def test_the_numbers_of_rows_are_no_coordinates(read):
    header = ["", *[f"{axis}{i}" for i in range(21) for axis in "xy"], "label"]
    data = read([[str(i), *cells(p), "a"] for i, p in enumerate(POINTS)], header)
    np.testing.assert_array_equal(data.X.points[..., :2], POINTS[..., :2])


def test_a_row_of_zeros_or_of_nothing_is_a_hand_that_was_not_found(read):
    rows = [["a", *cells(POINTS[0])], ["b", *["0"] * 42], ["c", *[""] * 42]]
    assert read(rows).X.detected.tolist() == [True, False, False]


def test_a_file_without_labels_takes_one(read):
    assert read([cells(p) for p in POINTS], label="fist").label_names == ["fist"]
    with pytest.raises(hp.DatasetError, match=r"no column with labels; .* DIR/LABEL\.csv"):
        read([cells(p) for p in POINTS])


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([["1"] * 43], "the first or the last column could be the label"),
        ([["a", *["0.5"] * 84]], "85 numbers a row; expected 42"),
        ([["a", "0.5"]], "expected 42"),
        ([["a", *cells(POINTS[0])], ["a", "1"]], "line 2: 2 values, but 43 before"),
        (
            [["a", *cells(POINTS[0])], ["a", "x", *cells(POINTS[0])[1:]]],
            "2: 'x' is not a number",
        ),
        ([["a", *["1e9", *cells(POINTS[0])[1:]]]], "beyond a million"),
        ([["a", *["inf", *cells(POINTS[0])[1:]]]], "beyond a million"),
        ([["label", *[f"x{i}" for i in range(42)]]], "a header without rows"),
        ([[""]], "empty"),
    ],
)
def test_what_is_wrong_is_named(read, rows, message):
    with pytest.raises(hp.DatasetError, match=message):
        read(rows)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b'a,"b\n', b"\0\0"])
def test_what_is_no_text_is_refused(tmp_path, content):
    (tmp_path / "a.csv").write_bytes(content)
    with pytest.raises(hp.DatasetError, match=r"a\.csv"):
        read_keypoint_csv(tmp_path / "a.csv")


@pytest.mark.photos
def test_the_file_of_another_project_is_read(data_root):
    path = data_root.parent / "cases" / "keypoint_43_columns.csv"
    if not path.is_file():
        pytest.skip("the failing inputs are not here")
    data = hp.load_dataset(path)
    assert len(data) == 52
    assert data.label_names == list("0123456789")
    assert data.X.detected.all()


def test_a_damaged_file_is_read_or_refused(tmp_path):
    path = tmp_path / "hands.csv"
    rows = [["label", *[f"{axis}{i}" for i in range(21) for axis in "xy"]]]
    rows += [["fist", *cells(points)] for points in POINTS]
    content = "\n".join(map(",".join, rows)).encode()

    def read(damaged):
        path.write_bytes(damaged)
        read_keypoint_csv(path)

    assert outcomes(content, COUNT, read) == {"read", "refused"}
