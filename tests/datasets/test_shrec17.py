import numpy as np
import pytest

import handpose as hp
from handpose.containers.skeletons import HandLandmark

LENGTHS = np.array([4, 5, 6])
CODES = {
    "gesture": np.array([2, 12, 14], np.int8),
    "finger": np.array([1, 2, 1], np.int8),
    "subject": np.array([3, 3, 28], np.int8),
    "trial": np.array([1, 2, 1], np.int8),
}
JOINTS = np.random.default_rng(0).normal(0, 0.1, (15, 22, 3)).astype(np.float32)


def stored(folder, **change):
    path = folder / "sequences.npz"
    np.savez(path, **{"joints": JOINTS, "length": LENGTHS} | CODES | change)
    return path


def test_14_labels_by_subject(tmp_path):
    data = hp.load_dataset("shrec17", path=stored(tmp_path))
    assert data.y.tolist() == ["Tap", "Swipe +", "Shake"]
    assert data.groups.tolist() == ["3", "3", "28"]
    assert data.paths.tolist() == ["2/1/3/1", "12/2/3/2", "14/1/28/1"]
    assert [len(motion) for motion in data.X] == [4, 5, 6]


def test_28_labels_say_whether_a_finger_or_the_hand_does_it(tmp_path):
    data = hp.load_dataset("shrec17_28", path=stored(tmp_path))
    assert data.y.tolist() == ["Tap (finger)", "Swipe + (hand)", "Shake (finger)"]


def test_joints_become_landmarks_as_the_camera_opposite_sees_them(tmp_path):
    _, motion, _ = hp.load_dataset("shrec17", path=stored(tmp_path)).X
    seen = JOINTS[4:9] * np.array([-1, -1, 1])
    landmarks = motion.points[:, 0]
    np.testing.assert_allclose(landmarks[:, HandLandmark.WRIST], seen[:, 0], rtol=1e-6)
    np.testing.assert_allclose(landmarks[:, HandLandmark.THUMB_CMC], seen[:, 2], rtol=1e-6)
    np.testing.assert_allclose(landmarks[:, HandLandmark.PINKY_TIP], seen[:, 21], rtol=1e-6)
    assert motion.handedness == "Right"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"gesture": np.array([1, 2, 15])}, "gesture must be from 1 to 14, but it goes from 1"),
        ({"finger": np.array([0, 1, 2])}, "finger must be from 1 to 2, but it goes from 0 to 2"),
        ({"length": np.array([4, 5, 5])}, "add up to 14 frames, but there are 15"),
        ({"joints": JOINTS[:, :21]}, r"joints has shape \(15, 21, 3\)"),
        ({"joints": JOINTS * np.nan}, "joints must hold finite numbers"),
        ({"subject": CODES["subject"][:2]}, r"subject has shape \(2,\)"),
    ],
)
def test_a_file_that_is_not_of_this_form_is_refused(tmp_path, change, message):
    with pytest.raises(hp.DatasetError, match=message):
        hp.load_dataset("shrec17", path=stored(tmp_path, **change))


def test_it_is_found_in_the_folder_of_its_training_part(tmp_path, monkeypatch, cache):
    monkeypatch.setenv("HANDPOSE_DATA", str(tmp_path))
    with pytest.raises(hp.DatasetError, match="into a folder shrec17_train of the folder that"):
        hp.load_dataset("shrec17")
    (tmp_path / "shrec17_train").mkdir()
    stored(tmp_path / "shrec17_train")
    assert len(hp.load_dataset("shrec17")) == len(hp.load_dataset("shrec17_28")) == 3
