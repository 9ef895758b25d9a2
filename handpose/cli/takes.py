"""What ``handpose collect --motion`` does with the frames of a camera or a video."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
from numpy.typing import NDArray

from handpose.cli.screen import Screen
from handpose.datasets.sample_folder import SampleFolder
from handpose.drawing import Shown, draw_live_view
from handpose.images import Frame
from handpose.recognition.takes import TakeOutcome, TakeRecorder, TakeState
from handpose.system.words import counted

KEYS = "M mirror · SPACE pause · Q done"


class TakeSession:
    """One run of the command: frames come in, takes and pictures go out."""

    def __init__(
        self, recorder: TakeRecorder, samples: SampleFolder, count: int, screen: Screen | None
    ):
        self._recorder, self._samples, self._screen = recorder, samples, screen
        self._count, self._have = count, len(recorder)
        self._outcomes: Counter[TakeOutcome] = Counter()
        self._trouble = ""

    def __str__(self) -> str:
        lost = self._outcomes[TakeOutcome.NO_HAND]
        passed = f"; left out: {counted(lost, 'take')} with hardly a hand in it" if lost else ""
        return (
            f"{self._samples.root}: {self._samples.label} by {self._samples.subject}, takes: "
            f"{self._have} ({self._outcomes[TakeOutcome.KEPT]} new){passed}"
        )

    def take(self, frame: Frame) -> bool:
        """Take a frame; False when there are enough takes, or the user quits."""
        if self._have >= self._count:
            return False
        state = self._recorder.offer(frame)
        if state.outcome is not None:
            self._outcomes[state.outcome] += 1
            self._have += state.outcome is TakeOutcome.KEPT
            self._trouble = "" if state.outcome is TakeOutcome.KEPT else state.outcome.value
        return self._show(frame, state)

    def _show(self, frame: Frame, state: TakeState) -> bool:
        if self._screen is None:
            return True
        return self._screen.play(self._draw(frame, state), frame.timestamp_ms)

    def _draw(self, frame: Frame, state: TakeState) -> NDArray[np.uint8]:
        label = self._samples.label
        hands = [Shown(points[:, :2]) for points in self._recorder.hands.points]
        waiting = f"{label} in {math.ceil(state.waiting_s)}" + (
            f" · {self._trouble}" if self._trouble else ""
        )
        return draw_live_view(
            frame.rgb,
            hands,
            status=f"take {min(self._have + 1, self._count)} of {self._count}",
            hint=KEYS,
            banner=waiting if state.waiting_s else f"{label}: now ({state.recorded:.0%})",
            mirror=self._screen is not None and self._screen.mirror,
        )
