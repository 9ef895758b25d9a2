import numpy as np
import pytest

import handpose as hp

torch = pytest.importorskip("torch")
runs = pytest.importorskip("handpose.training.runs")

pytestmark = pytest.mark.torch


def settings(epochs=4, batch_size=2, patience=9):
    return runs.RunSettings(epochs, batch_size, 0.5, 0.0, 1.0, patience)


def run(errors, how, path=None, die_after=99):
    """A run whose only weight is the number of the last epoch, from 1."""
    network = torch.nn.Linear(1, 1, bias=False)
    torch.nn.init.zeros_(network.weight)

    def epoch(number):
        if number == die_after:
            raise KeyboardInterrupt
        torch.nn.init.constant_(network.weight, number + 1)
        return {"error": errors[number]} if errors else {}

    optimizer = torch.optim.SGD(network.parameters(), lr=0.5)
    history = runs.run_epochs(
        network, optimizer, how, epoch, "error", runs.RunFile(path, "mine", "Net")
    )
    assert not network.training
    return float(network.weight.detach()), history


def test_the_weights_of_the_best_epoch_are_kept_and_the_first_of_equals():
    best, history = run([0.4, 0.2, 0.2, 0.3], settings())
    assert best == 2
    assert [numbers["error"] for numbers in history] == [0.4, 0.2, 0.2, 0.3]


def test_patience_counts_epochs_since_the_best():
    best, history = run([0.4, 0.2, 0.3, 0.3, 0.1, 0.1], settings(epochs=6, patience=2))
    assert (best, len(history)) == (2, 4)


def test_where_nothing_is_judged_the_last_epoch_is_the_best():
    best, history = run(None, settings(patience=1))
    assert (best, len(history)) == (4, 4)


def test_a_killed_run_goes_on_after_its_last_whole_epoch(tmp_path):
    errors, path = [0.4, 0.2, 0.3, 0.3], tmp_path / "run.pt"
    with pytest.raises(KeyboardInterrupt):
        run(errors, settings(), path, die_after=2)
    assert run([None, None, 0.3, 0.3], settings(), path) == run(errors, settings())


@pytest.fixture
def killed(tmp_path):
    """The file of a run that was killed after two of four epochs."""
    path = tmp_path / "run.pt"
    with pytest.raises(KeyboardInterrupt):
        run([0.4, 0.2], settings(), path, die_after=2)
    return path


@pytest.mark.parametrize("name", ["epoch", "waited"])
@pytest.mark.parametrize("value", ["2", 2.0, True, None, -1, [2]])
def test_a_changed_count_is_refused(killed, name, value):
    refused(killed, f"{name} must be a whole number of at least 0", {name: value})


@pytest.mark.parametrize("value", ["0.2", float("nan"), None, torch.zeros(2)])
def test_a_changed_loss_is_refused(killed, value):
    refused(killed, "best_loss must be a number", {"best_loss": value})


@pytest.mark.parametrize("value", [None, [], [{}], [1, 2], {0: {}, 1: {}}])
def test_a_changed_history_is_refused(killed, value):
    refused(killed, "history must have the numbers of each epoch", {"history": value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("network", {}),
        ("network", 5),
        ("network", {"weight": torch.zeros(3, 3)}),
        ("network", {"weight": "heavy"}),
        ("best", {}),
        ("best", {"weight": torch.zeros(3, 3)}),
        ("best", None),
        ("optimizer", {}),
        ("optimizer", {"state": {}, "param_groups": []}),
        ("optimizer", [1]),
        ("random", torch.zeros(3)),
        ("random", "dice"),
    ],
)
def test_a_changed_state_is_refused_before_the_first_epoch(killed, name, value):
    refused(killed, "", {name: value})


def refused(path, message, change):
    """The file, changed, is refused in one line before anything is trained."""
    torch.save(torch.load(path, weights_only=True) | change, path)
    with pytest.raises(
        hp.ModelFileError, match=rf"run\.pt: not a checkpoint of Net .*{message}"
    ) as e:
        run([0.4, 0.2], settings(), path)
    assert "\n" not in str(e.value)


def test_every_row_is_seen_once_in_batches_of_almost_the_same_size():
    optimizer = torch.optim.SGD(torch.nn.Linear(1, 1).parameters(), lr=9.0)
    rows, seen, rates, reports = np.array([3, 5, 7, 9, 11]), [], [], []

    def step(batch):
        seen.append(batch.tolist())
        rates.append(optimizer.param_groups[0]["lr"])
        return float(batch.mean())

    how = settings(epochs=2, batch_size=4)
    found = runs.run_batches(optimizer, rows, how, 1, step, lambda *done: reports.append(done))
    assert runs.batches(rows, how) == 2
    assert sorted(seen[0] + seen[1]) == rows.tolist()
    assert [len(batch) for batch in seen] == [3, 2]
    assert rates == pytest.approx([0.5, 0.25])  # after a warm-up of two steps, half a cosine of two
    assert found == pytest.approx((rows.mean(), rates[-1]))
    assert reports == [(3, 4), (4, 4)]
