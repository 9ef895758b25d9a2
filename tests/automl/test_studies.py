import builtins
import errno
import json
import os
from multiprocessing import get_context
from time import monotonic

import pytest

import handpose as hp
from handpose.automl import studies
from handpose.automl.studies import Studies, import_optuna

optuna = pytest.importorskip("optuna")


def add(journal, n):
    Studies(journal, "abc", 0).study("features").optimize(_objective, n_trials=n)


def _objective(trial):
    return trial.suggest_float("x", 0, 1)


def test_without_a_journal_it_is_in_memory_and_the_same_again():
    def tried():
        study = Studies(None, "abc", 3).study("features")
        study.optimize(_objective, n_trials=3)
        return [trial.params["x"] for trial in study.trials]

    assert tried() == tried()


def test_a_journal_is_gone_on_with(tmp_path):
    add(tmp_path / "j" / "j.log", 2)
    add(tmp_path / "j" / "j.log", 3)
    study = Studies(tmp_path / "j" / "j.log", "abc", 0).study("features")
    assert len(study.trials) == 5
    assert len({trial.params["x"] for trial in study.trials}) == 5


def test_parts_have_studies_of_their_own_and_remember(tmp_path):
    add(tmp_path / "j.log", 1)
    studies = Studies(tmp_path / "j.log", "abc", 0)
    assert studies.study("hyperparameters").trials == []
    studies.remember("features", "crossings", {"kept": ["a"]})
    again = Studies(tmp_path / "j.log", "abc", 0)
    assert again.recall("features", "crossings") == {"kept": ["a"]}
    assert again.recall("hyperparameters", "crossings") is None


@pytest.mark.slow
def test_two_workers_share_a_study(tmp_path):
    workers = [
        get_context("spawn").Process(target=add, args=(tmp_path / "j.log", 10)) for _ in range(2)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    trials = Studies(tmp_path / "j.log", "abc", 0).study("features").trials
    assert [trial.number for trial in trials] == list(range(20))


def test_what_a_killed_worker_had_begun_to_write_is_cut_off(tmp_path):
    path = tmp_path / "j.log"
    add(path, 2)
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:30])
    add(path, 1)
    assert path.read_bytes().startswith(whole)
    assert len(Studies(path, "abc", 0).study("features").trials) == 3


@pytest.mark.parametrize(
    "content",
    [
        b"no journal",
        b"no journal\n",
        b"no\njournal\n",
        b"\x00\xff\xfe\n\n",
        b"{}\n{}\n",
        b"[1]\n[2]\n",
    ],
)
def test_a_damaged_journal_is_refused_and_kept(tmp_path, content):
    path = tmp_path / "j.log"
    path.write_bytes(content)
    with pytest.raises(hp.HandposeError, match="damaged, or not the journal of a search") as caught:
        Studies(path, "abc", 0).study("features")
    assert "\n" not in str(caught.value)
    assert path.read_bytes() == content


def test_a_line_of_a_journal_that_was_damaged_is_refused(tmp_path):
    path = tmp_path / "j.log"
    add(path, 2)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:2], b'{"op_code": \n', *lines[2:]]))
    with pytest.raises(hp.HandposeError, match="damaged"):
        Studies(path, "abc", 0)


def test_the_lock_of_a_killed_worker_is_broken(tmp_path, monkeypatch):
    path = tmp_path / "j.log"
    add(path, 1)
    (tmp_path / "j.log.lock").touch()
    monkeypatch.setattr(studies, "LOCKED_S", 3)
    start = monotonic()
    add(path, 1)
    assert 2 < monotonic() - start < 20
    assert len(Studies(path, "abc", 0).study("features").trials) == 2


def test_a_study_of_something_else_is_refused(tmp_path):
    path = tmp_path / "j.log"
    storage = Studies(path, "abc", 0)._storage
    theirs = optuna.create_study(study_name="features", storage=storage, direction="maximize")
    theirs.optimize(_objective, n_trials=1)
    with pytest.raises(hp.HandposeError, match="other data or with other settings"):
        Studies(path, "abc", 0).study("features")
    (study,) = storage.get_all_studies()
    assert study.user_attrs == {}


def test_a_journal_of_other_data_is_refused(tmp_path):
    add(tmp_path / "j.log", 1)
    with pytest.raises(hp.HandposeError, match="other data or with other settings"):
        Studies(tmp_path / "j.log", "xyz", 0).study("features")


def test_a_folder_is_no_journal(tmp_path):
    with pytest.raises(hp.HandposeError, match="cannot be used as a journal"):
        Studies(tmp_path, "abc", 0)
    (tmp_path / "file").touch()
    with pytest.raises(hp.HandposeError, match="cannot be used as a journal"):
        Studies(tmp_path / "file" / "j.log", "abc", 0)


def test_without_optuna_the_extra_is_named(monkeypatch):
    ordinary = builtins.__import__

    def absent(name, *args, **kwargs):
        if name == "optuna":
            raise ImportError(name)
        return ordinary(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(hp.MissingExtraError, match=r'pip install "handpose\[search\]"'):
        import_optuna()


@pytest.mark.parametrize("kept", [0, 10, None], ids=["nothing", "half a line", "an error"])
@pytest.mark.parametrize("after", [0, 6], ids=["at once", "later"])
def test_a_journal_on_a_full_disk_cannot_be_written(tmp_path, monkeypatch, kept, after):
    """Optuna's line is lost, and a study or a trial was not found later."""
    backend = optuna.storages.journal.JournalFileBackend
    whole, calls = backend.append_logs, []

    def append(self, logs):
        calls.append(logs)
        if len(calls) <= after:
            return whole(self, logs)
        if kept is None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        with journal.open("ab") as file:
            file.write(json.dumps(logs).encode()[:kept])

    monkeypatch.setattr(backend, "append_logs", append)
    journal = tmp_path / "j.log"

    def try_some():
        studies = Studies(journal, "abc", 0)
        study = studies.study("features")
        with studies.writing():
            study.optimize(_objective, n_trials=9, catch=hp.HandposeError)

    with pytest.raises(hp.SearchError, match=r"j\.log: cannot be written; free some space"):
        try_some()
