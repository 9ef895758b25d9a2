"""Files of trained networks: numbers and a header, whole or not there, read without code."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from handpose.containers.skeletons import Skeleton
from handpose.errors import MissingExtraError
from handpose.keypoint_net.networks import KeypointNetwork, make_network
from handpose.keypoint_net.parameters import check_parameters

try:
    import torch

    from handpose.training.tensor_files import (
        FileKind,
        check_tensors,
        odd_header,
        read_tensors,
        write_tensors,
    )
except ImportError:
    raise MissingExtraError("saving and loading KeypointNet", "torch") from None

_KIND = FileKind(
    "KeypointNet",
    "a",
    format=1,
    writer="KeypointNet.save",
    parameters={"preset": str, "channels": int, "size": int, "batch_size": int},
)
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
    about = {
        "skeleton": {
            "name": skeleton.name,
            "landmarks": list(skeleton.landmarks),
            "edges": [list(edge) for edge in skeleton.edges],
            "mirror": list(skeleton.mirror),
        }
    }
    made_with = ("handpose", "torch")
    write_tensors(path, _KIND, saved.parameters, about, made_with, saved.network.state_dict())


def read_net(path: Path) -> Saved:
    """Read what `write_net` wrote.

    Raises
    ------
    ModelFileError
        If the file is missing, damaged, newer than this library, or of something else.
    """
    header, tensors = read_tensors(path, _KIND)
    if not _is_skeleton(header.get("skeleton")):
        raise odd_header(path, _KIND, "see skeleton")
    parameters, skeleton = header["parameters"], _skeleton(header["skeleton"])
    try:
        check_parameters(parameters | {"skeleton": skeleton})
        shape = parameters["preset"], parameters["channels"], parameters["size"]
        with torch.device("meta"):  # a network of any size, without its memory
            expected = make_network(*shape, points=len(skeleton)).fold().state_dict()
    except ValueError as error:
        raise odd_header(path, _KIND, error) from None
    others = "the weights are of another network"
    check_tensors(tensors, expected, path, others=others, owner="its network")
    network = make_network(*shape, points=len(skeleton)).fold()
    network.load_state_dict(tensors)
    return Saved(parameters, skeleton, network)


def _is_skeleton(found: Any) -> bool:
    """Whether names are different texts, and edges and the mirror's map are places among them."""
    if not isinstance(found, dict):
        return False
    lists = [found.get(key) for key in ("landmarks", "edges", "mirror")]
    if not all(isinstance(value, list) for value in lists):
        return False
    names, edges, mirror = map(_list, lists)
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
