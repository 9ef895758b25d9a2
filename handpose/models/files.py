"""Saving and loading ``.handpose`` files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from handpose.containers.seen import SeenHands
from handpose.errors import HandposeError, ModelFileError, did_you_mean
from handpose.models.archive import (
    MAX_BYTES,
    damaged,
    decode_array,
    encode_array,
    read_zip,
    write_zip,
)
from handpose.models.card import CARD, FORMAT_VERSION, ModelCard, read_card
from handpose.models.format1 import ESTIMATOR
from handpose.models.format1_parts import read_format1
from handpose.models.gestures import GestureModel
from handpose.models.parts import describe, rebuild
from handpose.system.files import replacing

SUFFIX = ".handpose"

PRETRAINED = ("digits", "hagrid")
"""Models that ship with the library, by name: the digits 0 to 9; HaGRID's eighteen gestures."""

_NOTED = ("rotate", "depth", "scale", "n_frames", "max_gap_ms", "mirror_left")
"""Settings of the features that a card shows."""

_ARRAY = ".npy"
_SEEN = "seen"
"""Entry beside the card: which hands and people the model has seen."""


def save_model(model: GestureModel, path: str | Path, card: ModelCard | None = None) -> Path:
    """Write a fitted model to a ``.handpose`` file; it appears whole or not at all.

    Parameters
    ----------
    model : GestureModel
        Fitted. Its classifier is one of `handpose.CLASSIFIERS`, one of scikit-learn that predicts
        as one of these does, or has `to_arrays` and `from_arrays` as these have.
    path : str or Path
        Gets the suffix ``.handpose`` if it has none.
    card : ModelCard, optional
        What to note, by default what the model's `card` does; labels, part names and versions are
        filled in where they are empty.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    ModelFileError
        If the model has a part that no file holds, or is too large.
    """
    path = Path(path)
    path = path if path.suffix else path.with_suffix(SUFFIX)
    try:
        description, arrays = describe(model)
        _check_readable(model, description, arrays)
    except ModelFileError as error:
        raise ModelFileError(f"{path}: {error}") from None
    document = {
        "format": FORMAT_VERSION,
        **completed_card(card or model.card, model),
        "model": description,
    }
    seen = getattr(model, "seen_", None)
    if seen is not None:
        document[_SEEN] = seen.to_dict()
    members = {CARD: json.dumps(document, indent=2).encode()}
    members |= {f"{name}{_ARRAY}": encode_array(array) for name, array in arrays.items()}
    size = sum(map(len, members.values()))
    if size > MAX_BYTES:
        raise ModelFileError(
            f"{path}: the model has {size // 2**20} MB, more than the {MAX_BYTES // 2**20} MB of "
            "a file; train it on fewer hands, or with a smaller classifier"
        )
    with replacing(path) as temporary:
        write_zip(temporary, members)
    return path


def load_model(source: str | Path, *, trusted: Sequence[type] = ()) -> GestureModel:
    """Read a model without running any code that the file may hold.

    Parameters
    ----------
    source : str or Path
        A ``.handpose`` file, or the name of a pretrained model (see `PRETRAINED`).
    trusted : sequence of type
        Classes of your own that may be parts of the model, such as ``[MyClassifier]``. Nothing is
        imported by its name.

    Returns
    -------
    GestureModel
        Fitted, of still hands or of motions, with its `card`. (``model, card = load_model(...)``
        works for one more version, and warns.)

    Raises
    ------
    ModelFileError
        If the file is missing, damaged, newer than this library, or holds anything that is not
        allowed.
    TypeError
        If `trusted` holds something else than classes.
    """
    for allowed in trusted:
        if not isinstance(allowed, type):
            raise TypeError(f"trusted takes classes, such as [MyClassifier], but got {allowed!r}")
    path = model_path(source)
    if not path.is_file():
        names = ", ".join(PRETRAINED)
        raise ModelFileError(
            f"{path}: no such file{did_you_mean(source, PRETRAINED)}; give a {SUFFIX} file or a "
            f"pretrained model ({names})"
        )
    try:
        return _load(path, trusted)
    except ModelFileError as error:
        raise ModelFileError(f"{path}: {error}") from None


def model_path(source: str | Path) -> Path:
    """Path of a model file, also for the name of a pretrained model."""
    if str(source) in PRETRAINED:
        return Path(str(resources.files("handpose"))) / "pretrained" / f"{source}{SUFFIX}"
    return Path(source)


def _load(path: Path, trusted: Sequence[type]) -> GestureModel:
    _check_start(path)
    members = read_zip(path)
    if CARD not in members:
        raise ModelFileError(f"must hold {CARD}, but does not")
    card, version, document = read_card(members.pop(CARD))
    try:
        if version == 1:
            _check_members(members, [ESTIMATOR])
            model = read_format1(members[ESTIMATOR])
        else:
            _check_members(members, [name for name in members if name.endswith(_ARRAY)])
            arrays = {name[: -len(_ARRAY)]: decode_array(c) for name, c in members.items()}
            model = rebuild(document["model"], arrays, trusted)
            if card.labels != [str(label) for label in model.classes_]:
                raise ValueError("the card has other labels than the model")
        model.seen_ = SeenHands.from_dict(document[_SEEN]) if _SEEN in document else None
    except ModelFileError:
        raise
    except KeyError as error:
        raise damaged(f"{error} is missing") from None
    except (ValueError, TypeError, AttributeError, IndexError, OverflowError) as error:
        raise damaged(error) from None
    except RecursionError:
        raise damaged("its parts lie too deep in each other") from None
    model.card, model._was_loaded = card, True
    return model


def _check_start(path: Path) -> None:
    try:
        with path.open("rb") as file:
            start = file.read(4)
    except OSError as error:
        raise ModelFileError(f"cannot be read ({error.strerror})") from None
    if not start.startswith(b"PK"):
        kind = "a pickle, which could run code" if start[:1] == b"\x80" else "no zip archive"
        raise ModelFileError(
            f"not a {SUFFIX} file ({kind}); save models with handpose train or model.save(path)"
        )


def _check_members(members: dict[str, bytes], expected: list[str]) -> None:
    odd = sorted(set(members) ^ set(expected))
    if odd:
        raise ModelFileError(f"must hold a model and nothing else, but see {odd[0][:80]!r}")


def _check_readable(model: GestureModel, description: dict[str, Any], arrays: Any) -> None:
    """Refuse, before it is written, what could not be read again."""
    own = [type(step) for _, step in model.steps]
    try:
        rebuild(json.loads(json.dumps(description)), arrays, own)
    except HandposeError as error:
        raise ModelFileError(f"cannot be saved: {error}") from None
    except (ValueError, TypeError, KeyError) as error:
        raise ModelFileError(f"cannot be saved: {' '.join(str(error).split())}") from None


def completed_card(card: ModelCard, model: GestureModel) -> dict[str, Any]:
    """A card as JSON, its empty entries filled in from the model."""
    import sklearn

    from handpose import __version__

    features = model.features_.get_params(deep=False)
    found = ModelCard(
        classifier=model.classifier_name,
        features=model.features_name,
        settings={
            "features": {name: features[name] for name in _NOTED if name in features},
            "augmentation": model.augmentation.to_dict() if model.augmentation else None,
            "min_score": getattr(model, "min_score", None),
        },
        versions={"handpose": __version__, "scikit-learn": sklearn.__version__},
    ).to_dict()
    noted = {name: value for name, value in card.to_dict().items() if value}
    return found | noted | {"labels": [str(label) for label in model.classes_]}
