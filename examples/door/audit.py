"""A log that only grows: JSON lines, each on the disk before the door goes on."""

from __future__ import annotations

import hashlib
import json
import os
from datetime import datetime, timezone
from pathlib import Path
from typing import Any


class BrokenLogError(Exception):
    """The log cannot be trusted: the door stays shut until a person has looked."""


class AuditLog:
    """Records of what happened, each with the hash of the one before it.

    A line counts once it is whole. What a kill or a power cut left of a line is cut off when the
    log is opened again. One process writes; a second one is refused.
    """

    def __init__(self, path: Path):
        self.path = path
        self._file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            _lock(self._file, path)
            text = path.read_bytes()
            whole = text[: text.rfind(b"\n") + 1]
            self.records = verified(whole, str(path))
            if len(whole) < len(text):
                os.ftruncate(self._file, len(whole))
                self.append("recovered", cut=len(text) - len(whole))
            _sync_folder(path.parent)
        except BaseException:
            self.close()
            raise

    def append(self, event: str, **facts: Any) -> None:
        """Write a record; when this returns, it is on the disk."""
        before = self.records[-1]["hash"] if self.records else ""
        time = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
        record = {"n": len(self.records), "time": time, "event": event, **facts, "before": before}
        record["hash"] = _hash(record)
        line = json.dumps(record).encode() + b"\n"
        if os.write(self._file, line) != len(line):
            raise OSError(f"{self.path}: a line was not written whole; is the disk full?")
        os.fsync(self._file)
        self.records.append(record)

    def close(self) -> None:
        if self._file >= 0:
            os.close(self._file)
        self._file = -1


def verified(text: bytes, name: str) -> list[dict[str, Any]]:
    """The records of a log; BrokenLogError if one is not what was written."""
    records: list[dict[str, Any]] = []
    for number, line in enumerate(text.splitlines()):
        before = records[-1]["hash"] if records else ""
        try:
            record = json.loads(line)
            known = (record["n"], record["before"], record["hash"])
        except (ValueError, KeyError, TypeError) as error:
            raise BrokenLogError(f"{name}, line {number + 1}: not a record") from error
        if known != (number, before, _hash(record)):
            raise BrokenLogError(f"{name}, line {number + 1}: was changed, or lines are missing")
        records.append(record)
    return records


def _hash(record: dict[str, Any]) -> str:
    told = {name: value for name, value in record.items() if name != "hash"}
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _lock(file: int, path: Path) -> None:
    if os.name != "posix":
        return
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise BrokenLogError(f"{path}: another process watches this door") from None


def _sync_folder(folder: Path) -> None:
    if os.name == "posix":
        number = os.open(folder, os.O_RDONLY)
        os.fsync(number)
        os.close(number)
