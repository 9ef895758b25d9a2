import json
import warnings

import numpy as np
import pytest

import handpose as hp
from handpose import Landmarks, cross_validate, evaluate_model, make_model
from handpose.classifiers import FewShot, pretraining_of


@pytest.fixture(scope="module")
def saved(people, tmp_path_factory):
    """A model of fifty people, as it comes back from a file."""
    model = make_model("knn", augmentation=None)
    model.fit(people.X, people.y, groups=people.groups)
    return hp.load_model(hp.save_model(model, tmp_path_factory.mktemp("m") / "knn.handpose"))


def test_a_score_on_the_training_people_warns_and_has_no_interval(saved, people):
    with pytest.warns(hp.SeenPeopleWarning, match="472 of 472 samples of 50 people.*trained on"):
        result = evaluate_model(saved, people.X, people.y, groups=people.groups)
    assert result.interval is None
    document = json.loads(json.dumps(result.to_dict(), allow_nan=False))
    assert document["accuracy_interval"] is None
    assert document["familiar"]["samples"] == 472
    assert document["familiar"]["people"] == 50
    assert "not of new people" in result.summary()


def test_a_few_known_hands_make_their_people_known(saved, people, strangers):
    """One hand of each of two people, among all of theirs that were changed a little."""
    moved = Landmarks(people.X.points + 1, handedness=people.X.handedness)
    ann, bob = np.unique(people.groups)[:2]
    once = [np.flatnonzero(people.groups == name)[0] for name in (ann, bob)]
    points = moved.points.copy()
    points[once] = people.X.points[once]
    hands = Landmarks.concat([Landmarks(points), strangers.X])
    subjects = np.concatenate([people.groups, strangers.groups])
    labels = np.concatenate([people.y, strangers.y])
    with pytest.warns(hp.SeenPeopleWarning):
        result = evaluate_model(saved, hands, labels, groups=subjects)
    assert result.familiar.people == 2
    assert result.familiar.samples == np.isin(people.groups, [ann, bob]).sum()


@pytest.mark.parametrize("trained_on", ["d", "other + d"])
def test_people_are_known_by_name_in_the_same_data_set_extracted_anew(saved, people, trained_on):
    moved, own = Landmarks(people.X.points + 1), {"name": "d", "groups": people.groups}
    with pytest.warns(hp.SeenPeopleWarning, match="of 50 people"):
        evaluate_model(saved, moved, people.y, trained_on=trained_on, **own)


@pytest.mark.parametrize("name", ["", "other"])
def test_new_people_are_no_warning(saved, strangers, name):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = evaluate_model(
            saved,
            strangers.X,
            strangers.y,
            groups=strangers.groups,
            name=name,
            trained_on="d",
        )
    assert result.familiar is None
    assert result.interval is not None
    assert result.to_dict()["familiar"] is None


def test_a_file_that_does_not_note_its_people_is_uncertain(saved, strangers):
    old = make_model("knn", augmentation=None).fit(strangers.X, strangers.y)
    old.seen_ = None
    with pytest.warns(hp.SeenPeopleWarning, match="may be known .*a data set called 'd' too"):
        result = evaluate_model(old, strangers.X, strangers.y, name="d", trained_on="d")
    assert not result.familiar.certain
    assert "the model may know these" in result.summary()
    assert result.interval is None


def test_the_shipped_model_says_that_it_knows_the_digits(digits):
    model = hp.load_model("digits")
    card = model.card
    with pytest.warns(hp.SeenPeopleWarning):
        evaluate_model(
            model,
            digits.X,
            digits.y,
            groups=digits.groups,
            name=digits.name,
            trained_on=card.training["dataset"],
        )


def test_few_shot_knows_the_digits_before_it_is_fitted(people, strangers):
    """Its networks were trained on all of them, under whatever name they come."""
    model = make_model("few_shot", augmentation=None)
    with pytest.warns(hp.SeenPeopleWarning, match="few_shot's networks were trained on them"):
        result = cross_validate(model, people.X, people.y, groups=people.groups)
    assert result.familiar.samples == 472
    fitted = model.fit(people.X, people.y)
    with pytest.warns(hp.SeenPeopleWarning, match="few_shot's networks"):
        evaluate_model(fitted, strangers.X, strangers.y)


def test_other_classifiers_and_other_hands_are_new_to_all_networks(people, rendered):
    assert pretraining_of("few_shot") is pretraining_of(FewShot())
    assert pretraining_of(FewShot(embedding=None)) is None
    assert pretraining_of("svm") is pretraining_of(make_model("svm")[-1]) is None
    assert not pretraining_of("few_shot").seen.which(rendered.X).any()


def test_the_note_on_the_shipped_networks_is_of_the_shipped_table(digits):
    """If not: python scripts/train_embedding.py --only-people"""
    known = pretraining_of("few_shot")
    assert known.dataset == digits.name
    assert known.seen.which_people(digits.groups).all()
    assert known.seen.which(digits.X)[digits.X.detected].all()
