"""A trained net as an extractor."""

import pickle

import numpy as np
import pytest

import handpose as hp
from handpose.containers.skeletons import FACE4, HAND
from handpose.keypoint_net import KeypointNet

pytestmark = pytest.mark.torch
pytest.importorskip("torch")


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Nets that learnt nothing much: one of a hand, one of a face."""
    folder = tmp_path_factory.mktemp("nets")
    images = np.random.default_rng(0).integers(0, 255, (24, 32, 32), dtype=np.uint8)
    for name, skeleton in (("hand", HAND), ("face", FACE4)):
        points = np.random.default_rng(1).uniform(4, 28, (24, len(skeleton), 2))
        net = KeypointNet("tiny", skeleton=skeleton, size=32, epochs=1, threads=1)
        net.fit(images, points).save(folder / f"{name}.keypoints")
    return folder


@pytest.fixture(scope="module")
def made(files):
    return hp.make_extractor(str(files / "hand.keypoints"), num_hands=2)


@pytest.fixture(scope="module")
def render(rendered_folder):
    return hp.read_image(rendered_folder / "5/render1.jpg")


def test_the_palm_network_finds_the_hand_and_the_net_places_its_points(made, render, rendered):
    hands = made.detect(render)
    assert len(hands) == 1
    assert np.isfinite(hands.points).all()
    assert (hands.points[..., 2] == 0).all()
    assert np.isnan(hands.world).all()
    assert hands.handedness.tolist() == [""]
    true = rendered.X[rendered.paths == "5/render1.jpg"]
    centre = true.points[0, :, :2].mean(0)
    assert np.linalg.norm(hands.points[0, :, :2].mean(0) - centre) < np.ptp(true.points[0, :, 0])


def test_a_picture_without_a_hand_has_none(made):
    assert len(made.detect(np.full((120, 160, 3), 90, np.uint8))) == 0


def test_a_video_is_searched_anew_in_every_frame(made, render):
    made.reset()
    seen = [made.detect_for_video(image, t) for t, image in enumerate([render, 0 * render, render])]
    with made.video() as video:
        np.testing.assert_array_equal(video.detect(render, 0).points, seen[0].points)
    assert [len(hands) for hands in seen] == [1, 0, 1]
    np.testing.assert_allclose(seen[0].points, seen[2].points, atol=1e-3)


def test_it_says_which_file_made_the_landmarks(made, files):
    assert made.provenance["name"] == "keypoint_net"
    assert set(made.provenance["networks"]) == {"hand.keypoints", "palm_detection_full.tflite"}


def test_it_can_be_sent_to_another_process(made, render):
    copy = pickle.loads(pickle.dumps(made))
    np.testing.assert_allclose(copy.detect(render).points, made.detect(render).points, atol=1e-3)


def test_a_net_of_faces_is_refused(files):
    with pytest.raises(hp.HandposeError, match=r"21 points.*4 of .face4."):
        hp.make_extractor(str(files / "face.keypoints"))


def test_a_missing_file_is_one_line(tmp_path):
    with pytest.raises(hp.ModelFileError, match=r"absent\.keypoints"):
        hp.make_extractor(str(tmp_path / "absent.keypoints"))
