import pytest

import handpose as hp
from handpose.datasets.layouts import apply_layout, is_split, read_layout


def paths(*folders, n=2):
    return [f"{folder}/{i}.jpg" for folder in folders for i in range(n)]


def labels(tmp_path, pictures):
    return {item.path: (item.label, item.subject) for item in read_layout(tmp_path, pictures).items}


def test_the_outer_folder_is_the_label(tmp_path):
    found = labels(tmp_path, paths("fist", "palm/monday", "palm/tuesday"))
    assert set(found.values()) == {("fist", ""), ("palm", "")}
    assert found["palm/monday/0.jpg"] == ("palm", "")


@pytest.mark.parametrize(
    "splits", [("train", "valid", "test"), ("Training", "Testing"), ("asl_train", "asl_test")]
)
def test_splits_are_no_labels(tmp_path, splits):
    pictures = paths(*(f"{split}/{label}" for split in splits for label in ("fist", "palm")))
    reading = read_layout(tmp_path, pictures)
    assert {item.label for item in reading.items} == {"fist", "palm"}
    assert len(reading.items) == len(pictures)
    assert reading.notes == [
        f"{', '.join(sorted(splits))}: read together, as parts of one data set"
    ]


def test_splits_within_splits_and_within_labels_are_none_either(tmp_path):
    pictures = paths("asl_train/asl_train/A", "asl_train/asl_train/B")
    assert {label for label, _ in labels(tmp_path, pictures).values()} == {"A", "B"}
    pictures = paths("A/train", "A/test", "B/train", "B/test")
    assert {label for label, _ in labels(tmp_path, pictures).values()} == {"A", "B"}


def test_a_word_that_means_a_split_may_be_a_gesture_among_others(tmp_path):
    found = labels(tmp_path, paths("train", "bus", "boat"))
    assert {label for label, _ in found.values()} == {"train", "bus", "boat"}


def test_pictures_in_no_labels_folder_are_named(tmp_path):
    reading = read_layout(tmp_path, [*paths("train/A", "train/B", "test"), "top.jpg"])
    assert [item.label for item in reading.items] == ["A", "A", "B", "B"]
    top, flat = reading.left_out
    assert top == "left out: 1 picture (top.jpg) at the top, in no label's folder"
    assert "2 pictures (test/0.jpg, test/1.jpg) in no label's folder" in flat


@pytest.mark.parametrize(
    ("pictures", "message"),
    [
        (
            paths("train", "valid"),
            "train, valid: parts of a data set, not gestures; expected train/",
        ),
        (paths("train"), "parts of a data set, not gestures"),
        (paths("photos/fist", "photos/palm"), r"all pictures are in its folder photos .*name that"),
        (paths("train/all/fist", "train/all/palm"), r"name that one: .*/train/all"),
        (paths("images"), "images is not a gesture; expected"),
        (paths("train/images", "valid/images"), "images is not a gesture"),
        (
            paths("ann/fist", "ann/palm", "bob/fist", "bob/palm"),
            r"two deep and repeat \(ann/fist, bob",
        ),
        (paths("fist/ann", "palm/ann"), "--layout subject/label"),
        (paths("train/ann/fist", "train/bob/fist"), "--layout subject/label"),
        ([*paths("ann/fist", "bob/fist", n=9), "ann/me.jpg"], "two deep and repeat"),
    ],
)
def test_what_can_be_understood_in_two_ways_is_refused_with_the_remedy(tmp_path, pictures, message):
    with pytest.raises(hp.DatasetError, match=message):
        read_layout(tmp_path, pictures)


@pytest.mark.parametrize("people", [("person1", "person2"), ("P01", "P02"), ("user-3", "User 4")])
def test_numbered_people_are_subjects_outside_and_inside(tmp_path, people):
    for outside in (True, False):
        folders = [f"{p}/{g}" if outside else f"{g}/{p}" for p in people for g in ("fist", "palm")]
        found = labels(tmp_path, paths(*folders))
        assert set(found.values()) == {(g, p) for p in people for g in ("fist", "palm")}


def test_a_layout_says_what_each_level_is():
    pictures = [*paths("train/ann/fist", "test/bob/palm/far"), "train/x.jpg"]
    reading = apply_layout(pictures, "split/subject/label")
    assert {(item.label, item.subject) for item in reading.items} == {
        ("fist", "ann"),
        ("palm", "bob"),
    }
    assert reading.left_out == [
        "left out: 1 picture (train/x.jpg) not as deep as split/subject/label"
    ]
    assert {item.label for item in apply_layout(pictures, "label").items} == {"train", "test"}


@pytest.mark.parametrize("layout", ["subject", "", "label/label", "Label"])
def test_a_layout_without_a_label_is_refused(layout):
    with pytest.raises(hp.DatasetError, match=r"invalid layout .*subject/label"):
        apply_layout(paths("a"), layout)


def test_words_that_mean_a_split():
    assert all(map(is_split, ["train", "TEST", "Validation Set", "my_train_data", "val-2"]))
    assert not any(map(is_split, ["trained", "contest", "five", "valley", ""]))
