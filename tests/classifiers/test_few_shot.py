import numpy as np
import pytest
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GridSearchCV
from sklearn.utils.estimator_checks import parametrize_with_checks

import handpose as hp
from handpose.classifiers import FewShot
from handpose.classifiers.few_shot import embedding as embedding_module
from handpose.classifiers.few_shot.classifier import log_means
from handpose.classifiers.few_shot.embedding import (
    KEYS,
    _shipped,
    embed,
    known_networks,
    network_columns,
    shipped_embedding,
)
from handpose.classifiers.few_shot.sharpness import with_background
from handpose.errors import EmbeddingWarning
from handpose.features import PRESETS

GEOMETRY = network_columns("geometry")


@parametrize_with_checks([FewShot(None)])
def test_passes_scikit_learns_checks(estimator, check):
    check(estimator)


def first_rows(dataset, gestures, samples):
    rows = [np.flatnonzero(dataset.y == gesture)[:samples] for gesture in gestures]
    return dataset[np.concatenate(rows)]


@pytest.fixture(scope="module")
def geometry(people):
    """Vectors and labels of five hands of each digit below five."""
    few = first_rows(people, "01234", 5)
    return hp.LandmarkFeatures().fit_transform(few.X), few.y


@pytest.fixture(scope="module")
def questions(strangers):
    """Vectors and labels of other people's digits, all ten."""
    return hp.LandmarkFeatures().fit_transform(strangers.X), strangers.y


@pytest.fixture
def blobs():
    """Three classes in eight dimensions, of which only two matter, and new samples of them."""
    rng = np.random.default_rng(0)
    spread = np.concatenate([[0.3, 0.3], np.full(6, 3.0)])
    centres = np.zeros((3, 8))
    centres[:, :2] = [[0, 0], [4, 0], [0, 4]]
    y = np.arange(300) % 3
    X = centres[y] + spread * rng.standard_normal((300, 8))
    return X[:90], y[:90], X[90:], y[90:]


@pytest.mark.parametrize("temperature", [0.5, 2.0])
def test_a_case_worked_by_hand(temperature):
    """The squared distance of two lone samples is 8 by definition; the background lies at 4."""
    model = FewShot(None, temperature=temperature, background=4.0).fit([[10.0], [30]], ["a", "b"])
    for x, to_a, to_b in [(10.0, 0, 8), (15.0, 0.5, 4.5), (20.0, 2, 2), (50.0, 32, 8)]:
        a, b, behind = np.exp(-np.array([to_a, to_b, 4]) / temperature)
        expected = np.array([a + behind / 2, b + behind / 2]) / (a + b + behind)
        np.testing.assert_allclose(model.predict_proba([[x]])[0], expected, rtol=1e-5)


def test_a_class_is_as_dense_as_the_mean_of_its_bells():
    logarithms = np.log([[1.0, 3.0, 8.0], [0.5, 0.5, 2.0]])
    means = np.exp(log_means(logarithms, np.array([0, 2])))
    np.testing.assert_allclose(means, [[2, 8], [0.5, 2]])


def test_the_background_takes_half_where_it_is_as_dense_and_spreads_it():
    shares = with_background(np.array([[-3.0, -900, -900, -900]]), -3.0)
    np.testing.assert_allclose(shares, [[0.625, 0.125, 0.125, 0.125]])


def test_densities_far_below_the_smallest_number_are_still_compared():
    scores = log_means(np.array([[-5000.0, -4000.0]]), np.array([0, 1]))
    np.testing.assert_allclose(scores, [[-5000, -4000]])


@pytest.mark.parametrize("features", PRESETS)
def test_one_hand_of_each_gesture_is_enough(features, people, strangers):
    one = first_rows(people, "0123456789", 1)
    model = hp.make_model("few_shot", features=features).fit(one.X, one.y)
    assert model.score(strangers.X, strangers.y) >= 0.98


def test_foreign_hands_are_less_confident_than_known_ones(geometry, questions):
    model = FewShot().fit(*geometry, GEOMETRY)
    known = np.isin(questions[1], model.classes_)
    score = model.predict_proba(questions[0]).max(1)
    assert roc_auc_score(known, score) > 0.98
    assert np.mean(score[known] > 0.8) > 0.9
    assert np.mean(score[~known] > 0.8) < 0.1


@pytest.mark.parametrize("embedding", ["auto", None])
def test_where_nothing_is_near_no_class_is_probable(geometry, embedding):
    model = FewShot(embedding).fit(*geometry, GEOMETRY)
    probabilities = model.predict_proba(geometry[0][:3] + 50)
    np.testing.assert_allclose(probabilities, 0.2, atol=1e-6)


