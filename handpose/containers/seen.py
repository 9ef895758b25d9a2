"""Which samples and people a model was trained on, as short digests without names.

A score on people that a model was trained on says nothing about new people. So a model remembers
its training samples, hands or motions: of each, five bytes of a keyed hash of its landmarks. That
recognises the same sample in another table, under another name and in another order, without
storing it. Landmarks that were extracted again differ; there the data set's name and
the hashed ids of the people are compared.
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
from handpose.containers.motion import Motions

_BYTES = 5
"""Of a digest: among 10,000 hands seen and as many new ones, one in 10,000 looks seen by chance."""

_KEY_BYTES = 8

_MOST = 20_000
"""Digests that are kept, the smallest: of more hands they are an even sample."""


@dataclass(frozen=True)
class SeenHands:
    """Digests of the hands or motions, and of the people, that a model was trained on.

    Attributes
    ----------
    key : bytes
        Of the hashes; other samples have another.
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
    def of(cls, samples: Landmarks | Motions, groups: NDArray[Any] | None = None) -> SeenHands:
        """Note detected samples and, where they are named, their people."""
        found = samples[samples.detected]
        hashed = hashlib.blake2b(digest_size=_KEY_BYTES)
        for points in _points(found):
            hashed.update(points.tobytes())
        key = hashed.digest()
        digests = sorted(set(_digests(key, found)))
        named = [] if groups is None else sorted(set(groups[samples.detected].tolist()) - {""})
        return cls(
            key,
            frozenset(digests[:_MOST]),
            frozenset(_person(key, str(name)) for name in named[:_MOST]),
            whole=len(digests) <= _MOST,
        )

    def joined(self, samples: Landmarks | Motions, groups: NDArray[Any] | None = None) -> SeenHands:
        """Note more samples and, where they are named, their people."""
        found = samples[samples.detected]
        digests = sorted(self.hands | set(_digests(self.key, found)))
        named = [] if groups is None else sorted(set(groups[samples.detected].tolist()) - {""})
        people = self.people | {_person(self.key, str(name)) for name in named}
        return SeenHands(
            self.key,
            frozenset(digests[:_MOST]),
            frozenset(sorted(people)[:_MOST]),
            whole=self.whole and len(digests) <= _MOST,
        )

    def which(self, samples: Landmarks | Motions) -> NDArray[np.bool_]:
        """Which samples were seen, shape (n,). False where none was detected."""
        seen = np.zeros(len(samples), bool)
        rows = np.flatnonzero(samples.detected)
        seen[rows] = [digest in self.hands for digest in _digests(self.key, samples[rows])]
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
    def from_dict(cls, document: Any) -> SeenHands:
        """Read what `to_dict` wrote.

        Raises
        ------
        KeyError, TypeError, ValueError
            If it is anything else.
        """
        key = bytes.fromhex(document["key"])
        if len(key) != _KEY_BYTES or type(document["whole"]) is not bool:
            raise ValueError("the digests of what was seen have no key")
        hands, people = (_unpacked(document[name]) for name in ("hands", "people"))
        return cls(key, hands, people, document["whole"])


def _points(samples: Landmarks | Motions) -> list[NDArray[np.float32]]:
    return [samples.points] if isinstance(samples, Landmarks) else [m.points for m in samples]


def _digests(key: bytes, samples: Landmarks | Motions) -> list[bytes]:
    each = samples.points if isinstance(samples, Landmarks) else _points(samples)
    rows = (np.ascontiguousarray(points[..., :2]) for points in each)
    return [hashlib.blake2b(row.tobytes(), digest_size=_BYTES, key=key).digest() for row in rows]


def _person(key: bytes, subject: str) -> bytes:
    return hashlib.blake2b(subject.encode(), digest_size=_BYTES, key=key).digest()


def _packed(digests: Iterable[bytes]) -> str:
    return base64.b64encode(b"".join(sorted(digests))).decode()


def _unpacked(text: str) -> frozenset[bytes]:
    content = base64.b64decode(text, validate=True)
    if len(content) % _BYTES or len(content) > _BYTES * _MOST:
        raise ValueError("the digests of what was seen have another length")
    return frozenset(content[i : i + _BYTES] for i in range(0, len(content), _BYTES))
