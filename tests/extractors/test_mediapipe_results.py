"""MediaPipe's own results, as plain objects and, where it is installed, as its own."""

import doctest
from types import SimpleNamespace as Plain

import numpy as np
import pytest

import handpose as hp
from handpose.extractors import mediapipe_results
from handpose.extractors.mediapipe_results import _result

WIDTH, HEIGHT = 640, 480


def plain(hands):
    """A result as MediaPipe makes it, of plain objects."""
    return _result(hands, Plain, Plain, Plain, Plain)


@pytest.fixture(scope="module")
def hands(strangers):
    fives = strangers.X[strangers.y == "5"][:2]
    return hp.Landmarks(
        fives.points, fives.world, ["Left", "Right"], [0.9, 0.75], [0.9, 0.75],
        [(WIDTH, HEIGHT)] * 2,
    )  # fmt: skip


def test_landmarks_become_pixels_relative_to_the_wrist():
    points = [Plain(x=0.5, y=0.25, z=0.1)] + [Plain(x=0.75, y=0.5, z=-0.1)] * 20
    side = [Plain(category_name="Right", score=0.8)]
    made = Plain(hand_landmarks=[points], handedness=[side], hand_world_landmarks=[])
    found = hp.Landmarks.from_mediapipe(made, (WIDTH, HEIGHT))
    np.testing.assert_allclose(found.points[0, :2], [[320, 120, 0], [480, 240, -128]])
    assert found.handedness.tolist() == ["Right"]
    assert found.handedness_score[0] == found.score[0] == np.float32(0.8)
    assert found.image_size.tolist() == [[WIDTH, HEIGHT]]
    assert np.isnan(found.world).all()
    mirrored = hp.Landmarks.from_mediapipe(made, (WIDTH, HEIGHT), mirrored=True)
    assert mirrored.handedness.tolist() == ["Left"]
    np.testing.assert_array_equal(mirrored.points, found.points)


def test_there_and_back_is_the_same(hands):
    again = hp.Landmarks.from_mediapipe(plain(hands), (WIDTH, HEIGHT))
    np.testing.assert_allclose(again.points, hands.points, atol=1e-3)
    np.testing.assert_array_equal(again.world, hands.world)
    assert again.handedness.tolist() == ["Left", "Right"]
    np.testing.assert_array_equal(again.score, hands.score)


def test_hands_that_were_not_found_are_left_out(hands, missed):
    assert len(plain(hp.Landmarks.concat([missed, hands])).hand_landmarks) == 2
    nothing = Plain(hand_landmarks=[], handedness=[], hand_world_landmarks=[])
    assert len(hp.Landmarks.from_mediapipe(nothing, (WIDTH, HEIGHT))) == 0


def test_the_three_lines_of_the_docstring_name_mediapipes_hands(hands):
    names = {"result": plain(hands[:1]), "Landmarks": hp.Landmarks, "load_model": hp.load_model}
    finder, runner = doctest.DocTestFinder(recurse=False), doctest.DocTestRunner()
    (example,) = finder.find(mediapipe_results.from_mediapipe, globs=names)
    assert len(example.examples) == 3
    assert runner.run(example).failed == 0


@pytest.mark.parametrize(
    ("result", "size", "message"),
    [
        (object(), (WIDTH, HEIGHT), "HandLandmarker is expected, but object has no hand_landmarks"),
        (None, (640.5, 480), r"image_size must be .* but got \(640.5, 480\)"),
        (None, (0, 480), "width and height in pixels"),
        (None, 640, "width and height in pixels"),
    ],
)
def test_wrong_things_are_named(hands, result, size, message):
    with pytest.raises(hp.LandmarksError, match=message):
        hp.Landmarks.from_mediapipe(plain(hands) if result is None else result, size)


def test_landmarks_of_another_model_are_refused():
    body = Plain(hand_landmarks=[[Plain(x=0, y=0, z=0)] * 33], handedness=[[]])
    with pytest.raises(hp.LandmarksError, match="21 landmarks, but got 33"):
        hp.Landmarks.from_mediapipe(body, (WIDTH, HEIGHT))


def test_hands_of_an_unknown_image_have_no_fractions(strangers):
    with pytest.raises(hp.LandmarksError, match="needs image_size"):
        plain(hp.Landmarks(strangers.X.points[:1]))


@pytest.mark.mediapipe
def test_mediapipes_own_result_is_read_and_drawn(hands):
    from mediapipe.tasks.python.vision import drawing_utils

    made = hands.to_mediapipe()
    assert type(made).__name__ == "HandLandmarkerResult"
    again = hp.Landmarks.from_mediapipe(made, (WIDTH, HEIGHT))
    np.testing.assert_allclose(again.points, hands.points, atol=1e-3)
    picture = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    drawing_utils.draw_landmarks(picture, made.hand_landmarks[0])
    wrist = hands.points[0, 0, :2].round().astype(int)
    assert picture[wrist[1] - 3 : wrist[1] + 4, wrist[0] - 3 : wrist[0] + 4].any()


def test_without_mediapipe_the_extra_is_named(hands, monkeypatch):
    monkeypatch.setattr("handpose.system.extras.is_installed", lambda package: False)
    with pytest.raises(hp.MissingExtraError, match=r'pip install "handpose\[mediapipe\]"'):
        hands.to_mediapipe()


@pytest.mark.parametrize("nothing", [None, 0.0])
def test_a_landmarks_visibility_is_its_score(hands, nothing):
    result = plain(hands)
    for first, second in zip(*result.hand_landmarks, strict=True):
        first.visibility, second.visibility = 0.25, nothing
    scores = hp.Landmarks.from_mediapipe(result, (WIDTH, HEIGHT)).point_scores
    assert (scores[0] == 0.25).all()
    assert np.isnan(scores[1]).all()
