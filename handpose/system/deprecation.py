"""Old names that keep working for one version."""

from __future__ import annotations

import warnings
from typing import Any


def warn_renamed(old: str, new: str, *, stacklevel: int = 3) -> None:
    """Warn that a name will go in the next version, and name the new one."""
    warnings.warn(
        f"{old} is deprecated and will be removed in handpose 0.3; use {new}",
        DeprecationWarning,
        stacklevel=stacklevel,
    )


def renamed(instance: object, old: str, new: str) -> Any:
    """An attribute that has another name now."""
    name = type(instance).__name__
    warn_renamed(f"{name}.{old}", f"{name}.{new}", stacklevel=4)
    return getattr(instance, new)
