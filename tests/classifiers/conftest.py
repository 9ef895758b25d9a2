import pytest

import handpose as hp
from handpose.classifiers import NEED_TORCH

NAMES = [
    pytest.param(name, marks=pytest.mark.torch) if name in NEED_TORCH else name
    for name in hp.CLASSIFIERS
]


@pytest.fixture(scope="module", params=NAMES)
def name(request):
    """Each classifier's name in turn."""
    if request.param in NEED_TORCH:
        pytest.importorskip("torch")
    return request.param


@pytest.fixture(scope="session")
def vectors(people):
    """Features, labels and subjects of 50 people."""
    return hp.LandmarkFeatures("all").fit_transform(people.X), people.y, people.groups


@pytest.fixture(scope="session")
def held_out(strangers):
    """Features and labels of 20 people that are not among `vectors`."""
    return hp.LandmarkFeatures("all").fit_transform(strangers.X), strangers.y
