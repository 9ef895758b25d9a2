import warnings
from dataclasses import replace

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import handpose as hp
from handpose import Landmarks, cross_validate, evaluate_model, make_model
from handpose.errors import DatasetError
from handpose.evaluation.validation import grouped_folds
from tests.motions import circle, examples, without

pytestmark = pytest.mark.filterwarnings("ignore:.* cannot be saved to a file")


@pytest.fixture
def knn():
    return make_model("knn", augmentation=None)


class Spy(KNeighborsClassifier):
    """Notes the people of each call of `fit`."""

    fitted_on: list = []  # noqa: RUF012

    def fit(self, X, y, groups=None):
        Spy.fitted_on.append(None if groups is None else set(groups))
        return super().fit(X, y)


def test_people_are_never_in_training_and_test_at_once(people, monkeypatch):
    monkeypatch.setattr(Spy, "fitted_on", [])
    tested = []
    predict = hp.GestureModel.predict
    subject_of = {p.tobytes(): s for p, s in zip(people.X.points, people.groups, strict=True)}

    def spy(model, hands):
        tested.append({subject_of[points.tobytes()] for points in hands.points})
        return predict(model, hands)

    monkeypatch.setattr(hp.GestureModel, "predict", spy)
    cross_validate(
        make_model(Spy(), augmentation=None),
        people.X,
        people.y,
        groups=people.groups,
    )
    assert len(Spy.fitted_on) == 5
    for trained_on, tested_on in zip(Spy.fitted_on, tested[:5], strict=True):
        assert not trained_on & tested_on
        assert trained_on | tested_on == set(people.groups)
    assert sum(map(len, tested[:5])) == people.n_subjects  # each person is tested once


def test_the_score_on_new_people_is_high_and_counts_misses(knn, people, missed):
    hands = Landmarks.concat([people.X, missed])
    labels, groups = np.append(people.y, "0"), np.append(people.groups, "nobody")
    result = cross_validate(knn, hands, labels, groups=groups, name="some digits")
    n = len(labels)
    assert result.accuracy_detected > 0.95
    assert result.accuracy == pytest.approx(result.accuracy_detected * (n - 1) / n)
    assert result.worst_subject_accuracy == 0
    assert result.confusion[:, -1].tolist() == [1] + [0] * 9
    assert (result.classifier, result.features, result.cv) == ("knn", "geometry", 5)
    assert result.dataset == "some digits"
    assert result.fit_seconds > 0
    assert 0 < result.predict_us_per_hand < 1e5


def test_it_is_an_honest_score_chance_labels_score_like_chance(knn, people):
    noise = np.random.default_rng(0).permutation(people.y)
    assert cross_validate(knn, people.X, noise, groups=people.groups).accuracy < 0.2


def test_the_given_model_is_not_fitted_and_the_seed_decides_the_folds(knn, people):
    hands, labels, subjects = people
    one, two, other = (
        cross_validate(knn, hands, labels, groups=subjects, cv=3, random_state=seed)
        for seed in (0, 0, 1)
    )
    assert not hasattr(knn[-1], "classes_")
    np.testing.assert_array_equal(one.predicted, two.predicted)
    assert (one.predicted != other.predicted).any()


def test_a_random_split_flatters_and_says_so(knn, people):
    """Each hand twice, as two pictures of one person, with labels made of noise."""
    hands = people.X[np.repeat(np.arange(100), 2)]
    labels = np.repeat(np.random.default_rng(0).choice(["a", "b"], 100), 2)
    persons = np.repeat(np.arange(100), 2).astype(str)
    honest = cross_validate(knn, hands, labels, groups=persons)
    with pytest.warns(hp.RandomSplitWarning, match="nothing about new people"):
        random = cross_validate(knn, hands, labels, groups=persons, random_split=True)
    assert random.accuracy > 0.75
    assert honest.accuracy < 0.65


def test_a_random_split_needs_no_subjects(knn, people):
    with pytest.warns(hp.RandomSplitWarning):
        result = cross_validate(knn, people.X, people.y, random_split=True)
    assert result.accuracy > 0.95
    assert not result.has_subjects
    assert result.worst_subject_accuracy is None


def test_a_label_of_two_people_can_be_evaluated_without_noise(knn, people):
    labels = np.where(np.isin(people.groups, people.groups[:2]), "rare", people.y)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = cross_validate(knn, people.X, labels, groups=people.groups)
    assert "rare" in result.labels


ALL_DIFFERENT = [str(i) for i in range(20)]


