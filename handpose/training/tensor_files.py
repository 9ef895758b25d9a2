"""Files of networks: tensors and a JSON header, written atomically, read without running code."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn

from handpose.errors import ModelFileError
from handpose.system.files import replacing
from handpose.training.estimator import FileKind

_KEY = "handpose"
_MADE_WITH = ("handpose", "torch")
"""Packages whose versions are written into the header."""


def write_tensors(
    path: Path,
    kind: FileKind,
    parameters: Mapping[str, Any],
    about: Mapping[str, Any],
    tensors: Mapping[str, Tensor],
) -> None:
    """Write tensors and a header; the file appears whole or not at all.

    Parameters
    ----------
    path : Path
    kind : FileKind
    parameters : mapping of str to object
        Those of `kind` are written.
    about : mapping of str to object
        Further entries of the header.
    tensors : mapping of str to Tensor
    """
    header = {
        "format": kind.format,
        "kind": kind.name,
        "parameters": {name: type_(parameters[name]) for name, type_ in kind.parameters.items()},
        **about,
        "versions": {name: version(name) for name in _MADE_WITH},
    }
    state = {name: tensor.contiguous() for name, tensor in tensors.items()}
    content = save(state, {_KEY: json.dumps(header)})
    with replacing(path) as temporary:
        temporary.write_bytes(content)


def read_tensors(path: Path, kind: FileKind) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """Read what `write_tensors` wrote: the header and the tensors.

    Raises
    ------
    ModelFileError
        If the file is missing, damaged, newer than this library, or of something else.
    """
    if not path.is_file():
        raise ModelFileError(f"{path}: no such file; write one with {kind.writer}")
    try:
        with safe_open(path, framework="pt") as file:
            text = (file.metadata() or {}).get(_KEY, "")
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError) as error:
        reason = str(error).strip().splitlines()[0]
        raise ModelFileError(
            f"{path}: damaged, or not written by {kind.name}.save ({reason})"
        ) from None
    return _read_header(text, path, kind), tensors


def loaded_network(
    path: Path,
    kind: FileKind,
    header: Mapping[str, Any],
    tensors: Mapping[str, Tensor],
    make: Callable[[], nn.Module],
) -> nn.Module:
    """A network with the tensors of a file.

    Parameters
    ----------
    path : Path
    kind : FileKind
    header : mapping
    tensors : mapping of str to Tensor
    make : callable
        Builds the network of the header.

    Raises
    ------
    ModelFileError
        If names, shapes or types of the tensors differ from the network's, or a value is not
        finite.
    """
    try:
        with torch.device("meta"):  # a network of any size, without its memory
            expected = make().state_dict()
    except ValueError as error:
        raise odd_header(path, kind, error) from None
    check_tensors(tensors, expected, path, header["parameters"][next(iter(kind.parameters))])
    network = make()
    network.load_state_dict(tensors)
    return network


def odd_header(path: Path, kind: FileKind, reason: object) -> ModelFileError:
    """The error for a header that does not fit its kind."""
    return ModelFileError(
        f"{path}: the header is not that of {kind.article} {kind.name} ({reason})"
    )


def check_tensors(
    theirs: Mapping[str, Tensor], ours: Mapping[str, Tensor], path: Path, network: str
) -> None:
    """Refuse tensors of a file (`theirs`) that a new network (`ours`) cannot take.

    Raises
    ------
    ModelFileError
        If names, shapes or types differ, or a value is not finite.
    """
    odd = sorted(theirs.keys() ^ ours.keys())
    if odd:
        verb = "lacks" if odd[0] in ours else "also holds"
        more = f" and differs in {len(odd) - 1} more" if len(odd) > 1 else ""
        raise ModelFileError(f"{path}: {verb} {odd[0]}{more}; the weights are not of {network}")
    for name, tensor in theirs.items():
        if tensor.shape != ours[name].shape or tensor.dtype != ours[name].dtype:
            raise ModelFileError(
                f"{path}: {name} is {_described(tensor)}, but {network} needs "
                f"{_described(ours[name])}"
            )
        if not torch.isfinite(tensor).all():
            raise ModelFileError(f"{path}: {name} holds NaN or infinity; save the network again")


def _read_header(text: str, path: Path, kind: FileKind) -> dict[str, Any]:
    try:
        header: dict[str, Any] = json.loads(text)
        name, written = header["kind"], header["format"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise ModelFileError(f"{path}: holds tensors, but not those of {kind.name}.save") from None
    if name != kind.name:
        raise ModelFileError(f"{path}: holds {name!r}, not {kind.article} {kind.name}")
    if type(written) is not int or not 1 <= written <= kind.format:
        raise ModelFileError(
            f"{path}: format {written!r}, but this handpose reads up to {kind.format}; "
            "upgrade: pip install -U handpose"
        )
    odd = _odd_parameter(header.get("parameters"), kind.parameters)
    if odd:
        raise odd_header(path, kind, f"see {odd}")
    return header


def _odd_parameter(found: Any, parameters: Mapping[str, type]) -> str:
    """The first parameter of another type than was written, or an empty string."""
    if not isinstance(found, dict) or found.keys() != parameters.keys():
        return "parameters"
    wrong = [name for name, type_ in parameters.items() if type(found[name]) is not type_]
    return wrong[0] if wrong else ""


def _described(tensor: Tensor) -> str:
    return f"{str(tensor.dtype).removeprefix('torch.')} {tuple(tensor.shape)}"
