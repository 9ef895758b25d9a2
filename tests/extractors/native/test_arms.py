"""Hands at the arms of people: where they should be, and when they are looked for."""

import shutil
import warnings

import numpy as np
import pytest

import handpose as hp
from handpose.assets import BODY_NETWORKS, ENVIRONMENT_VARIABLE, HAND_NETWORKS, PALM_NETWORK
from handpose.containers.skeletons import BodyLandmark as B
from handpose.extractors.native import NativeExtractor
from handpose.extractors.native.arms import (
    HAND_AT,
    HAND_SIDE,
    MIN_VISIBILITY,
    VISIBLE,
    arm_evidence,
    arm_regions,
    arms,
    heights,
)
from handpose.networks.bodies import BodyFinder
from handpose.networks.pictures import Picture
from handpose.networks.regions import Regions

PICTURE = Picture(np.zeros((600, 800, 3), np.uint8))
REGION = Regions(np.array([[400.0, 300]]), np.array([500.0]), np.zeros(1))


def person(**joints):
    """Someone whose arms hang down, but for these joints; visible everywhere."""
    places = {
        "LEFT_SHOULDER": (450, 200),
        "RIGHT_SHOULDER": (350, 200),
        "LEFT_HIP": (430, 320),
        "RIGHT_HIP": (370, 320),
    }
    for side, x in (("LEFT", 470), ("RIGHT", 330)):
        places |= {f"{side}_ELBOW": (x, 260), f"{side}_WRIST": (x, 320)}
        places |= {f"{side}_INDEX": (x, 340), f"{side}_PINKY": (x, 340)}
    points = np.zeros((1, 33, 3))
    for name, place in (places | joints).items():
        points[0, B[name], :2] = place
    return hp.Bodies(points, np.full((1, 33), 0.99), [0.9])


RAISED = {
    "RIGHT_ELBOW": (300, 250),
    "RIGHT_WRIST": (280, 180),
    "RIGHT_INDEX": (276, 166),
    "RIGHT_PINKY": (276, 166),
}


def test_a_hand_lies_beyond_the_wrist_and_points_along_the_arm():
    regions = arm_regions(person(**RAISED), REGION)
    left, right = regions[:1], regions[1:]
    np.testing.assert_allclose(regions.side, HAND_SIDE * 500)
    np.testing.assert_allclose(left.centre, [[470, 320 + HAND_AT * left.side[0]]])
    assert abs(left.angle[0]) == pytest.approx(np.pi)
    along = np.array([-20.0, -70]) / np.hypot(20, 70)
    np.testing.assert_allclose(right.centre, [[280, 180] + HAND_AT * right.side * along], atol=0.01)
    assert right.angle[0] == pytest.approx(np.arctan2(along[0], -along[1]), abs=1e-4)


@pytest.mark.parametrize("turn", [0.3, -2.0, 3.0])
def test_a_turned_picture_turns_the_regions(turn):
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    body = person(**RAISED)
    points = body.points.copy()
    points[..., :2] = points[..., :2] @ matrix.T
    turned = hp.Bodies(points, body.visibility, body.score)
    before, after = arm_regions(body, REGION), arm_regions(turned, REGION)
    np.testing.assert_allclose(after.centre, before.centre @ matrix.T, atol=1e-3)
    apart = (after.angle - before.angle - turn + np.pi) % (2 * np.pi) - np.pi
    np.testing.assert_allclose(apart, 0, atol=1e-5)
    np.testing.assert_allclose(heights(turned), heights(body), atol=1e-5)


def test_wrists_are_as_high_as_hips_at_0_and_shoulders_at_1():
    np.testing.assert_allclose(heights(person(**RAISED)), [0, 140 / 120], rtol=1e-6)


def test_raised_hands_come_apart_from_those_that_hang_down():
    raised, hanging = arms(person(**RAISED), REGION, PICTURE)
    assert len(raised) == len(hanging) == 1
    np.testing.assert_array_equal(
        raised.regions.centre, arm_regions(person(**RAISED), REGION).centre[1:]
    )


def test_an_arm_towards_the_camera_is_looked_at_in_two_ways():
    place = {f"RIGHT_{joint}": (340, 220) for joint in ("ELBOW", "WRIST", "INDEX", "PINKY")}
    raised, _ = arms(person(**place), REGION, PICTURE)
    assert len(raised) == 2
    np.testing.assert_array_equal(raised.regions.centre[1], [340, 220])
    assert raised.regions.angle[1] == 0


def test_hands_outside_the_picture_and_hidden_arms_are_left_out():
    outside = {name: (x - 330, y) for name, (x, y) in RAISED.items()}
    raised, hanging = arms(person(**outside), REGION, PICTURE)
    assert (len(raised), len(hanging)) == (0, 1)
    body = person(**RAISED)
    for joint in (B.RIGHT_WRIST, B.RIGHT_ELBOW):
        visibility = body.visibility.copy()
        visibility[0, joint] = 0.9 * MIN_VISIBILITY
        raised, hanging = arms(hp.Bodies(body.points, visibility, body.score), REGION, PICTURE)
        assert (len(raised), len(hanging)) == (0, 1)
    nobody = arms(hp.Bodies.none(), REGION[:0], PICTURE)
    assert [len(found) for found in nobody] == [0, 0]


