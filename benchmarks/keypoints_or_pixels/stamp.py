"""What decides what is learnt, besides data and settings: code and the versions of packages."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import handpose
from benchmarks.keypoints_or_pixels.machine import versions

PACKAGES = ("handpose", "numpy", "scipy", "scikit-learn", "torch", "pillow")
"""Whose versions may change what is learnt."""


@cache
def code_stamp(places: tuple[str, ...]) -> str:
    """SHA-256 of modules (files, folders or patterns within the package) and of versions."""
    package = Path(handpose.__file__).parent
    digest = hashlib.sha256(repr([(name, versions()[name]) for name in PACKAGES]).encode())
    for place in places:
        pattern = place if place.endswith(".py") else f"{place}/**/*.py"
        paths = sorted(package.glob(pattern))
        if not paths:
            raise ValueError(f"{place}: no such module")
        for path in paths:
            digest.update(path.read_bytes())
    return digest.hexdigest()
