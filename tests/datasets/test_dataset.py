import numpy as np
import pytest

import handpose as hp
from handpose import Dataset, Landmarks


@pytest.fixture
def dataset(strangers, missed):
    return Dataset(
        Landmarks.concat([strangers.X[:2], missed]),
        y=["fist", "palm", "fist"],
        groups=["ann", "bob", "ann"],
        paths=["fist/a.png", "palm/b.png", "fist/c.png"],
        name="toy",
        provenance={"name": "fake"},
    )


def test_unpacks_as_hands_labels_subjects(dataset):
    hands, labels, subjects = dataset
    assert hands is dataset.X
    assert labels.tolist() == ["fist", "palm", "fist"]
    assert subjects.tolist() == ["ann", "bob", "ann"]


@pytest.mark.parametrize("index", [[2, 0], np.array([True, False, True]), slice(1, None), 1])
def test_indexing_takes_the_same_rows_of_everything_and_keeps_the_rest(dataset, index):
    part = dataset[index]
    rows = np.atleast_1d(np.arange(3)[index])
    assert part.y.tolist() == dataset.y[rows].tolist()
    assert part.groups.tolist() == dataset.groups[rows].tolist()
    assert part.paths.tolist() == dataset.paths[rows].tolist()
    np.testing.assert_array_equal(part.X.points, dataset.X.points[rows])
    assert (part.name, part.provenance) == ("toy", {"name": "fake"})


def test_it_knows_its_labels_and_subjects(dataset):
    assert dataset.label_names == ["fist", "palm"]
    assert dataset.n_subjects == 2
    assert dataset.has_subjects
    assert repr(dataset) == "Dataset('toy', 3 rows, 2 detected, 2 labels, 2 subjects)"


def test_one_row_without_subject_is_enough_not_to_keep_people_apart(dataset):
    some = Dataset(dataset.X, dataset.y, groups=["ann", "", "bob"])
    assert not some.has_subjects
    assert some.n_subjects == 2
    assert not Dataset(dataset.X, dataset.y).has_subjects
    assert not dataset[[]].has_subjects


def test_labels_and_paths_may_be_unknown(dataset):
    bare = Dataset(dataset.X, ["", "fist", ""])
    assert bare.label_names == ["fist"]
    assert bare.paths.tolist() == ["", "", ""]
    assert "subjects" not in repr(bare)


@pytest.mark.parametrize("name", ["labels", "subjects", "paths"])
def test_lengths_that_differ_are_refused(dataset, name):
    arguments = {"labels": ["a", "b", "c"], name: ["a", "b"]}
    with pytest.raises(hp.DatasetError, match=rf"{name} must have one entry a hand \(3\).*\(2,\)"):
        Dataset(dataset.X, **arguments)