@pytest.mark.parametrize("embedding", ["auto", None])
def test_the_order_of_samples_does_not_matter(geometry, questions, embedding):
    X, y = geometry
    order = np.random.default_rng(0).permutation(len(y))
    one = FewShot(embedding).fit(X, y, GEOMETRY)
    other = FewShot(embedding).fit(X[order], y[order], GEOMETRY)
    np.testing.assert_allclose(
        one.predict_proba(questions[0]), other.predict_proba(questions[0]), atol=1e-6
    )


def test_samples_that_come_twice_change_nothing(geometry, questions):
    X, y = geometry
    twice = FewShot().fit(np.concatenate([X, X]), np.concatenate([y, y]), GEOMETRY)
    np.testing.assert_allclose(
        twice.predict_proba(questions[0]),
        FewShot().fit(X, y, GEOMETRY).predict_proba(questions[0]),
        atol=1e-6,
    )


def test_a_class_with_one_sample_stands_against_one_with_forty(people, strangers):
    many, one = first_rows(people, "1", 40), first_rows(people, "7", 1)
    hands = hp.Landmarks.concat([many.X, one.X])
    model = hp.make_model("few_shot", augmentation=None).fit(hands, ["1"] * 40 + ["7"])
    asked = strangers[np.isin(strangers.y, ["1", "7"])]
    assert model.score(asked.X, asked.y) >= 0.95


def test_without_networks_directions_in_which_classes_spread_count_less(blobs):
    X, y, new, truth = blobs
    model = FewShot(None).fit(X, y)
    assert model.score(new, truth) > 0.9
    nearest = np.square(new[:, None] - X).sum(-1).argmin(1)
    assert np.mean(y[nearest] == truth) < model.score(new, truth) - 0.1


def test_without_networks_the_unit_of_the_features_does_not_matter(blobs):
    X, y, new, _ = blobs
    one, other = FewShot(None).fit(X, y), FewShot(None).fit(1000 * X, y)
    np.testing.assert_allclose(one.predict_proba(new), other.predict_proba(1000 * new), atol=1e-5)


@pytest.mark.parametrize(
    ("X", "y"),
    [
        (np.eye(3, 200), list("abc")),
        (np.eye(6, 200), list("aabbcc")),
        (np.repeat(np.eye(3, 200), 4, axis=0), np.repeat(list("abc"), 4)),
        (np.eye(2, 1), list("ab")),
    ],
    ids=["one each", "more dimensions than samples", "duplicates", "one dimension"],
)
def test_few_vectors_of_any_length_are_learnt(X, y):
    model = FewShot(None).fit(X, y)
    assert model.predict(X).tolist() == list(y)
    assert np.isfinite(model.predict_proba(-100 * X)).all()


def test_samples_that_are_all_the_same_are_not_told_apart():
    model = FewShot(None).fit(np.ones((4, 3)), list("aabb"))
    np.testing.assert_allclose(model.predict_proba(np.ones((1, 3))), 0.5)


def trained(features, people, **params):
    few = first_rows(people, "0123456789", 5)
    return hp.make_model("few_shot", features=features, **params).fit(few.X, few.y)


UNKNOWN = {
    "angles": hp.LandmarkFeatures("angles"),
    "40 columns with depth": hp.LandmarkFeatures("angles+fingertips", depth=True),
    "geometry with depth": hp.LandmarkFeatures("geometry", depth=True),
    "upright": hp.LandmarkFeatures("geometry", rotate=True),
}


@pytest.mark.parametrize("features", UNKNOWN.values(), ids=UNKNOWN)
def test_features_that_the_networks_do_not_know_are_learnt_without_them(
    features, people, strangers
):
    with pytest.warns(EmbeddingWarning, match="few_shot has no pretrained networks for these"):
        model = trained(features, people)
    assert len(model[-1].embedding_) == 1
    declined = trained(features, people, embedding=None)
    np.testing.assert_array_equal(
        model.predict_proba(strangers.X), declined.predict_proba(strangers.X)
    )
    assert model.score(strangers.X, strangers.y) > 0.9


@pytest.mark.parametrize("blocks", ["fingertips+angles+distances", "coordinates+fingertips+angles"])
def test_blocks_in_another_order_are_read_by_name(blocks, people, strangers):
    model = trained(blocks, people)
    expected = trained("geometry" if "distances" in blocks else "coordinates", people)
    np.testing.assert_allclose(
        model.predict_proba(strangers.X), expected.predict_proba(strangers.X), atol=1e-5
    )


