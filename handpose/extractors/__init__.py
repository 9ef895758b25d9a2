"""Extractors: pixels to landmarks."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import partial
from importlib import import_module
from inspect import signature
from pathlib import Path
from typing import Any, cast

from handpose.errors import UnknownNameError
from handpose.extractors.base import Extractor

EXTRACTORS: dict[str, str] = {
    "mediapipe": "handpose.extractors.mediapipe:MediaPipeExtractor",
    "native": "handpose.extractors.native:NativeExtractor",
}
"""Name to ``module:class``; a back end is imported when it is used."""

WORKER_OPTIONS: dict[str, dict[str, Any]] = {"native": {"threads": 1}}
"""What one of several worker processes adds: a core each is better than sharing them."""

DEFAULT_NUM_HANDS = 2
"""Of a recogniser and of tables of photos, in Python and on the command line: with one, the second
hand of a picture would be left out silently."""

PHOTO_OPTIONS: dict[str, dict[str, Any]] = {
    name: {"num_hands": DEFAULT_NUM_HANDS} for name in EXTRACTORS
}
"""Options of an extractor that makes a table of photos: as when they are recognised."""

DEFAULT_EXTRACTOR = "native"

NET_SUFFIX = ".keypoints"
"""A file with this suffix is a `KeypointNet`, and an extractor too."""


def is_net_file(name: str | os.PathLike[str]) -> bool:
    """Whether a name is that of a file that `KeypointNet.save` wrote."""
    return os.fspath(name).endswith(NET_SUFFIX)


def make_extractor(name: str = DEFAULT_EXTRACTOR, **options: Any) -> Extractor:
    """Make an extractor by name.

    Parameters
    ----------
    name : str
        A key of `EXTRACTORS`, or a file that `KeypointNet.save` wrote (``.keypoints``).
    **options
        Keywords of that extractor's class.

    Raises
    ------
    UnknownNameError
        If there is no such extractor, or it has no such option.
    OptionError
        If an option has a value that is not allowed.
    AssetError
        If its networks cannot be found or fetched.
    """
    if is_net_file(name):
        from handpose.extractors.own_net import KeypointNetExtractor

        build: Callable[..., Extractor] = partial(KeypointNetExtractor, name)
    elif name in EXTRACTORS:
        module, _, attribute = EXTRACTORS[name].partition(":")
        build = cast(Callable[..., Extractor], getattr(import_module(module), attribute))
    else:
        raise UnknownNameError("extractor", name, EXTRACTORS)
    check_options(name, build, options)
    return build(**options)


def check_options(name: str, build: Callable[..., object], options: Mapping[str, object]) -> None:
    """Raise UnknownNameError for an option that is not a keyword of `build`.

    Parameters
    ----------
    name : str
        Of the extractor, for the message.
    build : callable
        Makes the extractor from its options.
    options : dict
    """
    known = signature(build).parameters
    for option in options:
        if option not in known:
            raise UnknownNameError(f"{Path(name).name} option", option, known)


__all__ = [
    "DEFAULT_EXTRACTOR",
    "DEFAULT_NUM_HANDS",
    "EXTRACTORS",
    "NET_SUFFIX",
    "PHOTO_OPTIONS",
    "WORKER_OPTIONS",
    "Extractor",
    "check_options",
    "is_net_file",
    "make_extractor",
]
