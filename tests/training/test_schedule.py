import pytest

torch = pytest.importorskip("torch")
schedules = pytest.importorskip("handpose.training.schedule")

pytestmark = pytest.mark.torch


def test_the_learning_rate_rises_then_falls_to_nothing():
    schedule = schedules.learning_rate_at
    rates = [schedule(step, 100, 10, 2.0) for step in range(101)]
    assert rates[:10] == pytest.approx([0.2 * (i + 1) for i in range(10)])
    assert rates[10:] == sorted(rates[10:], reverse=True)
    assert rates[55] == pytest.approx(1.0)
    assert rates[100] == pytest.approx(0)


def test_only_matrices_decay_and_all_take_the_rate():
    network = torch.nn.Sequential(torch.nn.Conv2d(1, 2, 3), torch.nn.BatchNorm2d(2))
    optimizer = schedules.make_optimizer(network, learning_rate=0.5, weight_decay=0.1)
    matrices, others = optimizer.param_groups
    assert [p.ndim for p in matrices["params"]] == [4]
    assert [p.ndim for p in others["params"]] == [1, 1, 1]
    assert (matrices["weight_decay"], others["weight_decay"]) == (0.1, 0)
    schedules.set_learning_rate(optimizer, 0.25)
    assert [group["lr"] for group in optimizer.param_groups] == [0.25, 0.25]
