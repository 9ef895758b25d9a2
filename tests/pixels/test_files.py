"""Files of fitted classifiers: they predict the same, and what is no such file is refused."""

import json
import struct
import sys

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

import handpose as hp
from handpose.pixels import EfficientNetClassifier

torch = pytest.importorskip("torch")
safetensors = pytest.importorskip("safetensors.torch")
tensor_files = pytest.importorskip("handpose.training.tensor_files")

pytestmark = pytest.mark.torch

SMALL = {"weights": None, "resolution": 32, "threads": 1, "batch_size": 8}


@pytest.fixture(scope="module")
def pictures():
    return np.random.default_rng(0).integers(0, 255, (6, 32, 32, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def fitted(pictures):
    return EfficientNetClassifier(C=0.1, **SMALL).fit(pictures, list("abcabc"))


@pytest.fixture(scope="module")
def written(fitted, tmp_path_factory):
    return fitted.save(tmp_path_factory.mktemp("files") / "frozen.safetensors")


@pytest.mark.parametrize(
    ("variant", "fine_tune", "classes"),
    [
        ("lite0", False, ("left", "right")),
        ("lite0", True, (0, 1, 7)),
        ("b0", True, ("left", "right")),
    ],
)
def test_a_loaded_classifier_predicts_the_same(variant, fine_tune, classes, pictures, tmp_path):
    y = np.resize(classes, len(pictures))
    settings = {"fine_tune": fine_tune, "epochs": 1, "validation_fraction": 0, "C": 1}
    model = EfficientNetClassifier(variant, **settings, **SMALL).fit(pictures, y)
    path = model.save(tmp_path / "new" / "model.safetensors")
    loaded = EfficientNetClassifier.load(path)
    expected = model.predict_proba(pictures)
    np.testing.assert_allclose(loaded.predict_proba(pictures), expected, rtol=1e-3, atol=1e-6)
    np.testing.assert_array_equal(loaded.predict(pictures), model.predict(pictures))
    assert loaded.classes_.dtype == model.classes_.dtype
    assert [p.name for p in path.parent.iterdir()] == [path.name]
    for name in ("variant", "resolution", "fine_tune", "batch_size"):
        assert getattr(loaded, name) == getattr(model, name)


def test_torchvisions_conventions_come_back(pictures, tmp_path):
    weights = pytest.importorskip("handpose.pixels.weights")
    network = pytest.importorskip("handpose.pixels.network").EfficientNet
    rules = weights.torchvision_conventions("b0")
    model = EfficientNetClassifier("b0", **SMALL | {"resolution": 32})
    model.classes_, model.resolution_ = np.array(["a", "b"]), 32
    model.network_ = network("b0", classes=2, conventions=rules).fold()
    back = EfficientNetClassifier.load(model.save(tmp_path / "b0"))
    assert back.network_.conventions == rules
    pixels = torch.rand(2, 3, 33, 33) * 255
    with torch.no_grad():
        torch.testing.assert_close(back.network_(pixels), model.network_(pixels), rtol=0, atol=0)


def test_loading_leaves_torchs_random_numbers_alone(written):
    before = torch.get_rng_state()
    EfficientNetClassifier.load(written)
    assert torch.equal(torch.get_rng_state(), before)


def test_an_error_while_writing_leaves_the_old_file(fitted, tmp_path, monkeypatch):
    path = tmp_path / "model.safetensors"
    path.write_bytes(b"old")

    def fail(state, metadata):
        raise OSError("disk full")

    monkeypatch.setattr(tensor_files, "save", fail)
    with pytest.raises(OSError, match="disk full"):
        fitted.save(path)
    assert [p.name for p in tmp_path.iterdir()] == [path.name]
    assert path.read_bytes() == b"old"


def test_only_what_is_fitted_and_has_plain_classes_is_saved(pictures, tmp_path):
    with pytest.raises(NotFittedError):
        EfficientNetClassifier().save(tmp_path / "model")
    model = EfficientNetClassifier(C=1, **SMALL).fit(pictures, [0.0, 1.0] * 3)
    with pytest.raises(hp.ModelFileError, match="must be text or whole numbers"):
        model.save(tmp_path / "model")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("use", ["save", "load"])
def test_without_safetensors_the_pip_command_is_named(use, fitted, tmp_path, monkeypatch):
    monkeypatch.delitem(sys.modules, tensor_files.__name__)
    monkeypatch.setitem(sys.modules, "safetensors", None)
    with pytest.raises(hp.MissingExtraError, match=r'pip install "handpose\[torch\]"'):
        getattr(fitted, use)(tmp_path / "model")


def refused(path, message):
    with pytest.raises(hp.ModelFileError, match=message) as caught:
        EfficientNetClassifier.load(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


def test_what_is_no_file_of_tensors_is_refused(written, tmp_path):
    whole = written.read_bytes()
    refused(tmp_path / "none", "no such file")
    refused(tmp_path, "no such file")
    bad = tmp_path / "bad"
    for content in (
        b"",
        b"PK\3\4 a zip",
        b"\x80\x04 a pickle" * 9,
        whole[:7],
        whole[:900],
        whole[:-1],
        struct.pack("<Q", 2**40) + whole[8:],
        whole + b"more",
    ):
        bad.write_bytes(content)
        refused(bad, "damaged, or not written by EfficientNetClassifier.save")


def rewritten(written, path, change_header=None, change_state=None):
    """A copy with another header, other tensors, or both."""
    with tensor_files.safe_open(written, framework="pt") as file:
        header = json.loads(file.metadata()["handpose"])
    state = safetensors.load_file(written)
    for change, target in ((change_header, header), (change_state, state)):
        if change:
            change(target)
    safetensors.save_file(state, path, {"handpose": json.dumps(header)})
    return path


HEADERS = [
    (lambda h: h.update(kind="Diffusion"), "holds 'Diffusion', not an EfficientNetClassifier"),
    (lambda h: h.pop("kind"), "not those of EfficientNetClassifier.save"),
    (lambda h: h.update(format=2), "format 2, but this handpose reads up to 1; upgrade"),
    (lambda h: h.update(format="1"), "format '1'"),
    (lambda h: h.update(parameters=[]), r"\(see parameters\)"),
    (lambda h: h["parameters"].update(progress="print"), r"\(see parameters\)"),
    (lambda h: h["parameters"].pop("variant"), r"\(see parameters\)"),
    (lambda h: h["parameters"].update(resolution="32"), r"\(see resolution\)"),
    (
        lambda h: h["parameters"].update(resolution=10**6),
        "from 32 to 2048 or None, but got 1000000",
    ),
    (lambda h: h["parameters"].update(batch_size=True), r"\(see batch_size\)"),
    (lambda h: h["parameters"].update(variant="b9"), "unknown EfficientNet variant 'b9'"),
    (lambda h: h["parameters"].update(variant="lite3"), "lite3"),
    (lambda h: h["parameters"].update(variant="b0"), "the weights are not of b0"),
    (lambda h: h.update(classes=["a", "b"]), r"classifier\.\w+ is float32 \(3.*needs float32 \(2"),
    (lambda h: h.update(classes=["a", "a", "b"]), r"\(see classes\)"),
    (lambda h: h.update(classes=["a", 1, "b"]), r"\(see classes\)"),
    (lambda h: h.update(classes=[["a"], ["b"], ["c"]]), r"\(see classes\)"),
    (lambda h: h.update(classes={"a": 1}), r"\(see classes\)"),
    (lambda h: h.update(conventions="mine"), r"\(see conventions\)"),
    (lambda h: h.update(conventions=[]), r"\(see conventions\)"),
]


@pytest.mark.parametrize(("change", "message"), HEADERS)
def test_headers_that_do_not_fit_are_one_line(change, message, written, tmp_path):
    refused(rewritten(written, tmp_path / "bad", change), message)


STATES = [
    (lambda s: s.pop("stem.conv.weight"), "lacks stem.conv.weight; the weights are not of lite0"),
    (lambda s: s.update(extra=torch.zeros(1)), "also holds extra; the weights are not of lite0"),
    (
        lambda s: s.update({"stem.conv.bias": torch.zeros(31)}),
        r"stem.conv.bias is float32 \(31,\), but lite0 needs float32 \(32,\)",
    ),
    (
        lambda s: s.update({"stem.conv.bias": torch.zeros(32, dtype=torch.float64)}),
        r"stem.conv.bias is float64 \(32,\), but lite0 needs float32 \(32,\)",
    ),
    (
        lambda s: s.update({"stem.conv.bias": torch.full((32,), torch.nan)}),
        "stem.conv.bias holds NaN or infinity",
    ),
]


@pytest.mark.parametrize(("change", "message"), STATES)
def test_tensors_that_do_not_fit_are_one_line(change, message, written, tmp_path):
    refused(rewritten(written, tmp_path / "bad", change_state=change), message)


def test_tensors_of_somebody_else_are_refused(tmp_path):
    for metadata in (None, {"format": "pt"}, {"handpose": "{"}, {"handpose": "[" * 10**5}):
        safetensors.save_file({"weight": torch.zeros(2)}, tmp_path / "bad", metadata)
        refused(tmp_path / "bad", "holds tensors, but not those of EfficientNetClassifier.save")
