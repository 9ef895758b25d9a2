"""Paths that a file names: always within a folder, whichever system wrote them."""

from __future__ import annotations

from pathlib import PurePosixPath, PureWindowsPath


def inner_path(text: str) -> str:
    r"""Check a path that a manifest, an archive or a table names.

    Both ``a/b.jpg`` and ``a\b.jpg`` are understood, on every system.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
        Relative, with forward slashes and without ``.``.

    Raises
    ------
    ValueError
        If it is empty, absolute, starts with a drive or a share, leads upwards or holds a NUL.
        The message says which, to be put behind the path.

    Examples
    --------
    >>> inner_path("fist\\a.jpg")
    'fist/a.jpg'
    """
    if "\0" in text:
        raise ValueError("holds a NUL character")
    parts = PurePosixPath(text.replace("\\", "/")).parts
    if not parts:
        raise ValueError("is empty")
    if PureWindowsPath(text).anchor or any(_leads_up(part) for part in parts):
        raise ValueError("leads out of the folder")
    return "/".join(parts)


def _leads_up(part: str) -> bool:
    """Whether a part is ``..``, or one of the spellings that Windows takes for it."""
    return not part.strip(" .")
