"""Checkpoints of a training run: written atomically, checked, and read without running code."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from handpose.errors import ModelFileError
from handpose.system.files import replacing

FORMAT_VERSION = 1


@dataclass
class Progress:
    """The state of a run after an epoch; enough to resume it exactly.

    Attributes
    ----------
    epoch : int
        Epochs completed.
    waited : int
        Epochs since the best one.
    best_loss : float
    history : list of dict
        Numbers of each epoch.
    network, best : dict of Tensor
        The last weights, and those of the best epoch.
    optimizer : dict
    random : Tensor
        State of torch's random number generator.
    """

    epoch: int
    waited: int
    best_loss: float
    history: list[dict[str, float]]
    network: dict[str, Tensor]
    best: dict[str, Tensor]
    optimizer: dict[str, Any]
    random: Tensor

    def check(self) -> None:
        """Raise ValueError if a number is not what a run writes."""
        for name in ("epoch", "waited"):
            if type(number := getattr(self, name)) is not int or number < 0:
                raise ValueError(f"{name} must be a whole number of at least 0, but got {number!r}")
        if not isinstance(self.best_loss, int | float) or math.isnan(self.best_loss):
            raise ValueError(f"best_loss must be a number, but got {self.best_loss!r}")
        whole = isinstance(self.history, list) and len(self.history) == self.epoch
        if not whole or not all(isinstance(numbers, dict) for numbers in self.history):
            raise ValueError("history must have the numbers of each epoch")


def save_checkpoint(path: Path, progress: Progress, fingerprint: str) -> None:
    """Replace the checkpoint on disk."""
    fields = {name: getattr(progress, name) for name in Progress.__dataclass_fields__}
    content = {"format": FORMAT_VERSION, "fingerprint": fingerprint, **fields}
    buffer = BytesIO()  # on a full disk, torch raises another error in each version
    torch.save(content, buffer)
    with replacing(path) as temporary:
        temporary.write_bytes(buffer.getvalue())


def load_checkpoint(path: Path, fingerprint: str, network: str) -> Progress | None:
    """Read a checkpoint; None if the file does not exist.

    Parameters
    ----------
    path : Path
    fingerprint : str
        Of the run that is to be resumed.
    network : str
        What is trained, for messages.

    Raises
    ------
    ModelFileError
        If the file is damaged, not a checkpoint, or belongs to another run.
    """
    if not path.exists():
        return None
    try:
        content: Any = torch.load(path, map_location="cpu", weights_only=True)
        known = content["format"] == FORMAT_VERSION
        same = content["fingerprint"] == fingerprint
        fields = {name: content[name] for name in Progress.__dataclass_fields__}
    except Exception as error:  # torch.load fails in many ways on other files
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise ModelFileError(f"{path}: not a checkpoint of {network} ({reason})") from None
    if not known:
        raise ModelFileError(f"{path}: checkpoint of another version of handpose; delete it")
    if not same:
        raise ModelFileError(
            f"{path}: checkpoint of a run with other data or parameters; "
            "delete it or name another file"
        )
    return Progress(**fields)


def run_fingerprint(
    settings: Any, start: Mapping[str, Tensor], *arrays: NDArray[Any], seed: int
) -> str:
    """SHA-256 of everything that determines the result of a run.

    Parameters
    ----------
    settings : dataclass
    start : mapping of str to Tensor
        Weights before the first step.
    *arrays : ndarray
        The data and its split.
    seed : int
    """
    digest = hashlib.sha256(json.dumps([asdict(settings), seed], sort_keys=True).encode())
    for name, tensor in start.items():
        digest.update(name.encode())
        digest.update(np.ascontiguousarray(tensor.numpy()).data)
    for array in arrays:
        digest.update(f"{array.dtype}{array.shape}".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()
