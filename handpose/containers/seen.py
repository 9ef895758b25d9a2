"""Which hands and people a model has seen, as short digests that name nobody.

A score on people that a model was trained on says nothing about new people. So a model remembers
its training hands: of each, five bytes of a keyed hash of its landmarks. That recognises the same
hands in another table, under another name and in another order, and tells nothing of how they look.
Landmarks that were extracted again differ; there the data set's name and the subjects' ids, hashed
too, tell.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handpose.containers.landmarks import Landmarks

_BYTES = 5
"""Of a digest: among 10,000 hands seen and as many new ones, one in 10,000 looks seen by chance."""

_KEY_BYTES = 8

_MOST = 20_000
"""Digests that are kept, the smallest: of more hands they are an even sample."""


@dataclass(frozen=True)
class SeenHands:
    """Digests of the hands, and of the people, that a model was trained on.

    Attributes
    ----------
    key : bytes
        Of the hashes; another one for other hands.
    hands : frozenset of bytes
    people : frozenset of bytes
        Empty where no subjects were named.
    whole : bool
        Whether every hand is there; else those with the smallest digests.
    """

    key: bytes
    hands: frozenset[bytes]
    people: frozenset[bytes]
    whole: bool = True

    @classmethod
    def of(cls, hands: Landmarks, subjects: NDArray[Any] | None = None) -> SeenHands:
        """Note detected hands and, where they are named, their subjects."""
        found = hands[hands.detected]
        key = hashlib.blake2b(found.points.tobytes(), digest_size=_KEY_BYTES).digest()
        digests = sorted(set(_digests(key, found)))
        named = [] if subjects is None else sorted(set(subjects[hands.detected].tolist()) - {""})
        return cls(
            key,
            frozenset(digests[:_MOST]),
            frozenset(_person(key, str(name)) for name in named[:_MOST]),
            whole=len(digests) <= _MOST,
        )

    def which(self, hands: Landmarks) -> NDArray[np.bool_]:
        """Which hands were seen, shape (n,). False where none was detected."""
        seen = np.zeros(len(hands), bool)
        rows = np.flatnonzero(hands.detected)
        seen[rows] = [digest in self.hands for digest in _digests(self.key, hands[rows])]
        return seen

    def which_people(self, subjects: NDArray[np.str_]) -> NDArray[np.bool_]:
        """Which rows have the id of a person that was seen, shape (n,)."""
        known = [s for s in set(subjects.tolist()) - {""} if _person(self.key, s) in self.people]
        return np.isin(subjects, known)

    def to_dict(self) -> dict[str, Any]:
        """As JSON: three short texts and a flag."""
        return {
            "key": self.key.hex(),
            "hands": _packed(self.hands),
            "people": _packed(self.people),
            "whole": self.whole,
        }

    @classmethod
    def from_dict(cls, document: Any) -> SeenHands | None:
        """Read what `to_dict` wrote; None where it is anything else."""
        try:
            key = bytes.fromhex(document["key"])
            if len(key) != _KEY_BYTES:
                return None
            return cls(
                key,
                _unpacked(document["hands"]),
                _unpacked(document["people"]),
                bool(document["whole"]),
            )
        except (KeyError, TypeError, ValueError):
            return None


def _digests(key: bytes, hands: Landmarks) -> list[bytes]:
    rows = np.ascontiguousarray(hands.points[..., :2])
    return [hashlib.blake2b(row.tobytes(), digest_size=_BYTES, key=key).digest() for row in rows]


def _person(key: bytes, subject: str) -> bytes:
    return hashlib.blake2b(subject.encode(), digest_size=_BYTES, key=key).digest()


def _packed(digests: Iterable[bytes]) -> str:
    return base64.b64encode(b"".join(sorted(digests))).decode()


def _unpacked(text: str) -> frozenset[bytes]:
    content = base64.b64decode(text, validate=True)
    if len(content) % _BYTES or len(content) > _BYTES * _MOST:
        raise ValueError("not digests")
    return frozenset(content[i : i + _BYTES] for i in range(0, len(content), _BYTES))