def test_the_better_an_arm_is_seen_the_more_it_says():
    low, high, highest = arm_evidence(np.array([0.5, VISIBLE, 1.0]))
    assert low < high == highest


# --- the extractor ----------------------------------------------------------------------------


@pytest.fixture
def opened(monkeypatch):
    """Each time that body networks are opened."""
    calls, begin = [], BodyFinder.__init__
    monkeypatch.setattr(
        BodyFinder,
        "__init__",
        lambda self, *options: calls.append(options) or begin(self, *options),
    )
    return calls


def test_where_a_hand_is_found_the_body_networks_are_not_even_opened(networks, rendered, opened):
    blank = np.full((200, 300, 3), 90, np.uint8)
    with NativeExtractor(threads=1) as extractor:
        for _, image, _, _ in rendered[:3]:
            assert len(extractor.detect(image)) == 1
        for frame in range(4):
            assert len(extractor.detect_for_video(rendered[0][1], frame * 40)) == 1
        assert opened == []
        extractor.detect(blank)
        extractor.detect_bodies(blank)
    assert len(opened) == 1


def test_fast_never_opens_them_but_when_bodies_are_asked_for(networks, opened):
    with NativeExtractor(threads=1, effort="fast") as extractor:
        extractor.detect(np.full((200, 300, 3), 90, np.uint8))
        assert opened == []
        assert len(extractor.detect_bodies(np.full((200, 300, 3), 90, np.uint8))) == 0
    assert len(opened) == 1


def test_a_picture_too_small_for_tiles_is_searched_thoroughly(networks):
    with NativeExtractor(threads=1, effort="thorough") as extractor:
        assert len(extractor.detect(np.full((90, 120, 3), 90, np.uint8))) == 0


def test_close_releases_them_and_the_next_picture_opens_them_again(networks, opened):
    extractor, blank = NativeExtractor(threads=1), np.full((200, 300, 3), 90, np.uint8)
    for _ in range(2):
        extractor.detect_bodies(blank)
        extractor.close()
    assert len(opened) == 2


@pytest.fixture
def only_hands(networks, tmp_path, monkeypatch, cache):
    """A machine that has the hand networks and cannot fetch others."""
    from handpose import assets

    for name in (PALM_NETWORK, *HAND_NETWORKS.values()):
        shutil.copy(assets.asset_path(name), tmp_path)
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, str(tmp_path))
    monkeypatch.setattr(assets, "bring", _offline)


def _offline(*_):
    raise hp.AssetError("no network")


def test_without_the_body_networks_hands_are_found_with_one_warning(only_hands, rendered):
    blank = np.full((200, 300, 3), 90, np.uint8)
    with NativeExtractor(threads=1) as extractor:
        assert len(extractor.detect(rendered[0][1])) == 1
        with pytest.warns(hp.HandposeWarning, match="run: handpose assets fetch") as caught:
            assert len(extractor.detect(blank)) == 0
        assert BODY_NETWORKS[0] in str(caught[0].message)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert len(extractor.detect(blank)) == 0


def test_without_them_bodies_are_an_error_that_says_what_to_do(only_hands):
    with (
        NativeExtractor(threads=1) as extractor,
        pytest.raises(hp.AssetError, match="handpose assets fetch --from WHEEL"),
    ):
        extractor.detect_bodies(np.full((200, 300, 3), 90, np.uint8))


def test_a_wrong_number_of_bodies_says_what_is_allowed(extractor):
    with pytest.raises(ValueError, match="num_bodies must be a whole number from 1 up, but got 0"):
        extractor.detect_bodies(np.zeros((64, 64, 3), np.uint8), num_bodies=0)


# --- photos -----------------------------------------------------------------------------------


@pytest.mark.photos
def test_bodies_are_named_from_the_persons_own_view(extractor, photos):
    image = photos("drone_hand", label="palm")[0]
    (points,) = extractor.detect_bodies(image).points
    assert points[B.LEFT_SHOULDER, 0] > points[B.RIGHT_SHOULDER, 0]
    assert points[B.NOSE, 1] < points[B.LEFT_HIP, 1]
    with NativeExtractor(threads=1, mirrored=True) as mirrored:
        (other,) = mirrored.detect_bodies(image).points
    np.testing.assert_array_equal(other[B.LEFT_WRIST], points[B.RIGHT_WRIST])


@pytest.mark.photos
def test_hands_far_away_are_found_at_raised_arms(extractor, photos):
    images = photos("far_people", 12)
    found = [extractor.detect(image) for image in images]
    assert sum(len(hands) for hands in found) > 0.6 * len(images)
    near = []
    for image, hands in zip(images, found, strict=True):
        bodies = extractor.detect_bodies(image)
        if len(hands) and len(bodies):
            wrists = bodies.points[0, [B.LEFT_WRIST, B.RIGHT_WRIST], :2]
            apart = np.linalg.norm(hands.points[0, :, :2].mean(0) - wrists, axis=1)
            near.append(apart.min() < 0.15 * np.ptp(bodies.points[0, :, 1]))
    assert np.mean(near) > 0.7


@pytest.mark.photos
def test_in_video_the_bodys_turn_comes(extractor, photos):
    images = photos("far_people", 30)
    found = 0
    for image in images:
        with extractor.video() as video:
            found += any(len(video.detect(image, 40 * frame)) for frame in range(5))
    assert found > 0.5 * len(images)
