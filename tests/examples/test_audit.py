"""The log: whole after whatever happens, and nothing in it can be changed unseen."""

import json
import os

import pytest

from examples.door.audit import AuditLog, BrokenLogError, verified


@pytest.fixture
def path(tmp_path):
    return tmp_path / "log.jsonl"


@pytest.fixture
def written(path):
    log = AuditLog(path)
    log.append("started")
    log.append("challenge", gestures=["é", "2"])
    log.append("attempt")
    log.close()
    return path.read_bytes()


def test_records_follow_each_other(path, written):
    log = AuditLog(path)
    log.append("opened")
    log.close()
    records = verified(path.read_bytes(), "log")
    assert [r["event"] for r in records] == ["started", "challenge", "attempt", "opened"]
    assert [r["n"] for r in records] == [0, 1, 2, 3]
    assert records[1]["gestures"] == ["é", "2"]
    assert [r["before"] for r in records[1:]] == [r["hash"] for r in records[:-1]]
    assert path.read_bytes().startswith(written)


def test_a_log_that_was_cut_anywhere_is_whole_again(path, written):
    """As a kill or a power cut may leave it: every line that was finished is kept, no other."""
    for cut in range(len(written)):
        path.write_bytes(written[:cut])
        log = AuditLog(path)
        log.append("attempt")
        log.close()
        kept = written[:cut].count(b"\n")
        torn = not written[:cut].endswith(b"\n") and cut > 0
        records = verified(path.read_bytes(), "log")
        assert len(records) == kept + torn + 1
        if torn:
            assert records[kept]["event"] == "recovered"


def test_no_byte_of_a_finished_line_can_be_changed_unseen(path, written):
    for place in range(0, len(written) - 1, 3):
        changed = bytearray(written)
        changed[place] ^= 1
        path.write_bytes(changed)
        with pytest.raises((BrokenLogError, UnicodeDecodeError)):
            AuditLog(path)


@pytest.mark.parametrize("line", [0, 1])
def test_a_line_that_was_taken_out_is_missed(path, written, line):
    lines = written.splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:line] + lines[line + 1 :]))
    with pytest.raises(BrokenLogError, match=f"line {line + 1}: was changed, or lines are missing"):
        AuditLog(path)


def test_a_second_process_is_refused(path):
    log = AuditLog(path)
    with pytest.raises(BrokenLogError, match="another process"):
        AuditLog(path)
    log.close()
    AuditLog(path).close()


def test_each_record_is_on_the_disk_when_append_returns(path, monkeypatch):
    synced = []
    monkeypatch.setattr(os, "fsync", lambda file: synced.append(path.read_bytes()))
    log = AuditLog(path)
    log.append("started")
    assert json.loads(synced[-1].splitlines()[-1])["event"] == "started"
    log.close()


def test_a_line_that_was_not_written_whole_is_an_error(path, monkeypatch):
    log = AuditLog(path)
    real = os.write
    monkeypatch.setattr(os, "write", lambda file, line: real(file, line[:10]))
    with pytest.raises(OSError, match="disk full"):
        log.append("started")
    monkeypatch.undo()
    log.close()
    log = AuditLog(path)
    assert [record["event"] for record in log.records] == ["recovered"]
    log.close()
