"""The architecture's numbers against the published ones."""

import pytest

import handpose as hp
from handpose.pixels import VARIANTS, architecture
from handpose.pixels.family import scaled_channels

PARAMETERS = {  # b: torchvision's num_params; lite: TensorFlow's efficientnet_lite_builder_test
    "b0": 5_288_548,
    "b1": 7_794_184,
    "b2": 9_109_994,
    "b3": 12_233_232,
    "b4": 19_341_616,
    "b5": 30_389_784,
    "b6": 43_040_704,
    "b7": 66_347_960,
    "lite0": 4_652_008,
    "lite1": 5_416_680,
    "lite2": 6_092_072,
    "lite3": 8_197_096,
    "lite4": 13_006_568,
}

BILLION_MULTIPLY_ADDS = {  # torchvision's _ops, at the side of its own crop
    "b0": (224, 0.386),
    "b1": (240, 0.687),
    "b2": (288, 1.088),
    "b3": (300, 1.827),
    "b4": (380, 4.394),
    "b5": (456, 10.266),
    "b6": (528, 19.068),
    "b7": (600, 37.746),
}

LITE_MULTIPLY_ADDS = {  # TensorFlow's table of the lite variants
    "lite0": 407e6,
    "lite1": 631e6,
    "lite2": 899e6,
    "lite3": 1.44e9,
    "lite4": 2.64e9,
}


@pytest.fixture(scope="module")
def cost():
    pytest.importorskip("torch")
    from handpose.pixels import cost

    return cost


@pytest.mark.torch
@pytest.mark.parametrize("variant", VARIANTS)
def test_has_as_many_parameters_as_published(variant, cost):
    assert cost.parameter_count(variant) == PARAMETERS[variant]


@pytest.mark.torch
@pytest.mark.parametrize("variant", BILLION_MULTIPLY_ADDS)
def test_multiply_adds_are_torchvisions(variant, cost):
    side, published = BILLION_MULTIPLY_ADDS[variant]
    assert cost.multiply_adds(variant, side) / 1e9 == pytest.approx(published, abs=0.0006)


@pytest.mark.torch
@pytest.mark.parametrize(("variant", "published"), [("b0", 0.39e9), ("b2", 1.0e9), ("b7", 37e9)])
def test_multiply_adds_are_the_papers(variant, published, cost):
    assert cost.multiply_adds(variant) == pytest.approx(published, rel=0.03)


def elementwise_operations(network, side):
    """2 for each output of batch normalisation, 1 for each of an activation or an addition."""
    torch = pytest.importorskip("torch")
    counts = []

    def count(weight):
        return lambda _module, _inputs, output: counts.append(weight * output.numel())

    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.register_forward_hook(count(2))
        elif isinstance(module, torch.nn.ReLU6) or getattr(module, "residual", False):
            module.register_forward_hook(count(1))
    with torch.no_grad():
        network(torch.empty(1, 3, side, side, device="meta"))
    return sum(counts)


@pytest.mark.torch
@pytest.mark.parametrize("variant", LITE_MULTIPLY_ADDS)
def test_lite_multiply_adds_are_the_published_ones_with_elementwise_work(variant, cost):
    network = cost._weightless(variant, 1000)
    more = elementwise_operations(network, architecture(variant).resolution)
    counted = cost.multiply_adds(variant) + more
    assert counted == pytest.approx(LITE_MULTIPLY_ADDS[variant], rel=0.01)


@pytest.mark.torch
def test_cost_depends_on_resolution_and_classes(cost):
    last = 1280 * 1000
    small, large = (cost.multiply_adds("lite0", side) - last for side in (128, 256))
    assert large == 4 * small
    assert cost.parameter_count("lite0", classes=10) == 4_652_008 - 990 * 1281


@pytest.mark.parametrize(
    ("channels", "width", "scaled"),
    [(32, 1.0, 32), (32, 1.1, 32), (16, 1.1, 16), (24, 1.4, 32), (40, 1.2, 48), (4, 1, 8)],
)
def test_channels_are_multiples_of_eight(channels, width, scaled):
    assert scaled_channels(channels, width) == scaled


def test_rounding_never_takes_more_than_a_tenth_of_the_channels():
    assert scaled_channels(11, 1.0) == 16  # 8 is nearer, but lacks 27 %


def test_b7_is_twice_as_wide_and_three_times_as_deep():
    small, large = architecture("b0"), architecture("b7")
    assert [len(stage) for stage in small.stages] == [1, 2, 2, 3, 3, 4, 1]
    assert [len(stage) for stage in large.stages] == [4, 7, 7, 10, 10, 13, 4]
    assert large.stem == 2 * small.stem
    assert large.head == 2 * small.head
    assert large.stages[-1][-1].outputs == 640


def test_lite_variants_keep_stem_head_and_the_depth_of_the_outer_stages():
    lite = architecture("lite4")
    assert (lite.stem, lite.head) == (32, 1280)
    assert [len(stage) for stage in lite.stages] == [1, 4, 4, 6, 6, 8, 1]
    assert not any(block.squeezed for stage in lite.stages for block in stage)


def test_only_the_first_block_of_a_stage_halves_the_picture():
    for stage, stride in zip(architecture("b3").stages, (1, 2, 2, 2, 1, 2, 1), strict=True):
        assert [block.stride for block in stage] == [stride] + [1] * (len(stage) - 1)


def test_squeezing_leaves_a_quarter_of_the_channels_that_enter():
    block = architecture("b0").stages[1][0]
    assert (block.inputs, block.hidden, block.squeezed) == (16, 96, 4)


def test_an_unknown_variant_lists_the_known_ones():
    with pytest.raises(hp.UnknownNameError, match=r"did you mean 'lite4'.*b0, b1"):
        architecture("lite5")


def test_the_tables_need_no_torch(run_python):
    code = (
        "import sys, handpose.pixels as e; e.EfficientNetClassifier()\n"
        "print('torch' in sys.modules)"
    )
    assert run_python(code) == ["False"]
