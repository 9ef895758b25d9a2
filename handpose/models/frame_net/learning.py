"""From streams of takes to a fitted network."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from handpose.containers.skeletons import HAND
from handpose.features.moments import Floats
from handpose.features.normalize import SMALLEST_PALM, palm_size
from handpose.models.frame_net.net import THIRDS, FrameNet
from handpose.models.frame_net.reading import STEP_MS, FrameForm, at_steps
from handpose.models.stitched import StitchedTakes
from handpose.training.backend import borrowed_torch

_THREADS = 1
_PURPOSE = "a network that looks at each frame"


def learn_frame_net(
    streams: Iterable[StitchedTakes], form: FrameForm, *, mirror: bool, random_state: int
) -> FrameNet:
    """Train the network on streams whose signs are known.

    Parameters
    ----------
    streams : iterable of StitchedTakes
        At least one with a sign.
    form : FrameForm
    mirror : bool
        Whether a stream of two hands means the same in a mirror.
    random_state : int

    Raises
    ------
    MissingExtraError
        If torch is not installed.
    """
    streams = list(streams)
    labels = sorted({sign.label for stream in streams for sign in stream.signs})
    with borrowed_torch(_PURPOSE, _THREADS):
        from handpose.models.frame_net.training import Steps, train_network

        read = [Steps(*_at_even_steps(stream, form, labels)) for stream in streams]
        classes = 1 + THIRDS * len(labels)
        arrays = train_network(read, classes, mirror=mirror, seed=random_state)
    return FrameNet(labels, form, arrays)


def _at_even_steps(
    stream: StitchedTakes, form: FrameForm, labels: list[str]
) -> tuple[Floats, np.ndarray, np.ndarray]:
    """Hands in palm sizes, where they are seen, and the class of each step."""
    times = stream.motion.timestamps_ms
    wanted = np.arange(times[0], times[-1], STEP_MS)
    points, seen = at_steps(stream.motion, form, wanted)
    if form.points == len(HAND) and seen.any():
        points /= max(np.median(palm_size(points[seen])), SMALLEST_PALM)
    classes = np.zeros(len(times), np.int64)
    for sign in stream.signs:
        thirds = np.arange(sign.end - sign.first) * THIRDS // (sign.end - sign.first)
        classes[sign.first : sign.end] = 1 + labels.index(sign.label) * THIRDS + thirds
    after = np.searchsorted(times, wanted).clip(0, len(times) - 1)
    return points, seen, classes[after]
