"""Old names that keep working for one version."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

Function = TypeVar("Function", bound=Callable[..., Any])


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


def old_arguments(**names: str) -> Callable[[Function], Function]:
    """Let a function take old names of its arguments: ``@old_arguments(jobs="n_jobs")``."""

    def decorate(function: Function) -> Function:
        @wraps(function)
        def call(*args: Any, **keywords: Any) -> Any:
            for old in names.keys() & keywords.keys():
                warn_renamed(f"{function.__name__}({old}=...)", f"{names[old]}=...")
                keywords[names[old]] = keywords.pop(old)
            return function(*args, **keywords)

        return cast(Function, call)

    return decorate
