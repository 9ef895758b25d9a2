"""``.handpose`` files: a model, what it was made from, and nothing that can run code.

The file is a zip of ``model.json`` (the card) and ``estimator.skops``. Loading reads JSON and
arrays, and builds only objects whose types are on a list.
"""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, fields
from importlib import resources
from pathlib import Path
from typing import Any

from handpose.classifiers.loaded import check_indices
from handpose.datasets.table import is_provenance
from handpose.errors import HandposeError, ModelFileError
from handpose.files import replacing
from handpose.models import GestureModel

FORMAT_VERSION = 1
SUFFIX = ".handpose"

PRETRAINED = ("digits", "hagrid")
"""Models that ship with the library, by name: the digits 0 to 9; HaGRID's eighteen gestures."""

TRUSTED_TYPES = (
    "handpose.automl.generated.GeneratedFeatures",
    "handpose.classifiers.searched.classifier.Searched",
    "handpose.classifiers.few_shot.classifier.FewShot",
    "handpose.classifiers.mlp.MLP",
    "handpose.classifiers.svm.SVM",
    "handpose.features.augment.Augmentation",
    "handpose.features.landmark_features.LandmarkFeatures",
    "handpose.models.GestureModel",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.tree._tree.Tree",
)
"""Types that may stand in a file, beside those of scikit-learn and numpy that skops knows."""

_CARD = "model.json"
_ESTIMATOR = "estimator.skops"
_MAX_BYTES = 512 * 2**20
_MAX_CARD_BYTES = 2**20
_MAX_MEMBERS = 10_000


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
        Of the features and of the augmentation.
    extractor : dict
        Provenance of the landmarks it was trained on; empty where unknown.
    training : dict
        Summary of the training set.
    metrics : dict
        How well it did on people it was not trained on; empty where nobody measured.
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


def save_model(model: GestureModel, path: str | Path, card: ModelCard | None = None) -> Path:
    """Write a fitted model to a ``.handpose`` file; it appears whole or not at all.

    Parameters
    ----------
    model : GestureModel
        Fitted.
    path : str or Path
        Gets the suffix ``.handpose`` if it has none.
    card : ModelCard, optional
        What to note; labels, part names and versions are filled in where they are empty.

    Returns
    -------
    Path
        The file.
    """
    import skops.io

    path = Path(path)
    path = path if path.suffix else path.with_suffix(SUFFIX)
    document = {"format": FORMAT_VERSION, **_completed(card or ModelCard(), model)}
    with replacing(path) as temporary, zipfile.ZipFile(temporary, "w") as archive:
        archive.writestr(_CARD, json.dumps(document, indent=2), zipfile.ZIP_DEFLATED)
        archive.writestr(_ESTIMATOR, skops.io.dumps(model), zipfile.ZIP_DEFLATED)
    return path


def load_model(
    source: str | Path, *, trusted: Sequence[str] = ()
) -> tuple[GestureModel, ModelCard]:
    """Read a model without running any code that the file may hold.

    Parameters
    ----------
    source : str or Path
        A ``.handpose`` file, or the name of a pretrained model (see `PRETRAINED`).
    trusted : sequence of str
        Further types that you allow, such as ``"mypackage.MyClassifier"``. Only ever name types
        that you wrote or have read.

    Returns
    -------
    model : GestureModel
    card : ModelCard

    Raises
    ------
    ModelFileError
        If the file is missing, damaged, newer than this library, or holds anything that is not
        allowed.
    """
    path = model_path(source)
    if not path.is_file():
        names = ", ".join(PRETRAINED)
        raise ModelFileError(
            f"{path}: no such file; give a {SUFFIX} file or a pretrained model ({names})"
        )
    card, estimator = _read_members(path)
    return _build(estimator, path, trusted), card


def model_path(source: str | Path) -> Path:
    """Path of a model file, also for the name of a pretrained model."""
    if str(source) in PRETRAINED:
        return Path(str(resources.files("handpose"))) / "pretrained" / f"{source}{SUFFIX}"
    return Path(source)


