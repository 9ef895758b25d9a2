import numpy as np
import pytest

import handpose as hp


@pytest.fixture(scope="session")
def open_hand(rendered):
    """A rendered right hand that shows a 5, its wrist at the origin, about 250 pixels tall."""
    rows = (rendered.y == "5") & (rendered.X.handedness == "Right")
    points = rendered.X[rows].points[0]
    return (points - points[0]) * 250 / np.ptp(points[:, 1])


@pytest.fixture(scope="session")
def hands_at(open_hand):
    """Hands whose wrists are at these places: ``hands_at((x, y), (x, y), sides=["Left", ...])``."""

    def place(*wrists, sides=None):
        if not wrists:
            return hp.Landmarks.empty()
        points = [open_hand + np.array([x, y, 0]) for x, y in wrists]
        return hp.Landmarks(points, handedness=sides)

    return place
