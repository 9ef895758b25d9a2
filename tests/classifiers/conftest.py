import pytest

import handpose as hp


@pytest.fixture(scope="session")
def vectors(people):
    """Features, labels and subjects of 50 people."""
    return hp.LandmarkFeatures("all").fit_transform(people.hands), people.labels, people.subjects


@pytest.fixture(scope="session")
def held_out(strangers):
    """Features and labels of 20 people that are not among `vectors`."""
    return hp.LandmarkFeatures("all").fit_transform(strangers.hands), strangers.labels
