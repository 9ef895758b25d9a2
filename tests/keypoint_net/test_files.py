import json

import numpy as np
import pytest

import handpose as hp
from handpose.containers.skeletons import FACE4
from handpose.keypoint_net import KeypointNet

pytest.importorskip("torch")
from safetensors import safe_open
from safetensors.torch import save_file

pytestmark = pytest.mark.torch


@pytest.fixture(scope="module")
def net():
    rng = np.random.default_rng(0)
    images = rng.integers(0, 255, (8, 32, 32), dtype=np.uint8)
    settings = {"skeleton": FACE4, "size": 32, "epochs": 1, "threads": 1, "batch_size": 4}
    return KeypointNet("small", **settings).fit(images, rng.uniform(8, 24, (8, 4, 2)))


@pytest.fixture
def path(net, tmp_path):
    return net.save(tmp_path / "face.keypoints")


def rewritten(path, change=None, tensors=None):
    """The file with another header, or other tensors."""
    with safe_open(path, framework="pt") as file:
        header = json.loads(file.metadata()["handpose"])
        content = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    if change:
        change(header)
    content = tensors(content) if tensors else content
    save_file(content, path, {"handpose": json.dumps(header)})
    return path


def test_it_comes_back_as_it_was(net, path):
    images = np.random.default_rng(1).integers(0, 255, (5, 40, 50), dtype=np.uint8)
    loaded = KeypointNet.load(path)
    # The weights are the same to the bit (below); sums of them depend on the number of threads.
    np.testing.assert_allclose(loaded.predict(images), net.predict(images), rtol=1e-5)
    assert loaded.skeleton == FACE4
    assert (loaded.preset, loaded.size, loaded.channels, loaded.batch_size) == ("small", 32, 1, 4)
    again = loaded.save(path.with_name("again.keypoints"))
    assert again.read_bytes() == path.read_bytes()


def test_a_file_that_is_not_there_or_no_file(tmp_path, path):
    with pytest.raises(hp.ModelFileError, match=r"no such file; write one with KeypointNet\.save"):
        KeypointNet.load(tmp_path / "none")
    content = path.read_bytes()
    for damage in (b"", b"text", content[:50], content[: len(content) // 2]):
        path.write_bytes(damage)
        with pytest.raises(hp.ModelFileError, match="damaged, or not written by") as error:
            KeypointNet.load(path)
        assert "\n" not in str(error.value)


def test_tensors_of_something_else(path, net):
    save_file({"a": net.network_.maps.weight.detach()}, path)
    with pytest.raises(hp.ModelFileError, match=r"not those of KeypointNet\.save"):
        KeypointNet.load(path)


def changed(*keys, value):
    def change(header):
        for key in keys[:-1]:
            header = header[key]
        header[keys[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (changed("kind", value="EfficientNetClassifier"), "holds 'EfficientNetClassifier', not a"),
        (changed("format", value=2), "format 2, but this handpose reads up to 1; upgrade"),
        (changed("format", value="1"), "format '1'"),
        (changed("parameters", value=[]), "see parameters"),
        (changed("parameters", "more", value=1), "see parameters"),
        (changed("parameters", "size", value="32"), "see size"),
        (changed("parameters", "size", value=10**9), "size must be"),
        (changed("parameters", "size", value=20), "size must be at least 32"),
        (changed("parameters", "preset", value="huge"), "unknown preset 'huge'"),
        (changed("parameters", "channels", value=2), "channels must be"),
        (changed("skeleton", value=None), "see skeleton"),
        (changed("skeleton", "name", value=1), "see skeleton"),
        (changed("skeleton", "landmarks", value=["A", "A", "B", "C"]), "see skeleton"),
        (changed("skeleton", "landmarks", value=[]), "see skeleton"),
        (changed("skeleton", "landmarks", value=[str(i) for i in range(9999)]), "see skeleton"),
        (changed("skeleton", "edges", value=[[0, 4]]), "see skeleton"),
        (changed("skeleton", "edges", value=[[0]]), "see skeleton"),
        (changed("skeleton", "mirror", value=[0, 1, 2]), "see skeleton"),
        (changed("skeleton", "mirror", value=[1, 2, 0, 3]), "own inverse"),
    ],
)
def test_a_header_that_cannot_be_is_refused_in_one_line(path, change, message):
    with pytest.raises(hp.ModelFileError, match=message) as error:
        KeypointNet.load(rewritten(path, change))
    assert "\n" not in str(error.value)


def without(name):
    return lambda tensors: {k: v for k, v in tensors.items() if k != name}


@pytest.mark.parametrize(
    ("tensors", "message"),
    [
        (without("maps.bias"), r"lacks maps\.bias; the weights are not of small"),
        (lambda t: t | {"more": t["maps.bias"].clone()}, "also holds more"),
        (lambda t: t | {"maps.bias": t["maps.bias"][:2].clone()}, r"maps\.bias is float32 \(2,\)"),
        (lambda t: t | {"maps.bias": t["maps.bias"].double()}, r"maps\.bias is float64 \(4,\)"),
        (lambda t: t | {"maps.bias": t["maps.bias"] * np.nan}, "holds NaN or infinity"),
    ],
)
def test_other_weights_are_refused(path, tensors, message):
    with pytest.raises(hp.ModelFileError, match=message):
        KeypointNet.load(rewritten(path, tensors=tensors))


def test_a_failed_save_leaves_the_old_file(net, path, monkeypatch):
    from handpose.training import tensor_files

    before = path.read_bytes()
    monkeypatch.setattr(tensor_files, "save", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        net.save(path)
    assert path.read_bytes() == before
    assert [p.name for p in path.parent.iterdir()] == [path.name]