@pytest.mark.parametrize(
    ("labels", "groups", "more", "message"),
    [
        ("ab" * 10, None, {}, "20 of 20 pictures name no subject.*manifest.csv.*random_split=True"),
        ("ab" * 10, ["p"] * 19 + [""], {}, "1 of 20 pictures name no subject"),
        ("ab" * 9, ALL_DIFFERENT, {}, r"labels must have one entry a hand \(20\), but got .*18"),
        ("ab" * 10, ["p"], {}, "groups must have one entry a hand"),
        ("a" * 20, ALL_DIFFERENT, {}, "all 20 pictures are labelled a.*two gestures"),
        (
            "a" * 19 + "b",
            ALL_DIFFERENT,
            {},
            "'b' has only 1 subject, .*add pictures of other",
        ),
        ("ab" * 10, ["p", "p", "q", "q"] * 5, {}, "5 folds need as many subjects, but there are 2"),
        ("ab" * 10, ALL_DIFFERENT, {"cv": 1}, "at least 2 folds, but got 1"),
        ("ab" * 10, ALL_DIFFERENT, {"cv": 11}, "none has more than 10"),
    ],
)
def test_what_cannot_be_cross_validated_is_refused(knn, people, labels, groups, more, message):
    with pytest.raises(hp.DatasetError, match=message):
        cross_validate(knn, people.X[:20], list(labels), groups=groups, **more)


def test_a_label_with_one_picture_is_refused_in_a_random_split_too(knn, people):
    with (
        pytest.warns(hp.RandomSplitWarning),
        pytest.raises(hp.DatasetError, match="'b' has only 1 picture"),
    ):
        cross_validate(knn, people.X[:20], list("a" * 19 + "b"), random_split=True)


def test_no_hands_cannot_be_evaluated(knn, model):
    with pytest.raises(hp.DatasetError, match="no hands"):
        cross_validate(knn, Landmarks.empty(), [], groups=[])
    with pytest.raises(hp.DatasetError, match="no hands"):
        evaluate_model(model, Landmarks.empty(), [])


def test_a_fitted_model_is_measured_on_other_data(model, strangers, missed):
    hands = Landmarks.concat([strangers.X, missed])
    labels = np.append(strangers.y, "0")
    result = evaluate_model(model, hands, labels, name="strangers")
    expected = [p == t for p, t in zip(model.name(hands), labels, strict=True)]
    assert result.accuracy == pytest.approx(np.mean(expected))
    assert result.accuracy > 0.95
    assert result.cv is None
    assert np.isnan(result.fit_seconds)
    assert result.dataset == "strangers"
    assert not result.has_subjects


def test_subjects_of_other_data_are_reported(model, strangers):
    result = evaluate_model(model, strangers.X, strangers.y, groups=strangers.groups)
    assert len(result.by_subject.names) == strangers.n_subjects


def test_a_label_that_the_model_does_not_know_counts_as_wrong(model, strangers):
    labels = np.where(strangers.y == "3", "three", strangers.y)
    result = evaluate_model(model, strangers.X, labels)
    assert result.labels == sorted([*"0123456789", "three"])
    share = np.mean(labels == "three")
    assert result.accuracy == pytest.approx(1 - share, abs=0.04)
    assert result.confusion[result.labels.index("three"), result.labels.index("3")] > 10


def test_data_of_none_of_the_models_labels_is_refused(model, strangers):
    with pytest.raises(hp.DatasetError, match=r"knows 0, 1.*labelled fist, palm.*manifest"):
        evaluate_model(model, strangers.X[:2], ["fist", "palm"])


def test_data_without_any_found_hand_scores_zero(model, missed):
    hands = Landmarks.concat([missed, missed])
    result = evaluate_model(model, hands, ["1", "2"])
    assert result.accuracy == 0
    assert np.isnan(result.accuracy_detected)
    assert result.to_dict()["accuracy_detected"] is None
    assert result.to_dict()["predict_us_per_hand"] is None


def test_hands_of_unknown_side_can_be_evaluated(model, strangers):
    hands = replace(strangers.X, handedness=np.full(len(strangers), ""))
    assert evaluate_model(model, hands, strangers.y).accuracy > 0.9


def test_grouped_folds_are_those_of_cross_validate(people):
    splits = grouped_folds(people.y, people.groups, folds=4, random_state=2)
    tested = np.concatenate([test for _, test in splits])
    assert sorted(tested) == list(range(len(people)))
    for train, test in splits:
        assert not set(people.groups[train]) & set(people.groups[test])


