"""Checkpoints of a training run: whole or not there, of this run or refused, read without code."""

from __future__ import annotations

import hashlib
import json
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
    """Where a run stands after an epoch. Enough to go on as if nothing had happened.

    Attributes
    ----------
    epoch : int
        Epochs that are done.
    waited : int
        Epochs since the best one.
    best_loss : float
    history : list of dict
        Numbers of each epoch.
    network, best : dict of Tensor
        The last weights, and those of the best epoch.
    optimizer : dict
    random : Tensor
        State of torch's random numbers.
    """

    epoch: int
    waited: int
    best_loss: float
    history: list[dict[str, float]]
    network: dict[str, Tensor]
    best: dict[str, Tensor]
    optimizer: dict[str, Any]
    random: Tensor


def save_checkpoint(path: Path, progress: Progress, fingerprint: str) -> None:
    """Write a checkpoint in place of the one before."""
    fields = {name: getattr(progress, name) for name in Progress.__dataclass_fields__}
    content = {"format": FORMAT_VERSION, "fingerprint": fingerprint, **fields}
    buffer = BytesIO()  # to a file, torch raises another error for each version on a full disk
    torch.save(content, buffer)
    with replacing(path) as temporary:
        temporary.write_bytes(buffer.getvalue())


def load_checkpoint(path: Path, fingerprint: str, network: str) -> Progress | None:
    """Read a checkpoint; None where there is none.

    Parameters
    ----------
    path : Path
    fingerprint : str
        Of the run that would go on.
    network : str
        What is trained, for messages.

    Raises
    ------
    ModelFileError
        If the file is damaged, no checkpoint, or that of another run.
    """
    if not path.exists():
        return None
    try:
        content: Any = torch.load(path, map_location="cpu", weights_only=True)
        known = content["format"] == FORMAT_VERSION
        same = content["fingerprint"] == fingerprint
        fields = {name: content[name] for name in Progress.__dataclass_fields__}
    except Exception as error:  # torch.load fails in many ways on what it did not write
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
    """SHA-256 of all that decides how a run ends.

    Parameters
    ----------
    settings : dataclass
    start : mapping of str to Tensor
        Weights before the first step.
    *arrays : ndarray
        The data, and how it is divided.
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
