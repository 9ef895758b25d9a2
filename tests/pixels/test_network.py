"""The network: padding, squeeze-and-excitation, normalisation, stochastic depth."""

import pytest

from handpose.pixels.conventions import Conventions, torchvision_conventions

torch = pytest.importorskip("torch")
pad_same = pytest.importorskip("handpose.training.layers").pad_same
network_module = pytest.importorskip("handpose.pixels.network")
EfficientNet, conv_norm = network_module.EfficientNet, network_module.conv_norm

pytestmark = pytest.mark.torch

SAME = Conventions("same", 1e-3, (127, 127, 127), (128, 128, 128))
SYMMETRIC = Conventions("symmetric", 1e-3, (127, 127, 127), (128, 128, 128))

# Sums of ones under each window, worked out by hand: how much of the window lies on the picture.
WINDOWS = [
    (SAME, 4, 3, [[9, 6], [6, 4]]),
    (SAME, 4, 5, [[16, 12], [12, 9]]),
    (SAME, 5, 3, [[4, 6, 4], [6, 9, 6], [4, 6, 4]]),
    (SYMMETRIC, 4, 3, [[4, 6], [6, 9]]),
    (SYMMETRIC, 4, 5, [[9, 12], [12, 16]]),
    (SYMMETRIC, 5, 3, [[4, 6, 4], [6, 9, 6], [4, 6, 4]]),
]


@pytest.mark.parametrize(("rules", "side", "kernel", "expected"), WINDOWS)
def test_padding_at_stride_two(rules, side, kernel, expected):
    layer = conv_norm(1, 1, kernel, rules, stride=2).eval()
    torch.nn.init.ones_(layer.conv.weight)
    with torch.no_grad():
        out = layer(torch.ones(1, 1, side, side))
    scale = (1 + rules.norm_epsilon) ** 0.5  # fresh normalisation divides by it
    torch.testing.assert_close(out[0, 0] * scale, torch.tensor(expected, dtype=torch.float32))


def test_padding_of_sides_that_differ():
    padded = pad_same(torch.ones(1, 1, 4, 5), 3, 2)
    assert padded.shape == (1, 1, 5, 7)
    assert padded[0, 0, :, 0].sum() == 0
    assert padded[0, 0, 0].sum() == 5


@pytest.mark.parametrize("rules", [SAME, SYMMETRIC])
def test_every_size_comes_out_halved_and_rounded_up(rules):
    layer = conv_norm(1, 1, 5, rules, stride=2).eval()
    for side in range(5, 12):
        assert layer(torch.ones(1, 1, side, side)).shape[2:] == ((side + 1) // 2,) * 2


def test_lite_has_relu6_and_no_squeeze_and_excitation():
    kinds = {type(module).__name__ for module in EfficientNet("lite0").modules()}
    assert "ReLU6" in kinds
    assert not kinds & {"SqueezeExcite", "SiLU"}
    kinds = {type(module).__name__ for module in EfficientNet("b0").modules()}
    assert {"SqueezeExcite", "SiLU"} <= kinds
    assert "ReLU6" not in kinds


def test_pixels_are_normalised_inside():
    torch.manual_seed(0)
    pixels = torch.rand(1, 3, 32, 32) * 255
    shifted = Conventions("same", 1e-3, (27, 27, 27), (64, 64, 64))
    one, other = EfficientNet("lite0", conventions=SAME), EfficientNet("lite0", conventions=shifted)
    other.load_state_dict(one.state_dict())
    with torch.no_grad():
        expected = one.eval()(pixels)
        torch.testing.assert_close(other.eval()((pixels - 127) / 2 + 27), expected)


@pytest.mark.parametrize(("variant", "epsilon"), [("b4", 1e-5), ("b5", 1e-3)])
def test_torchvisions_epsilon_depends_on_the_variant(variant, epsilon):
    with torch.device("meta"):
        network = EfficientNet(variant, conventions=torchvision_conventions(variant))
    norms = [m for m in network.modules() if isinstance(m, torch.nn.BatchNorm2d)]
    assert {norm.eps for norm in norms} == {epsilon}


def test_a_prediction_does_not_depend_on_the_rest_of_the_batch():
    torch.manual_seed(0)
    network = EfficientNet("lite0").eval()
    pixels = torch.rand(3, 3, 40, 56) * 255
    with torch.no_grad():
        alone = torch.cat([network(picture[None]) for picture in pixels])
        torch.testing.assert_close(network(pixels), alone, rtol=1e-3, atol=1e-4)


def test_training_skips_blocks_for_some_pictures_and_only_then():
    torch.manual_seed(0)
    network = EfficientNet("lite0")
    rates = [block.drop_path for block in network.blocks]
    assert rates == sorted(rates)
    assert (rates[0], rates[-1]) == (0, 0.2 * 15 / 16)
    block = network.blocks[-2].train()
    x = torch.rand(400, 192, 1, 1)
    with torch.no_grad():
        block.project.norm.bias += 1  # else a skipped block and a silent one look the same
        skipped = (block(x) == x).flatten(1).all(1).float().mean()
        assert skipped == pytest.approx(block.drop_path, abs=0.06)
        assert not (block.eval()(x) == x).flatten(1).all(1).any()


def test_weights_are_stored_channels_last():
    weight = EfficientNet("lite0").stem.conv.weight
    assert weight.is_contiguous(memory_format=torch.channels_last)
