import numpy as np
import pytest

import handpose as hp
from handpose import Dataset, Landmarks
from handpose.errors import DatasetError
from tests.motions import circle, line, without


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


def test_unpacks_as_samples_labels_and_groups(dataset):
    X, labels, subjects = dataset
    assert X is dataset.X
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


@pytest.mark.parametrize("name", ["y", "groups", "paths"])
def test_lengths_that_differ_are_refused(dataset, name):
    arguments = {"y": ["a", "b", "c"], name: ["a", "b"]}
    with pytest.raises(hp.DatasetError, match=rf"{name} must have one entry a row \(3\).*\(2,\)"):
        Dataset(dataset.X, **arguments)


def test_motions_are_samples_as_hands_are():
    motions = [circle(), without(circle(), range(16)), line()]
    dataset = Dataset(motions, ["a", "a", "b"], ["ann", "ann", "bob"])
    assert isinstance(dataset.X, hp.Motions)
    assert dataset.detected.tolist() == [True, False, True]
    assert repr(dataset) == "Dataset('', 3 rows, 2 detected, 2 labels, 2 subjects)"
    assert next(iter(dataset[2].X)) is motions[2]


def test_anything_with_a_length_may_be_the_samples_and_points_the_targets():
    images, points = [np.zeros((4, 4, 3)), np.ones((5, 5, 3))], np.arange(16).reshape(2, 4, 2)
    faces = Dataset(images, points, ["a", "b"])
    assert faces[[1]].X[0] is images[1]
    np.testing.assert_array_equal(faces[1].y, points[[1]])
    assert faces.label_names == []
    assert faces.has_subjects
    with pytest.raises(hp.DatasetError, match=r"y must have one entry a row \(2\)"):
        Dataset(images, points[:1])


def test_a_selection_has_the_labels_and_people_asked_for(people):
    first, second = people.label_names[:2]
    chosen = people.select(labels=[first, second])
    assert set(chosen.y.tolist()) == {first, second}
    assert len(chosen) == np.isin(people.y, [first, second]).sum()
    person = people.groups[0]
    assert set(people.select(groups=person).groups.tolist()) == {person}
    with pytest.raises(hp.UnknownNameError, match="unknown label 'thumb'"):
        people.select(labels=["thumb"])


def test_a_split_keeps_people_apart_and_every_label_to_be_learnt(digits):
    train, test = digits.split(test_size=0.25, random_state=3)
    assert not set(train.groups.tolist()) & set(test.groups.tolist())
    assert len(train) + len(test) == len(digits)
    assert len(test) / len(digits) == pytest.approx(0.25, abs=0.02)
    assert train.label_names == test.label_names == digits.label_names
    again = digits.split(test_size=0.25, random_state=3)[1]
    np.testing.assert_array_equal(again.paths, test.paths)


def test_a_split_without_people_must_be_asked_for(dataset):
    bare = Dataset(Landmarks.concat([dataset.X[:2]] * 4), ["a", "b"] * 4)
    with pytest.raises(hp.DatasetError, match="name no subject"):
        bare.split()
    train, test = bare.split(random_split=True)
    assert (len(train), len(test)) == (6, 2)
    assert train.label_names == ["a", "b"]


def test_data_sets_are_joined_in_order_under_all_their_names(dataset):
    others = Dataset(dataset.X[:1], ["stop"], ["cem"], ["stop/d.png"], "others", {"name": "later"})
    both = Dataset.concat([dataset[:0], dataset, others, dataset[1:]])
    assert both.y.tolist() == ["fist", "palm", "fist", "stop", "palm", "fist"]
    assert both.groups.tolist() == ["ann", "bob", "ann", "cem", "bob", "ann"]
    assert both.paths[3] == "stop/d.png"
    assert both.detected.tolist() == [True, True, False, True, True, False]
    assert (both.name, both.provenance) == ("toy + others", {"name": "fake"})
    assert Dataset.concat([both, others]).name == "toy + others"


def test_motions_pictures_and_lists_are_joined_as_hands_are():
    moves = Dataset([circle(), line()], ["circle", "line"])
    assert Dataset.concat([moves, moves[:1]]).y.tolist() == ["circle", "line", "circle"]
    faces = Dataset(np.zeros((2, 8, 8)), np.zeros((2, 5, 2)))
    assert Dataset.concat([faces, faces]).y.shape == (4, 5, 2)
    kept = Dataset(np.zeros((1, 8, 8)).view(np.memmap), np.zeros((1, 5, 2)))
    assert Dataset.concat([faces, kept]).X.shape == (3, 8, 8)
    assert Dataset.concat([Dataset(["a"], ["x"]), Dataset(["b"], ["y"])]).X == ["a", "b"]


def test_what_cannot_be_joined_is_said(dataset):
    moves = Dataset([circle()], ["circle"])
    with pytest.raises(DatasetError, match=r"one kind of samples .* Landmarks, Motions"):
        Dataset.concat([dataset, moves])
    with pytest.raises(DatasetError, match="but got nothing"):
        Dataset.concat([])
    with pytest.raises(DatasetError, match="cannot be joined"):
        Dataset.concat(
            [Dataset(np.zeros((2, 8, 8)), ["a", "b"]), Dataset(np.zeros((1, 9, 9)), ["a"])]
        )
