"""``.task`` files in MediaPipe's own recogniser."""

import zipfile
from io import BytesIO

import numpy as np
import pytest

import handpose as hp
from handpose.errors import ExportError
from handpose.export.task_file import NONE, task_file

pytestmark = [pytest.mark.mediapipe, pytest.mark.litert]


@pytest.fixture(scope="module", params=[True, False])
def recognized(request, rendered, rendered_folder, people):
    """Model, and what MediaPipe says of six pictures: (image size, result)."""
    import mediapipe
    from mediapipe.tasks.python import BaseOptions, vision

    labels = np.where(people.y == "9", "no_gesture", people.y)
    model = hp.make_model("svm", augmentation=None, names_nothing=request.param)
    model.fit(people.X, labels, groups=people.groups)
    options = vision.GestureRecognizerOptions(
        base_options=BaseOptions(model_asset_buffer=task_file(model)),
        running_mode=vision.RunningMode.IMAGE,
    )
    results = []
    with vision.GestureRecognizer.create_from_options(options) as recognizer:
        for path in (*rendered.paths[:4], *rendered.paths[-2:]):
            image = hp.read_image(rendered_folder / path)
            given = mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=image)
            results.append((image.shape[1::-1], recognizer.recognize(given)))
    return model, results


def test_mediapipe_gives_the_models_probabilities(recognized):
    model, results = recognized
    sides = set()
    for size, result in results:
        hands = hp.Landmarks.from_mediapipe(result, size)
        assert len(hands) == len(result.gestures) == 1
        sides.add(str(hands.handedness[0]))
        want = model.gesture_scores(hands)[0]
        best = str(model.classes_[want.argmax()])
        (found,) = result.gestures[0]
        assert found.category_name == (NONE if best == "no_gesture" else best)
        assert abs(found.score - want.max()) < 1e-4
    assert sides == {"Left", "Right"}


def test_members_can_be_read_in_place(fitted):
    def members(file):
        with zipfile.ZipFile(BytesIO(file)) as archive:
            for member in archive.infolist():
                assert member.compress_type == zipfile.ZIP_STORED
                with archive.open(member) as stream:
                    start = stream._orig_compress_start
                assert start % 16 == 0
                yield member.filename, archive.read(member)

    outer = dict(members(task_file(fitted("logistic"))))
    assert set(outer) == {"hand_landmarker.task", "hand_gesture_recognizer.task"}
    inner = dict(members(outer["hand_gesture_recognizer.task"]))
    assert set(inner) == {
        "gesture_embedder.tflite",
        "custom_gesture_classifier.tflite",
        "canned_gesture_classifier.tflite",
    }


def test_a_label_of_two_lines_is_refused(people):
    labels = np.where(people.y == "9", "a\nb", people.y)
    model = hp.make_model("logistic", augmentation=None).fit(people.X[::5], labels[::5])
    with pytest.raises(ExportError, match="line"):
        task_file(model)
