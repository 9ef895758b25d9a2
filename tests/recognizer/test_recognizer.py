import json
import warnings

import numpy as np
import pytest

import handpose as hp
from handpose import GestureRecognizer, ModelCard, load_recognizer
from handpose.datasets import photo_folder
from handpose.extractors import DEFAULT_EXTRACTOR
from handpose.recognizer import extractor_of


@pytest.fixture
def recognizer(extractor, model):
    return GestureRecognizer(extractor, model)


@pytest.fixture(scope="module")
def render(rendered_folder):
    """A picture of a hand that shows a 5."""
    return hp.read_image(rendered_folder / "5/render0.jpg")


BLANK = np.full((120, 160, 3), 90, np.uint8)


def test_names_the_gesture_of_a_picture(recognizer, render, rendered):
    result = recognizer.recognize(render)
    assert result.gestures == ("5",)
    (hand,) = result
    assert hand.gesture == "5"
    assert 0.5 < hand.score <= 1
    assert hand.handedness == rendered.hands[rendered.paths == "5/render0.jpg"].handedness[0]
    assert len(hand.landmarks) == 1
    assert result.probabilities.shape == (1, 10)
    assert result.probabilities.max() == hand.score


def test_most_rendered_hands_are_named_right_by_a_model_that_saw_photos(
    recognizer, detected_renders, rendered
):
    named = [recognizer.classify(hands).gestures for hands in detected_renders]
    right = [n == (label,) for n, label in zip(named, rendered.labels, strict=True)]
    assert np.mean(right) > 0.85


def test_an_image_without_a_hand_has_no_hands(recognizer):
    result = recognizer.recognize(BLANK)
    assert len(result) == 0
    assert list(result) == []
    assert result.to_dict() == {"hands": []}
    assert result.probabilities.shape == (0, 10)


def test_frames_of_a_video_are_recognised_too(recognizer, render):
    recognizer.extractor.reset()
    gestures = [recognizer.recognize_for_video(render, 40 * i).gestures for i in range(3)]
    assert gestures == [("5",)] * 3


def test_a_hand_below_the_lowest_score_shows_no_gesture(extractor, model):
    render = hp.read_image(photo_folder("rendered_hands") / "5" / "render5.jpg")
    (sure,) = GestureRecognizer(extractor, model).recognize(render)
    strict = GestureRecognizer(extractor, model, min_score=0.9999)
    (hand,) = strict.recognize(render)
    assert hand.gesture is None
    assert hand.score == sure.score  # it still says how sure it was


def test_a_model_that_knows_no_gesture_rejects_by_choosing_it(extractor, people, render):
    labels = np.where(people.labels == "5", "no_gesture", people.labels)
    model = hp.make_model("svm", augmentation=None).fit(people.hands, labels)
    (hand,) = GestureRecognizer(extractor, model).recognize(render)
    assert hand.gesture is None
    assert hand.score > 0.5


def test_a_missed_hand_shows_no_gesture(recognizer, strangers, missed):
    result = recognizer.classify(hp.Landmarks.concat([missed, strangers.hands[:1]]))
    assert result.gestures == (None, strangers.labels[0])


def test_hands_can_be_indexed_from_both_ends_and_not_beyond(recognizer, strangers):
    result = recognizer.classify(strangers.hands[:3])
    assert result[-1].gesture == result[2].gesture == strangers.labels[2]
    with pytest.raises(IndexError, match="hand 3 of 3"):
        result[3]


def test_the_json_has_the_keys_of_the_contract(recognizer, render):
    (hand,) = json.loads(json.dumps(recognizer.recognize(render).to_dict(), allow_nan=False))[
        "hands"
    ]
    assert set(hand) == {"gesture", "score", "handedness", "handedness_score", "landmarks"}
    assert hand["gesture"] == "5"
    assert np.shape(hand["landmarks"]) == (21, 3)
    found = recognizer.extractor.detect(render).points[0]
    np.testing.assert_allclose(hand["landmarks"], found, atol=0.006)


def test_the_json_of_an_unknown_side_is_valid(recognizer, strangers):
    hands = hp.Landmarks(strangers.hands.points[:1])
    document = json.dumps(recognizer.classify(hands).to_dict(), allow_nan=False)
    assert json.loads(document)["hands"][0]["handedness_score"] is None


def test_a_saved_recognizer_comes_back_with_its_extractor(recognizer, render, tmp_path):
    path = recognizer.save(tmp_path / "five.handpose")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with load_recognizer(path, min_score=0.2) as loaded:
            assert loaded.labels == recognizer.labels
            assert loaded.min_score == 0.2
            assert loaded.extractor.provenance == recognizer.extractor.provenance
            np.testing.assert_array_equal(
                loaded.recognize(render).probabilities, recognizer.recognize(render).probabilities
            )


def test_an_extractor_can_be_given_instead(recognizer, extractor, tmp_path):
    path = recognizer.save(tmp_path / "five.handpose")
    assert load_recognizer(path, extractor=extractor).extractor is extractor


@pytest.mark.parametrize(
    "foreign",
    [
        {"name": "native", "networks": {"hand.tflite": "abcdef0123"}},
        {"name": "mediapipe", "networks": {"hand_landmark_lite.tflite": "048edd3645"}},
    ],
)
def test_a_model_of_other_networks_is_a_warning(extractor, model, foreign):
    with pytest.warns(
        hp.ProvenanceWarning, match=f"{foreign['name']}.*but these come from"
    ) as seen:
        GestureRecognizer(extractor, model, card=ModelCard(extractor=foreign))
    digest = next(iter(foreign["networks"].values()))[:8]
    assert digest in str(seen[0].message)


def test_a_model_of_unknown_or_equal_networks_is_no_warning(extractor, model):
    other_options = extractor.provenance | {"options": {"num_hands": 2}}
    for known in ({}, extractor.provenance, other_options):
        GestureRecognizer(extractor, model, card=ModelCard(extractor=known))


def test_the_extractor_of_a_model_is_the_one_it_was_trained_with():
    for name in hp.EXTRACTORS:
        assert extractor_of(ModelCard(extractor={"name": name})) == name
    assert extractor_of(ModelCard(extractor={"name": "unheard of"})) == DEFAULT_EXTRACTOR
    assert extractor_of(ModelCard()) == DEFAULT_EXTRACTOR


@pytest.mark.parametrize("score", [-0.1, 1.1])
def test_a_lowest_score_that_is_no_probability_is_refused(extractor, model, score):
    with pytest.raises(ValueError, match="between 0 and 1"):
        GestureRecognizer(extractor, model, min_score=score)


def test_closing_a_recognizer_closes_its_extractor(model, monkeypatch):
    extractor = hp.make_extractor()
    closed = []
    monkeypatch.setattr(extractor, "close", lambda: closed.append(True))
    with GestureRecognizer(extractor, model):
        pass
    assert closed == [True]
