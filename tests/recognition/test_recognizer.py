import importlib
import inspect
import json
import warnings

import numpy as np
import pytest
from PIL import Image

import handpose as hp
from handpose import GestureRecognizer, ModelCard, load_recognizer
from handpose.cli.extractors import EffortOption, NumHandsOption
from handpose.datasets import photo_folder
from handpose.extractors import DEFAULT_EXTRACTOR
from handpose.recognition import extractor_of


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
    assert hand.handedness == rendered.X[rendered.paths == "5/render0.jpg"].handedness[0]
    assert len(hand.landmarks) == 1
    assert result.probabilities.shape == (1, 10)
    assert result.probabilities.max() == hand.score


def test_most_rendered_hands_are_named_right_by_a_model_that_saw_photos(
    recognizer, detected_renders, rendered
):
    named = [recognizer.classify(hands).gestures for hands in detected_renders]
    right = [n == (label,) for n, label in zip(named, rendered.y, strict=True)]
    assert np.mean(right) > 0.85


def test_an_image_without_a_hand_has_no_hands(recognizer):
    result = recognizer.recognize(BLANK)
    assert len(result) == 0
    assert list(result) == []
    assert result.to_dict() == {"width": 160, "height": 120, "min_score": 0.5, "hands": []}
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
    assert hand.score == sure.score  # it still says how sure it was, and of what
    assert hand.rejected == strict.recognize(render).to_dict()["hands"][0]["rejected"] == "5"


def test_a_model_that_knows_no_gesture_rejects_by_choosing_it(extractor, people, render):
    labels = np.where(people.y == "5", "no_gesture", people.y)
    model = hp.make_model("svm", augmentation=None).fit(people.X, labels)
    (hand,) = GestureRecognizer(extractor, model).recognize(render)
    assert hand.gesture is None
    assert hand.score > 0.5
    assert hand.rejected == "no_gesture"


def test_a_missed_hand_shows_no_gesture(recognizer, strangers, missed):
    result = recognizer.classify(hp.Landmarks.concat([missed, strangers.X[:1]]))
    assert result.gestures == (None, strangers.y[0])
    lost = json.loads(json.dumps(result.to_dict()["hands"][0]["score"], allow_nan=False))
    assert (lost, result[0].rejected, result[0].runner_up) == (None, None, None)


def test_hands_can_be_indexed_from_both_ends_and_not_beyond(recognizer, strangers):
    result = recognizer.classify(strangers.X[:3])
    assert result[-1].gesture == result[2].gesture == strangers.y[2]
    with pytest.raises(IndexError, match="hand 3 of 3"):
        result[3]


def test_the_json_has_the_keys_of_the_contract(recognizer, render):
    document = json.loads(json.dumps(recognizer.recognize(render).to_dict(), allow_nan=False))
    assert (document["height"], document["width"]) == render.shape[:2]
    (hand,) = document["hands"]
    assert set(hand) == {
        "gesture", "score", "handedness", "handedness_score", "landmarks",
        "rejected", "runner_up", "runner_up_score", "point_scores",
    }  # fmt: skip
    assert hand["gesture"] == "5"
    assert hand["rejected"] is None
    assert hand["runner_up"] in set(recognizer.labels) - {"5"}
    assert 0 <= hand["runner_up_score"] < hand["score"]
    assert np.shape(hand["landmarks"]) == (21, 3)
    found = recognizer.extractor.detect(render).points[0]
    np.testing.assert_allclose(hand["landmarks"], found, atol=0.006)


def test_the_json_of_an_unknown_side_is_valid(recognizer, strangers):
    hands = hp.Landmarks(strangers.X.points[:1])
    document = json.dumps(recognizer.classify(hands).to_dict(), allow_nan=False)
    assert json.loads(document)["hands"][0]["handedness_score"] is None


def test_a_saved_recognizer_comes_back_with_its_extractor(recognizer, render, tmp_path):
    path = recognizer.save(tmp_path / "five.handpose")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with load_recognizer(path, min_score=0.2) as loaded:
            assert loaded.labels == recognizer.labels
            assert loaded.min_score == 0.2
            networks = recognizer.extractor.provenance["networks"]
            assert loaded.extractor.provenance["networks"] == networks
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
    other_options = extractor.provenance | {
        "options": extractor.provenance["options"] | {"num_hands": 2}
    }
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


# --- the threshold, and what else can be set --------------------------------------------------


@pytest.mark.parametrize(("asked", "of_model", "used"), [
    (None, None, 0.5), (None, 0.35, 0.35), (None, 0.0, 0.0), (0.6, 0.35, 0.6), (0.0, 0.35, 0.0),
])  # fmt: skip
def test_the_threshold_is_the_asked_one_or_the_models_or_the_default(
    extractor, model, monkeypatch, asked, of_model, used
):
    monkeypatch.setattr(model, "min_score", of_model, raising=False)
    made = GestureRecognizer(extractor, model, min_score=asked)
    assert made.min_score == used
    assert made.steadying.enter == used  # in videos as in photos
    assert made.classify(hp.Landmarks.empty()).to_dict()["min_score"] == used


def test_a_threshold_for_videos_alone_is_kept(extractor, model):
    steadying = hp.Steadying(enter=0.9, exit=0.3)
    made = GestureRecognizer(extractor, model, min_score=0.5, steadying=steadying)
    assert (made.min_score, made.steadying) == (0.5, steadying)


