import numpy as np
import pytest

from handpose.classifiers.motion_net.channels import (
    _from_palm,
    _steps,
    channel_count,
    channels,
    split,
)
from handpose.classifiers.motion_net.forward import logits
from handpose.features.motion_sequences import SequenceForm

FORMS = [SequenceForm(h, k, d) for h, k, d in ((1, 1, 2), (1, 21, 3), (2, 21, 2))]


def sequences(form, n=3):
    made = np.random.default_rng(0).normal(0, 1, (n, form.size)).astype(np.float32)
    _, seen, body = split(made, form)
    seen[:] = seen > -0.5
    body[:, -1] = 1
    body[:, 2] = 5
    return made


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_where_a_hand_is_not_seen_its_points_do_not_matter(form):
    made = sequences(form)
    points, seen, body = split(made, form)
    before = channels(points, seen, body, np)
    points[seen == 0] = np.nan_to_num(points[seen == 0]) + 7
    np.testing.assert_allclose(channels(points, seen, body, np), before, atol=1e-5)
    assert before.shape == (3, 32, channel_count(form))


@pytest.mark.torch
@pytest.mark.parametrize("form", FORMS, ids=str)
def test_numpy_and_torch_say_the_same(form):
    torch = pytest.importorskip("torch")
    from handpose.classifiers.motion_net.network import MotionNetwork, inputs, read

    count = channel_count(form)
    scaling = {"mean": np.full(count, 0.1, np.float32), "scale": np.full(count, 2, np.float32)}
    torch.manual_seed(0)
    network = MotionNetwork(form, 2, 8, 5, 0.0, scaling["mean"], scaling["scale"])
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm1d):
            module.running_mean.normal_()
            module.running_var.uniform_(0.5, 2)
            module.weight.data.uniform_(0.5, 2)
            module.bias.data.normal_()
    network.eval()
    made = sequences(form)
    with torch.inference_mode():
        each = network(read(network, *inputs(made, form)))
        expected = each.log_softmax(2).mean(1).numpy()
    found = logits(made, form, scaling | network.arrays())
    assert each.shape == (3, 2, 5)
    assert (each[:, 0] - each[:, 1]).abs().max() > 0.01
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("axes", [2, 3])
def test_the_shape_that_the_palm_sees_is_the_same_however_the_hand_is_turned(axes):
    rng = np.random.default_rng(1)
    shape = rng.normal(0, 1, (4, 21, axes)).astype(np.float32)
    turn, _ = np.linalg.qr(rng.normal(0, 1, (axes, axes)))
    turn[0] *= np.linalg.det(turn)  # no mirror image
    (seen, facing), (turned, turned_facing) = (
        _from_palm(points, np) for points in (shape, shape @ turn.astype(np.float32))
    )
    np.testing.assert_allclose(turned, seen, atol=1e-4)
    assert np.abs(turned_facing - facing).max() > 0.1
    mirrored, _ = _from_palm(shape * np.array([-1] + [1] * (axes - 1), np.float32), np)
    assert np.abs(mirrored - seen).max() > 0.1


def test_steps_are_centred_and_none_beside_a_frame_that_is_not_seen():
    values = np.arange(8, dtype=np.float32)[None, :, None, None] ** 2
    shown = np.ones_like(values)
    shown[0, 6] = 0
    assert _steps(values, shown, 4, np).ravel().tolist() == [0, 0, 16, 24, 0, 40, 0, 0]
    assert _steps(values, shown, 1, np).ravel().tolist() == [0, 1, 3, 5, 7, 9, 0, 0]