def _completed(card: ModelCard, model: GestureModel) -> dict[str, Any]:
    import sklearn

    from handpose import __version__

    found = ModelCard(
        labels=[str(label) for label in model.classes_],
        classifier=model.classifier_name,
        features=model.features_name,
        settings={
            "features": {name: getattr(model.steps[0][1], name) for name in ("rotate", "depth")},
            "augmentation": model.augmentation.to_dict() if model.augmentation else None,
        },
        versions={"handpose": __version__, "scikit-learn": sklearn.__version__},
    ).to_dict()
    return found | {name: value for name, value in card.to_dict().items() if value}


def _read_members(path: Path) -> tuple[ModelCard, bytes]:
    with path.open("rb") as file:
        start = file.read(4)
    if not start.startswith(b"PK"):
        kind = "a pickle, which could run code" if start[:1] == b"\x80" else "no zip archive"
        raise ModelFileError(
            f"{path}: not a {SUFFIX} file ({kind}); save models with handpose train or save_model"
        )
    try:
        with zipfile.ZipFile(path) as archive:
            _check_members(archive, path, expected={_CARD, _ESTIMATOR})
            card = _read_card(archive.read(_CARD), path)
            return card, archive.read(_ESTIMATOR)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError) as error:
        if isinstance(error, HandposeError):
            raise
        raise ModelFileError(f"{path}: damaged ({error}); get or train it anew") from None


def _check_members(archive: zipfile.ZipFile, path: Path, expected: set[str] | None = None) -> None:
    members = archive.infolist()
    names = [member.filename for member in members]
    if expected is not None and sorted(names) != sorted(expected):
        odd = sorted(set(names) ^ expected) or names
        raise ModelFileError(
            f"{path}: must hold {' and '.join(sorted(expected))} and nothing else, "
            f"but differs in {', '.join(odd[:3])}"
        )
    if len(members) > _MAX_MEMBERS or sum(member.file_size for member in members) > _MAX_BYTES:
        raise ModelFileError(
            f"{path}: unpacks to more than {_MAX_BYTES // 2**20} MB, which no gesture model needs"
        )


def _read_card(content: bytes, path: Path) -> ModelCard:
    if len(content) > _MAX_CARD_BYTES:
        raise ModelFileError(f"{path}: {_CARD} is larger than 1 MB, which no model card is")
    try:
        document = json.loads(content)
        version = document["format"]
        known = {f.name: document[f.name] for f in fields(ModelCard) if f.name in document}
    except (ValueError, KeyError, TypeError, RecursionError):
        raise ModelFileError(f"{path}: {_CARD} is not a model card") from None
    if type(version) is not int or version < 1:
        raise ModelFileError(f"{path}: unknown format version {version!r}")
    if version > FORMAT_VERSION:
        raise ModelFileError(
            f"{path}: written by a newer handpose (format {version}, this one reads up to "
            f"{FORMAT_VERSION}); upgrade: pip install -U handpose"
        )
    kinds = {name: type(value) for name, value in asdict(ModelCard()).items()}
    odd = [name for name, value in known.items() if type(value) is not kinds[name]]
    if odd:
        raise ModelFileError(f"{path}: {_CARD} is not a model card (see {', '.join(odd)})")
    if not is_provenance(known.get("extractor", {})):
        raise ModelFileError(f"{path}: {_CARD} is not a model card (see extractor)")
    return ModelCard(**known)


def _build(estimator: bytes, path: Path, trusted: Iterable[str]) -> GestureModel:
    import skops.io

    allowed = [*TRUSTED_TYPES, *trusted]
    try:
        with zipfile.ZipFile(io.BytesIO(estimator)) as archive:
            _check_members(archive, path)
        strange = sorted(set(skops.io.get_untrusted_types(data=estimator)) - set(allowed))
        if strange:
            raise ModelFileError(
                f"{path}: holds types that are not allowed ({', '.join(strange[:3])}); if they "
                "are yours: load_model(path, trusted=[...])"
            )
        model = skops.io.loads(estimator, trusted=allowed)
    except HandposeError:
        raise
    except Exception as error:  # a damaged schema can fail in any way inside skops
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        raise ModelFileError(f"{path}: damaged ({reason}); get or train it anew") from None
    if not isinstance(model, GestureModel):
        raise ModelFileError(f"{path}: holds a {type(model).__name__}, not a gesture model")
    try:
        check_indices(model, model.steps[0][1].n_features_out_)
    except (ValueError, AttributeError, IndexError, TypeError, KeyError) as error:
        raise ModelFileError(f"{path}: damaged ({error}); get or train it anew") from None
    return model
