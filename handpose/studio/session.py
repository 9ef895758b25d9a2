"""`Studio`: what happens between the page and the folder."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handpose.containers.landmarks import Landmarks
from handpose.datasets.sample_folder import SampleFolder
from handpose.errors import DatasetError, HandposeError
from handpose.export import export_model
from handpose.extractors import Extractor
from handpose.extractors.base import HandVideo
from handpose.images import read_image
from handpose.models import SUFFIX, load_model
from handpose.recognition import GestureRecognizer, VideoRecognition
from handpose.recognition.collector import Collector, Outcome
from handpose.studio.advice import advice, variety
from handpose.studio.album import Album, Sample, brightness
from handpose.studio.frames import FrameHead, decode_jpeg, hands_as_json, recognition_as_json
from handpose.studio.pictures import cropped, pictures_in
from handpose.studio.training import Trained, TrainingJob
from handpose.studio.unknown import Unknown, Unknowns
from handpose.system.closing import Closing
from handpose.system.extras import is_installed

MODEL = f"model{SUFFIX}"
FROM_VIDEO = 40
"""Samples that are taken from a video at most."""

_SHOWN_EVENTS = 12


class Studio(Closing):
    """One folder, one camera, one model at a time. Every method may be called from any thread.

    Parameters
    ----------
    root : str or Path
        The folder of the data set; made if it does not exist.
    make_extractor : callable
        Gives the extractor; called when the folder is read, see `open`.

    Raises
    ------
    DatasetError
        If the folder cannot be used.
    """

    def __init__(self, root: str | Path, make_extractor: Callable[[], Extractor]):
        self.album = Album(Path(root))
        self.job = TrainingJob()
        self.unknowns = Unknowns()
        self._make_extractor = make_extractor
        self._extractor: Extractor | None = None
        self._video: HandVideo | None = None
        self._recognizer: GestureRecognizer | None = None
        self._findings: dict[str, Any] | None = None
        self._collectors: dict[tuple[str, str], Collector] = {}
        self._events: list[dict[str, Any]] = []
        self._lock = threading.RLock()
        self._opened = threading.Event()
        self._reading = {"done": 0, "total": 0, "error": ""}
        self._started, self._last_ms = time.monotonic(), -1
        self._thumbnails: dict[str, bytes] = {}

    @property
    def root(self) -> Path:
        """The folder of the data set."""
        return self.album.root

    def open(self) -> None:
        """Open the networks, and look at what the folder holds. Other calls wait for it."""
        try:
            with self._lock:
                self._extractor = self._make_extractor()
                self.album.read(self._extractor.detect, self._note_progress)
                self.album.write_table(self._extractor.provenance)
                with suppress(HandposeError):  # of another version, or damaged: train again
                    self._take_model()
        except (HandposeError, OSError) as error:
            self._reading["error"] = str(error)
        finally:
            self._opened.set()

    def state(self) -> dict[str, Any]:
        """All that the page shows, except the live picture."""
        if not self._opened.is_set() or self._reading["error"]:
            return {"ready": False, **self._reading}
        with self._lock:
            samples = self.album.samples
            return {
                "ready": True,
                "folder": str(self.root),
                "gestures": [self._card(label) for label in self.album.labels],
                "subjects": self.album.subjects,
                "can_undo": self.album.can_undo,
                "advice": advice(samples, self.album.labels),
                "training": self.job.state,
                "findings": self._findings,
                "model": self._model_state(),
                "unknown": self.unknowns.to_dict(),
            }

    def frame(self, head: FrameHead, jpeg: bytes) -> dict[str, Any]:
        """Answer a frame of the camera.

        Raises
        ------
        HandposeError
            If it is no picture, or a name cannot be used.
        """
        start = time.perf_counter()
        rgb = decode_jpeg(jpeg)
        self._wait()
        with self._lock:
            answer = self._answer(head, rgb)
        height, width = rgb.shape[:2]
        spent = round(1000 * (time.perf_counter() - start), 1)
        return {"id": head.id, "size": [width, height], "ms": spent, **answer}

    def add_gesture(self, name: str) -> str:
        """Add a card; see `Album.add_label`."""
        self._wait()
        with self._lock:
            return self.album.add_label(name)

    def upload(self, path: Path, label: str, subject: str) -> dict[str, Any]:
        """Take samples from a photo or a video.

        Returns
        -------
        dict
            ``kept`` (a number) and ``passed``: numbers by reason.

        Raises
        ------
        ImageError
            If it is neither.
        """
        self._wait()
        outcomes: Counter[Outcome] = Counter()
        for rgb in pictures_in(path):
            with self._lock:
                outcomes[self._collect(rgb, label, subject)[0]] += 1
            if outcomes[Outcome.KEPT] >= FROM_VIDEO:
                break
        kept = outcomes.pop(Outcome.KEPT, 0)
        return {"kept": kept, "passed": {outcome.value: n for outcome, n in outcomes.items()}}

    def remove(self, paths: Iterable[str]) -> None:
        """Take samples out."""
        with self._changing():
            self.album.remove(paths)

    def remove_gesture(self, label: str) -> None:
        """Take a card and its samples out."""
        with self._changing():
            self.album.remove_label(label)

    def relabel(self, paths: Iterable[str], label: str) -> None:
        """Say that samples show another gesture."""
        with self._changing():
            self.album.relabel(paths, label)

    def undo(self) -> None:
        """Bring back what was removed or relabelled last."""
        with self._changing():
            self.album.undo()

    def train(self) -> None:
        """Begin a training; `state` tells how far it is."""
        self._wait()
        with self._lock:
            extractor = self._ready()
            dataset = self.album.dataset(extractor.provenance)
            if not len(dataset):
                raise DatasetError("there are no pictures yet; collect some of two gestures")
            self.job.start(dataset, self._trained)
            self.album.write_table(extractor.provenance)

    def set_min_score(self, score: float) -> None:
        """From which score on a gesture is named, here and in the file that is taken away."""
        self._wait()
        with self._lock:
            recognizer = self._needed_model()
            model = recognizer.model.set_params(min_score=round(float(score), 2))
            self._use(model)
            model.save(self.root / MODEL)

    def teach_unknown(self, number: int, label: str, subject: str) -> None:
        """Make a picture that was not known a sample."""
        self._wait()
        with self._lock:
            self._check_label(label)
            samples = SampleFolder(self.root, label, subject)
            unknown = self.unknowns.take(number)
            photo = samples.add(unknown.rgb)
            self.album.note(photo, label, subject, unknown.hands, brightness(unknown.rgb))
            self._collectors.clear()

    def thumbnail(self, path: str) -> bytes:
        """The hand in a sample, as a small JPEG."""
        self._wait()
        with self._lock:
            sample = self.album[path]
            known = self._thumbnails.get(path)
            if known is None:
                known = cropped(read_image(self.root / path), sample.hands)
                self._thumbnails[path] = known
            return known

    def unknown_thumbnail(self, number: int) -> bytes:
        """The hand in a picture that was not known, as a small JPEG."""
        with self._lock:
            unknown = self.unknowns.look(number)
            return cropped(unknown.rgb, unknown.hands)

    def model_file(self) -> Path:
        """The trained model."""
        self._wait()
        with self._lock:
            self._needed_model()
            return self.root / MODEL

    def onnx_file(self) -> bytes:
        """The trained model for programs without Python; raises MissingExtraError without onnx."""
        with self._lock, TemporaryDirectory() as folder:
            (path,) = export_model(self._needed_model().model, Path(folder) / "model.onnx")
            return path.read_bytes()

    def findings(self) -> dict[str, Any]:
        """What is known about the model; empty where it was trained before the studio started."""
        self._needed_model()
        return self._findings or {}

    def close(self) -> None:
        """Close the networks, and throw away what was removed."""
        self.job.wait(1)
        with self._lock:
            self._leave_video()
            if self._extractor is not None:
                self._extractor.close()
                self._extractor = None
            self.album.close()

    def _answer(self, head: FrameHead, rgb: NDArray[np.uint8]) -> dict[str, Any]:
        if head.mode == "collect":
            outcome, sample = self._collect(rgb, head.label, head.subject)
            hands = self._collectors[head.label, head.subject].hands
            kept = None if sample is None else sample.to_dict()
            return {"hands": hands_as_json(hands), "outcome": outcome.name, "kept": kept}
        if head.mode == "try" and self._recognizer is not None:
            seen = self._recognizer.recognize_for_video(rgb, self._now())
            self._note_seen(seen, rgb)
            return {"hands": recognition_as_json(seen), "events": self._events}
        if self._video is None:
            self._video = self._ready().video()
        return {"hands": hands_as_json(self._video.detect(rgb, self._now()))}

    def _collect(
        self, rgb: NDArray[np.uint8], label: str, subject: str
    ) -> tuple[Outcome, Sample | None]:
        self._check_label(label)
        collector = self._collectors.get((label, subject))
        if collector is None:
            known = Landmarks.concat(s.hands for s in self.album.of(label, subject))
            samples = SampleFolder(self.root, label, subject)
            collector = Collector(samples, self._ready(), known=known[known.detected])
            self._collectors[label, subject] = collector
        outcome = collector.offer(rgb)
        if outcome is not Outcome.KEPT or collector.photo is None:
            return outcome, None
        found = collector.photo, label, subject, collector.hands, brightness(rgb)
        return outcome, self.album.note(*found)

    def _note_seen(self, seen: VideoRecognition, rgb: NDArray[np.uint8]) -> None:
        for event in seen.events:
            if event.gesture is not None and not event.has_ended:
                self._events.insert(0, {"gesture": event.gesture, "ms": event.started_ms})
        del self._events[_SHOWN_EVENTS:]
        hand = next(iter(seen), None)
        strange = None
        if hand is not None and hand.gesture is None and hand.rejected is not None:
            strange = Unknown(rgb, seen.hands[:1], hand.rejected, float(hand.score))
        self.unknowns.offer(strange, self._last_ms)

    def _trained(self, trained: Trained) -> None:
        with self._lock:
            trained.model.save(self.root / MODEL)
            self._use(trained.model)
            self._findings = trained.findings

    def _take_model(self) -> None:
        if (self.root / MODEL).is_file():
            self._use(load_model(self.root / MODEL))

    def _use(self, model: Any) -> None:
        self._leave_video()
        self._recognizer = GestureRecognizer(self._ready(), model)
        self.unknowns.clear()
        self._events = []

    def _leave_video(self) -> None:
        if self._video is not None:
            self._video.close()
            self._video = None
        if self._recognizer is not None:
            self._recognizer.end_video()

    def _changing(self) -> threading.RLock:
        """The lock, for a change of the album: collectors and thumbnails may be of old samples."""
        self._wait()
        self._collectors.clear()
        self._thumbnails.clear()
        return self._lock

    def _check_label(self, label: str) -> None:
        if label not in self.album.labels:
            raise DatasetError(f"there is no gesture {label!r}; add it first")

    def _card(self, label: str) -> dict[str, Any]:
        samples = self.album.of(label)
        hands = Landmarks.concat(sample.hands for sample in samples)
        return {
            "name": label,
            "count": len(samples),
            "variety": round(variety(hands), 3),
            "by_subject": Counter(sample.subject for sample in samples),
            "samples": [sample.to_dict() for sample in samples],
        }

    def _model_state(self) -> dict[str, Any] | None:
        if self._recognizer is None:
            return None
        return {
            "labels": self._recognizer.labels,
            "min_score": self._recognizer.min_score,
            "onnx": is_installed("onnx"),
        }

    def _needed_model(self) -> GestureRecognizer:
        if self._recognizer is None:
            raise DatasetError("there is no model yet; train one first")
        return self._recognizer

    def _ready(self) -> Extractor:
        if self._extractor is None:
            raise DatasetError(str(self._reading["error"]) or "the studio is closed")
        return self._extractor

    def _wait(self) -> None:
        self._opened.wait()

    def _now(self) -> int:
        """Milliseconds since the start, growing from frame to frame."""
        now = round(1000 * (time.monotonic() - self._started))
        self._last_ms = max(now, self._last_ms + 1)
        return self._last_ms

    def _note_progress(self, done: int, total: int) -> None:
        self._reading.update(done=done, total=total)
