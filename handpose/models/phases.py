"""Where in a motion a frame lies: what tells a whole motion from a piece of one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import check_is_fitted

from handpose.classifiers import GBDT
from handpose.classifiers.arrays import Arrays
from handpose.containers.motion import Motion, Motions
from handpose.datasets import Dataset
from handpose.errors import DatasetError, ModelKindError
from handpose.features.motion_phases import surroundings
from handpose.models.gestures import GestureModel
from handpose.models.nothing import held_still, people_of
from handpose.models.stitched import stitch_takes
from handpose.models.whole import whole_odds
from handpose.system.words import counted

PHASES = ("begin", "middle", "end")
"""Thirds of a motion."""
COPIES = 3
"""Streams of each person, each at other paces."""
PACE = 0.3
"""Standard deviation of the paces (logarithm)."""
MOST_FRAMES = 60_000
FEWEST_FRAMES = 100
"""With fewer frames of motions nothing is learnt."""
TREES: dict[str, Any] = {
    "max_iter": 80,
    "learning_rate": 0.1,
    "max_leaf_nodes": 31,
    "max_features": 0.3,
    "min_samples_leaf": 100,
    "l2_regularization": 1.0,
    "max_bins": 128,
}
"""Parameters of the trees: chosen on people of SHREC'17, see benchmarks/streams."""
LEAST_CHANCE = 1e-3
"""No phase is told to be less probable."""


class Phases:
    """The probability that a frame lies in the first, second or last third of a motion.

    Parameters
    ----------
    classifier : GBDT
        Fitted, from what `surroundings` gives to numbers of `PHASES`.
    window_ms : float
        Length of the median motion.
    axes : {2, 3}
        Coordinates that are looked at.
    """

    def __init__(self, classifier: GBDT, window_ms: float, axes: int):
        self._classifier, self._window_ms, self._axes = classifier, window_ms, axes

    def __call__(
        self, stream: Motion, frames: NDArray[np.intp] | None = None
    ) -> NDArray[np.float64]:
        """Log probabilities of `PHASES` in frames of a stream, shape (n, 3); all by default."""
        vectors = surroundings(stream, self._window_ms, axes=self._axes, frames=frames)
        chances = self._classifier.predict_proba(vectors)
        return np.log(np.maximum(chances, LEAST_CHANCE))

    def to_arrays(self) -> Arrays:
        """Named arrays, for `from_arrays`."""
        return self._classifier.to_arrays()

    @classmethod
    def from_arrays(
        cls,
        arrays: Mapping[str, NDArray[Any]],
        *,
        window_ms: float,
        hands: int,
        points: int,
        axes: int,
    ) -> Phases:
        """The inverse of `to_arrays`.

        Raises
        ------
        ValueError
            If arrays are missing or contradict each other.
        """
        blank = Motion(np.zeros((2, hands, points, axes), np.float32), [0.0, 1.0])
        width = surroundings(blank, window_ms, axes=axes).shape[1]
        classes = np.arange(len(PHASES))
        classifier = GBDT.from_arrays({}, arrays, classes=classes, n_features=width)
        return cls(classifier, window_ms, axes)


def learn_phases(model: GestureModel, takes: Dataset, *, random_state: int = 0) -> GestureModel:
    """Teach a fitted model how motions begin and end, so that it tells whole ones from pieces.

    In an endless stream a piece of a motion often looks like another motion. The takes of each
    person are stitched into streams, as in `with_nothing`, and from how hands move just before and
    after a frame it is learnt in which third of a motion it lies. What looks like a motion then
    counts for more if it begins like one and ends like one.

    The model also learns how often a whole motion shows no gesture: as often as among the takes,
    or, where that is less, as often as one of the gestures, and not as often as among the windows
    that it was trained on. See `GestureModel.window_scores`. A model of a file keeps what it knew.

    Parameters
    ----------
    model : GestureModel of motions
        Fitted; it is changed.
    takes : Dataset of motions
        Whole takes, one motion in each: not windows of streams.
    random_state : int, default=0

    Returns
    -------
    GestureModel
        The same model. No phases are learnt where a gesture is held still, of which a piece is as
        good as the whole, or where few frames are seen.

    Raises
    ------
    ModelKindError
        If the model is one of still hands.
    NotFittedError
        If the model is not fitted.
    DatasetError
        If the data set holds no motions, or others than the model takes.
    """
    if not model.takes_motions:
        raise ModelKindError("phases are those of motions, but this is a model of stills")
    check_is_fitted(model)
    if not isinstance(takes.X, Motions):
        raise DatasetError("phases can be learnt from motions only")
    _check_kind(model, takes.X)
    rng = np.random.default_rng(random_state)
    window_ms, axes = model.window_ms or 0.0, model.features_.axes_
    shown = takes[takes.detected & (takes.y != "")]
    if hasattr(model, "_taught_odds"):  # not in a file
        model.whole_odds_ = whole_odds(model._taught_odds, shown.y)
    found = [] if held_still(shown) else list(_frames_of(shown, window_ms, axes, rng))
    model.phases_ = None
    if sum(len(numbers) for _, numbers in found) >= FEWEST_FRAMES:
        vectors, numbers = (np.concatenate(column) for column in zip(*found, strict=True))
        kept = rng.permutation(len(numbers))[:MOST_FRAMES]
        classifier = GBDT(**TREES, random_state=random_state).fit(vectors[kept], numbers[kept])
        model.phases_ = Phases(classifier, window_ms, axes)
    return model


def _check_kind(model: GestureModel, motions: Motions) -> None:
    """Refuse motions of other hands or points than those of the model."""
    features = model.features_
    for motion in motions:
        came = motion.n_hands, motion.n_points
        taken = features.n_hands_, features.n_points_
        if came != taken:
            raise DatasetError(
                f"the model takes motions of {counted(taken[0], 'hand')} with "
                f"{counted(taken[1], 'point')}, but got {counted(came[0], 'hand')} with {came[1]}"
            )


def _frames_of(
    takes: Dataset, window_ms: float, axes: int, rng: np.random.Generator
) -> Iterator[tuple[NDArray[np.float32], NDArray[np.intp]]]:
    """Vectors and phases of the frames of motions, in streams of each person."""
    for own in people_of(takes).values():
        for copy in range(COPIES):
            order = [own[i] for i in rng.permutation(len(own))]
            paced = [(_paced(take, rng) if copy else take, label) for take, label in order]
            stream = stitch_takes(paced, rng)
            if stream.signs:
                frames = [np.arange(sign.first, sign.end) for sign in stream.signs]
                places = [np.arange(len(own)) * len(PHASES) // len(own) for own in frames]
                here = np.concatenate(frames)
                around = surroundings(stream.motion, window_ms, axes=axes, frames=here)
                yield around, np.concatenate(places)


def _paced(take: Motion, rng: np.random.Generator) -> Motion:
    """The take, faster or slower."""
    times = take.timestamps_ms * np.exp(rng.normal(0, PACE))
    return Motion(take.points, times, take.handedness, body=take.body)
