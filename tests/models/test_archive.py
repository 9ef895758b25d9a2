"""Zips and arrays: what is written is read; what would take more memory than it has is refused."""

import io
import warnings
import zipfile

import numpy as np
import pytest

from handpose import ModelFileError
from handpose.models import archive
from handpose.models.archive import decode_array, encode_array, read_zip, write_zip


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6, dtype=np.float32).reshape(2, 3),
        np.arange(6.0).reshape(2, 3).T,
        np.array([1, -2], np.int32),
        np.array(5),
        np.empty((0, 4)),
        np.array(["a", "bc"]),
        np.array([1.5, 2], ">f8"),
        np.array([True, False]),
    ],
    ids=lambda array: f"{array.dtype.str}{array.shape}",
)
def test_an_array_is_read_as_it_was_written(array):
    read = decode_array(encode_array(array))
    np.testing.assert_array_equal(read, array)
    assert read.shape == array.shape
    assert read.dtype == array.dtype.newbyteorder("=")


def test_numpys_own_files_are_read():
    columns = np.dtype([("a", "<i8"), ("b", "<f8"), ("c", "u1")], align=True)
    records = np.zeros(3, columns)
    records["c"], records["b"] = [1, 2, 3], 0.5
    for array in (np.asfortranarray(np.arange(6.0).reshape(2, 3)), records):
        buffer = io.BytesIO()
        np.save(buffer, array)
        np.testing.assert_array_equal(decode_array(buffer.getvalue()), array)


def header(text, data=b""):
    head = text.encode("latin-1")
    return b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head + data


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x93NUMPY",
        b"\x80\x04K\x01.",
        header(""),
        header("{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000,), }", bytes(8)),
        header("{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999,), }"),
        header("{'descr': '<f8', 'fortran_order': False, 'shape': (0, 4294967296), }"),
        header("{'descr': '<f8', 'fortran_order': False, 'shape': (1, 1, 1, 1, 1), }", bytes(8)),
        header("{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }", bytes(24)),
        header("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,), }", bytes(8)),
        header("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", bytes(8)),
        header("{'descr': '<M8', 'fortran_order': False, 'shape': (1,), }", bytes(8)),
        header("{'descr': '|V8', 'fortran_order': False, 'shape': (1,), }", bytes(8)),
        header("{'descr': '<f3', 'fortran_order': False, 'shape': (1,), }", bytes(3)),
        header("{'descr': '<U0', 'fortran_order': False, 'shape': (1,), }"),
        header("{'descr': [('a', '|O')], 'fortran_order': False, 'shape': (1,), }", bytes(8)),
        header("{'descr': [('a', '<f8'), ('a', '<f8')], 'fortran_order': False, 'shape': (1,), }"),
        header("{'descr': [('', '<f8')], 'fortran_order': False, 'shape': (1,), }", bytes(8)),
        header("{'descr': [], 'fortran_order': False, 'shape': (1,), }"),
        header("{'descr': __import__('os'), 'fortran_order': False, 'shape': (1,), }"),
        header("(" * 5000),
        header("'\\d'"),
    ],
)
def test_what_is_no_array_of_numbers(content):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(ValueError, match="array"):
            decode_array(content)


def test_a_zip_is_read_as_it_was_written(tmp_path):
    contents = {"a.json": b"{}", "b/c.npy": bytes(1000)}
    first, second = tmp_path / "a.zip", tmp_path / "b.zip"
    for path in (first, second):
        write_zip(path, contents)
    assert read_zip(first) == contents
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_another_packing(tmp_path, method):
    with zipfile.ZipFile(tmp_path / "a.zip", "w", method) as file:
        file.writestr("a", b"a" * 1000)
    with pytest.raises(ModelFileError, match="uses a compression"):
        read_zip(tmp_path / "a.zip")


def test_a_member_that_is_said_to_be_longer_than_the_file(tmp_path):
    """The zip module would ask for as much memory as it is told."""
    path = tmp_path / "a.zip"
    write_zip(path, {"a": bytes(3000)})
    content = bytearray(path.read_bytes())
    directory = content.index(b"PK\x01\x02")
    content[directory + 20 : directory + 24] = (2_500_000_000).to_bytes(4, "little")
    path.write_bytes(content)
    with pytest.raises(ModelFileError, match="claim to be longer than the file"):
        read_zip(path)


def test_more_than_a_model_needs(tmp_path, monkeypatch):
    write_zip(tmp_path / "a.zip", {"a": bytes(3000), "b": bytes(3000)})
    assert len(read_zip(tmp_path / "a.zip")) == 2
    for name, value in (("MAX_BYTES", 5000), ("MAX_MEMBERS", 1)):
        with monkeypatch.context() as patch:
            patch.setattr(archive, name, value)
            with pytest.raises(ModelFileError, match="unpacks to more than"):
                read_zip(tmp_path / "a.zip")
