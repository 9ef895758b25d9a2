"""Damaged copies of a file, the same ones in every run."""

from __future__ import annotations

import random

import handpose as hp

ODD_BYTES = b'\x00\x01\x7f\x80\xff[]{}",:-e9'


def mutations(content, count, seed=0):
    """Yield `count` damaged copies: bytes changed, cut off, taken out, doubled, swapped.

    Parameters
    ----------
    content : bytes
    count : int
    seed : int
    """
    rng = random.Random(seed)
    for _ in range(count):
        damaged = bytearray(content)
        for _ in range(rng.choice((1, 1, 1, 2, 4, 16))):
            rng.choice(_DAMAGES)(damaged, rng)
        yield bytes(damaged)


def outcomes(content, count, read):
    """What `read` does with damaged copies, as "read" or "refused": another error is the test's.

    Parameters
    ----------
    content : bytes
    count : int
    read : callable
        Takes bytes.
    """
    found = set()
    for damaged in mutations(content, count):
        message = ""
        try:
            read(damaged)
        except hp.HandposeError as error:
            message = str(error)
        assert "\n" not in message
        found.add("refused" if message else "read")
    return found


def _place(damaged, rng):
    """Anywhere, but often near the end or the beginning, where a file says what it holds."""
    most = max(len(damaged) - 1, 0)
    near = rng.randint(0, min(most, 2000))
    return rng.choice((rng.randint(0, most), near, most - near))


def _flip(damaged, rng):
    if damaged:
        damaged[_place(damaged, rng)] ^= 1 << rng.randrange(8)


def _set(damaged, rng):
    if damaged:
        damaged[_place(damaged, rng)] = rng.choice(ODD_BYTES)


def _digit(damaged, rng):
    """Change a digit of a number in text."""
    digits = [i for i in range(max(0, len(damaged) - 4000), len(damaged)) if 48 <= damaged[i] < 58]
    if digits:
        damaged[rng.choice(digits)] = rng.choice(b"0123456789-.e")


def _cut(damaged, rng):
    del damaged[_place(damaged, rng) :]


def _take_out(damaged, rng):
    start = _place(damaged, rng)
    del damaged[start : start + rng.randint(1, 64)]


def _double(damaged, rng):
    start = _place(damaged, rng)
    damaged[start:start] = damaged[start : start + rng.randint(1, 64)]


def _number(damaged, rng):
    """Write an extreme integer over what is there."""
    start, size = _place(damaged, rng), rng.choice((2, 4, 8))
    value = rng.choice((0, 1, 2**31 - 1, 2**63 - 1, 2**64 - 1, 10**9)) % 2 ** (8 * size)
    damaged[start : start + size] = value.to_bytes(size, "little")


_DAMAGES = (_flip, _flip, _set, _digit, _cut, _take_out, _double, _number)
