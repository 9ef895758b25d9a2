"""What a transformer takes, which rows it can use, and its name; also of a user's own."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from handpose.containers.landmarks import Landmarks
from handpose.containers.motion import Motions


def takes_motions(features: Any) -> bool:
    """Whether a transformer takes motions; else still hands."""
    return bool(getattr(_first(features), "takes_motions", False))


def usable_rows(features: Any, samples: Landmarks | Motions) -> NDArray[np.bool_]:
    """Which rows a transformer can make vectors of, shape (n,)."""
    tell = getattr(_first(features), "usable", None)
    return samples.detected if tell is None else tell(samples)


def features_name(features: Any) -> str:
    """The feature preset, blocks joined by ``+``, or the class of another transformer."""
    blocks = getattr(features, "blocks", None)
    if blocks is None:
        return type(features).__name__.lower()
    return blocks if isinstance(blocks, str) else "+".join(blocks)


def _first(features: Any) -> Any:
    """The first step of a pipeline."""
    return features.steps[0][1] if isinstance(features, Pipeline) else features
