from dataclasses import dataclass

import numpy as np
import pytest

import handpose as hp

torch = pytest.importorskip("torch")
checkpoints = pytest.importorskip("handpose.training.checkpoints")

pytestmark = pytest.mark.torch


@dataclass(frozen=True)
class Settings:
    epochs: int = 3


def progress():
    weights = {"w": torch.arange(3.0)}
    history = [{"train_loss": 0.5}]
    return checkpoints.Progress(1, 0, 0.5, history, weights, weights, {}, torch.get_rng_state())


@pytest.fixture
def path(tmp_path):
    checkpoints.save_checkpoint(tmp_path / "run.pt", progress(), "mine")
    return tmp_path / "run.pt"


def test_it_comes_back_as_it_was(path):
    found, expected = checkpoints.load_checkpoint(path, "mine", "Net"), progress()
    assert torch.equal(found.network["w"], expected.network["w"])
    assert torch.equal(found.random, expected.random)
    assert (found.epoch, found.waited, found.best_loss) == (1, 0, 0.5)
    assert found.history == expected.history
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_none_is_none(tmp_path):
    assert checkpoints.load_checkpoint(tmp_path / "run.pt", "mine", "Net") is None


def test_what_is_damaged_of_another_run_or_another_version_is_refused(path, monkeypatch):
    def refused(fingerprint, message):
        with pytest.raises(hp.ModelFileError, match=message) as error:
            checkpoints.load_checkpoint(path, fingerprint, "Net")
        assert "\n" not in str(error.value)

    refused("theirs", r"run\.pt: checkpoint of a run with other data or parameters; delete it or")
    with monkeypatch.context() as patch:
        patch.setattr(checkpoints, "FORMAT_VERSION", 2)
        refused("mine", "checkpoint of another version of handpose; delete it")
    torch.save({"format": 1}, path)
    refused("mine", r"not a checkpoint of Net \('fingerprint'\)")
    path.write_bytes(b"damaged")
    refused("mine", "not a checkpoint of Net")


def test_whatever_decides_a_run_changes_its_fingerprint():
    start, rows = {"w": torch.zeros(2)}, np.arange(4)
    first = checkpoints.run_fingerprint(Settings(), start, rows, seed=0)
    assert checkpoints.run_fingerprint(Settings(), start, rows.copy(), seed=0) == first
    others = [
        checkpoints.run_fingerprint(Settings(4), start, rows, seed=0),
        checkpoints.run_fingerprint(Settings(), {"w": torch.ones(2)}, rows, seed=0),
        checkpoints.run_fingerprint(Settings(), {"v": torch.zeros(2)}, rows, seed=0),
        checkpoints.run_fingerprint(Settings(), start, rows[::-1], seed=0),
        checkpoints.run_fingerprint(Settings(), start, rows.reshape(2, 2), seed=0),
        checkpoints.run_fingerprint(Settings(), start, rows.view(np.uint64), seed=0),
        checkpoints.run_fingerprint(Settings(), start, rows, seed=1),
    ]
    assert len({first, *others}) == 8
