"""The secret sequence, as a salted hash that is slow to guess."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from handpose.temporal import encode_gestures

FEWEST, FEWEST_DIFFERENT = 4, 3
"""Gestures of a sequence: with ten to choose from, 10,000 sequences and more."""


@dataclass(frozen=True)
class Secret:
    """What is kept of a sequence: scrypt (RFC 7914) with a salt of its own."""

    salt: bytes
    key: bytes
    cost: int = 2**15

    @classmethod
    def of(cls, gestures: tuple[str, ...], cost: int = 2**15) -> Secret:
        """The secret of a new sequence; ValueError where it is too easy to guess."""
        if len(gestures) < FEWEST or len(set(gestures)) < FEWEST_DIFFERENT:
            raise ValueError(
                f"a sequence has at least {FEWEST} gestures, {FEWEST_DIFFERENT} of them different"
            )
        salt = secrets.token_bytes(16)
        return cls(salt, _derived(gestures, salt, cost), cost)

    def matches(self, gestures: tuple[str, ...]) -> bool:
        """Whether it is this sequence; takes equally long whatever is wrong with it."""
        return hmac.compare_digest(_derived(gestures, self.salt, self.cost), self.key)

    def to_dict(self) -> dict[str, object]:
        return {"salt": self.salt.hex(), "key": self.key.hex(), "cost": self.cost}

    @classmethod
    def from_dict(cls, known: dict) -> Secret:
        return cls(bytes.fromhex(known["salt"]), bytes.fromhex(known["key"]), int(known["cost"]))


def _derived(gestures: tuple[str, ...], salt: bytes, cost: int) -> bytes:
    memory = 256 * cost * 8
    return hashlib.scrypt(encode_gestures(gestures), salt=salt, n=cost, r=8, p=1, maxmem=memory)
