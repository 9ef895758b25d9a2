import numpy as np
import pytest

from handpose.errors import UnknownNameError

torch = pytest.importorskip("torch")
from handpose.keypoint_net.networks import (  # noqa: E402
    PRESETS,
    make_network,
    mean_places,
)
from handpose.training.layers import folded  # noqa: E402

pytestmark = pytest.mark.torch


def parameters(network):
    return sum(p.numel() for p in network.parameters())


def test_the_textbooks_network_has_the_textbooks_size():
    network = make_network("tiny", 1, 96, 4)
    by_hand = (25 * 1 + 1) * 6 + (25 * 6 + 1) * 16 + (9 * 16 + 1) * 32 + (32 * 9 * 9 + 1) * 8
    assert parameters(network) == by_hand
    assert network.features(torch.zeros(2, 1, 96, 96)).shape == (2, 32 * 9 * 9)


@pytest.mark.parametrize("points", [1, 4, 21, 68])
def test_small_has_less_than_a_million_parameters(points):
    assert parameters(make_network("small", 3, 96, points)) < 1e6


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("size", [32, 45, 96])
def test_points_come_out_for_every_size(preset, channels, size):
    network = make_network(preset, channels, size, 5).eval()
    with torch.inference_mode():
        assert network(torch.rand(2, channels, size, size) * 255).shape == (2, 5, 2)


@pytest.mark.parametrize("preset", PRESETS)
def test_light_does_not_move_points(preset):
    torch.manual_seed(0)
    network = make_network(preset, 1, 48, 3).eval()
    pixels = torch.rand(3, 1, 48, 48) * 100
    with torch.inference_mode():
        assert torch.allclose(network(pixels), network(pixels * 1.5 + 40), atol=1e-4)


def test_a_picture_of_one_colour_gives_numbers():
    network = make_network("small", 1, 48, 3).eval()
    assert torch.isfinite(network(torch.full((1, 1, 48, 48), 255.0))).all()


@pytest.mark.parametrize("preset", PRESETS)
def test_folding_changes_nothing(preset):
    torch.manual_seed(0)
    network = make_network(preset, 1, 48, 3).train()
    for _ in range(3):
        network(torch.rand(8, 1, 48, 48) * 255)  # statistics of their own
    network.eval()
    pixels = torch.rand(4, 1, 48, 48) * 255
    with torch.inference_mode():
        before = network(pixels)
        np.testing.assert_allclose(folded(network)(pixels), before, atol=1e-5)
    assert not [m for m in network.modules() if isinstance(m, torch.nn.BatchNorm2d)]


def test_the_mean_place_of_a_peak_is_the_peak():
    maps = torch.full((1, 2, 4, 8), -50.0)
    maps[0, 0, 1, 6] = 50.0
    maps[0, 1, 3, 0] = maps[0, 1, 3, 1] = 50.0
    expected = [[[6.5 / 8, 1.5 / 4], [1 / 8, 3.5 / 4]]]
    assert torch.allclose(mean_places(maps), torch.tensor(expected))


def test_tiny_begins_at_the_mean_places():
    network = make_network("tiny", 1, 32, 2)
    network.start_at(torch.tensor([[0.25, 0.5], [0.75, 0.5]]))
    assert torch.allclose(network.linear.bias, torch.tensor([0.25, 0.5, 0.75, 0.5]))


def test_an_unknown_preset_and_a_picture_too_small_are_refused():
    with pytest.raises(UnknownNameError, match=r"unknown preset 'smal' .did you mean 'small'"):
        make_network("smal", 1, 96, 4)
    for preset, size in (("tiny", 29), ("small", 31)):
        with pytest.raises(ValueError, match=f"size must be at least {size + 1} for '{preset}'"):
            make_network(preset, 1, size, 4)
        make_network(preset, 1, size + 1, 4)
