"""Old names that keep working for one version."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

_Function = TypeVar("_Function", bound=Callable[..., Any])


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


def renamed_arguments(**new_names: str) -> Callable[[_Function], _Function]:
    """Decorate a function so that it also takes old names of its arguments, and warns of them.

    Parameters
    ----------
    **new_names : str
        The new name of each argument by its old one.
    """

    def decorate(function: _Function) -> _Function:
        @wraps(function)
        def called(*args: Any, **kwargs: Any) -> Any:
            for old in new_names.keys() & kwargs.keys():
                new, name = new_names[old], function.__qualname__.removesuffix(".__init__")
                if new in kwargs:
                    raise TypeError(f"{name}() got both {new!r} and its old name {old!r}")
                warn_renamed(f"the argument {old} of {name}", new)
                kwargs[new] = kwargs.pop(old)
            return function(*args, **kwargs)

        return cast(_Function, called)

    return decorate
