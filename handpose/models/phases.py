"""Where in a motion a frame lies: what tells a whole motion from a piece of one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import check_is_fitted

from handpose.classifiers import GBDT, MotionNet
from handpose.classifiers.arrays import Arrays
from handpose.containers.motion import Motion, Motions
from handpose.datasets import Dataset
from handpose.errors import DatasetError, ModelKindError
from handpose.features.motion_phases import BEFORE, surroundings
from handpose.models.frame_net import HISTORY_MS, FrameForm, FrameNet, learn_frame_net
from handpose.models.gestures import GestureModel
from handpose.models.nothing import held_still, people_of
from handpose.models.stitched import StitchedTakes, stitch_takes
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
_NET = "frame_net/"


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
    frame_net : FrameNet, optional
        What tells which motion a frame lies in.

    Attributes
    ----------
    frame_net : FrameNet or None
    """

    def __init__(
        self, classifier: GBDT, window_ms: float, axes: int, frame_net: FrameNet | None = None
    ):
        self._classifier, self._window_ms, self._axes = classifier, window_ms, axes
        self.frame_net = frame_net

    def __call__(
        self, stream: Motion, frames: NDArray[np.intp] | None = None
    ) -> NDArray[np.float64]:
        """Log probabilities of `PHASES` in frames of a stream, shape (n, 3); all by default."""
        vectors = surroundings(stream, self._window_ms, axes=self._axes, frames=frames)
        chances = self._classifier.predict_proba(vectors)
        return np.log(np.maximum(chances, LEAST_CHANCE))

    @property
    def history_ms(self) -> float:
        """How far back is looked from a frame."""
        own = max(BEFORE) * self._window_ms
        return own if self.frame_net is None else max(own, HISTORY_MS)

    def to_arrays(self, classes: Sequence[str]) -> Arrays:
        """Named arrays, for `from_arrays`, of a model of these classes."""
        net = {} if self.frame_net is None else self.frame_net.to_arrays(classes)
        return self._classifier.to_arrays() | {f"{_NET}{name}": net[name] for name in net}

    @classmethod
    def from_arrays(
        cls,
        arrays: Mapping[str, NDArray[Any]],
        *,
        window_ms: float,
        classes: Sequence[str],
        form: FrameForm,
    ) -> Phases:
        """The inverse of `to_arrays`.

        Raises
        ------
        ValueError
            If arrays are missing or contradict each other.
        """
        net = {name[len(_NET) :]: arrays[name] for name in arrays if name.startswith(_NET)}
        trees = {name: array for name, array in arrays.items() if not name.startswith(_NET)}
        blank = np.zeros((2, form.hands, form.points, form.axes), np.float32)
        width = surroundings(Motion(blank, [0.0, 1.0]), window_ms, axes=form.axes).shape[1]
        numbers = np.arange(len(PHASES))
        classifier = GBDT.from_arrays({}, trees, classes=numbers, n_features=width)
        frame_net = FrameNet.from_arrays(net, classes=classes, form=form) if net else None
        return cls(classifier, window_ms, form.axes, frame_net)


def learn_phases(model: GestureModel, takes: Dataset, *, random_state: int = 0) -> GestureModel:
    """Teach a fitted model how motions begin and end, so that it tells whole ones from pieces.

    In an endless stream a piece of a motion often looks like another motion. The takes of each
    person are stitched into streams, as in `with_nothing`, and from how hands move just before and
    after a frame it is learnt in which third of a motion it lies. What looks like a motion then
    counts for more if it begins like one and ends like one. Where the classifier is a `MotionNet`,
    a second network learns in which motion each frame lies (see `FrameNet`).

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
        The same model. Nothing is learnt where a gesture is held still, of which a piece is as good
        as the whole, or where few frames are seen.

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
    streams = [] if held_still(shown) else list(_streams_of(shown, rng))
    model.phases_ = None
    if sum(sign.end - sign.first for one in streams for sign in one.signs) >= FEWEST_FRAMES:
        model.phases_ = _learnt(streams, window_ms, axes, rng, random_state)
        if isinstance(model.classifier_, MotionNet):
            model.phases_.frame_net = learn_frame_net(
                streams,
                FrameForm.of(model.features_),
                mirror=model.features_.n_hands_ == 2 and model.features_.mirrors_,
                random_state=random_state,
            )
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


def _streams_of(takes: Dataset, rng: np.random.Generator) -> Iterator[StitchedTakes]:
    """Streams of each person's takes, each at other paces."""
    for own in people_of(takes).values():
        for copy in range(COPIES):
            order = [own[i] for i in rng.permutation(len(own))]
            paced = [(_paced(take, rng) if copy else take, label) for take, label in order]
            stream = stitch_takes(paced, rng)
            if stream.signs:
                yield stream


def _learnt(
    streams: Sequence[StitchedTakes],
    window_ms: float,
    axes: int,
    rng: np.random.Generator,
    random_state: int,
) -> Phases:
    """Phases from the frames of motions."""
    vectors, numbers = [], []
    for stream in streams:
        frames = [np.arange(sign.first, sign.end) for sign in stream.signs]
        numbers += [np.arange(len(own)) * len(PHASES) // len(own) for own in frames]
        here = np.concatenate(frames)
        vectors.append(surroundings(stream.motion, window_ms, axes=axes, frames=here))
    around, phases = np.concatenate(vectors), np.concatenate(numbers)
    kept = rng.permutation(len(phases))[:MOST_FRAMES]
    classifier = GBDT(**TREES, random_state=random_state).fit(around[kept], phases[kept])
    return Phases(classifier, window_ms, axes)


def _paced(take: Motion, rng: np.random.Generator) -> Motion:
    """The take, faster or slower."""
    times = take.timestamps_ms * np.exp(rng.normal(0, PACE))
    return Motion(take.points, times, take.handedness, body=take.body)
