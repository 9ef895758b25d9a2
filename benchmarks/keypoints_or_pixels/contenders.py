"""The two sides of the benchmark behind one interface: photos in, labels out."""

from __future__ import annotations

import hashlib
import json
import math
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from benchmarks.keypoints_or_pixels.part import Setup
from benchmarks.keypoints_or_pixels.photos import Photos
from benchmarks.keypoints_or_pixels.stamp import code_stamp
from handpose.classifiers import NEED_TORCH
from handpose.errors import MissingExtraError
from handpose.evaluation.answers import answers
from handpose.models.gestures import DEFAULT_CLASSIFIER, DEFAULT_FEATURES, make_model
from handpose.pixels import (
    EfficientNetClassifier,
    fit_frozen_head,
    frozen_features,
)
from handpose.system.extras import require

THREADS = 2
"""Of torch, whatever ``--jobs`` says: another number would give another network."""
FEWEST_STEPS = 100
"""Of fine-tuning: a few photos are shown for more epochs than many."""
QUICK_EPOCHS = 3
LEFT_OUT = "left out: "
"""Begins the note on a contender whose packages are not installed."""
BATCH = 32
"""Photos that frozen features are computed of at once."""

_SEEN: dict[str, tuple[NDArray[np.float32], float]] = {}
"""Frozen features of a photo, and the seconds that they took."""


class Contender(Protocol):
    """Something that learns from photos and names what others show.

    Attributes
    ----------
    name : str
        For the report: ``"svm, geometry"``, ``"EfficientNet-lite0, fine-tuned"``.
    side : {"keypoints", "pixels"}
    classifier, features : str
        The two halves of the name.
    code : tuple of str
        What of the package decides what is learnt: files and folders.
    seconds_ : float
        What learning took where it was done, also if it was kept from an earlier run.
    """

    name: str
    side: str
    classifier: str
    features: str
    code: tuple[str, ...]
    seconds_: float

    @property
    def settings(self) -> dict[str, str]:
        """All that decides what is learnt, besides photos and seed."""

    def require(self) -> None:
        """Raise MissingExtraError where a package is missing."""

    def fit(self, photos: Photos, seed: int) -> Contender:
        """Learn from photos alone: parameters too are chosen within them."""

    def predict(self, photos: Photos) -> NDArray[np.str_]:
        """Label of each photo; ``""`` where no hand was found."""


class Keypoints:
    """Hands, features, classifier.

    Parameters
    ----------
    classifier, features : str
        As for `make_model`.
    """

    side = "keypoints"
    code: tuple[str, ...] = (
        *("containers", "features", "models/gestures.py"),
        "evaluation/answers.py",
        *("classifiers/*.py", "classifiers/few_shot", "classifiers/searched"),
    )

    def __init__(self, classifier: str = DEFAULT_CLASSIFIER, features: str = DEFAULT_FEATURES):
        self.classifier = classifier
        self.features = features
        self.name = f"{classifier}, {features}"

    @property
    def settings(self) -> dict[str, str]:
        """Parameters of the model."""
        return _as_text(make_model(self.classifier, features=self.features).get_params())

    def require(self) -> None:
        """Raise MissingExtraError where a package is missing."""
        if self.classifier in NEED_TORCH:
            require("torch", f"training {self.classifier}", "torch")

    def fit(self, photos: Photos, seed: int) -> Keypoints:
        """Learn from the hands that were found."""
        start = perf_counter()
        model = make_model(self.classifier, features=self.features, random_state=seed)
        self.model_ = model.fit(photos.hands, photos.labels, groups=_groups(photos))
        self.seconds_ = perf_counter() - start
        return self

    def predict(self, photos: Photos) -> NDArray[np.str_]:
        """Label of each photo; ``""`` where no hand was found."""
        return answers(self.model_, photos.hands)


class _Pixels:
    """EfficientNet-lite0 with the parameters that `EfficientNetClassifier` has by default."""

    side = "pixels"
    classifier = "EfficientNet-lite0"
    code: tuple[str, ...] = (
        "images/stills.py",
        "pixels",
        "training",
    )

    def require(self) -> None:
        """Raise MissingExtraError where torch or the weights are missing."""
        require("torch", "EfficientNet", "torch")
        from handpose.pixels.weights import packaged_weights

        packaged_weights(EfficientNetClassifier().variant)


class FrozenPixels(_Pixels):
    """What a network that knows ImageNet sees, and a linear classifier of that.

    What was seen in a photo is kept while the process lives: folds and parts share it.
    """

    features = "frozen"
    name = "EfficientNet-lite0, frozen"

    @property
    def settings(self) -> dict[str, str]:
        """Parameters of the classifier."""
        return _as_text(EfficientNetClassifier(threads=THREADS).get_params())

    def fit(self, photos: Photos, seed: int) -> FrozenPixels:
        """Learn a linear classifier. Nothing in it is random."""
        features = self._features(photos)
        start = perf_counter()
        self.head_ = fit_frozen_head(features, photos.labels, _groups(photos))
        seeing = sum(_SEEN[path][1] for path in photos.paths.tolist())
        self.seconds_ = perf_counter() - start + seeing
        return self

    def predict(self, photos: Photos) -> NDArray[np.str_]:
        """Label of each photo."""
        return np.asarray(self.head_.predict(self._features(photos)), dtype=str)

    def _features(self, photos: Photos) -> NDArray[np.float32]:
        new = [path for path in photos.paths.tolist() if path not in _SEEN]
        if new:
            # A batch of another size gives other rounding errors, so that all are made full.
            full = new + new[-1:] * (-len(new) % BATCH)
            start = perf_counter()
            found = frozen_features(full, batch_size=BATCH, threads=THREADS)
            seconds = (perf_counter() - start) / len(full)
            _SEEN.update((path, (row, seconds)) for path, row in zip(new, found, strict=False))
        return np.array([_SEEN[path][0] for path in photos.paths.tolist()])