def test_everything_can_be_set_where_a_recognizer_is_loaded(recognizer, tmp_path):
    path = recognizer.save(tmp_path / "five.handpose")
    steadying = hp.Steadying(hold_ms=300, unknown_ms=500)
    with load_recognizer(
        path,
        extractor="mediapipe",
        num_hands=3,
        mirrored=True,
        min_score=0.1,
        steadying=steadying,
        trusted=(),
    ) as made:
        options = made.extractor.provenance["options"]
        assert (options["num_hands"], options["mirrored"]) == (3, True)
        assert (made.min_score, made.steadying.hold_ms) == (0.1, 300)


@pytest.mark.parametrize("command", ["recognize", "live"])
def test_defaults_are_the_same_in_python_and_on_the_command_line(command):
    main = getattr(importlib.import_module(f"handpose.cli.{command}"), command)
    told = {name: p.default for name, p in inspect.signature(main).parameters.items()}
    parameters = inspect.signature(load_recognizer).parameters
    for name in ("model", "motions", "extractor", "num_hands", "min_score"):
        assert told[name] == parameters[name].default
    steadying = {name: told[name] for name in ("hold_ms", "unknown_ms") if name in told}
    assert hp.Steadying(**steadying) == hp.Steadying()
    with load_recognizer() as made:
        options = made.extractor.provenance["options"]
    assert options["mirrored"] == told["mirrored"]
    assert told["effort"] is told["min_confidence"] is None
    for name, option in {"num_hands": NumHandsOption, "effort": EffortOption}.items():
        assert option.__metadata__[0].help.endswith(f"default: {options[name]}.")


def test_every_part_can_be_named(render, recognizer, tmp_path):
    path = recognizer.save(tmp_path / "five.handpose")
    for make in (
        hp.GestureRecognizer,
        lambda: hp.GestureRecognizer("native", "digits"),
        lambda: hp.GestureRecognizer(model=str(path)),
        lambda: hp.GestureRecognizer(None, path, steadying=None),
        hp.load_recognizer,
        lambda: hp.load_recognizer("digits", extractor="native", num_hands=2, mirrored=False),
        lambda: hp.load_recognizer(recognizer.model, extractor="native"),
    ):
        with make() as made:
            assert made.recognize(render).gestures == ("5",)
            assert made.extractor.provenance["options"]["num_hands"] in (1, 2)


def test_the_old_name_of_the_model_warns_and_works():
    with pytest.warns(
        DeprecationWarning, match=r"the argument source of load_recognizer .* use model"
    ):
        recognizer = load_recognizer(source="hagrid")
    with recognizer:
        assert "peace" in recognizer.labels


@pytest.mark.parametrize(
    ("parts", "error", "message"),
    [
        ({"steadying": 3}, TypeError, r"steadying must be a Steadying, such as .* but got 3"),
        ({"extractor": 3}, TypeError, r"extractor must be .* \(mediapipe, native\).* but got int"),
        ({"model": 3}, TypeError, r"model must be a fitted model, a .handpose file .* got int"),
        ({"min_score": "high"}, ValueError, "min_score must be a number .* but got 'high'"),
        ({"extractor": "nativ"}, hp.UnknownNameError, "did you mean 'native'"),
        ({"model": "absent.handpose"}, hp.ModelFileError, "absent.handpose: no such file"),
    ],
)
@pytest.mark.parametrize("make", [hp.GestureRecognizer, hp.load_recognizer])
def test_a_wrong_part_is_one_clear_line(make, parts, error, message):
    with pytest.raises(error, match=message) as caught:
        make(**parts)
    assert "\n" not in str(caught.value)


# --- images of every kind -------------------------------------------------------------------


def test_an_image_is_a_path_a_pil_image_or_an_array(recognizer, rendered_folder, render):
    path = rendered_folder / "5/render0.jpg"
    expected = recognizer.recognize(render)
    opaque = np.dstack([render, np.full(render.shape[:2], 255, np.uint8)])
    for image in (path, str(path), Image.open(path), Image.fromarray(render), opaque):
        result = recognizer.recognize(image)
        np.testing.assert_array_equal(result.hands.points, expected.hands.points)
        assert result.image is image
    grey = np.asarray(Image.fromarray(render).convert("L"))
    assert recognizer.recognize(grey).gestures == ("5",)


def test_a_list_gives_a_list(recognizer, render):
    results = recognizer.recognize([render, BLANK])
    assert [result.gestures for result in results] == [("5",), ()]
    assert recognizer.recognize(()) == []


def test_a_bad_item_of_a_list_is_named(recognizer, render, tmp_path):
    for bad, message in (
        (tmp_path / "no.jpg", "no.jpg: no such file"),
        (render * 1j, "complex128"),
    ):
        with pytest.raises(hp.ImageError, match=f"image 1 of 3: .*{message}"):
            recognizer.recognize([BLANK, bad, BLANK])


def test_further_keywords_are_those_of_the_extractor():
    chosen = {"effort": "thorough", "min_detection_confidence": 0.4}
    with load_recognizer("digits", **chosen) as made:
        options = made.extractor.provenance["options"]
    assert {name: options[name] for name in chosen} == chosen
    assert options["num_hands"] == 2
    with pytest.raises(hp.UnknownNameError, match="unknown native option 'min_confidence'"):
        load_recognizer("digits", min_confidence=0.4)


def test_settings_of_an_extractor_that_is_made_are_refused(recognizer, extractor, tmp_path):
    path = recognizer.save(tmp_path / "five.handpose")
    with pytest.raises(ValueError, match=r"num_hands and mirrored must be given to the extractor"):
        load_recognizer(path, extractor=extractor, num_hands=2, mirrored=True)
    with pytest.raises(ValueError, match=r"effort must be given to the extractor itself"):
        load_recognizer(path, extractor=extractor, effort="fast")
