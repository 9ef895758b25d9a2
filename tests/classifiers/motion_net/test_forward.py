import numpy as np
import pytest

from handpose.classifiers.motion_net.channels import channel_count, channels, split
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
    from handpose.classifiers.motion_net.network import MotionNetwork, inputs

    count = channel_count(form)
    scaling = {"mean": np.full(count, 0.1, np.float32), "scale": np.full(count, 2, np.float32)}
    torch.manual_seed(0)
    network = MotionNetwork(form, 8, 5, 0.0, scaling["mean"], scaling["scale"])
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm1d):
            module.running_mean.normal_()
            module.running_var.uniform_(0.5, 2)
            module.weight.data.uniform_(0.5, 2)
            module.bias.data.normal_()
    network.eval()
    made = sequences(form)
    with torch.inference_mode():
        expected = network(*inputs(made, form)).numpy()
    found = logits(made, form, scaling | network.arrays())
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)
