"""The base of estimators whose network torch trains. Importing it does not import torch."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.random import RandomState
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted
from typing_extensions import Self

from handpose.errors import DatasetError, MissingExtraError, ModelFileError
from handpose.splits import Split, hold_out
from handpose.training.backend import borrowed_torch

if TYPE_CHECKING:
    from torch import nn

    from handpose.training.runs import Task


@dataclass(frozen=True)
class FileKind:
    """A kind of file that holds a network.

    Attributes
    ----------
    name : str
        Class of what is in it.
    article : str
        "a" or "an", before the name.
    format : int
        Version of what is written, and the newest that is read.
    writer : str
        Call that writes such a file.
    parameters : mapping of str to type
        Types of the parameters in the header; the first one names the network.
    """

    name: str
    article: str
    format: int
    writer: str
    parameters: Mapping[str, type]


class NetworkEstimator(BaseEstimator):
    """Base of `KeypointNet` and `EfficientNetClassifier`: training, saving and loading.

    A subclass has the parameters of `TRAINING_RULES`, ``batch_size``, ``checkpoint``,
    ``progress`` and ``random_state``.
    """

    _KIND: ClassVar[FileKind]
    _PURPOSE: ClassVar[str]
    """What needs torch, for messages."""

    network_: nn.Module
    train_rows_: NDArray[np.intp]
    held_out_rows_: NDArray[np.intp]
    history_: list[dict[str, float]]

    def save(self, path: str | Path) -> Path:
        """Write the network and what prediction needs into one file of safetensors.

        Such a file holds no code.

        Returns
        -------
        Path
            The file; it is replaced only once the new one is complete.

        Raises
        ------
        MissingExtraError
            If safetensors is not installed.
        ModelFileError
            If the classes of a classifier are neither text nor whole numbers.
        """
        check_is_fitted(self)
        try:
            about = self._header()
        except ValueError as error:
            raise ModelFileError(f"{path}: {error}") from None
        try:
            from handpose.training.tensor_files import write_tensors
        except ImportError:
            raise MissingExtraError(f"saving and loading {self._PURPOSE}", "torch") from None
        parameters = self.get_params() | self._fitted_parameters()
        write_tensors(Path(path), self._KIND, parameters, about, self.network_.state_dict())
        return Path(path)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read what `save` wrote; the estimator predicts as before.

        Parameters of training are not in the file: they get their defaults.

        Raises
        ------
        MissingExtraError
            If torch or safetensors is not installed.
        ModelFileError
            If the file is missing, damaged, newer than this library, or of something else.
        """
        with borrowed_torch(cls._PURPOSE):
            try:
                from handpose.training.tensor_files import (
                    loaded_network,
                    odd_header,
                    read_tensors,
                )
            except ImportError:
                raise MissingExtraError(f"saving and loading {cls._PURPOSE}", "torch") from None
            header, tensors = read_tensors(Path(path), cls._KIND)
            try:
                model, make = cls._restored(header)
            except ValueError as error:
                raise odd_header(Path(path), cls._KIND, error) from None
            model.network_ = loaded_network(Path(path), cls._KIND, header, tensors, make)
        return model

    def _split(
        self, n: int, labels: ArrayLike | None, groups: ArrayLike | None, rng: RandomState
    ) -> Split:
        """Rows to train on, and rows of other groups that decide when to stop."""
        share: float = self.get_params()["validation_fraction"]
        try:
            return hold_out(n, labels, groups, share, rng)
        except DatasetError as error:
            raise DatasetError(
                f"{error} (validation_fraction={share:g}; 0 trains for a fixed number of epochs)"
            ) from None

    def _train(self, network: nn.Module, task: Task, seed: int) -> None:
        """Train the network, which then keeps the weights of the best epoch."""
        from handpose.training.runs import train

        self.train_rows_, self.held_out_rows_ = task.train, task.held_out
        checkpoint: str | Path | None = self.get_params()["checkpoint"]
        self.history_ = train(
            network,
            task,
            seed=seed,
            name=self._PURPOSE,
            checkpoint=None if checkpoint is None else Path(checkpoint),
            report=self.get_params()["progress"],
        )

    def _settings(self, kind: Any, **more: Any) -> Any:
        """Settings of a run, with the values of the parameters that have their names."""
        names = kind.__dataclass_fields__.keys() & self.get_params().keys()
        return kind(**{name: getattr(self, name) for name in names}, **more)

    def _fitted_parameters(self) -> dict[str, Any]:
        """Parameters that are saved with another value than was given."""
        return {}

    @abstractmethod
    def _header(self) -> dict[str, Any]:
        """Entries of the header beside the parameters; ValueError if they cannot be saved."""

    @classmethod
    @abstractmethod
    def _restored(cls, header: dict[str, Any]) -> tuple[Self, Callable[[], nn.Module]]:
        """An estimator and what builds its network; ValueError if the header is invalid."""
