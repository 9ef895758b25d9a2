"""`Candidate`: a model that a search may choose, not fitted."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from handpose.classifiers import make_classifier
from handpose.features import Augmentation, LandmarkFeatures
from handpose.features.generated import GeneratedFeatures
from handpose.models.gestures import GestureModel
from handpose.models.making import make_model


@dataclass(frozen=True)
class Candidate:
    """Features, a classifier with its parameters, augmentation.

    Attributes
    ----------
    classifier : str
        A key of `handpose.CLASSIFIERS`.
    params : dict
        Keywords of the classifier.
    features : dict
        Keywords of `GeneratedFeatures`.
    augmentation : Augmentation or None
    """

    classifier: str
    params: dict[str, Any] = field(default_factory=dict)
    features: dict[str, Any] = field(default_factory=lambda: {"blocks": "geometry"})
    augmentation: Augmentation | None = None

    def make(self, random_state: int) -> GestureModel:
        """The model, not fitted."""
        classifier = make_classifier(self.classifier, random_state=random_state, **self.params)
        return GestureModel(
            [("features", self._transformer()), (self.classifier, classifier)],
            augmentation=self.augmentation,
            random_state=random_state,
        )

    @property
    def is_default(self) -> bool:
        """Whether it is the model that `make_model` makes by default."""
        usual = make_model()
        return (
            (self.classifier, self.features_name) == (usual.classifier_name, usual.features_name)
            and self.augmentation == usual.augmentation
            and self.make(0)[-1].get_params() == usual[-1].get_params()
        )

    @property
    def features_name(self) -> str:
        """The features as text."""
        extras = [name for name in ("rotate", "depth") if self.features.get(name)]
        if self.features.get("crossings"):
            extras.append(f"{len(self.features['crossings'])} crossings")
        return " + ".join([self.features["blocks"], *extras])

    @property
    def settings(self) -> str:
        """Parameters and augmentation as text, without the architecture of a network."""
        shown = [
            f"{name}={_short(value)}" for name, value in self.params.items() if name != "graph"
        ]
        if self.augmentation:
            shown.append(f"{self.augmentation.copies} copies, roll {self.augmentation.roll:.0f}°")
        return ", ".join(shown)

    def to_dict(self) -> dict[str, Any]:
        """This candidate as JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, document: dict[str, Any]) -> Candidate:
        """What `to_dict` wrote; lists of JSON become tuples again."""
        augmentation = document["augmentation"]
        return cls(
            document["classifier"],
            _with_tuples(document["params"]),
            _with_tuples(document["features"]),
            None if augmentation is None else Augmentation(**augmentation),
        )

    def _transformer(self) -> LandmarkFeatures:
        if self.features.get("crossings"):
            return GeneratedFeatures(**self.features)
        plain = {name: value for name, value in self.features.items() if name != "crossings"}
        return LandmarkFeatures(**plain)


def _short(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _with_tuples(values: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(v) if isinstance(v, list) else v for name, v in values.items()}
