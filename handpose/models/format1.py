"""Models of format 1: the files of skops, read as data and made into the library's estimators.

Nothing is imported by the names in such a file. Its objects become `Record`, their type a text; a
type that is not in `handpose.models.format1_parts` is refused.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from handpose.errors import ModelFileError
from handpose.models.archive import decode_array, read_zip

ESTIMATOR = "estimator.skops"

_SCHEMA = "schema.json"
_KEYS = {"str": str, "int": int, "float": float}
_IGNORED = frozenset(
    ("TypeNode", "RandomGeneratorNode", "RandomStateNode", "LossNode", "DTypeNode", "SetNode")
)
"""What lies in an estimator beside what it predicts from."""


@dataclass(frozen=True)
class Record:
    """An object of a file.

    Attributes
    ----------
    type : str
        Module and class.
    state : mapping of str to object
        Its attributes.
    """

    type: str
    state: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The class alone."""
        return self.type.rpartition(".")[2]


def read_objects(content: bytes) -> Any:
    """What lies in a file of skops: values, arrays and records.

    Raises
    ------
    ModelFileError, ValueError, KeyError, TypeError, RecursionError
        If it is anything else.
    """
    members = read_zip(io.BytesIO(content))
    return _Reader(members).value(json.loads(members[_SCHEMA]))


class _Reader:
    def __init__(self, members: dict[str, bytes]):
        self._members = members

    def value(self, node: Any) -> Any:
        """The value of a node of the schema."""
        loader = node["__loader__"]
        if loader == "JsonNode":
            return json.loads(node["content"])
        if loader == "NdArrayNode":
            return self._array(node)
        if loader in ("ListNode", "TupleNode"):
            items = [self.value(item) for item in node["content"]]
            return tuple(items) if loader == "TupleNode" else items
        if loader == "DictNode":
            return self._dict(node)
        if loader in ("ObjectNode", "TreeNode") or loader in _IGNORED:
            kind = f"{node['__module__']}.{node['__class__']}"
            inside = {} if loader in _IGNORED else self.value(node["content"])
            return Record(kind, inside if isinstance(inside, dict) else {})
        raise ModelFileError(f"holds {str(loader)[:40]}, which is not allowed")

    def _array(self, node: Any) -> Any:
        if node["type"] == "json":
            return [self.value(item) for item in node["content"]]
        array = decode_array(self._members[node["file"]])
        return array if node["__class__"] == "ndarray" else array[()]

    def _dict(self, node: Any) -> dict[Any, Any]:
        kinds = [kind["__class__"] for kind in node["key_types"]["content"]]
        values = [self.value(value) for value in node["content"].values()]
        keys = [_KEYS[k](key) for k, key in zip(kinds, node["content"], strict=True)]
        return dict(zip(keys, values, strict=True))
