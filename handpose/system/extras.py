"""Packages that may be absent."""

from __future__ import annotations

from importlib.util import find_spec

from handpose.errors import MissingExtraError


def is_installed(package: str) -> bool:
    """Whether a package can be imported, without importing it."""
    try:
        spec = find_spec(package)
    except (ImportError, ValueError):
        return False
    return spec is not None and spec.origin is not None  # a mere folder of that name has none


def require(package: str, purpose: str, extra: str) -> None:
    """Raise, before the work, if a package is absent.

    Raises
    ------
    MissingExtraError
        With the command that installs the extra.
    """
    if not is_installed(package):
        raise MissingExtraError(purpose, extra)
