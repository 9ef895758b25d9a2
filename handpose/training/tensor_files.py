"""Files of networks: tensors and a header, whole or not there, read without code."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from handpose.errors import ModelFileError
from handpose.system.files import replacing

_KEY = "handpose"


@dataclass(frozen=True)
class FileKind:
    """A kind of file.

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
        What the header's parameters are.
    """

    name: str
    article: str
    format: int
    writer: str
    parameters: Mapping[str, type]


def write_tensors(
    path: Path,
    kind: FileKind,
    parameters: Mapping[str, Any],
    about: Mapping[str, Any],
    made_with: tuple[str, ...],
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
        What else is in the header.
    made_with : tuple of str
        Packages whose versions are written down.
    tensors : mapping of str to Tensor
    """
    header = {
        "format": kind.format,
        "kind": kind.name,
        "parameters": {name: type_(parameters[name]) for name, type_ in kind.parameters.items()},
        **about,
        "versions": {name: version(name) for name in made_with},
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


def odd_header(path: Path, kind: FileKind, oddity: object) -> ModelFileError:
    """The error of a header that is not that of its kind."""
    return ModelFileError(
        f"{path}: the header is not that of {kind.article} {kind.name} ({oddity})"
    )


def check_tensors(
    theirs: Mapping[str, Tensor],
    ours: Mapping[str, Tensor],
    path: Path,
    *,
    others: str,
    owner: str,
) -> None:
    """Refuse tensors that a network cannot take.

    Parameters
    ----------
    theirs, ours : mapping of str to Tensor
        Those of the file, and those of a new network.
    path : Path
    others : str
        What is said of tensors with other names.
    owner : str
        What needs another shape or type.

    Raises
    ------
    ModelFileError
        If names, shapes or types differ, or values are no numbers.
    """
    odd = sorted(theirs.keys() ^ ours.keys())
    if odd:
        verb = "lacks" if odd[0] in ours else "also holds"
        more = f" and differs in {len(odd) - 1} more" if len(odd) > 1 else ""
        raise ModelFileError(f"{path}: {verb} {odd[0]}{more}; {others}")
    for name, tensor in theirs.items():
        if tensor.shape != ours[name].shape or tensor.dtype != ours[name].dtype:
            raise ModelFileError(
                f"{path}: {name} is {_described(tensor)}, but {owner} needs "
                f"{_described(ours[name])}"
            )
        if not torch.isfinite(tensor).all():
            raise ModelFileError(f"{path}: {name} holds values that are no numbers; save it anew")


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
    """Which parameter has another type than was written; none is the empty string."""
    if not isinstance(found, dict) or found.keys() != parameters.keys():
        return "parameters"
    wrong = [name for name, type_ in parameters.items() if type(found[name]) is not type_]
    return wrong[0] if wrong else ""


def _described(tensor: Tensor) -> str:
    return f"{str(tensor.dtype).removeprefix('torch.')} {tuple(tensor.shape)}"
