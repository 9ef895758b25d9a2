"""`Live`: the models of a studio at work, on the pictures of a camera."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from handpose.errors import DatasetError
from handpose.extractors import Extractor
from handpose.models.gestures import GestureModel
from handpose.recognition import GestureRecognizer, VideoRecognition
from handpose.studio.frames import recognition_as_json
from handpose.studio.unknown import Unknown, Unknowns
from handpose.system.extras import is_installed

_SHOWN_EVENTS = 12


class Live:
    """Recognises with a model of gestures, one of motions, or both.

    Attributes
    ----------
    still, moving : GestureModel or None
    unknowns : Unknowns
        Hands that were named nothing.
    """

    def __init__(self) -> None:
        self.still: GestureModel | None = None
        self.moving: GestureModel | None = None
        self.unknowns = Unknowns()
        self._recognizer: GestureRecognizer | None = None
        self._events: list[dict[str, Any]] = []

    @property
    def has_model(self) -> bool:
        """Whether there is anything to recognise with."""
        return self._recognizer is not None

    def use(
        self, still: GestureModel | None, moving: GestureModel | None, extractor: Extractor
    ) -> None:
        """Recognise with these models from now on."""
        self.leave()
        self.still, self.moving, self._recognizer = still, moving, None
        if still is not None or moving is not None:
            self._recognizer = GestureRecognizer(extractor, still, motions=moving)
        self.unknowns.clear()
        self._events = []

    def leave(self) -> None:
        """End the video."""
        if self._recognizer is not None:
            self._recognizer.end_video()

    def model(self, moving: bool = False) -> GestureModel:
        """The model of gestures or of motions.

        Raises
        ------
        DatasetError
            If there is none.
        """
        found = self.moving if moving else self.still
        if found is None:
            raise DatasetError("there is no model yet; train one first")
        return found

    def answer(self, rgb: NDArray[np.uint8], now_ms: int) -> dict[str, Any]:
        """What a frame shows: ``hands`` and ``events``; there must be a model."""
        assert self._recognizer is not None
        seen = self._recognizer.recognize_for_video(rgb, now_ms)
        self._note_events(seen)
        self._note_unknown(seen, rgb, now_ms)
        return {"hands": recognition_as_json(seen), "events": self._events}

    def state(self) -> dict[str, Any] | None:
        """What the page tells of the models."""
        if self._recognizer is None:
            return None
        return {
            "labels": self._recognizer.labels,
            "min_score": self._recognizer.min_score,
            "motions": [] if self.moving is None else self.moving.classes_.tolist(),
            "onnx": is_installed("onnx"),
        }

    def _note_events(self, seen: VideoRecognition) -> None:
        for event in seen.events:
            if event.gesture is not None and not event.has_ended:
                found = {"gesture": event.gesture, "kind": event.kind, "ms": event.started_ms}
                self._events.insert(0, found)
        del self._events[_SHOWN_EVENTS:]

    def _note_unknown(self, seen: VideoRecognition, rgb: NDArray[np.uint8], now_ms: int) -> None:
        hand = next(iter(seen), None)
        strange = None
        if hand is not None and hand.gesture is None and hand.rejected is not None:
            strange = Unknown(rgb, seen.hands[:1], hand.rejected, float(hand.score))
        self.unknowns.offer(strange, now_ms)
