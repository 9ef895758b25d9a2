import json

import numpy as np

import handpose as hp
from handpose.automl import GeneratedFeatures
from handpose.automl.candidates import Candidate

CROSSING = "distance(WRIST, THUMB_TIP) / distance(WRIST, PINKY_TIP)"
FULL = Candidate(
    "mlp",
    {"hidden": (8, 4), "weight_decay": 0.123456},
    {"blocks": "angles", "rotate": True, "depth": False, "crossings": (CROSSING,)},
    hp.Augmentation(2),
)


def test_it_survives_json():
    assert Candidate.from_dict(json.loads(json.dumps(FULL.to_dict()))) == FULL
    plain = Candidate("knn")
    assert Candidate.from_dict(json.loads(json.dumps(plain.to_dict()))) == plain


def test_it_makes_what_it_says():
    model = FULL.make(random_state=3)
    features, classifier = model[0], model[1]
    assert isinstance(features, GeneratedFeatures)
    assert features.crossings == (CROSSING,)
    assert features.rotate
    assert classifier.hidden == (8, 4)
    assert (classifier.random_state, model.random_state) == (3, 3)
    assert model.augmentation == hp.Augmentation(2)


def test_without_crossings_the_features_are_the_ordinary_ones():
    candidate = Candidate("knn", features={"blocks": "angles", "crossings": ()})
    assert type(candidate.make(0)[0]) is hp.LandmarkFeatures


def test_people_can_read_it():
    assert FULL.features_name == "angles + rotate + 1 crossings"
    assert FULL.settings == "hidden=(8, 4), weight_decay=0.123, 2 copies, roll 15°"


def test_it_knows_the_default():
    usual = hp.Augmentation()
    assert Candidate("svm", augmentation=usual).is_default
    assert Candidate("svm", {"C": 10.0, "gamma": "scale"}, augmentation=usual).is_default
    assert not Candidate("svm", {"C": 11.0}, augmentation=usual).is_default
    assert not Candidate("svm").is_default
    assert not Candidate("knn", augmentation=usual).is_default
    assert not Candidate("svm", features={"blocks": "all"}, augmentation=usual).is_default


def test_the_default_candidate_is_the_default_model(people, strangers):
    candidate = Candidate("svm", augmentation=hp.Augmentation()).make(0)
    usual = hp.make_model()
    for model in (candidate, usual):
        model.fit(people.X, people.y, groups=people.groups)
    np.testing.assert_allclose(
        candidate.predict_proba(strangers.X), usual.predict_proba(strangers.X), atol=1e-3
    )
