from collections import Counter

import pytest

import handpose as hp
from handpose.containers.skeletons import FINGERS


@pytest.mark.mediapipe
def test_edges_are_those_that_mediapipe_draws():
    vision = pytest.importorskip("mediapipe.tasks.python.vision")
    theirs = {(c.start, c.end) for c in vision.HandLandmarksConnections.HAND_CONNECTIONS}
    assert set(hp.HAND_CONNECTIONS) == theirs
    assert len(hp.HAND_CONNECTIONS) == 21


@pytest.mark.mediapipe
def test_names_and_order_are_those_of_mediapipe():
    theirs = pytest.importorskip("mediapipe.tasks.python.vision.hand_landmarker").HandLandmark
    assert {m.name: m.value for m in hp.HandLandmark} == {m.name: m.value for m in theirs}
    assert hp.HAND.landmarks == tuple(m.name for m in sorted(theirs))


@pytest.mark.mediapipe
def test_the_body_is_that_of_mediapipe():
    vision = pytest.importorskip("mediapipe.tasks.python.vision")
    theirs = vision.PoseLandmark
    assert {m.name: m.value for m in hp.BodyLandmark} == {m.name: m.value for m in theirs}
    edges = {(c.start, c.end) for c in vision.PoseLandmarksConnections.POSE_LANDMARKS}
    assert {frozenset(edge) for edge in hp.BODY.edges} == {frozenset(edge) for edge in edges}


def test_a_mirror_swaps_left_and_right_of_a_body():
    for name, other in zip(hp.BODY.landmarks, hp.BODY.mirror, strict=True):
        swapped = name.replace("LEFT", "?").replace("RIGHT", "LEFT").replace("?", "RIGHT")
        assert hp.BODY.landmarks[other] == swapped


def test_fingers_hold_every_landmark_but_the_wrist_once():
    joints = Counter(joint for finger in FINGERS.values() for joint in finger)
    assert joints == Counter(range(1, 21))
    for finger, chain in FINGERS.items():
        names = [hp.HandLandmark(joint).name for joint in chain]
        assert all(name.startswith(finger.upper()) for name in names)
        assert names[-1].endswith("TIP")


@pytest.mark.parametrize("skeleton", [hp.HAND, hp.FACE4, hp.BODY])
def test_a_mirror_is_its_own_inverse_and_keeps_the_edges(skeleton):
    mirror = skeleton.mirror
    assert [mirror[mirror[i]] for i in range(len(skeleton))] == list(range(len(skeleton)))
    edges = {frozenset(edge) for edge in skeleton.edges}
    assert {frozenset((mirror[a], mirror[b])) for a, b in edges} == edges


def test_a_mirror_swaps_the_eyes_of_a_face_and_keeps_a_hand():
    assert [hp.FACE4.landmarks[i] for i in hp.FACE4.mirror[:3]] == [
        "RIGHT_EYE",
        "LEFT_EYE",
        "NOSE",
    ]
    assert hp.HAND.mirror == tuple(range(21))
