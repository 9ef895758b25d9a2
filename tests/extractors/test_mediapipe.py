"""The reference extractor, on rendered hands with exact keypoints and on photos."""

import json

import numpy as np
import pytest

import handpose as hp
from handpose.extractors.mediapipe import MediaPipeExtractor
from handpose.extractors.padding import padded, unpadded
from handpose.features import palm_size

pytestmark = pytest.mark.mediapipe


@pytest.fixture(scope="module")
def without_retry():
    with MediaPipeExtractor(retry=None) as extractor:
        yield extractor


@pytest.fixture(scope="module")
def photos(data_root):
    """30 photos of all digits: 100 x 100 pixels, hands that fill the frame."""
    files = sorted((data_root / "sign_language_digits").glob("*/*.JPG"))[::69]
    return [hp.read_image(file) for file in files]


@pytest.fixture(scope="module")
def open_hands(data_root):
    """12 photos of right hands: palm to the camera, fingers up, thumb to the photo's right."""
    files = sorted((data_root / "sign_language_digits" / "5").glob("*.JPG"))[::18]
    return [hp.read_image(file) for file in files]


@pytest.fixture(scope="module")
def render(rendered, rendered_folder):
    return hp.read_image(rendered_folder / "5/render0.jpg")


def test_rendered_hands_are_found(detected_renders):
    assert sum(map(len, detected_renders)) >= 56


def test_landmarks_are_where_the_exact_keypoints_are(detected_renders, rendered):
    errors = []
    for found, exact in zip(detected_renders, rendered.X, strict=True):
        if len(found):
            x0, y0, x1, y1 = exact.boxes()[0]
            distance = np.linalg.norm((found.points - exact.points)[0, :, :2], axis=1)
            errors.append(distance / max(x1 - x0, y1 - y0))
    assert np.median(errors) < 0.06


def test_depth_is_relative_to_the_wrist_and_smaller_is_nearer(detected_renders, rendered):
    agree = []
    for found, exact in zip(detected_renders, rendered.X, strict=True):
        if len(found):
            assert found.points[0, 0, 2] == 0
            agree.append(np.corrcoef(found.points[0, :, 2], exact.points[0, :, 2])[0, 1])
    assert np.median(agree) > 0.8


def test_handedness_is_the_persons_own_hand_on_renders(detected_renders, rendered):
    found = hp.Landmarks.concat(detected_renders)
    truth = [s for s, d in zip(rendered.X.handedness, detected_renders, strict=True) if len(d)]
    assert np.mean(found.handedness == truth) >= 0.9


@pytest.mark.photos
def test_handedness_is_the_persons_own_hand_on_photos(extractor, open_hands):
    sides = [extractor.detect(image).handedness[0] for image in open_hands]
    assert sides.count("Right") >= 10  # the network errs in 6 of all 207, in 2 of these


@pytest.mark.photos
def test_a_mirrored_photo_shows_the_other_hand(extractor, open_hands):
    sides = [extractor.detect(image[:, ::-1]).handedness[0] for image in open_hands]
    assert sides.count("Left") >= 11


def test_an_extractor_for_mirrored_images_names_the_real_hand(extractor, render):
    with MediaPipeExtractor(mirrored=True) as selfie:
        seen = selfie.detect(render)
        assert seen.handedness[0] != extractor.detect(render).handedness[0]
        np.testing.assert_array_equal(seen.points, extractor.detect(render).points)


def test_the_result_is_landmarks_of_the_image(extractor, render):
    hands = extractor.detect(render)
    assert len(hands) == 1
    assert hands.image_size.tolist() == [list(render.shape[1::-1])]
    assert 0.5 < hands.score[0] <= 1
    assert np.linalg.norm(hands.world[0, 12] - hands.world[0, 0]) == pytest.approx(0.17, abs=0.06)


def test_two_hands_in_one_image_are_both_found(render):
    image = np.hstack([render, render[:, ::-1]])
    with MediaPipeExtractor(num_hands=2) as extractor:
        hands = extractor.detect(image)
    assert sorted(hands.handedness.tolist()) == ["Left", "Right"]
    centres = np.sort(hands.points[:, :, 0].mean(1))
    assert centres[0] < render.shape[1] < centres[1]


