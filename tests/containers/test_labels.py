import numpy as np
import pytest

from handpose.containers.labels import NO_GESTURE, NO_GESTURE_LABELS, is_no_gesture, is_right


def test_labels_of_no_gesture():
    assert NO_GESTURE in NO_GESTURE_LABELS
    assert is_no_gesture(["fist", "nothing", "no_gesture", "", "none"]).tolist() == [
        *(False, True, True, False, False)
    ]


@pytest.mark.parametrize(
    ("truth", "answer", "right"),
    [
        ("fist", "fist", True),
        ("fist", "palm", False),
        ("fist", "", False),
        ("fist", "nothing", False),
        ("nothing", "", True),
        ("nothing", "nothing", True),
        ("nothing", "no_gesture", True),
        ("nothing", "fist", False),
        ("", "", False),
    ],
)
def test_no_hand_is_right_where_no_gesture_is(truth, answer, right):
    assert is_right([truth], [answer]).tolist() == [right]


def test_nobody_is_right_about_nothing():
    assert is_right([], []).shape == (0,)
    assert is_right(np.array(["a", "b"]), np.array(["a", "a"])).tolist() == [True, False]
