import numpy as np
import pytest

import handpose as hp

torch = pytest.importorskip("torch")
runs = pytest.importorskip("handpose.training.runs")

pytestmark = pytest.mark.torch


def settings(epochs=4, batch_size=2, patience=9):
    return runs.RunSettings(epochs, batch_size, 0.5, 0.0, 1.0, patience)


class Scripted(runs.Task):
    """A task of one batch an epoch; the network's only weight counts the epochs."""

    judged_by = "error"

    def __init__(self, how, errors):
        super().__init__(how, np.arange(2), np.arange(2 if errors else 0))
        vars(self)["errors"] = errors

    def loss(self, network, rows):
        with torch.no_grad():
            network.weight.add_(1)
        return network.weight.sum() * 0

    def judge(self, network):
        return {"error": self.errors[round(float(network.weight.detach())) - 1]}


def run(errors, how, path=None, die_after=99):
    """The last weight and the history of a scripted run."""
    network = torch.nn.Linear(1, 1, bias=False)
    torch.nn.init.zeros_(network.weight)

    def report(done, total):
        if done > die_after * total // how.epochs:
            raise KeyboardInterrupt

    task = Scripted(how, errors)
    history = runs.train(network, task, seed=0, name="Net", checkpoint=path, report=report)
    assert not network.training
    for numbers in history:
        del numbers["seconds"]
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


class Lines(runs.Task):
    """y = 2 x, at x = 1, 2, 3 ...; notes the rows of each step."""

    def __init__(self, how, rows=5):
        super().__init__(how, np.arange(rows), np.arange(0))
        vars(self)["seen"] = []

    def loss(self, network, rows):
        self.seen.append(rows.tolist())
        x = torch.from_numpy(rows + 1.0).float()[:, None]
        return (network(x) - 2 * x).abs().mean()


def test_every_row_is_seen_once_an_epoch_in_batches_of_almost_the_same_size():
    task, reports = Lines(settings(epochs=2, batch_size=4)), []
    history = runs.train(
        torch.nn.Linear(1, 1), task, seed=0, name="Net", report=lambda *done: reports.append(done)
    )
    assert task.batches == 2
    assert [len(rows) for rows in task.seen] == [3, 2, 3, 2]
    assert sorted(task.seen[0] + task.seen[1]) == sorted(task.seen[2] + task.seen[3]) == [*range(5)]
    assert reports == [(1, 4), (2, 4), (3, 4), (4, 4)]
    # the last step of the warm-up of two, then the second of half a cosine of two
    assert [epoch["learning_rate"] for epoch in history] == pytest.approx([0.5, 0.25])
    assert all(epoch.keys() == {"learning_rate", "train_loss", "seconds"} for epoch in history)


def test_the_seed_decides_the_order():
    orders = []
    for seed in (0, 0, 1):
        task = Lines(settings(epochs=1, batch_size=1), rows=20)
        runs.train(torch.nn.Linear(1, 1), task, seed=seed, name="Net")
        orders.append(task.seen)
    assert orders[0] == orders[1] != orders[2]


def test_a_loss_that_is_not_finite_ends_the_run():
    task = Lines(settings())
    network = torch.nn.Linear(1, 1)
    torch.nn.init.constant_(network.weight, torch.inf)
    with pytest.raises(hp.HandposeError, match=r"diverged in epoch 1; lower learning_rate \(0.5\)"):
        runs.train(network, task, seed=0, name="Net")