def test_folds_move_people_until_each_can_learn_every_label_or_name_it(monkeypatch):
    labels = np.array(["a", "a", "rare", "rare", "a", "a"])
    subjects = np.array(list("uvwxyz"))

    class InOrder:
        def __init__(self, folds, **_):
            self.folds = folds

        def split(self, X, y, groups):
            rows = np.array_split(np.arange(len(X)), self.folds)
            return [(np.setdiff1d(np.concatenate(rows), test), test) for test in rows]

    monkeypatch.setattr("sklearn.model_selection.StratifiedGroupKFold", InOrder)
    for train, _ in grouped_folds(labels, subjects, folds=3):
        assert "rare" in labels[train]
    found = np.array([True, True, True, False, True, True])
    with pytest.raises(DatasetError, match="of 3: label 'rare' cannot be learnt"):
        grouped_folds(labels, subjects, folds=3, detected=found)


@pytest.fixture
def with_nothing(people, missed):
    """Hands of fifty people, and thirty pictures of nothing in which no hand was found."""
    hands = Landmarks.concat([people.X, *[missed] * 30])
    labels = np.append(people.y, ["nothing"] * 30)
    return hands, labels, np.append(people.groups, [""] * 30)


def test_pictures_without_hand_and_gesture_are_right_and_of_nobody(knn, with_nothing, people):
    hands, labels, groups = with_nothing
    result = cross_validate(knn, hands, labels, groups=groups)
    alone = cross_validate(knn, people.X, people.y, groups=people.groups)
    wrong = (~result.correct).sum()
    assert result.correct[-30:].all()
    assert wrong == pytest.approx((~alone.correct).sum(), abs=6)  # other folds
    assert result.has_subjects
    assert len(result.by_subject.names) == people.n_subjects
    assert "0 of them missed hands" in result.summary()
    assert "nothing taken for" not in result.summary()
    assert result.macro_f1 > 0.9
    assert result.naming.nothing_right == pytest.approx(30 / len(labels))


def test_a_gesture_where_there_is_none_is_an_error(knn, people, strangers, missed):
    """Hands that lie there for nothing, which the model never saw."""
    model = knn.fit(people.X, people.y)
    hands = Landmarks.concat([strangers.X[:20], missed])
    result = evaluate_model(model, hands, ["nothing"] * 21)
    assert result.correct.tolist() == [False] * 20 + [True]
    assert result.naming.named_wrong > 0.5


def test_a_model_that_knows_nothing_rejects_hands(knn, people):
    labels = np.where(people.y == "0", "nothing", people.y)
    result = cross_validate(knn, people.X, labels, groups=people.groups)
    assert result.accuracy > 0.95
    assert result.naming.nothing_right == pytest.approx(np.mean(labels == "nothing"), abs=0.02)


