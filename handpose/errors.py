"""What can go wrong, as types a program can catch.

Every error of the library derives from `HandposeError`. The message is one line that says what
came, what is allowed and what to do.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class HandposeError(Exception):
    """Base of every error that handpose raises on purpose."""


class ImageError(HandposeError, ValueError):
    """An image or video cannot be read, or is of no use to a hand extractor."""


class LandmarksError(HandposeError, ValueError):
    """Landmark arrays have the wrong shape or hold values that no hand has."""


class DatasetError(HandposeError, ValueError):
    """A data set, folder or landmark table cannot be used as asked."""


class ModelFileError(HandposeError, ValueError):
    """A ``.handpose`` file is damaged, too new, or holds something that is not allowed."""


class ModelKindError(HandposeError, TypeError):
    """A model of motions stands where one of still hands belongs, or the other way round."""


class ExportError(HandposeError, ValueError):
    """A model has a part that cannot be exported, or the file cannot be written as asked."""


class AssetError(HandposeError, RuntimeError):
    """A pretrained network cannot be found, fetched or verified."""


class WorkerError(HandposeError, RuntimeError):
    """Workers of an executor failed at a part of the work, or cannot do it at all."""


class StoreError(HandposeError, RuntimeError):
    """A store of objects cannot be reached, or refuses."""


class MissingExtraError(HandposeError, ImportError):
    """An optional dependency is needed and not installed."""

    def __init__(self, purpose: str, extra: str):
        super().__init__(f'{purpose} needs an extra: pip install "handpose[{extra}]"')


def did_you_mean(name: object, known: Iterable[str]) -> str:
    """A guess in brackets, with a space before it; empty where no known name is alike."""
    close = get_close_matches(str(name), list(known), n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""


class UnknownNameError(HandposeError, ValueError):
    """A part was asked for by a name that is not in the list of parts."""

    def __init__(self, kind: str, name: object, known: Iterable[str]):
        known = sorted(known)
        super().__init__(
            f"unknown {kind} {name!r}{did_you_mean(name, known)}; known: {', '.join(known)}"
        )


class OptionError(HandposeError, ValueError):
    """An option of an extractor has a value that is not allowed."""


class HandposeWarning(UserWarning):
    """Something that works but deserves a second look."""


class ProvenanceWarning(HandposeWarning):
    """Landmarks of one extractor meet a model that was trained on another's."""


class RandomSplitWarning(HandposeWarning):
    """A score was measured on people who were also trained on."""


class EmbeddingWarning(HandposeWarning):
    """`few_shot` knows no hands beforehand: its networks cannot read these features."""


class SeenPeopleWarning(HandposeWarning):
    """A fitted model was measured on people whom it, or its networks, saw in training."""