class FineTunedPixels(_Pixels):
    """A network that knows ImageNet, all of it trained on.

    Parameters
    ----------
    work : Path, optional
        Folder for trained networks, and for checkpoints that interrupted trainings go on from.
    epochs : int, optional
        By default those of `EfficientNetClassifier`, or more where photos are few.
    report : callable (str), optional
        Told how far the training is.
    """

    features = "fine-tuned"
    name = "EfficientNet-lite0, fine-tuned"

    def __init__(
        self,
        work: Path | None = None,
        epochs: int | None = None,
        report: Callable[[str], None] = lambda doing: None,
    ):
        self.work = work
        self.epochs = epochs
        self.report = report

    def require(self) -> None:
        """Raise MissingExtraError where torch, the weights or safetensors are missing."""
        super().require()
        require("safetensors", "saving and loading EfficientNet", "torch")

    @property
    def settings(self) -> dict[str, str]:
        """Parameters of the classifier."""
        params = self._estimator().get_params()
        del params["progress"]
        return _as_text(params | {"epochs": self.epochs, "fewest_steps": FEWEST_STEPS})

    def fit(self, photos: Photos, seed: int) -> FineTunedPixels:
        """Train the whole network, or take the one that was trained on the same before."""
        kept = self._kept(photos, seed)
        if kept and kept.is_file():
            self.estimator_ = EfficientNetClassifier.load(kept).set_params(threads=THREADS)
            self.seconds_ = json.loads(kept.with_suffix(".json").read_text(encoding="utf-8"))
            return self
        checkpoint = kept.with_suffix(".checkpoint") if kept else None
        estimator = self._estimator()
        estimator.set_params(
            epochs=self.epochs or epochs_for(len(photos)), random_state=seed, checkpoint=checkpoint
        )
        groups = _groups(photos)
        self.estimator_ = estimator.fit(photos.paths.tolist(), photos.labels, groups=groups)
        self.seconds_ = sum(epoch["seconds"] for epoch in self.estimator_.history_)
        if kept and checkpoint:
            kept.with_suffix(".json").write_text(json.dumps(self.seconds_), encoding="utf-8")
            self.estimator_.save(kept)
            checkpoint.unlink(missing_ok=True)
        return self

    def predict(self, photos: Photos) -> NDArray[np.str_]:
        """Label of each photo."""
        return np.asarray(self.estimator_.predict(photos.paths.tolist()), dtype=str)

    def _estimator(self) -> EfficientNetClassifier:
        return EfficientNetClassifier(fine_tune=True, threads=THREADS, progress=self._tell)

    def _kept(self, photos: Photos, seed: int) -> Path | None:
        if self.work is None:
            return None
        told = f"{self.settings}{photos.files_digest}{seed}"
        folder = self.work / "networks" / code_stamp(self.code)[:20]
        if not folder.is_dir():  # what other code trained is of no use any more
            shutil.rmtree(folder.parent, ignore_errors=True)
            folder.mkdir(parents=True)
        return folder / f"{hashlib.sha256(told.encode()).hexdigest()[:20]}.safetensors"

    def _tell(self, done: int, total: int) -> None:
        self.report(f"fine-tuning, batch {done} of at most {total}")


def epochs_for(photos: int) -> int:
    """Epochs of fine-tuning on so many photos: those of the class, and `FEWEST_STEPS` at least."""
    defaults = EfficientNetClassifier()
    batches = math.ceil(photos / defaults.batch_size)
    return max(defaults.epochs, math.ceil(FEWEST_STEPS / batches))


def pixel_contenders(setup: Setup) -> list[Contender]:
    """Both ways to use the pixels."""
    epochs = QUICK_EPOCHS if setup.quick else None
    return [FrozenPixels(), FineTunedPixels(setup.work, epochs, setup.report)]


def installed(contenders: Sequence[Contender]) -> tuple[list[Contender], list[str]]:
    """Those whose packages are there, and a line on what the others lack."""
    able: list[Contender] = []
    lines: dict[str, list[str]] = {}
    for contender in contenders:
        try:
            contender.require()
        except MissingExtraError as error:
            lines.setdefault(str(error), []).append(contender.name)
        else:
            able.append(contender)
    return able, [f"{LEFT_OUT}{'; '.join(names)}: {line}" for line, names in lines.items()]


def _groups(photos: Photos) -> NDArray[np.str_] | None:
    return None if (photos.subjects == "").any() else photos.subjects


def _as_text(params: dict[str, Any]) -> dict[str, str]:
    return {name: repr(value) for name, value in sorted(params.items())}
