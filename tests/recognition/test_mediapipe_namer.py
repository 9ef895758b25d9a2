"""A model names the hands of MediaPipe's own results."""

from types import SimpleNamespace

import numpy as np
import pytest

import handpose as hp
from handpose.errors import LandmarksError, ModelKindError
from tests.motions import examples

SIZE = (640, 480)


def result_of(hands, size=SIZE):
    """A result as MediaPipe's HandLandmarker gives it, without MediaPipe."""
    points = hands.points / np.array([size[0], size[1], size[0]], np.float32)
    return SimpleNamespace(
        hand_landmarks=[
            [SimpleNamespace(x=x, y=y, z=z) for x, y, z in hand] for hand in points.tolist()
        ],
        handedness=[
            [SimpleNamespace(category_name=side, score=0.9)] for side in hands.handedness.tolist()
        ],
    )


def test_hands_of_a_result_are_named_as_landmarks_are(model, strangers):
    hands = strangers.X[strangers.X.handedness != ""][:12]
    found = hp.MediaPipeNamer(model, min_score=0.4)(result_of(hands), SIZE)
    want = model.gesture_scores(hands)
    assert np.abs(found.probabilities - want).max() < 1e-3
    best = model.classes_[want.argmax(1)]
    clear = np.abs(want.max(1) - 0.4) > 1e-3
    named = [name if score >= 0.4 else None for name, score in zip(best, want.max(1), strict=True)]
    assert [a for a, ok in zip(found.gestures, clear, strict=True) if ok] == [
        b for b, ok in zip(named, clear, strict=True) if ok
    ]
    assert found.image_size == SIZE


def test_a_mirrored_image_shows_the_other_hand(model, strangers):
    hands = strangers.X[strangers.X.handedness == "Right"][:3]
    plain = hp.MediaPipeNamer(model)(result_of(hands), SIZE)
    turned = hp.MediaPipeNamer(model, mirrored=True)(result_of(hands), SIZE)
    assert set(plain.hands.handedness) == {"Right"}
    assert set(turned.hands.handedness) == {"Left"}


def test_a_result_without_hands_has_no_names(model):
    nothing = SimpleNamespace(hand_landmarks=[], handedness=[])
    assert hp.MediaPipeNamer(model)(nothing, SIZE).gestures == ()


def test_other_objects_and_models_are_refused(model):
    with pytest.raises(LandmarksError, match="HandLandmarker"):
        hp.MediaPipeNamer(model)(SimpleNamespace(), SIZE)
    motions = hp.make_model("knn", features="motion").fit(*examples(0))
    with pytest.raises(ModelKindError):
        hp.MediaPipeNamer(motions)


@pytest.mark.mediapipe
def test_a_result_of_mediapipe_itself(model, strangers):
    result = strangers.X[strangers.X.handedness != ""][:2]
    sized = hp.Landmarks(result.points, handedness=result.handedness, image_size=[SIZE] * 2)
    found = hp.MediaPipeNamer(model)(sized.to_mediapipe(), SIZE)
    assert np.abs(found.probabilities - model.gesture_scores(sized)).max() < 1e-3
