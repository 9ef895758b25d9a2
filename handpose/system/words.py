"""Words of messages."""

from __future__ import annotations

import re

_COMMANDS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""What a terminal obeys (control characters), what turns text round, and what is no character."""


def counted(n: int, one: str, several: str = "") -> str:
    """A number and its noun: ``1 person``, ``2 people``; by default the plural ends in s."""
    return f"{n} {one if n == 1 else several or one + 's'}"


def printable(text: str) -> str:
    """A text as a terminal or a page may show it, whatever is in the name of a file or of a label.

    Every character that would command the terminal or turn text round stands as its escape,
    ``\\x1b``. Line feeds stay.
    """
    return _COMMANDS.sub(lambda found: found[0].encode("unicode_escape").decode(), text)
