"""The two sides behind one interface: photos in, labels out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.keypoints_or_pixels.photos import people_of
from benchmarks.runner import Setup
from handpose.classifiers import NEED_TORCH
from handpose.datasets import Dataset
from handpose.errors import MissingExtraError
from handpose.evaluation.answers import answers
from handpose.models.making import DEFAULT_CLASSIFIER, DEFAULT_FEATURES, make_model
from handpose.pixels import EfficientNetClassifier, fit_frozen_head, frozen_features
from handpose.system.extras import require

THREADS = 2
"""Of torch, whatever ``--jobs`` says: another number would give another network."""
FEWEST_STEPS = 100
"""Of fine-tuning: a few photos are shown for more epochs than many."""
QUICK_EPOCHS = 3
BATCH = 32
"""Photos that frozen features are computed of at once."""

_SEEN: dict[str, tuple[NDArray[np.float32], float]] = {}
"""Frozen features of a photo, and the seconds that they took."""


class Contender:
    """Learns from photos and names what others show.

    Attributes
    ----------
    side : {"keypoints", "pixels"}
    classifier, features : str
        The two halves of the name.
    code : tuple of str
        Files and folders of the package that decide what is learnt.
    slow : bool
        Whether learning takes minutes, so that what was learnt is kept.
    seconds_ : float
        What learning took where it was done.
    """

    side: str
    classifier: str
    features: str
    code: tuple[str, ...] = ()
    slow = False
    seconds_: float

    @property
    def name(self) -> str:
        """For the tables: ``"svm, geometry"``."""
        return f"{self.classifier}, {self.features}"

    @property
    def settings(self) -> dict[str, str]:
        """All that decides what is learnt, besides photos, seed and code."""
        return {}

    def require(self) -> None:
        """Raise MissingExtraError where a package is missing."""

    def fit(self, photos: Dataset, seed: int) -> Contender:
        """Learn from photos alone: parameters too are chosen within them."""
        raise NotImplementedError

    def predict(self, photos: Dataset) -> NDArray[np.str_]:
        """Label of each photo; ``""`` where no hand was found."""
        raise NotImplementedError


class Keypoints(Contender):
    """Hands, features, classifier; named as for `make_model`."""

    side = "keypoints"
    code = ("containers", "features", "models", "classifiers", "evaluation", "splits.py")

    def __init__(self, classifier: str = DEFAULT_CLASSIFIER, features: str = DEFAULT_FEATURES):
        self.classifier, self.features = classifier, features

    @property
    def settings(self) -> dict[str, str]:
        return _as_text(make_model(self.classifier, features=self.features).get_params())

    def require(self) -> None:
        if self.classifier in NEED_TORCH:
            require("torch", f"training {self.classifier}", "torch")

    def fit(self, photos: Dataset, seed: int) -> Keypoints:
        start = perf_counter()
        model = make_model(self.classifier, features=self.features, random_state=seed)
        self.model_ = model.fit(photos.X, photos.y, groups=people_of(photos))
        self.seconds_ = perf_counter() - start
        return self

    def predict(self, photos: Dataset) -> NDArray[np.str_]:
        return answers(self.model_, photos.X)


class Pixels(Contender):
    """EfficientNet-lite0 with the parameters that `EfficientNetClassifier` has by default."""

    side = "pixels"
    classifier = "EfficientNet-lite0"
    code = ("images", "pixels", "training", "splits.py")

    def require(self) -> None:
        require("torch", "EfficientNet", "torch")
        require("safetensors", "saving and loading EfficientNet", "torch")
        from handpose.pixels.weights import packaged_weights

        packaged_weights(EfficientNetClassifier().variant)


class FrozenPixels(Pixels):
    """What a network that knows ImageNet sees, and a linear classifier of that.

    What was seen in a photo is kept while the process lives: folds and parts share it.
    """

    features = "frozen"

    @property
    def settings(self) -> dict[str, str]:
        return _as_text(EfficientNetClassifier(threads=THREADS).get_params())

    def fit(self, photos: Dataset, seed: int) -> FrozenPixels:
        features = self._features(photos)
        start = perf_counter()
        self.head_ = fit_frozen_head(features, photos.y, people_of(photos))
        seeing = sum(_SEEN[path][1] for path in photos.paths.tolist())
        self.seconds_ = perf_counter() - start + seeing
        return self

    def predict(self, photos: Dataset) -> NDArray[np.str_]:
        return np.asarray(self.head_.predict(self._features(photos)), dtype=str)

    def _features(self, photos: Dataset) -> NDArray[np.float32]:
        new = [path for path in photos.paths.tolist() if path not in _SEEN]
        if new:
            # A batch of another size gives other rounding errors, so that all are made full.
            full = new + new[-1:] * (-len(new) % BATCH)
            start = perf_counter()
            found = frozen_features(full, batch_size=BATCH, threads=THREADS)
            seconds = (perf_counter() - start) / len(full)
            _SEEN.update((path, (row, seconds)) for path, row in zip(new, found, strict=False))
        return np.array([_SEEN[path][0] for path in photos.paths.tolist()])


class FineTunedPixels(Pixels):
    """A network that knows ImageNet, all of it trained on; `epochs` as in `epochs_for`."""

    features = "fine-tuned"
    slow = True

    def __init__(self, epochs: int | None = None):
        self.epochs = epochs

    @property
    def settings(self) -> dict[str, str]:
        params = _fine_tuning().get_params()
        return _as_text(params | {"epochs": self.epochs, "fewest_steps": FEWEST_STEPS})

    def fit(self, photos: Dataset, seed: int) -> FineTunedPixels:
        epochs = self.epochs or epochs_for(len(photos))
        estimator = _fine_tuning().set_params(epochs=epochs, random_state=seed)
        self.estimator_ = estimator.fit(photos.paths.tolist(), photos.y, groups=people_of(photos))
        self.seconds_ = sum(epoch["seconds"] for epoch in self.estimator_.history_)
        return self

    def predict(self, photos: Dataset) -> NDArray[np.str_]:
        return np.asarray(self.estimator_.predict(photos.paths.tolist()), dtype=str)


def epochs_for(photos: int) -> int:
    """Epochs of fine-tuning: those of the class, and `FEWEST_STEPS` batches at least."""
    defaults = EfficientNetClassifier()
    batches = math.ceil(photos / defaults.batch_size)
    return max(defaults.epochs, math.ceil(FEWEST_STEPS / batches))


def pixel_contenders(setup: Setup) -> list[Contender]:
    """Both ways to use the pixels."""
    return [FrozenPixels(), FineTunedPixels(QUICK_EPOCHS if setup.quick else None)]


def installed(contenders: Sequence[Contender]) -> tuple[list[Contender], list[str]]:
    """Those whose packages are there, and a note on what the others lack."""
    able: list[Contender] = []
    lines: dict[str, list[str]] = {}
    for contender in contenders:
        try:
            contender.require()
        except MissingExtraError as error:
            lines.setdefault(str(error), []).append(contender.name)
        else:
            able.append(contender)
    return able, [f"left out: {'; '.join(names)}: {line}" for line, names in lines.items()]


def _fine_tuning() -> EfficientNetClassifier:
    return EfficientNetClassifier(fine_tune=True, threads=THREADS)


def _as_text(params: dict[str, Any]) -> dict[str, str]:
    return {name: repr(value) for name, value in sorted(params.items())}
