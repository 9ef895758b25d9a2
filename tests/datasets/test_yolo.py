import os

import pytest

import handpose as hp
from handpose.datasets.yolo import read_yolo
from tests.mutations import outcomes

COUNT = int(os.environ.get("HANDPOSE_MUTATIONS", "150"))

NAMES = {0: "fist", 1: "open palm"}


@pytest.fixture
def export(tmp_path):
    """Write names and boxes; gives the pictures' and the other files' paths."""

    def write(names, boxes, names_file="data.yaml"):
        (tmp_path / names_file).write_text(names)
        others = [names_file]
        for name, text in boxes.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            others.append(name)
        pictures = [
            name.replace("labels/", "images/").replace(".txt", ".jpg") for name in others[1:]
        ]
        return read_yolo(tmp_path, pictures, others)

    return write


BOXES = {
    "train/labels/a.txt": "0 0.5 0.5 0.2 0.2\n0 0.1 0.1 0.1 0.1\n",
    "valid/labels/b.txt": "1 0.1 0.2 0.3 0.4 0.5 0.6\n\n",
    "valid/labels/two.txt": "0 0.5 0.5 0.2 0.2\n1 0.5 0.5 0.2 0.2\n",
    "valid/labels/none.txt": "",
}


@pytest.mark.parametrize(
    ("names", "file"),
    [
        ("train: ../train/images\nnames: ['fist', \"open palm\"]\nnc: 2\n", "data.yaml"),
        ("names:\n- fist\n- open palm\nnc: 2\n", "data.yaml"),
        ("nc: 2\nnames:\n  0: fist  # closed\n  1: 'open palm'\n", "data.yml"),
        ("names: {0: fist, 1: open palm}\n", "data.yaml"),
        ("names: [\n  fist,\n  'open palm',\n]\nnc: 2\n", "data.yaml"),
        ("fist\nopen palm\n", "classes.txt"),
    ],
)
def test_a_picture_has_the_class_of_its_boxes(export, names, file):
    reading = export(names, BOXES, file)
    assert {item.path: item.label for item in reading.items} == {
        "train/images/a.jpg": "fist",
        "valid/images/b.jpg": "open palm",
    }
    assert reading.left_out == [
        "left out: 1 picture (valid/images/none.jpg) without a box",
        "left out: 1 picture (valid/images/two.jpg) with boxes of several classes",
    ]


def test_the_other_order_of_folders_is_understood(export):
    reading = export("names: [fist]", {"labels/train/a.txt": "0 0.5 0.5 1 1"})
    assert [(item.path, item.label) for item in reading.items] == [("images/train/a.jpg", "fist")]


def test_another_form_is_left_to_others(tmp_path):
    assert read_yolo(tmp_path, ["fist/a.jpg"], ["fist/a.txt", "labels/a.txt"]) is None


@pytest.mark.parametrize(
    ("names", "boxes", "message"),
    [
        ("names: [fist]", "3 0.5 0.5 1 1", r"a\.txt: class 3 has no name; name it in data\.yaml"),
        ("names: [fist]", "fist 0.5 0.5 1 1", r"a\.txt: not YOLO boxes"),
        ("names: [fist]", "inf 0.5 0.5 1 1", r"a\.txt: not YOLO boxes"),
        ("nc: 1", "0 0.5 0.5 1 1", r"data\.yaml: no class names"),
    ],
)
def test_what_is_wrong_is_named(export, names, boxes, message):
    with pytest.raises(hp.DatasetError, match=message):
        export(names, {"labels/a.txt": boxes})


def test_without_names_the_remedy_is_named(tmp_path):
    (tmp_path / "labels").mkdir()
    (tmp_path / "labels" / "a.txt").write_text("0 0.5 0.5 1 1")
    with pytest.raises(hp.DatasetError, match=r"no data\.yaml that names their classes; put it"):
        read_yolo(tmp_path, ["images/a.jpg"], ["labels/a.txt"])


def test_damaged_names_and_boxes_are_read_or_refused(export):
    names = "train: ../train/images\nnames:\n  0: fist\n  1: 'open palm'\nnc: 2\n"
    boxes = BOXES["train/labels/a.txt"]

    def read_names(damaged):
        export(damaged.decode("latin-1"), {"labels/a.txt": boxes})

    def read_boxes(damaged):
        export(names, {"labels/a.txt": damaged.decode("latin-1")})

    assert outcomes(names.encode(), COUNT, read_names) == {"read", "refused"}
    assert outcomes(boxes.encode(), COUNT, read_boxes) == {"read", "refused"}
