"""The list of hands that were not known."""

import numpy as np
import pytest

from handpose.errors import DatasetError
from handpose.studio.unknown import MOST, Unknown, Unknowns

RGB = np.zeros((20, 20, 3), np.uint8)


def unknown(hands, row):
    return Unknown(RGB, hands[row : row + 1], "fist", 0.4)


def lasting(unknowns, one, start):
    for time in range(start, start + 700, 100):
        unknowns.offer(one, time)


def test_a_hand_between_two_gestures_is_no_news(hands):
    unknowns = Unknowns()
    for time in range(0, 3000, 300):
        unknowns.offer(unknown(hands, 0), time)
        unknowns.offer(None, time + 100)
    assert unknowns.to_dict() == []


def test_one_that_lasts_is_listed_once(hands):
    unknowns = Unknowns()
    lasting(unknowns, unknown(hands, 0), 0)
    lasting(unknowns, unknown(hands, 0), 5000)
    lasting(unknowns, unknown(hands, 30), 9000)
    assert [entry["id"] for entry in unknowns.to_dict()] == [2, 1]
    assert unknowns.to_dict()[0] == {"id": 2, "nearest": "fist", "score": 0.4}


def test_what_is_taken_is_gone(hands):
    unknowns = Unknowns()
    lasting(unknowns, unknown(hands, 0), 0)
    assert unknowns.take(1).nearest == "fist"
    with pytest.raises(DatasetError, match="no longer in the list"):
        unknowns.take(1)


def test_the_list_does_not_grow_without_end(hands):
    unknowns = Unknowns()
    for row in range(len(hands)):
        lasting(unknowns, unknown(hands, row), 1000 * row)
    assert 1 < len(unknowns.to_dict()) <= MOST
