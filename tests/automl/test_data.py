import numpy as np
import pytest

import handpose as hp
from handpose.automl.data import divide


def people_of(data, rows):
    return set(data.groups[rows].tolist())


def test_nobody_is_on_two_sides(few):
    data = divide(*few)
    assert not people_of(data, data.seen) & people_of(data, data.unseen)
    assert len(data.seen) + len(data.unseen) == len(few)
    assert len(people_of(data, data.unseen)) == pytest.approx(8, abs=3)
    assert len(data.folds) == 5
    for train, test in data.folds:
        assert not people_of(data, train) & people_of(data, test)
        assert not people_of(data, train) & people_of(data, data.unseen)
        assert not people_of(data, test) & people_of(data, data.unseen)
    tested = np.sort(np.concatenate([test for _, test in data.folds]))
    np.testing.assert_array_equal(tested, data.seen)


def test_what_is_chosen_is_chosen_without_those_who_compare_it(few):
    data = divide(*few)
    assert not people_of(data, data.choosing) & people_of(data, data.untouched)
    assert sorted([*data.choosing, *data.untouched]) == sorted(data.seen)
    for train, test in data.choosing_folds():
        assert people_of(data, np.append(train, test)) <= people_of(data, data.choosing)
        assert not people_of(data, train) & people_of(data, test)


def test_two_folds_leave_nobody_to_compare(few):
    two = few[np.isin(few.groups, np.unique(few.groups)[:3])]
    data = divide(*two)
    assert len(data.folds) == 2
    assert len(data.untouched) == 0


def test_the_fingerprint_tells_data_and_division_apart(few):
    same = divide(*few).fingerprint
    assert divide(*few).fingerprint == same
    assert divide(*few, random_state=1).fingerprint != same
    assert divide(*few[1:]).fingerprint != same


def test_pictures_are_divided_only_when_asked(few):
    hands, labels, _ = few
    with pytest.raises(hp.DatasetError, match=r"name no subject.*--random-split"):
        divide(hands, labels, None)
    with pytest.warns(hp.RandomSplitWarning, match="optimistic"):
        data = divide(hands, labels, None, random_split=True)
    assert len(data.unseen) == pytest.approx(len(few) / 5, abs=3)


def one_subject(hands, labels, subjects):
    return hands, labels, ["ada"] * len(labels)


def two_samples(hands, labels, subjects):
    labels = labels.copy()
    labels[[0, np.flatnonzero(subjects != subjects[0])[0]]] = "9"
    return hands, labels, subjects


def one_label(hands, labels, subjects):
    return hands, ["5"] * len(labels), subjects


def no_hands(hands, labels, subjects):
    return hands[:0], labels[:0], subjects[:0]


def no_label(hands, labels, subjects):
    return hands, ["", *labels[1:]], subjects


def all_missed(hands, labels, subjects):
    return hp.Landmarks.missing(hands.image_size), labels, subjects


def too_few_labels(hands, labels, subjects):
    return hands, labels[:-1], subjects


def too_few_subjects(hands, labels, subjects):
    return hands, labels, subjects[:-1]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (one_subject, r"of 1 subject, but search needs 3"),
        (two_samples, r"label '9' has detected hands of 2 subjects"),
        (one_label, r"at least two gestures, but all \d+ hands show '5'"),
        (no_hands, "there are no hands"),
        (no_label, "1 of .* hands have no label"),
        (all_missed, r"of 0 subjects"),
        (too_few_labels, "labels must have one entry a hand"),
        (too_few_subjects, "groups must have one entry a hand"),
    ],
)
def test_what_cannot_be_searched_is_refused_in_one_line(few, change, message):
    with pytest.raises(hp.DatasetError, match=message) as caught:
        divide(*change(*few))
    assert "\n" not in str(caught.value)


def test_three_people_are_enough(few):
    rows = np.concatenate([np.flatnonzero(few.y == label)[:3] for label in "01"])
    data = divide(few.X[rows], few.y[rows], ["ada", "ben", "cy"] * 2)
    assert len(data.folds) == 2


def test_a_dataset_brings_labels_people_and_name(few):
    data = divide(few)
    assert data.name == few.name
    np.testing.assert_array_equal(data.y, few.y)
    np.testing.assert_array_equal(data.groups, few.groups)
    assert data.fingerprint == divide(*few).fingerprint
    with pytest.raises(hp.DatasetError, match="a Dataset has y and groups; leave out"):
        divide(few, few.y)
    with pytest.raises(hp.DatasetError, match="y is missing; only a Dataset has it"):
        divide(few.X)