def test_vectors_without_names_are_learnt_without_networks(geometry):
    with pytest.warns(EmbeddingWarning, match="embedding=None"):
        model = FewShot().fit(*geometry)
    assert len(model.embedding_) == 1


def test_a_key_says_what_vectors_without_names_are(geometry, questions):
    named = FewShot().fit(*geometry, GEOMETRY)
    keyed = FewShot("geometry").fit(*geometry)
    np.testing.assert_array_equal(
        keyed.predict_proba(questions[0]), named.predict_proba(questions[0])
    )


def test_an_embedding_that_does_not_fit_is_refused(geometry, people):
    with pytest.raises(ValueError, match="'coordinates' reads 40 columns, but got 245"):
        FewShot("coordinates").fit(*geometry)
    with pytest.raises(ValueError, match=r"reads column 'thumb_cmc_x', .* the 245 columns"):
        trained("geometry", people, embedding="coordinates")
    with pytest.raises(ValueError, match="2 feature names do not fit 245 columns"):
        FewShot().fit(*geometry, ["a", "b"])


def test_a_search_over_features_chooses_networks_for_each(people):
    few = first_rows(people, "01234", 6)
    model = hp.make_model("few_shot", augmentation=None)
    search = GridSearchCV(model, {"features__blocks": ["coordinates", "geometry"]}, cv=2)
    search.fit(few.X, few.y)
    best = search.best_estimator_
    assert best[-1].embedding_[0].shape[1] == best[0].n_features_out_
    assert len(best[-1].embedding_) == 3


def test_every_preset_has_networks():
    for name in PRESETS:
        columns = hp.LandmarkFeatures(name).get_feature_names_out()
        inputs, biases, outputs = shipped_embedding(known_networks(columns), columns)
        assert inputs.shape[1] == len(columns)
        assert inputs.shape[2] == biases.shape[1] == outputs.shape[1]
    assert set(KEYS) < set(PRESETS)


def test_all_features_say_what_the_geometry_among_them_says(strangers):
    places = []
    for name in ("geometry", "all"):
        features = hp.LandmarkFeatures(name)
        vectors = features.fit_transform(strangers.X)
        places.append(
            embed(shipped_embedding("geometry", features.get_feature_names_out()), vectors)
        )
    np.testing.assert_allclose(*places, atol=1e-9)


def test_networks_stand_side_by_side():
    """Two networks of one hidden unit: places add up to the mean of their squared distances."""
    inputs, biases = np.array([[[1.0], [0]], [[0], [-2]]]), np.array([[0.0], [1]])
    outputs = np.array([[[3.0, 0]], [[0, 1]]])
    places = embed([inputs, biases, outputs], np.array([[2.0, 0], [-1, -3]]))
    np.testing.assert_allclose(places * np.sqrt(2), [[6, 0, 0, 1], [0, 0, 0, 7]])


def test_a_saved_model_holds_its_networks(geometry, people, strangers, tmp_path, monkeypatch):
    few = first_rows(people, "01234", 5)
    model = hp.make_model("few_shot").fit(few.X, few.y)
    before = model.predict_proba(strangers.X)
    path = hp.save_model(model, tmp_path / "few")
    monkeypatch.setattr(embedding_module, "_shipped", dict)
    loaded = hp.load_model(path)
    card = loaded.card
    np.testing.assert_array_equal(loaded.predict_proba(strangers.X), before)
    assert card.classifier == "few_shot"


@pytest.mark.parametrize("embedding", ["auto", None])
def test_one_vector_is_placed_as_among_many(geometry, questions, embedding):
    model = FewShot(embedding, temperature=1.5, background=3.0).fit(*geometry, GEOMETRY)
    alone = np.concatenate([model.predict_proba(row[None]) for row in questions[0]])
    np.testing.assert_allclose(alone, model.predict_proba(questions[0]), atol=1e-9)


def test_networks_can_be_declined(geometry):
    assert len(FewShot().fit(*geometry, GEOMETRY).embedding_) == 3
    assert len(FewShot(None).fit(*geometry).embedding_) == 1


def test_an_unknown_embedding_is_refused(geometry):
    with pytest.raises(ValueError, match="'coordinates' or None, but got 'digits'"):
        FewShot("digits").fit(*geometry)


def test_what_ships_is_small():
    assert sum(array.size for array in _shipped().values()) * 2 < 200_000
