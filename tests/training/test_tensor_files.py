import json
from importlib.metadata import version

import pytest

import handpose as hp

torch = pytest.importorskip("torch")
save_file = pytest.importorskip("safetensors.torch").save_file
tensor_files = pytest.importorskip("handpose.training.tensor_files")

pytestmark = pytest.mark.torch

KIND = tensor_files.FileKind("Net", "a", 2, "Net.save", {"size": int, "name": str})


@pytest.fixture
def path(tmp_path):
    parameters = {"size": 8, "name": "small", "epochs": 3}
    transposed = torch.arange(6.0).reshape(2, 3).T
    about = {"colours": ["red"]}
    path = tmp_path / "new" / "net"
    tensor_files.write_tensors(path, KIND, parameters, about, {"w": transposed})
    return path


def with_header(path, **changes):
    header = tensor_files.read_tensors(path, KIND)[0] | changes
    save_file({"w": torch.zeros(1)}, path, {"handpose": json.dumps(header)})
    return path


def refused(path, message):
    with pytest.raises(hp.ModelFileError, match=message) as error:
        tensor_files.read_tensors(path, KIND)
    assert str(error.value).startswith(f"{path}: ")
    assert "\n" not in str(error.value)


def test_it_comes_back_as_it_was(path):
    header, tensors = tensor_files.read_tensors(path, KIND)
    assert header == {
        "format": 2,
        "kind": "Net",
        "parameters": {"size": 8, "name": "small"},
        "colours": ["red"],
        "versions": {"handpose": hp.__version__, "torch": version("torch")},
    }
    assert tensors["w"].tolist() == [[0, 3], [1, 4], [2, 5]]
    assert [file.name for file in path.parent.iterdir()] == ["net"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kind": "Diffusion"}, "holds 'Diffusion', not a Net$"),
        ({"format": 3}, "format 3, but this handpose reads up to 2; upgrade"),
        ({"format": True}, "format True"),
        ({"format": 0}, "format 0"),
        ({"parameters": None}, r"the header is not that of a Net \(see parameters\)"),
        ({"parameters": {"size": 8}}, r"\(see parameters\)"),
        ({"parameters": {"size": 8.0, "name": "small"}}, r"\(see size\)"),
    ],
)
def test_a_header_that_cannot_be_is_refused(path, changes, message):
    refused(with_header(path, **changes), message)


def test_an_older_format_is_read(path):
    assert tensor_files.read_tensors(with_header(path, format=1), KIND)[0]["format"] == 1


def test_what_is_no_such_file_is_refused(path, tmp_path):
    refused(tmp_path / "none", r"no such file; write one with Net\.save")
    path.write_bytes(path.read_bytes()[:-1])
    refused(path, r"damaged, or not written by Net\.save")
    save_file({"w": torch.zeros(1)}, path, {"handpose": "[1]"})
    refused(path, r"holds tensors, but not those of Net\.save")


@pytest.mark.parametrize(
    ("theirs", "message"),
    [
        ({}, "net: lacks b and differs in 1 more; the weights are not of it$"),
        ({"b": torch.zeros(2)}, "net: lacks w; the weights are not of it$"),
        (
            {"b": torch.zeros(2), "w": torch.zeros(1), "x": torch.zeros(1)},
            "also holds x; the weights are not of it$",
        ),
        (
            {"b": torch.zeros(3), "w": torch.zeros(1)},
            r"b is float32 \(3,\), but it needs float32 \(2,\)",
        ),
        ({"b": torch.zeros(2).half(), "w": torch.zeros(1)}, r"b is float16 \(2,\), but it needs"),
        ({"b": torch.zeros(2), "w": torch.tensor([torch.inf])}, "w holds NaN or infinity"),
    ],
)
def test_tensors_that_do_not_fit_are_refused(tmp_path, theirs, message):
    ours = {"b": torch.zeros(2), "w": torch.zeros(1)}
    tensor_files.check_tensors(ours, ours, tmp_path / "net", network="it")
    with pytest.raises(hp.ModelFileError, match=message):
        tensor_files.check_tensors(theirs, ours, tmp_path / "net", network="it")