@pytest.mark.parametrize("seed", [2, 9, 10, 22, 27])
def test_people_who_show_a_label_and_would_share_a_fold_are_divided(seed):
    """Two of a few people show it, one of them often; with these seeds they did share one."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(5, 12))
    labels, subjects = [], []
    for person in range(n):
        count = int(rng.integers(1, 40))
        labels += rng.choice(["a", "b"], count).tolist()
        subjects += [person] * count
    for person, most in zip(rng.choice(n, 2, replace=False), (2, 60), strict=True):
        count = int(rng.integers(1, most)) if most > 2 else 1
        labels += ["rare"] * count
        subjects += [person] * count
    labels, subjects = np.array(labels), np.array(subjects).astype(str)
    folds = int(rng.integers(2, 6))
    splits = grouped_folds(labels, subjects, folds=folds)
    assert len(splits) == folds
    assert sorted(np.concatenate([test for _, test in splits])) == list(range(len(labels)))
    for train, test in splits:
        assert set(labels[train]) == {"a", "b", "rare"}
        assert len(test)
        assert not set(subjects[train]) & set(subjects[test])


def test_a_label_that_one_fold_cannot_learn_is_refused(knn, people, missed):
    """It is shown by two, but a hand was found of one alone."""
    hands = Landmarks.concat([people.X, missed])
    rows = np.flatnonzero(people.y == "3")[:1]
    labels = np.append(people.y, "rare")
    labels[rows] = "rare"
    groups = np.append(people.groups, "somebody else")
    with pytest.raises(hp.DatasetError, match="label 'rare' cannot be learnt, since all who show"):
        cross_validate(knn, hands, labels, groups=groups)


def test_a_label_that_was_never_found_counts_as_missed(knn, people, missed):
    hands = Landmarks.concat([people.X, missed, missed])
    labels = np.append(people.y, ["lost", "lost"])
    groups = np.append(people.groups, ["x", "y"])
    result = cross_validate(knn, hands, labels, groups=groups)
    assert not result.correct[-2:].any()
    assert result.confusion[result.labels.index("lost"), -1] == 2


def test_a_dataset_brings_labels_people_and_name(knn, people):
    result = cross_validate(knn, people, cv=3)
    apart = cross_validate(knn, people.X, people.y, groups=people.groups, cv=3, name=people.name)
    np.testing.assert_array_equal(result.predicted, apart.predicted)
    assert (result.dataset, result.cv) == (people.name, 3)
    np.testing.assert_array_equal(result.groups, people.groups)
    with pytest.raises(hp.DatasetError, match="a Dataset has y and groups of its own"):
        cross_validate(knn, people, people.y)
    with pytest.raises(hp.DatasetError, match="y is missing; only a Dataset has it"):
        cross_validate(knn, people.X)


def test_splits_may_be_given(knn, people):
    splits = grouped_folds(people.y, people.groups, folds=4)
    given = cross_validate(knn, people, cv=splits)
    np.testing.assert_array_equal(given.predicted, cross_validate(knn, people, cv=4).predicted)
    assert given.cv == 4
    with pytest.raises(hp.DatasetError, match="splits that test each row once"):
        cross_validate(knn, people, cv=splits[:3])


def test_given_splits_that_share_people_warn(knn, people):
    halves = np.arange(len(people)) % 2 == 0
    rows = np.flatnonzero(halves), np.flatnonzero(~halves)
    with pytest.warns(hp.RandomSplitWarning, match="same people are in training and") as caught:
        cross_validate(knn, people, cv=[rows, rows[::-1]])
    assert caught[0].filename == __file__


def test_old_names_of_arguments_and_attributes_warn_and_work(knn, people):
    with pytest.warns(DeprecationWarning, match="the argument folds of cross_validate .* use cv"):
        result = cross_validate(knn, people, folds=3)
    with pytest.warns(DeprecationWarning, match=r"Evaluation\.folds .* use Evaluation\.cv"):
        assert result.folds == 3
    with pytest.warns(DeprecationWarning, match=r"Evaluation\.subjects .* Evaluation\.groups"):
        assert result.subjects is result.groups


class TestMotions:
    """Motions are measured as hands are: groups apart, those not seen counted as errors."""

    @pytest.fixture
    def dataset(self):
        motions, labels = examples(0, n=12)
        unseen = without(circle(), range(16))
        groups = [f"person {i // 4}" for i in range(len(motions))]
        return hp.Dataset(
            [*motions, unseen], [*labels, "rest"], [*groups, "person 0"], name="made up"
        )

    @pytest.fixture
    def motion_knn(self):
        return make_model("knn", features="motion")

    def test_they_are_cross_validated_by_people(self, motion_knn, dataset):
        result = cross_validate(motion_knn, dataset, cv=3)
        assert result.accuracy_detected > 0.8
        assert result.accuracy == pytest.approx(result.accuracy_detected * 48 / 49)
        assert result.detected.tolist() == [True] * 48 + [False]
        assert result.predicted[-1] == ""
        assert np.isnan(result.probabilities[-1]).all()
        assert (result.classifier, result.features) == ("knn", "motion")
        assert len(result.by_subject.names) == 12

    def test_a_plain_pipeline_does_as_well(self, dataset):
        plain = make_pipeline(hp.MotionFeatures(), StandardScaler(), KNeighborsClassifier())
        own = make_model(KNeighborsClassifier(), features="motion")
        ours = cross_validate(own, dataset, cv=3)
        theirs = cross_validate(plain, dataset, cv=3)
        np.testing.assert_array_equal(theirs.predicted, ours.predicted)

    def test_a_fitted_model_is_measured_on_others_and_knows_its_own(self, motion_knn, dataset):
        fitted = clone(motion_knn).fit(*dataset)
        motions, labels = examples(1, n=3)
        result = evaluate_model(fitted, motions, labels)
        assert result.accuracy > 0.9
        assert result.familiar is None
        with pytest.warns(hp.SeenPeopleWarning, match="49 of 49 samples of 12 people are known"):
            evaluate_model(fitted, dataset)
