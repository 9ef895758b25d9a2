"""`ModelCard`: what a model is and where it comes from."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from handpose.errors import ModelFileError
from handpose.provenance import is_provenance

FORMAT_VERSION = 3
"""From 3 on, models tell gestures that nobody taught; earlier files still load."""

CARD = "model.json"
_MAX_CARD_BYTES = 2**20
_DEEPEST = 50
"""Lists in lists that a card may hold: far fewer than Python can copy and write."""


@dataclass(frozen=True)
class ModelCard:
    """What a model is and where it comes from. All of it is JSON.

    Attributes
    ----------
    labels : list of str
        The gestures that it knows.
    classifier, features : str
        Names of its parts.
    settings : dict
        Of the features and of the augmentation, and the score from which on a gesture is named.
    extractor : dict
        Provenance of the landmarks it was trained on; empty where unknown.
    training : dict
        Summary of the training set.
    metrics : dict
        Scores on people it was not trained on; empty where not measured.
    versions : dict
        Of handpose and scikit-learn, when it was saved.
    """

    labels: list[str] = field(default_factory=list)
    classifier: str = ""
    features: str = ""
    settings: dict[str, Any] = field(default_factory=dict)
    extractor: dict[str, Any] = field(default_factory=dict)
    training: dict[str, Any] = field(default_factory=dict)
    metrics: dict[str, Any] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The card as JSON."""
        return asdict(self)


def read_card(content: bytes) -> tuple[ModelCard, int, dict[str, Any]]:
    """The card, the version of the format, and all of the document.

    Raises
    ------
    ModelFileError
        If it is not a card, or of a newer format.
    """
    if len(content) > _MAX_CARD_BYTES:
        raise ModelFileError(f"{CARD} is larger than 1 MB, too large for a model card")
    try:
        document = json.loads(content)
        _check_depth(document, _DEEPEST)
        version = document["format"]
        known = {f.name: document[f.name] for f in fields(ModelCard) if f.name in document}
    except (ValueError, KeyError, TypeError, RecursionError):
        raise ModelFileError(f"{CARD} is not a model card") from None
    if type(version) is not int or version < 1:
        raise ModelFileError(f"unknown format version {_short(version)}")
    if version > FORMAT_VERSION:
        raise ModelFileError(
            f"written by a newer handpose (format {version}, this one reads up to "
            f"{FORMAT_VERSION}); upgrade: pip install -U handpose"
        )
    odd = _odd_entries(known)
    if odd:
        raise ModelFileError(f"{CARD} is not a model card (see {', '.join(odd)})")
    return ModelCard(**known), version, document


def _odd_entries(known: dict[str, Any]) -> list[str]:
    kinds = {name: type(value) for name, value in asdict(ModelCard()).items()}
    odd = [name for name, value in known.items() if type(value) is not kinds[name]]
    if "labels" not in odd and not all(isinstance(x, str) for x in known.get("labels", [])):
        odd.append("labels")
    if "extractor" not in odd and not is_provenance(known.get("extractor", {})):
        odd.append("extractor")
    return odd


def _check_depth(value: Any, left: int) -> None:
    if isinstance(value, (dict, list)):
        if not left:
            raise ValueError("too deep")
        for item in value.values() if isinstance(value, dict) else value:
            _check_depth(item, left - 1)


def _short(value: object) -> str:
    return repr(value)[:40]
