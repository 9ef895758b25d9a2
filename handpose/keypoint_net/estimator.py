"""`KeypointNet`: points on crops, by a network trained from scratch."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted
from typing_extensions import Self

from handpose.containers.skeletons import FACE4, Skeleton
from handpose.keypoint_net.augmentation import DEFAULT_AUGMENTATION, PointAugmentation
from handpose.keypoint_net.learning_rates import LearningRates
from handpose.keypoint_net.parameters import FINDER_RULES, RULES, skeleton_entry, skeleton_of
from handpose.keypoint_net.samples import as_network_takes, check_images, check_points
from handpose.system.parameter_rules import check_rules
from handpose.training.backend import borrowed_torch
from handpose.training.estimator import FileKind, NetworkEstimator

if TYPE_CHECKING:
    from torch import nn

    from handpose.keypoint_net.networks import KeypointNetwork
    from handpose.keypoint_net.training import PointTask


class KeypointNet(NetworkEstimator):
    """Crops to the points of a skeleton, with a convolutional network trained from scratch.

    Needs torch (``pip install "handpose[torch]"``).

    Parameters
    ----------
    preset : str, default="small"
        ``"tiny"``: three convolutions and a linear layer. ``"small"``: a residual network with a
        heat map for each point; about 0.4 million parameters.
    skeleton : Skeleton, default=FACE4
        Names of the points, and how a mirror image swaps them.
    channels : int, default=1
        1 (grey) or 3 (RGB). Pictures of the other kind are converted.
    size : int, default=96
        Side in pixels of the square to which a picture is stretched.
    epochs : int, default=60
    batch_size : int, default=32
        Also the number of pictures that are predicted at once.
    learning_rate : float, default=2e-3
        Peak of the schedule: a warm-up, then half a cosine.
    weight_decay : float, default=0.02
    warmup_epochs : float, default=2.0
    augment : PointAugmentation or None, default=PointAugmentation()
        Random distortions of a picture and its points.
    validation_fraction : float, default=0.15
        Share of the pictures held out, by whole groups, for early stopping and for choosing the
        best epoch; 0 trains on everything for all epochs.
    patience : int, default=20
        Training stops after this many epochs without a smaller held-out error.
    checkpoint : path or None, default=None
        File with the best and the last state, written after each epoch. A killed run continues
        from it with the same result; with other data or parameters it is refused.
    threads : int or None, default=None
        Threads that torch computes with; None leaves them as they are.
    progress : callable (done, total), optional
        Called after each batch of training.
    random_state : int, RandomState or None, default=0
        The same value gives the same network on the same machine and number of threads.

    Attributes
    ----------
    network_ : torch.nn.Module
        From pixels 0 to 255, (n, channels, size, size), to points relative to the picture, whose
        corners are at 0 and 1. Normalisation is merged into the convolutions.
    train_rows_, held_out_rows_ : ndarray of int
        Pictures used for training and for early stopping.
    history_ : list of dict
        learning_rate, train_loss, held_out_error and seconds of each epoch. Errors are in sides of
        the picture.

    Notes
    -----
    Points are pixels, x right and y down from the picture's top left corner: the centre of the
    first pixel is (0.5, 0.5). Points may lie up to one whole picture outside, in training as in
    predictions.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> points = rng.uniform(20, 40, (64, 1, 2))
    >>> y, x = np.mgrid[:60, :60] + 0.5
    >>> away = np.hypot(x - points[..., :1], y - points[..., 1:])
    >>> images = np.uint8(255 * np.exp(-((away / 5) ** 2)))
    >>> blob = Skeleton("blob", ("CENTRE",), ())
    >>> net = KeypointNet("tiny", skeleton=blob, size=32, epochs=2).fit(images, points)
    >>> net.predict(images).shape
    (64, 1, 2)
    """

    _PURPOSE = "KeypointNet"
    _KIND: ClassVar[FileKind] = FileKind(
        "KeypointNet",
        "a",
        format=1,
        writer="KeypointNet.save",
        parameters={"preset": str, "channels": int, "size": int, "batch_size": int},
    )

    def __init__(
        self,
        preset: str = "small",
        *,
        skeleton: Skeleton = FACE4,
        channels: int = 1,
        size: int = 96,
        epochs: int = 60,
        batch_size: int = 32,
        learning_rate: float = 2e-3,
        weight_decay: float = 0.02,
        warmup_epochs: float = 2.0,
        augment: PointAugmentation | None = DEFAULT_AUGMENTATION,
        validation_fraction: float = 0.15,
        patience: int = 20,
        checkpoint: str | Path | None = None,
        threads: int | None = None,
        progress: Callable[[int, int], None] | None = None,
        random_state: Any = 0,
    ):
        self.preset = preset
        self.skeleton = skeleton
        self.channels = channels
        self.size = size
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.warmup_epochs = warmup_epochs
        self.augment = augment
        self.validation_fraction = validation_fraction
        self.patience = patience
        self.checkpoint = checkpoint
        self.threads = threads
        self.progress = progress
        self.random_state = random_state

    def fit(self, images: ArrayLike, points: ArrayLike, groups: ArrayLike | None = None) -> Self:
        """Train on pictures and their points.

        Parameters
        ----------
        images : array_like of uint8, shape (n, height, width) or (n, height, width, 3)
            Grey or RGB.
        points : array_like of shape (n, k, 2)
            Pixels of the images.
        groups : array_like of shape (n,), optional
            Early stopping holds out whole groups (people, say).

        Raises
        ------
        MissingExtraError
            If torch is not installed.
        UnknownNameError
            If there is no such preset.
        ImageError, LandmarksError
            If images or points have another shape or type, or points hold NaN.
        ValueError
            If another parameter has a value that is not allowed, or there are too few pictures.
        ModelFileError
            If `checkpoint` is no checkpoint, or that of another run.
        """
        with borrowed_torch(self._PURPOSE, self.threads):
            from handpose.training.layers import folded

            network, task, seed = self._prepared(images, points, groups)
            self._train(network, task, seed)
            self.network_ = folded(network)
        return self

    def predict(self, images: ArrayLike) -> NDArray[np.float32]:
        """Points of each picture.

        Parameters
        ----------
        images : array_like of uint8, shape (n, height, width) or (n, height, width, 3)
            Grey or RGB, of any size.

        Returns
        -------
        ndarray of shape (n, k, 2)
            Pixels of the images.
        """
        check_is_fitted(self)
        pictures = check_images(images)
        height, width = pictures.shape[1:3]
        found = np.empty((len(pictures), len(self.skeleton), 2), np.float32)
        with borrowed_torch(self._PURPOSE, self.threads):
            from handpose.keypoint_net.training import predicted

            for i in range(0, len(pictures), self.batch_size):
                rows = slice(i, i + self.batch_size)
                batch = as_network_takes(pictures[rows], self.size, self.channels)
                found[rows] = predicted(self.network_, batch, self.batch_size)
        return found * np.array([width, height], np.float32)

    def score(self, images: ArrayLike, points: ArrayLike) -> float:
        """Minus the mean distance between predicted and true points, in sides of the picture."""
        check_is_fitted(self)
        pictures = check_images(images)
        true = check_points(points, pictures, self.skeleton)
        height, width = pictures.shape[1:3]
        apart = self.predict(pictures) / np.array([width, height], np.float32) - true
        return -float(np.linalg.norm(apart, axis=-1).mean())

    def find_learning_rate(
        self,
        images: ArrayLike,
        points: ArrayLike,
        *,
        lowest: float = 1e-6,
        highest: float = 1.0,
        steps: int = 100,
    ) -> LearningRates:
        """Train briefly with a growing learning rate; only the losses are kept (Smith, WACV 2017).

        Parameters
        ----------
        images, points : array_like
            As in `fit`.
        lowest, highest : float
            First and last rate; they grow by the same factor each step.
        steps : int

        Raises
        ------
        ValueError
            If a rate or the number of steps is not allowed.
        ImageError, LandmarksError
            As in `fit`.
        """
        check_rules({"lowest": lowest, "highest": highest, "steps": steps}, FINDER_RULES)
        if lowest >= highest:
            raise ValueError(f"0 < lowest < highest is needed, but got {lowest=:g}, {highest=:g}")
        with borrowed_torch(self._PURPOSE, self.threads):
            from handpose.keypoint_net.training import growing_rates

            network, task, seed = self._prepared(images, points, None)
            return growing_rates(network, task, np.geomspace(lowest, highest, steps), seed)

    def _prepared(
        self, images: ArrayLike, points: ArrayLike, groups: ArrayLike | None
    ) -> tuple[KeypointNetwork, PointTask, int]:
        """A new network, what it learns from, and the seed of the run."""
        import torch

        from handpose.keypoint_net.networks import make_network
        from handpose.keypoint_net.training import PointSettings, PointTask

        check_rules(self.get_params(), RULES)
        pictures = check_images(images)
        relative = check_points(points, pictures, self.skeleton)
        rng = check_random_state(self.random_state)
        split = self._split(len(pictures), None, groups, rng)
        if len(split[0]) < 2:
            raise ValueError(f"at least 2 images are needed to train on, but got {len(split[0])}")
        seed = int(rng.randint(2**31 - 1))
        torch.manual_seed(seed)
        network = make_network(self.preset, self.channels, self.size, len(self.skeleton))
        network.start_at(torch.from_numpy(relative[split[0]].mean(0)))
        squares = as_network_takes(pictures, self.size, self.channels)
        settings = self._settings(PointSettings, mirror=self.skeleton.mirror)
        return network, PointTask(settings, *split, squares, relative), seed

    def _header(self) -> dict[str, Any]:
        return {"skeleton": skeleton_entry(self.skeleton)}

    @classmethod
    def _restored(cls, header: dict[str, Any]) -> tuple[KeypointNet, Callable[[], nn.Module]]:
        from handpose.keypoint_net.networks import make_network
        from handpose.training.layers import folded

        parameters, skeleton = header["parameters"], skeleton_of(header.get("skeleton"))
        check_rules(parameters | {"skeleton": skeleton}, RULES)
        model = cls(skeleton=skeleton, **parameters)
        shape = model.preset, model.channels, model.size, len(skeleton)
        return model, lambda: folded(make_network(*shape))
