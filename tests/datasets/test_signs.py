import numpy as np
import pytest

import handpose as hp
from handpose.containers.skeletons import BodyLandmark

RNG = np.random.default_rng(0)
HANDS = RNG.uniform(0.1, 0.9, (3, 30, 2, 21, 3)).astype(np.float32)
POSE = RNG.uniform(0.5, 1, (3, 30, 25, 4)).astype(np.float16)


def letters(folder, **change):
    path = folder / "letters.npz"
    arrays = {"hands": HANDS, "pose": POSE, "y": np.array(["a", "-", "space"])}
    np.savez(path, **arrays | {"session": np.array([0, 0, 3], np.int16)} | change)
    return path


def words(folder, **change):
    path = folder / "sequences.npz"
    arrays = {"hands": HANDS, "pose": POSE, "y": np.array(["yes", "no", "all the best"])}
    numbers = {"length": np.array([30, 12, 1]), "signer": np.array([5, 5, 6])}
    np.savez(path, **arrays | numbers | change)
    return path


def test_letters_by_session_and_hands_that_do_nothing_are_no_gesture(tmp_path):
    data = hp.load_dataset("asl_sequences", path=letters(tmp_path))
    assert data.y.tolist() == ["a", "no_gesture", "space"]
    assert data.groups.tolist() == ["0", "0", "3"]
    assert all(len(motion) == 30 and motion.n_hands == 2 for motion in data.X)


def test_shares_of_the_image_become_pixels(tmp_path):
    motion, *_ = hp.load_dataset("asl_sequences", path=letters(tmp_path)).X
    np.testing.assert_allclose(motion.points, HANDS[0] * (1280, 720, 1280), rtol=1e-5)
    shoulder = POSE[0, :, BodyLandmark.LEFT_SHOULDER, :2].astype(np.float32)
    body = motion.body[:, BodyLandmark.LEFT_SHOULDER]
    np.testing.assert_allclose(body, shoulder * (1280, 720), rtol=1e-5)
    assert motion.body.shape == (30, 33, 2)
    assert np.isnan(motion.body[:, BodyLandmark.LEFT_KNEE]).all()


@pytest.mark.parametrize("absent", [0.0, np.nan])
def test_hands_that_are_not_seen_are_zeros_or_nan(tmp_path, absent):
    hands = HANDS.copy()
    hands[0, :, 0], hands[1, 5:9] = absent, absent
    one, two, _ = hp.load_dataset("asl_sequences", path=letters(tmp_path, hands=hands)).X
    assert one.seen.sum(0).tolist() == [0, 30]
    assert two.seen.sum(0).tolist() == [26, 26]


def test_points_of_the_body_that_are_hidden_or_absent_are_not_known(tmp_path):
    pose = POSE.copy()
    pose[0, :, BodyLandmark.NOSE, 3] = 0.2
    pose[1], pose[2] = 0, np.nan
    one, two, three = hp.load_dataset("asl_sequences", path=letters(tmp_path, pose=pose)).X
    assert np.isnan(one.body[:, BodyLandmark.NOSE]).all()
    assert np.isfinite(one.body[:, BodyLandmark.LEFT_SHOULDER]).all()
    assert two.body is None
    assert three.body is None


def test_a_take_of_a_word_has_its_own_length_and_signer(tmp_path):
    data = hp.load_dataset("signed_words", path=words(tmp_path))
    assert [len(motion) for motion in data.X] == [30, 12, 2]
    assert data.groups.tolist() == ["5", "5", "6"]
    first, *_ = data.X
    np.testing.assert_allclose(first.points, HANDS[0] * (640, 480, 640), rtol=1e-5)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"hands": HANDS[:, :, :1]}, r"hands has shape \(3, 30, 1, 21, 3\)"),
        ({"pose": POSE[:, :20]}, r"pose has shape \(3, 20, 25, 4\)"),
        ({"length": np.array([30, 31, 30])}, "length must be from 1 to 30, but it goes from 30 to"),
        ({"y": np.arange(3)}, r"y has shape \(3,\) and type int64"),
        ({"hands": HANDS[:, :1], "pose": POSE[:, :1]}, "must be from"),
    ],
)
def test_a_file_that_is_not_of_this_form_is_refused(tmp_path, change, message):
    with pytest.raises(hp.DatasetError, match=message):
        hp.load_dataset("signed_words", path=words(tmp_path, **change))


def test_letters_are_no_words(tmp_path):
    with pytest.raises(hp.DatasetError, match=r"lacks length, signer, and holds hands, pose, sess"):
        hp.load_dataset("signed_words", path=letters(tmp_path))
