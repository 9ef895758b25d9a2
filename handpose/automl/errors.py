"""Errors of a search."""

from __future__ import annotations

from handpose.errors import HandposeError


class SearchError(HandposeError, ValueError):
    """A search cannot be done as requested."""
