from handpose.datasets.copies import copies_among
from handpose.datasets.manifest import ImageItem


def copies(tmp_path, *items):
    """Lines about items (content, label, subject)."""
    made = []
    for number, (content, label, subject) in enumerate(items):
        (tmp_path / f"{number}.jpg").write_text(content)
        made.append(ImageItem(f"{number}.jpg", label, subject))
    return copies_among(tmp_path, made)


def test_different_pictures_of_one_size_are_none(tmp_path):
    assert (
        copies(tmp_path, ("ab", "fist", ""), ("cd", "palm", ""), ("", "a", ""), ("", "b", "")) == []
    )


def test_the_same_picture_under_two_labels_is_named(tmp_path):
    (line,) = copies(tmp_path, ("ab", "fist", ""), ("cd", "fist", ""), ("ab", "palm", ""))
    assert line == "1 picture is there under two labels (0.jpg = 2.jpg); keep one of each"


def test_the_same_picture_under_two_subjects_is_named(tmp_path):
    (line,) = copies(tmp_path, ("ab", "fist", "ann"), ("ab", "fist", "bob"))
    assert line.startswith("1 picture is there under two subjects (0.jpg = 1.jpg); people must")


def test_they_are_counted_with_examples(tmp_path):
    rows = [(text, label, "ann") for text in ("aa", "bb", "cc") for label in ("fist", "palm")]
    (line,) = copies(tmp_path, *rows)
    assert line.startswith(
        "3 pictures are there under two labels (0.jpg = 1.jpg, 2.jpg = 3.jpg, ...)"
    )


def test_a_copy_with_the_same_label_and_subject_contradicts_nothing(tmp_path):
    assert copies(tmp_path, ("ab", "fist", "ann"), ("ab", "fist", "ann")) == []


def test_a_missing_picture_is_somebody_elses_to_name(tmp_path):
    assert copies_among(tmp_path, [ImageItem("gone.jpg", "a"), ImageItem("a\0b.jpg", "a")]) == []
