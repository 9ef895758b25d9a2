"""Command lines under test."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest


@dataclass
class Ran:
    """How a command ended.

    Attributes
    ----------
    code : int
    out, err : str
    """

    code: int
    out: str
    err: str

    @property
    def json(self):
        """Standard output, which must be one JSON document and nothing else."""
        return json.loads(self.out)

    @property
    def complaints(self):
        """The lines in which the library names what went wrong."""
        return [line for line in self.err.splitlines() if line.startswith("handpose: ")]


def run_main(main, capfd, arguments):
    """Run a command line and tell how it ended."""
    capfd.readouterr()
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    captured = capfd.readouterr()
    assert "Traceback" not in captured.err
    return Ran(ended.value.code or 0, captured.out, captured.err)
