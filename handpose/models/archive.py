"""Zips of arrays: read without running code or allocating more memory than the file has data."""

from __future__ import annotations

import io
import math
import re
import struct
import sys
import zipfile
import zlib
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from handpose.errors import ModelFileError

MAX_BYTES = 512 * 2**20
"""Of all members of a zip together, unpacked."""
MAX_MEMBERS = 10_000
_MAX_SIDE = 2**31
_MAX_AXES = 4
_MAX_HEADER = 10_000

_DAMAGES = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
    OverflowError,
)
"""What the standard library raises over a damaged zip."""

_MAGIC = b"\x93NUMPY\x01\x00"
_SIMPLE = r"'([<|=][a-zA-Z]\d{1,4})'"
_HEADER = re.compile(
    rf"\{{'descr': (?:{_SIMPLE}|\[(.*)\]), 'fortran_order': (True|False), "
    r"'shape': \(([\d, ]*)\), \}\s*",
    re.ASCII,
)
_FIELD = re.compile(rf"\('(\w{{0,40}})', {_SIMPLE}\)", re.ASCII)
_PLAIN = re.compile(r"[<|=][fiubU]\d{1,4}", re.ASCII)
"""Numbers and text: no objects, no dates, no raw memory."""


def read_zip(source: Path | IO[bytes]) -> dict[str, bytes]:
    """Members of a zip by name.

    Raises
    ------
    ModelFileError
        If it is damaged, holds a name twice, or unpacks to more than a model needs.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            members = archive.infolist()
            names = {member.filename for member in members}
            if len(names) < len(members):
                raise ModelFileError(
                    "holds a member twice; there must be one of each and nothing else"
                )
            total = sum(member.file_size for member in members)
            size = archive.fp.seek(0, io.SEEK_END) if archive.fp else 0
            if sum(member.compress_size for member in members) > size:
                raise damaged("its members claim to be longer than the file")
            if len(members) > MAX_MEMBERS or total > MAX_BYTES:
                raise ModelFileError(
                    f"unpacks to more than {MAX_BYTES // 2**20} MB, which no gesture model needs"
                )
            stored = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
            if any(member.compress_type not in stored for member in members):
                raise ModelFileError("uses a compression that handpose does not write")
            return {member.filename: archive.read(member) for member in members}
    except ModelFileError:
        raise
    except _DAMAGES as error:
        raise damaged(error) from None


def write_zip(path: Path, members: dict[str, bytes]) -> None:
    """Write a zip; the same members always give the same bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)


def damaged(error: object) -> ModelFileError:
    """The error of a damaged file, in one line."""
    reason = " ".join(str(error).split())[:300] or type(error).__name__
    return ModelFileError(f"damaged ({reason}); get it again or train another")


def encode_array(array: NDArray[Any]) -> bytes:
    """An array of numbers in numpy's format, the smallest byte first."""
    plain = np.asarray(array, order="C")
    stream = io.BytesIO()
    little = plain.astype(plain.dtype.newbyteorder("<"), copy=False)
    np.lib.format.write_array(stream, little, version=(1, 0), allow_pickle=False)
    return stream.getvalue()


def decode_array(content: bytes) -> NDArray[Any]:
    """What `encode_array` wrote, and arrays of records.

    The header is read by its letters and never evaluated; there must be exactly as many numbers as
    it says, so that nothing is made larger than the file.

    Raises
    ------
    ValueError
        If it is not an array of numbers or text.
    """
    length = int.from_bytes(content[8:10], "little")
    if not content.startswith(_MAGIC) or length > _MAX_HEADER:
        raise ValueError("an array does not start as numpy arrays do")
    found = _HEADER.fullmatch(content[10 : 10 + length].decode("latin-1"))
    if found is None:
        raise ValueError("an array has a header that numpy does not write")
    simple, record, fortran, sides = found.groups()
    dtype = _dtype(simple, record)
    shape = tuple(int(side) for side in sides.split(",") if side.strip())
    if len(shape) > _MAX_AXES or any(side > _MAX_SIDE for side in shape):
        raise ValueError(f"an array has the shape {str(shape)[:60]}")
    size, data = math.prod(shape), memoryview(content)[10 + length :]
    if size * dtype.itemsize != len(data) or not dtype.itemsize:
        raise ValueError(f"an array of shape {shape} has {len(data)} bytes of numbers")
    flat = np.frombuffer(data, dtype) if size else np.empty(0, dtype)
    native = flat.astype(flat.dtype.newbyteorder("="), copy=False)
    if dtype.kind == "U" and native.size and native.view(np.uint32).max() > sys.maxunicode:
        raise ValueError("an array holds text with invalid characters")
    return native.reshape(shape, order="F" if fortran == "True" else "C")


def _dtype(simple: str | None, record: str | None) -> np.dtype[Any]:
    if simple is not None:
        return _plain_dtype(simple)
    columns = _FIELD.findall(record or "")
    if ", ".join(f"('{name}', '{kind}')" for name, kind in columns) != record:
        raise ValueError("an array has columns that no model has")
    names, formats, offsets, end = [], [], [], 0
    for name, kind in columns:
        if name:
            names.append(name)
            formats.append(_plain_dtype(kind))
            offsets.append(end)
        elif not kind.startswith("|V"):
            raise ValueError("an array has a column without a name")
        end += formats[-1].itemsize if name else int(kind[2:])
    layout = {"names": names, "formats": formats, "offsets": offsets, "itemsize": end}
    if len(set(names)) < len(names):
        raise ValueError("an array has two columns of one name")
    return np.dtype(layout)  # type: ignore[call-overload]


def _plain_dtype(text: str) -> np.dtype[Any]:
    if not _PLAIN.fullmatch(text):
        raise ValueError(f"an array holds {text}, which is neither numbers nor text")
    try:
        return np.dtype(text)
    except TypeError:
        raise ValueError(f"an array holds {text}, which numpy does not know") from None
