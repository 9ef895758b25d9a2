"""What tests share: real hands that ship, photos that may be here, and a cache of their own."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path

import numpy as np
import platformdirs
import pytest
from PIL import Image
from threadpoolctl import threadpool_limits

import handpose as hp
from handpose.assets import ASSETS, asset_path
from handpose.datasets import photo_folder
from handpose.errors import AssetError
from handpose.extraction import work
from handpose.extractors import EXTRACTORS
from handpose.extractors.mediapipe import MediaPipeExtractor
from handpose.keypoint_net import KeypointNet
from handpose.networks.runtimes import RUNTIMES
from handpose.system.extras import is_installed
from tests.drawn_faces import face_crops
from tests.extractors.fake import FakeExtractor

ROOT = Path(__file__).parents[1]


EXTRAS = {
    "export": "onnxruntime",
    "litert": "ai_edge_litert",
    "torch": "torch",
    "mediapipe": "mediapipe",
    "plots": "matplotlib",
    "search": "optuna",
    "studio": "starlette",
    "distributed": "distributed",
    "stores": "fsspec",
}
"""Marker of a test to the package that it needs."""


def pytest_runtest_setup(item):
    for marker, package in EXTRAS.items():
        if item.get_closest_marker(marker) and not is_installed(package):
            pytest.skip(f'{package} not here: pip install "handpose[{marker}]"')


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory):
    """Take the hand networks from this machine (fetched once), and keep all else apart from it."""
    networks = tmp_path_factory.mktemp("networks")
    with suppress(AssetError):  # a test that needs them will say so
        for name in ASSETS:
            shutil.copy(asset_path(name), networks)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HANDPOSE_ASSETS", str(networks))
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))  # child processes
        patch.setattr(platformdirs, "user_cache_dir", _cache_from_environment)
        yield


def _cache_from_environment(name, **_):
    return str(Path(os.environ["XDG_CACHE_HOME"]) / name)


@pytest.fixture(scope="session", autouse=True)
def _one_thread():
    """Let numpy and scikit-learn compute in one thread.

    What tests compute is small, and on a busy machine two threads wait for each other: gradient
    boosting has taken twenty times as long as alone.
    """
    import_module("sklearn.ensemble")  # only what is loaded can be limited
    with threadpool_limits(1):
        yield


@pytest.fixture(scope="session")
def all_threads():
    """Compute in as many threads as users do: ``with all_threads(): ...``."""
    return functools.partial(threadpool_limits, os.cpu_count())


@pytest.fixture(scope="session")
def _kept_networks():
    return {
        name: (package, functools.cache(network)) for name, (package, network) in RUNTIMES.items()
    }


@pytest.fixture(scope="module", autouse=True)
def _networks_opened_once(_kept_networks):
    """Share the hand networks, which take a second to open, between all native extractors.

    Whoever first needs one opens it. The tests of the extractors themselves do not share.
    """
    with pytest.MonkeyPatch.context() as patch:
        for name, kept in _kept_networks.items():
            patch.setitem(RUNTIMES, name, kept)
        yield


@pytest.fixture
def few_trials(monkeypatch):
    """End each race of a search after three trials, long before its time is up."""
    racing = import_module("handpose.automl.racing").Racing
    monkeypatch.setattr(racing, "run", functools.partialmethod(racing.run, most=3))


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache for one test."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "handpose"


@pytest.fixture(scope="session")
def data_root():
    """Folder with photos of real hands; a test that needs it is marked `photos`."""
    folder = Path(os.environ.get("HANDPOSE_DATA") or ROOT.parent / "shared" / "datasets")
    if not (folder / "sign_language_digits" / "manifest.csv").is_file():
        pytest.skip("photos not here: set HANDPOSE_DATA")
    return folder


@pytest.fixture(scope="session")
def digits():
    """The shipped table: 2,062 real hands of 222 subjects."""
    return hp.load_dataset("sign_language_digits")


@pytest.fixture(scope="session")
def people(digits):
    """500 real hands of 50 subjects, all detected; enough to train on quickly."""
    return _of_first_subjects(digits, 0, 50)


@pytest.fixture(scope="session")
def strangers(digits):
    """200 real hands of 20 subjects that are not among `people`."""
    return _of_first_subjects(digits, 50, 70)


def _of_first_subjects(dataset, start, stop):
    names = sorted(set(dataset.groups.tolist()))[start:stop]
    return dataset[np.isin(dataset.groups, names) & dataset.X.detected]


@pytest.fixture(scope="session")
def missed():
    """The row of a photo in which no hand was found."""
    return hp.Landmarks.missing([(100, 100)])


@pytest.fixture(scope="session")
def model(people):
    """A fitted model: svm on all features, without augmentation."""
    model = hp.make_model("svm", augmentation=None)
    return model.fit(people.X, people.y, groups=people.groups)


@pytest.fixture(scope="session")
def good(people, tmp_path_factory):
    """A sound model file."""
    model = hp.make_model("knn", augmentation=None).fit(people.X[::5], people.y[::5])
    return hp.save_model(model, tmp_path_factory.mktemp("good") / "good.handpose")


@pytest.fixture
def marker(tmp_path):
    """A file that code in a model file would create."""
    path = tmp_path / "code-has-run"
    yield path
    assert not path.exists(), "code in a model file was run"


@pytest.fixture(scope="session")
def rendered():
    """60 rendered hands with exact keypoints."""
    return hp.load_dataset("rendered_hands")


@pytest.fixture(scope="session")
def rendered_folder():
    return photo_folder("rendered_hands")


@pytest.fixture(scope="session")
def extractor():
    """The reference extractor."""
    if not is_installed("mediapipe"):
        pytest.skip('mediapipe not here: pip install "handpose[mediapipe]"')
    with MediaPipeExtractor() as extractor:
        yield extractor


@pytest.fixture(scope="session")
def detected_renders(extractor, rendered, rendered_folder):
    """What the reference extractor finds in each rendered picture (`Landmarks` of 0 or 1 hand)."""
    return [extractor.detect(hp.read_image(rendered_folder / path)) for path in rendered.paths]


@pytest.fixture(scope="session")
def run_python():
    """Run code in a fresh interpreter; gives the lines of its standard output."""

    def run(code, *arguments):
        command = [sys.executable, "-c", code, *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    return run


@pytest.fixture
def picture(tmp_path):
    """Write a picture of coloured blobs: ``picture("a/b.png", width=40, height=30)``."""

    def write(name, width=48, height=40, seed=0, **save):
        coarse = np.random.default_rng(seed).integers(0, 255, (5, 6, 3), dtype=np.uint8)
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(coarse).resize((width, height)).save(path, **save)
        return path

    return write


@pytest.fixture(scope="session")
def face_net(tmp_path_factory):
    """File of a net that learnt the eyes, nose and mouth of drawn faces, from nothing."""
    pytest.importorskip("torch")
    settings = {"size": 32, "epochs": 40, "learning_rate": 0.01, "threads": 1}
    net = KeypointNet("tiny", **settings, augment=None, validation_fraction=0)
    return net.fit(*face_crops()).save(tmp_path_factory.mktemp("net") / "face.keypoints")


@pytest.fixture
def fake(monkeypatch):
    """`FakeExtractor` under the name "fake", its counters at zero."""
    monkeypatch.setitem(EXTRACTORS, "fake", "tests.extractors.fake:FakeExtractor")
    monkeypatch.setattr(FakeExtractor, "images_seen", 0)
    monkeypatch.setattr(FakeExtractor, "stop_after", None)
    work._extractor.cache_clear()
    yield FakeExtractor
    work._extractor.cache_clear()
