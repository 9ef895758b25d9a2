"""`Moves`: motions are recorded as takes, and a model is trained on them."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handpose.datasets.sample_folder import SampleFolder
from handpose.errors import DatasetError, HandposeError
from handpose.extractors import Extractor
from handpose.images import Frame
from handpose.models import SUFFIX, load_model
from handpose.models.gestures import GestureModel
from handpose.recognition.takes import TakeOutcome, TakeRecorder
from handpose.studio.frames import hands_as_json
from handpose.studio.takes import Takes
from handpose.studio.training import Tell, Trained, check_counts, learn_motions

MODEL = f"motions{SUFFIX}"
PAUSE_S = 1.5
"""Before each take: the hand goes back to where the motion begins."""


class Moves:
    """The motions of a studio.

    Parameters
    ----------
    photos : Path
        The folder of the photos: see `Takes`.

    Attributes
    ----------
    takes : Takes
    model : GestureModel or None
    findings : dict or None
        What is known about the model.
    """

    def __init__(self, photos: Path):
        self.takes = Takes(photos)
        self.model: GestureModel | None = None
        self.findings: dict[str, Any] | None = None
        self._recorder: TakeRecorder | None = None
        self._whose = "", ""
        self._count = 0

    @property
    def file(self) -> Path:
        """Where the model is kept."""
        return self.takes.root / MODEL

    def open(self) -> None:
        """List the takes, and read the model of another day."""
        self.takes.read()
        with suppress(HandposeError):  # of another version, or damaged: train again
            if self.file.is_file():
                self.model = load_model(self.file)

    def state(self) -> list[dict[str, Any]]:
        """The cards of the page."""
        return [self._card(label) for label in self.takes.labels]

    def record(
        self, rgb: NDArray[np.uint8], now_ms: int, whose: tuple[str, str], extractor: Extractor
    ) -> dict[str, Any]:
        """Take the next frame of a camera while takes of a motion are recorded.

        Parameters
        ----------
        rgb : ndarray of uint8, shape (height, width, 3)
        now_ms : int
        whose : (str, str)
            Motion and person.
        extractor : Extractor

        Raises
        ------
        DatasetError
            If there is no such motion, or the person's name cannot be part of a file name.
        """
        label, subject = whose
        if label not in self.takes.labels:
            raise DatasetError(f"there is no motion {label!r}; add it first")
        if self._recorder is None or self._whose != whose:
            self.stop()
            folder = SampleFolder(self.takes.root, label, subject, videos=True)
            self._recorder = TakeRecorder(folder, extractor, pause_s=PAUSE_S)
            self._whose = whose
        self._count += 1
        state = self._recorder.offer(Frame(rgb, self._count, now_ms))
        kept = None
        if state.outcome is TakeOutcome.KEPT and self._recorder.take is not None:
            kept = self.takes.note_take(self._recorder.take, label, subject).to_dict()
        return {
            "hands": hands_as_json(self._recorder.hands),
            "waiting": round(state.waiting_s, 2),
            "recorded": round(state.recorded, 3),
            "outcome": state.outcome and state.outcome.name,
            "kept": kept,
        }

    def stop(self) -> None:
        """End the recording; a take that is not whole is not kept."""
        if self._recorder is not None:
            self._recorder.close()
            self._recorder = None

    def check(self) -> None:
        """Raise DatasetError if the takes cannot be learnt from."""
        check_counts([sample.label for sample in self.takes.samples], "take")

    def learn(self, extractor: Extractor, tell: Tell) -> Trained:
        """Train a model; the extractor is closed."""
        with extractor:
            total = len(self.takes)
            dataset = self.takes.moving(
                extractor, lambda done, _: tell("following the hands", 0.3 * done / total)
            )
        return learn_motions(dataset, lambda step, share: tell(step, 0.3 + 0.7 * share))

    def take_over(self, trained: Trained) -> None:
        """Keep a model that was trained."""
        trained.model.save(self.file)
        self.model, self.findings = trained.model, trained.findings

    def close(self) -> None:
        """Throw away what was removed."""
        self.stop()
        self.takes.close()

    def _card(self, label: str) -> dict[str, Any]:
        samples = self.takes.of(label)
        return {
            "name": label,
            "count": len(samples),
            "by_subject": Counter(sample.subject for sample in samples),
            "samples": [sample.to_dict() for sample in samples],
        }
