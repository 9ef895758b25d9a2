"""Files of trained networks: numbers and a header, whole or not there, read without code."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from handpose.errors import MissingExtraError, ModelFileError
from handpose.extractors.keypoint_net.networks import KeypointNetwork, make_network
from handpose.extractors.keypoint_net.parameters import check_parameters
from handpose.extractors.keypoint_net.torch_backend import Tensor, torch
from handpose.files import replacing
from handpose.skeletons import Skeleton

try:
    from safetensors import SafetensorError, safe_open
    from safetensors.torch import save_file
except ImportError:
    raise MissingExtraError("saving and loading KeypointNet", "torch") from None

FORMAT_VERSION = 1

_KEY = "handpose"
_KIND = "KeypointNet"
_PARAMETERS = {"preset": str, "channels": int, "size": int, "batch_size": int}
_MOST_POINTS = 1000


@dataclass(frozen=True)
class Saved:
    """What predicting needs.

    Attributes
    ----------
    parameters : dict
        preset, channels, size, batch_size.
    skeleton : Skeleton
    network : KeypointNetwork
        Folded.
    """

    parameters: dict[str, Any]
    skeleton: Skeleton
    network: KeypointNetwork


def write_net(path: Path, saved: Saved) -> None:
    """Write a network; the file appears whole or not at all."""
    skeleton = saved.skeleton
    header = {
        "format": FORMAT_VERSION,
        "kind": _KIND,
        "parameters": {name: kind(saved.parameters[name]) for name, kind in _PARAMETERS.items()},
        "skeleton": {
            "name": skeleton.name,
            "landmarks": list(skeleton.landmarks),
            "edges": [list(edge) for edge in skeleton.edges],
            "mirror": list(skeleton.mirror),
        },
        "versions": {name: version(name) for name in ("handpose", "torch")},
    }
    state = {name: tensor.contiguous() for name, tensor in saved.network.state_dict().items()}
    with replacing(path) as temporary:
        save_file(state, temporary, {_KEY: json.dumps(header)})


def read_net(path: Path) -> Saved:
    """Read what `write_net` wrote.

    Raises
    ------
    ModelFileError
        If the file is missing, damaged, newer than this library, or of something else.
    """
    if not path.is_file():
        raise ModelFileError(f"{path}: no such file; write one with KeypointNet.save")
    try:
        with safe_open(path, framework="pt") as file:
            text = (file.metadata() or {}).get(_KEY, "")
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError) as error:
        reason = str(error).strip().splitlines()[0]
        raise ModelFileError(
            f"{path}: damaged, or not written by KeypointNet.save ({reason})"
        ) from None
    header = _read_header(text, path)
    parameters, skeleton = header["parameters"], _skeleton(header["skeleton"])
    try:
        check_parameters(parameters | {"skeleton": skeleton})
        shape = parameters["preset"], parameters["channels"], parameters["size"]
        network = make_network(*shape, points=len(skeleton)).fold()
    except ValueError as error:
        raise ModelFileError(f"{path}: the header is not that of a {_KIND} ({error})") from None
    _check_tensors(tensors, network.state_dict(), path)
    network.load_state_dict(tensors)
    return Saved(parameters, skeleton, network)


def _read_header(text: str, path: Path) -> dict[str, Any]:
    try:
        header = json.loads(text)
        kind, written = header["kind"], header["format"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise ModelFileError(f"{path}: holds tensors, but not those of KeypointNet.save") from None
    if kind != _KIND:
        raise ModelFileError(f"{path}: holds {kind!r}, not a {_KIND}")
    if type(written) is not int or not 1 <= written <= FORMAT_VERSION:
        raise ModelFileError(
            f"{path}: format {written!r}, but this handpose reads up to {FORMAT_VERSION}; "
            "upgrade: pip install -U handpose"
        )
    odd = _oddity(header)
    if odd:
        raise ModelFileError(f"{path}: the header is not that of a {_KIND} (see {odd})")
    return header


def _oddity(header: dict[str, Any]) -> str:
    """What has another type than was written; nothing is the empty string."""
    parameters, skeleton = header.get("parameters"), header.get("skeleton")
    if not isinstance(parameters, dict) or parameters.keys() != _PARAMETERS.keys():
        return "parameters"
    for name, kind in _PARAMETERS.items():
        if type(parameters[name]) is not kind:
            return name
    return "" if isinstance(skeleton, dict) and _is_skeleton(skeleton) else "skeleton"


def _is_skeleton(found: dict[str, Any]) -> bool:
    """Whether names are different texts, and edges and the mirror's map are places among them."""
    names, edges, mirror = (_list(found.get(key)) for key in ("landmarks", "edges", "mirror"))
    if not isinstance(found.get("name"), str) or not all(isinstance(n, str) for n in names):
        return False
    if not 0 < len(names) <= _MOST_POINTS or len(set(names)) < len(names):
        return False
    pairs = [_list(edge) for edge in edges]
    places = [*mirror, *(place for pair in pairs for place in pair)]
    return (
        all(len(pair) == 2 for pair in pairs)
        and len(mirror) == len(names)
        and all(type(place) is int and 0 <= place < len(names) for place in places)
    )


def _list(found: Any) -> list[Any]:
    return found if isinstance(found, list) else []


def _skeleton(found: dict[str, Any]) -> Skeleton:
    return Skeleton(
        found["name"],
        tuple(found["landmarks"]),
        tuple((first, second) for first, second in found["edges"]),
        tuple(found["mirror"]),
    )


def _check_tensors(theirs: dict[str, Tensor], ours: dict[str, Tensor], path: Path) -> None:
    odd = sorted(theirs.keys() ^ ours.keys())
    if odd:
        verb = "lacks" if odd[0] in ours else "also holds"
        more = f" and differs in {len(odd) - 1} more" if len(odd) > 1 else ""
        raise ModelFileError(f"{path}: {verb} {odd[0]}{more}; the weights are of another network")
    for name, tensor in theirs.items():
        if tensor.shape != ours[name].shape or tensor.dtype != ours[name].dtype:
            raise ModelFileError(
                f"{path}: {name} is {_described(tensor)}, but its network needs "
                f"{_described(ours[name])}"
            )
        if not torch.isfinite(tensor).all():
            raise ModelFileError(f"{path}: {name} holds values that are no numbers; save it anew")


def _described(tensor: Tensor) -> str:
    return f"{str(tensor.dtype).removeprefix('torch.')} {tuple(tensor.shape)}"
