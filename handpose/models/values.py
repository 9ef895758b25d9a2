"""Parameters, labels and names as JSON, and back, checked."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.random import Generator, RandomState
from numpy.typing import NDArray

from handpose.errors import ModelFileError

_INTEGERS = tuple(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64))
_NUMBERS = ("bool", "float32", "float64", *_INTEGERS)
_MOST_CLASSES = 100_000
_LARGEST_INTEGER = 2**63


def encode_params(params: Mapping[str, Any], owner: str) -> dict[str, Any]:
    """Parameters of an estimator as JSON.

    Raises
    ------
    ModelFileError
        If one is something that no file holds.
    """
    return {name: _encode(value, f"{owner}'s {name}") for name, value in params.items()}


def decode_params(document: Any) -> dict[str, Any]:
    """What `encode_params` made.

    Raises
    ------
    ValueError
        If it is something else.
    """
    if type(document) is not dict:
        raise ValueError("parameters must have names")
    return {name: _decode(value) for name, value in document.items()}


def check_param(value: Any) -> None:
    """Raise if a parameter is nothing that `encode_params` takes.

    Raises
    ------
    ValueError
    """
    try:
        _encode(value, "a parameter")
    except ModelFileError as error:
        raise ValueError(str(error)) from None


def encode_classes(classes: NDArray[Any]) -> dict[str, Any]:
    """Labels as JSON.

    Raises
    ------
    ModelFileError
        If they are neither text nor numbers.
    """
    document = {"type": _class_type(classes), "values": classes.tolist()}
    try:
        decode_classes(document)
    except ValueError as error:
        raise ModelFileError(f"cannot be saved: {error}; use other labels") from None
    return document


def decode_classes(document: Any) -> NDArray[Any]:
    """What `encode_classes` made.

    Raises
    ------
    ValueError
        If they are not two or more different labels in order.
    """
    kind, values = document["type"], document["values"]
    if type(values) is not list or not 2 <= len(values) <= _MOST_CLASSES:
        raise ValueError("there must be two labels or more")
    if kind in ("str", "object"):
        _check_texts(values)
        classes = np.array(values, dtype=object if kind == "object" else None)
    elif kind in _NUMBERS:
        allowed = {"b": bool, "f": float}.get(np.dtype(kind).kind, int)
        if any(type(value) is not allowed for value in values):
            raise ValueError(f"labels are not all of type {kind}")
        classes = np.array(values, dtype=kind)
    else:
        raise ValueError(f"labels of type {str(kind)[:40]!r} are not known")
    check_classes(classes)
    if classes.tolist() != values:
        raise ValueError("labels change when they are read")
    return classes


def check_classes(classes: Any) -> None:
    """Raise if an array is not two or more different labels in order.

    Raises
    ------
    ValueError
    """
    if not isinstance(classes, np.ndarray) or classes.ndim != 1 or len(classes) < 2:
        raise ValueError("there must be two labels or more")
    kind, values = _class_type(classes), classes.tolist()
    if kind in ("str", "object"):
        _check_texts(values)
    elif kind not in _NUMBERS or any(isinstance(v, float) and not math.isfinite(v) for v in values):
        raise ValueError("labels must be text or numbers")
    if any(not a < b for a, b in pairwise(values)):
        raise ValueError("labels must be different and in order")


def _class_type(classes: NDArray[Any]) -> str:
    return {"U": "str", "O": "object"}.get(classes.dtype.kind, classes.dtype.name)


def _check_texts(values: list[Any]) -> None:
    for value in values:
        if type(value) is not str:
            raise ValueError("labels must be text or numbers")
        try:
            value.encode()
        except UnicodeEncodeError:
            raise ValueError(f"the label {value!r} is not valid text") from None


def _encode(value: Any, name: str) -> Any:
    value = value.item() if isinstance(value, np.generic) else value
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int) and abs(value) < _LARGEST_INTEGER:
        return int(value)
    if isinstance(value, float) and math.isfinite(value):
        return float(value)
    if isinstance(value, (RandomState, Generator)):
        return None  # its state has moved on since it was given
    if isinstance(value, (list, tuple)):
        items = [_encode(item, name) for item in value]
        return items if isinstance(value, list) else {"tuple": items}
    if isinstance(value, Mapping):
        pairs = [[_encode(k, name), _encode(v, name)] for k, v in value.items()]
        return {"pairs": pairs}
    raise ModelFileError(
        f"{name} is a {type(value).__name__}, which no file holds; use numbers, text or lists"
    )


def _decode(value: Any) -> Any:
    if type(value) is list:
        return [_decode(item) for item in value]
    if type(value) is dict:
        if value.keys() == {"tuple"}:
            return tuple(_decode(item) for item in value["tuple"])
        if value.keys() == {"pairs"}:
            return {_decode(k): _decode(v) for k, v in value["pairs"]}
        raise ValueError("a parameter is neither a value nor a list")
    check_param(value)
    return value
