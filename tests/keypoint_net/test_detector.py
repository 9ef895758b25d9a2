"""A net of one's own on whole pictures: trained on drawn faces, behind the face network."""

import pickle

import numpy as np
import pytest

import handpose as hp
from handpose.containers.skeletons import HAND
from handpose.keypoint_net import KeypointDetector, KeypointNet
from handpose.networks.faces import EYES_APART
from tests.drawn_faces import face_picture
from tests.keypoint_net.blobs import PAIR, blobs

pytestmark = pytest.mark.torch
pytest.importorskip("torch")


@pytest.fixture(scope="module")
def detector(face_net):
    return KeypointDetector(face_net, threads=1)


def errors(found, true):
    """Of each point, in distances between the eyes."""
    return np.linalg.norm(found - true, axis=-1) / np.linalg.norm(true[0] - true[1])


@pytest.mark.parametrize(("height", "degrees"), [(300, 0), (200, 15), (120, -25)])
def test_points_are_placed_in_the_picture_at_any_size_and_angle(detector, height, degrees):
    picture, (true,) = face_picture(((300, 240), height, degrees))
    found = detector.detect(picture)
    assert len(found) == 1
    assert found.score[0] > 0.8
    assert errors(found.points[0], true).mean() < 0.12
    assert errors(found.points[0], true).max() < 0.25


def test_every_face_has_its_points(detector):
    picture, true = face_picture(((150, 240), 160, -10), ((450, 240), 200, 10))
    found = detector.detect(picture)
    assert len(found) == 2
    ordered = found.points[found.points[:, 0, 0].argsort()]
    assert max(errors(*pair).mean() for pair in zip(ordered, true, strict=True)) < 0.15


def test_a_picture_without_a_face_has_no_points(detector):
    found = detector.detect(face_picture()[0])
    assert len(found) == 0
    assert found.points.shape == (0, 4, 2)


def test_no_more_faces_than_wanted(face_net):
    picture, _ = face_picture(((150, 240), 200, 0), ((450, 240), 200, 0))
    assert len(KeypointDetector(face_net, most=1, threads=1).detect(picture)) == 1


def test_what_is_no_face_is_placed_in_the_whole_picture():
    images, points = blobs()
    net = KeypointNet("tiny", skeleton=PAIR, size=32, epochs=30, augment=None, threads=1)
    detector = KeypointDetector(net.fit(images, points))
    wide = np.repeat(np.repeat(images[0], 3, axis=0), 5, axis=1)
    found = detector.detect(np.repeat(wide[..., None], 3, axis=2))
    assert len(found) == 1
    assert np.isnan(found.score).all()
    assert found.side.tolist() == [5 * 32]
    np.testing.assert_allclose(found.points[0] / [5, 3], net.predict(images[:1])[0], atol=0.5)


def test_the_side_is_that_of_what_was_searched(detector):
    picture, (true,) = face_picture(((300, 240), 200, 0))
    eyes_apart = np.linalg.norm(true[0] - true[1])
    assert detector.detect(picture).side / eyes_apart == pytest.approx(1 / EYES_APART, rel=0.2)


def test_in_a_mirrored_image_left_and_right_are_exchanged(face_net, detector):
    picture, _ = face_picture(((300, 240), 200, 15))
    mirrored = KeypointDetector(face_net, mirrored=True, threads=1)
    seen, exchanged = detector.detect(picture), mirrored.detect(picture)
    np.testing.assert_array_equal(exchanged.points, seen.points[:, [1, 0, 2, 3]])


def test_a_detector_goes_to_another_process(face_net):
    picture, _ = face_picture(((150, 240), 200, 0), ((450, 240), 200, 0))
    detector = KeypointDetector(face_net, most=1, mirrored=True, threads=1)
    copy = pickle.loads(pickle.dumps(detector))
    found = copy.detect(picture)
    assert len(found) == 1
    np.testing.assert_allclose(found.points, detector.detect(picture).points, atol=1e-3)


def test_a_net_for_hands_is_an_extractor():
    images = np.random.default_rng(0).integers(0, 255, (8, 32, 32), dtype=np.uint8)
    points = np.random.default_rng(1).uniform(4, 28, (8, 21, 2))
    net = KeypointNet("tiny", skeleton=HAND, size=32, epochs=1, validation_fraction=0)
    with pytest.raises(hp.HandposeError, match="make_extractor"):
        KeypointDetector(net.fit(images, points))


def test_a_net_for_faces_is_no_extractor(face_net):
    with pytest.raises(hp.HandposeError, match=r"4 of 'face4'.*handpose live --extractor shows"):
        hp.make_extractor(str(face_net))


@pytest.mark.parametrize("most", [0, 1.5, -1])
def test_a_number_of_faces_that_is_none_is_refused(face_net, most):
    with pytest.raises(ValueError, match="whole number from 1 up"):
        KeypointDetector(face_net, most=most)


def test_a_file_that_is_no_net_is_refused(tmp_path):
    (tmp_path / "x.keypoints").write_bytes(b"\x80\x04nonsense")
    with pytest.raises(hp.ModelFileError, match=r"x\.keypoints"):
        KeypointDetector(tmp_path / "x.keypoints")


def test_what_is_no_image_is_refused(detector):
    with pytest.raises(hp.ImageError):
        detector.detect(np.zeros((4, 4), np.float32))
