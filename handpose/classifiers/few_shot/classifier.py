"""Kernel densities in a pretrained embedding: gestures from few samples."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data
from typing_extensions import Self

from handpose.classifiers.arrays import (
    ArrayClassifier,
    Arrays,
    Prepared,
    Spec,
    Vectors,
)
from handpose.classifiers.few_shot.embedding import (
    KEYS,
    Embedding,
    embed,
    embedding_arrays,
    embedding_from,
    embedding_specs,
    known_networks,
    network_columns,
    shipped_embedding,
    whitening,
)
from handpose.classifiers.few_shot.sharpness import (
    fitted_sharpness,
    held_out_scores,
    with_background,
)
from handpose.errors import EmbeddingWarning

_AT_ONCE = 2**20
"""Distances computed together."""

_SHARPNESS = Spec(("two",), "f", 1e-6, 1e6)

_NO_NETWORKS = (
    "few_shot has no pretrained networks for these features and uses the given hands alone; "
    'use features "geometry", "all" or "coordinates" without depth, or embedding=None'
)


class FewShot(ArrayClassifier):
    """Kernel density estimation in an embedding that separates gestures.

    Networks that ship with the library map hands of one gesture, whoever shows it, to nearby
    points. They were trained on gestures composed of fingers of `sign_language_digits`; for a new
    gesture, one hand is enough. (On those digits themselves the accuracy is optimistic.)

    Each training hand is the centre of a Gaussian, and the density of a class is the mean of its
    own; classes have equal prior probabilities. A uniform background stands for gestures that are
    not among the classes. Its share of the probability is spread evenly over the classes, so that
    far from all training hands no class is probable.

    Where it is known whose hands they are, the background is moved, and the probabilities are made
    sharper or flatter, until they fit training hands among those of other people.
    With one hand of a gesture, or without people, both stay as they are.

    Parameters
    ----------
    embedding : {"auto", "geometry", "coordinates", None}, default="auto"
        ``"auto"`` takes the networks all of whose columns are there by name, in any order and
        among others: those of ``features="geometry"``, else those of ``"coordinates"``. Without
        names, or if none fit (other blocks, depth, rotated hands), it warns and continues as with
        None. A key takes these networks; without names, the columns must be those of the preset.
        None: no networks, but a linear map that whitens the training samples within classes.
    temperature : float, default=0.75
        Width of the Gaussians, ``exp(-distance**2 / temperature)``.
    background : float, default=4.0
        Squared distance from a single training hand at which the background has its density,
        before anything is learnt of it.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
    embedding_ : list of ndarray
        See `handpose.classifiers.few_shot.embedding`. A saved model contains it, so that later
        networks do not change its predictions.
    places_ : ndarray of float32, shape (n, k)
        Embedded training rows, sorted by class.
    starts_ : ndarray of int, shape (n_classes,)
        First row of each class in `places_`.
    sharpness_ : ndarray of shape (2,)
        The power to which probabilities are raised, and the background's squared distance.
    n_features_in_ : int

    Notes
    -----
    Temperature and background minimise the log loss on equally many known and unknown gestures, the
    development gestures of benchmarks/few_shot.

    References
    ----------
    Snell, Swersky & Zemel, "Prototypical Networks for Few-shot Learning", NeurIPS 2017.
    """

    def __init__(
        self,
        embedding: str | None = "auto",
        *,
        temperature: float = 0.75,
        background: float = 4.0,
    ):
        self.embedding = embedding
        self.temperature = temperature
        self.background = background

    def fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        feature_names: Sequence[str] | None = None,
        groups: ArrayLike | None = None,
        changed: ArrayLike | None = None,
    ) -> Self:
        """Embed the training rows.

        Parameters
        ----------
        X : array_like of shape (n, d)
        y : array_like of shape (n,)
            One sample of a class is enough.
        feature_names : sequence of d str, optional
            Of the columns, as from `LandmarkFeatures.get_feature_names_out`. A `GestureModel`
            passes them.
        groups : array_like of shape (n,), optional
            Whose hands. A `GestureModel` passes them.
        changed : array_like of n bool, optional
            Which rows are changed copies of hands: what they say of how sure one may be does not
            count. A `GestureModel` passes it.

        Warns
        -----
        EmbeddingWarning
            If there are no networks for these columns and ``embedding="auto"``.

        Raises
        ------
        ValueError
            If the embedding is unknown or does not fit the columns.
        """
        features, labels = validate_data(self, X, y)
        check_classification_targets(labels)
        features = features.astype(np.float64, copy=False)
        self.classes_, codes = np.unique(labels, return_inverse=True)
        networks = self._networks(features.shape[1], feature_names)
        self.embedding_ = whitening(features, codes) if networks is None else networks
        order = np.argsort(codes, kind="stable")
        places = embed(self.embedding_, features[order])
        self.places_ = places.astype(np.float32)
        self.starts_ = np.searchsorted(codes[order], np.arange(len(self.classes_)))
        self.sharpness_ = np.array([1.0, self.background])
        if groups is not None:
            people = np.asarray(groups)[order]
            copies = None if changed is None else np.asarray(changed, bool)[order]
            held_out = held_out_scores(places, codes[order], people, self.temperature, copies)
            self.sharpness_ = fitted_sharpness(*held_out, self.background, self.temperature)
        return self

    def _networks(self, n_features: int, names: Sequence[str] | None) -> Embedding | None:
        """The shipped networks that `embedding` names, or None."""
        if self.embedding not in ("auto", None, *KEYS):
            known = ", ".join(repr(key) for key in ("auto", *KEYS))
            raise ValueError(f"embedding must be {known} or None, but got {self.embedding!r}")
        if names is not None and len(names) != n_features:
            raise ValueError(f"{len(names)} feature names do not fit {n_features} columns")
        if self.embedding is None:
            return None
        key: str | None = self.embedding
        if key == "auto":
            key = None if names is None else known_networks(names)
        if key is None:
            warnings.warn(_NO_NETWORKS, EmbeddingWarning, stacklevel=3)
            return None
        if names is None:
            names = network_columns(key)
            if len(names) != n_features:
                raise ValueError(
                    f"embedding {key!r} reads {len(names)} columns, but got {n_features}"
                )
        return shipped_embedding(key, names)

    def to_arrays(self) -> Arrays:
        """As of `ArrayClassifier`: the embedding, the places and the first row of each class."""
        check_is_fitted(self)
        arrays = embedding_arrays(self.embedding_)
        return arrays | {
            "places": self.places_,
            "starts": np.asarray(self.starts_),
            "sharpness": self.sharpness_,
        }

    def _specs(self, arrays: Mapping[str, NDArray[Any]]) -> dict[str, Spec]:
        return (
            embedding_specs(arrays)
            | {
                "places": Spec(("rows", "axes")),
                "starts": Spec(("classes",), "i", 0, "rows"),
            }
            | ({"sharpness": _SHARPNESS} if "sharpness" in arrays else {})
        )

    def _restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        for name in ("temperature", "background"):
            value = getattr(self, name)
            if type(value) not in (int, float) or not 1e-6 <= value <= 1e6:
                raise ValueError(f"{name} must lie between 1e-06 and 1e+06, but is {value!r}")
        starts = arrays["starts"]
        if starts[0] != 0 or (np.diff(starts) < 1).any():
            raise ValueError("starts must begin with 0 and grow")
        self.embedding_ = embedding_from(arrays)
        if (
            embed(self.embedding_, np.zeros((1, self.n_features_in_))).shape[1:]
            != (arrays["places"].shape[1:])
        ):
            raise ValueError("places have another number of axes than the embedding")
        self.places_, self.starts_ = arrays["places"], starts
        usual = np.array([1.0, self.background])  # a file of earlier has none
        self.sharpness_ = arrays.get("sharpness", usual)
        if len(self.sharpness_) != len(usual):
            raise ValueError("sharpness must hold two numbers")

    def _prepare(self) -> Prepared:
        starts, temperature = self.starts_, self.temperature
        embedding = [np.array(array, np.float64, order="C") for array in self.embedding_]
        known = self.places_.astype(np.float64)
        squares = np.square(known).sum(1)

        def scores(X: Vectors) -> NDArray[np.float64]:
            places = embed(embedding, X)
            distances = np.square(places).sum(1, keepdims=True) + squares
            distances -= 2 * (places @ known.T)
            np.maximum(distances, 0, out=distances)
            distances /= -temperature
            return log_means(distances, starts)

        return Prepared(scores, max(1, _AT_ONCE // len(known)))

    def _probabilities(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        sharpness, background = self.sharpness_
        return with_background(scores, -background / self.temperature, sharpness)


def log_means(logarithms: NDArray[np.float64], starts: NDArray[np.intp]) -> NDArray[np.float64]:
    """Logarithm of the mean of each part of each row, shape (n, n_parts), from logarithms (n, m).

    `starts` (n_parts,) are the first columns of the parts.
    """
    sizes = np.diff(starts, append=logarithms.shape[1])
    largest = np.maximum.reduceat(logarithms, starts, axis=1)
    shares = np.exp(logarithms - np.repeat(largest, sizes, axis=1))
    return largest + np.log(np.add.reduceat(shares, starts, axis=1) / sizes)
