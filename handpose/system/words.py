"""Words of messages."""

from __future__ import annotations


def counted(n: int, one: str, several: str = "") -> str:
    """A number and its noun: ``1 person``, ``2 people``; by default the plural ends in s."""
    return f"{n} {one if n == 1 else several or one + 's'}"