def test_no_hand_is_an_empty_result(extractor):
    assert len(extractor.detect(np.full((120, 160, 3), 90, np.uint8))) == 0


@pytest.mark.photos
def test_the_retry_finds_hands_that_fill_the_frame(extractor, without_retry, photos):
    plain = [len(without_retry.detect(image)) for image in photos]
    retried = [len(extractor.detect(image)) for image in photos]
    assert all(b >= a for a, b in zip(plain, retried, strict=True))
    assert sum(plain) < len(photos)
    assert sum(retried) >= sum(plain) + 2
    assert sum(retried) >= 0.95 * len(photos)


@pytest.mark.photos
def test_the_retry_puts_landmarks_where_the_plain_look_does(without_retry, photos):
    differences = []
    for image in photos:
        plain = without_retry.detect(image)
        larger, scale, border = padded(image)
        size = (image.shape[1], image.shape[0])
        again = unpadded(without_retry.detect(larger), scale, border, size)
        if len(plain) and len(again):
            moved = np.linalg.norm((plain.points - again.points)[0, :, :2], axis=1)
            differences.append(np.median(moved) / palm_size(plain.points[..., :2])[0])
    assert len(differences) >= 15
    assert np.median(differences) < 0.08


@pytest.mark.photos
def test_what_the_retry_finds_lies_in_the_photo(extractor, without_retry, photos):
    late = [image for image in photos if not len(without_retry.detect(image))]
    for image in late:
        hands = extractor.detect(image)
        if len(hands):
            centre = hands.points[0, :, :2].mean(0)
            assert (centre > 20).all()
            assert (centre < 80).all()
            assert hands.image_size.tolist() == [[100, 100]]


def test_a_still_hand_is_followed_and_the_video_can_start_anew(extractor, render):
    extractor.reset()  # others may have shown it a video
    points = []
    for start in (0, 0):  # timestamps may start anew only after reset
        for frame in range(5):
            hands = extractor.detect_for_video(render, start + 33 * frame)
            assert len(hands) == 1
            points.append(hands.points)
        extractor.reset()
    side = max(render.shape)
    assert np.ptp(np.concatenate(points)[..., :2], axis=0).max() < 0.03 * side


def test_provenance_is_json_with_the_networks_hashes(extractor):
    provenance = json.loads(json.dumps(extractor.provenance))
    assert provenance["name"] == "mediapipe"
    assert provenance["options"]["retry"] == "pad"
    assert set(provenance["networks"]) == {
        "hand_landmark_full.tflite",
        "palm_detection_full.tflite",
    }
    assert provenance["networks"]["hand_landmark_full.tflite"].startswith("11c272b8")


def test_the_lite_network_is_another_provenance_and_finds_the_hand_too(extractor, render):
    with MediaPipeExtractor(network="lite") as lite:
        assert lite.provenance["networks"] != extractor.provenance["networks"]
        assert len(lite.detect(render)) == 1


def test_closing_twice_does_no_harm(render):
    extractor = MediaPipeExtractor()
    extractor.detect(render)
    extractor.close()
    extractor.close()


@pytest.mark.parametrize(
    ("options", "message"),
    [({"network": "huge"}, "'full', 'lite'.*'huge'"), ({"retry": "twice"}, '"pad" or None')],
)
def test_wrong_options_say_what_is_allowed(options, message):
    with pytest.raises(ValueError, match=message):
        MediaPipeExtractor(**options)


def test_grey_and_transparent_arrays_are_images_too(extractor, render):
    expected = extractor.detect(render).points
    opaque = np.dstack([render, np.full(render.shape[:2], 255, np.uint8)])
    np.testing.assert_array_equal(extractor.detect(opaque).points, expected)
    assert len(extractor.detect(render[..., 1])) == 1


@pytest.mark.parametrize("image", [np.full((40, 40), np.nan), np.zeros((8, 40, 3), np.uint8)])
def test_what_is_no_image_is_refused(extractor, image):
    with pytest.raises(hp.ImageError):
        extractor.detect(image)
