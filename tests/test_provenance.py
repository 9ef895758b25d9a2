import warnings

import pytest

import handpose as hp
from handpose.provenance import Provenance, is_provenance, warn_if_foreign

MADE = {
    "name": "native",
    "version": 5,
    "precision": "int8",
    "options": {
        "num_hands": 1,
        "network": "full",
        "effort": "balanced",
        "refine": True,
        "min_detection_confidence": 0.9,
        "mirrored": False,
    },
    "networks": {"hand.tflite": "11c272b891e1", "palm.tflite": "1b14e9422c6a"},
}


def changed(**options):
    return MADE | {"options": MADE["options"] | options}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (MADE | {"version": 3}, "version 5, not 3"),
        ({k: v for k, v in MADE.items() if k != "version"}, "version 5, not unknown"),
        (MADE | {"name": "mediapipe", "version": "0.10.21"}, "native 5, not mediapipe 0.10.21"),
        (
            MADE | {"networks": MADE["networks"] | {"hand.tflite": "abcdef0123"}},
            "networks hand.tflite 11c272b8, palm.tflite 1b14e942, not hand.tflite abcdef01",
        ),
        (changed(network="lite"), "network full, not lite"),
        (changed(refine=False), "refine True, not False"),
    ],
)
def test_what_moves_landmarks_is_a_warning_that_names_it(given, expected):
    with pytest.warns(hp.ProvenanceWarning, match=expected):
        warn_if_foreign(MADE, given)
    assert Provenance.from_dict(MADE).differences(Provenance.from_dict(given))


@pytest.mark.parametrize(
    "given",
    [
        {},
        MADE,
        MADE | {"precision": "f32"},
        changed(num_hands=2, mirrored=True, min_detection_confidence=0.5, effort="thorough"),
        MADE | {"options": {}},
    ],
)
def test_what_moves_no_landmark_is_none(given):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warn_if_foreign(MADE, given)
        warn_if_foreign(given, MADE)


def test_every_extractor_equals_itself(extractor, digits):
    for made in (extractor.provenance, digits.provenance):
        known = Provenance.from_dict(made)
        assert known
        assert known.differences(Provenance.from_dict(dict(made))) == []


def test_the_card_of_an_older_version_is_a_warning_where_models_are_used(extractor, model):
    older = extractor.provenance | {"version": "an older one"}
    with pytest.warns(hp.ProvenanceWarning, match="version an older one, not"):
        hp.GestureRecognizer(extractor, model, card=hp.ModelCard(extractor=older))


@pytest.mark.parametrize(
    "odd",
    [
        [],
        {"name": 3},
        {"version": [5]},
        {"precision": 8},
        {"options": []},
        {"networks": ["hand"]},
        {"networks": {"hand": 5}},
    ],
)
def test_other_json_is_no_provenance(odd):
    assert not is_provenance(odd)
    with pytest.raises(ValueError, match="not the provenance"):
        Provenance.from_dict(odd)
