"""A check of a `Searched` that was read from a file."""

from __future__ import annotations

import numpy as np

from handpose.classifiers.searched.classifier import Searched
from handpose.classifiers.searched.forward import parameter_shapes
from handpose.classifiers.searched.graph import fixed_weights
from handpose.skeletons import HAND


def check_searched(model: Searched) -> None:
    """Raise if the numbers of a searched network are not those that its graph needs.

    Parameters
    ----------
    model : Searched
        Fitted.

    Raises
    ------
    ValueError
        Also if the graph is none.
    """
    weights, found = fixed_weights(model.graph_), dict(model.parameters_)
    features, classes = model.n_features_in_, len(model.classes_)
    width = np.size(found.get("stem.bias", ())) // len(HAND)
    expected = parameter_shapes(weights, features, width, classes)
    expected |= {"mean_": (features,), "scale_": (features,)}
    found |= {"mean_": model.mean_, "scale_": model.scale_}
    odd = sorted(expected.keys() ^ found.keys()) or [
        name for name, shape in expected.items() if not _fits(found[name], shape)
    ]
    if odd:
        raise ValueError(f"a searched network's {odd[0]} is not what its graph needs")


def _fits(value: object, shape: tuple[int, ...]) -> bool:
    return (
        isinstance(value, np.ndarray)
        and value.dtype == np.float32
        and value.shape == shape
        and bool(np.isfinite(value).all())
    )
