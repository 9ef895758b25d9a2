"""`Studio`: what happens between the page and the folder."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handpose.containers.landmarks import Landmarks
from handpose.datasets import Dataset
from handpose.datasets.sample_folder import SampleFolder
from handpose.errors import DatasetError, HandposeError
from handpose.export import export_model
from handpose.extractors import Extractor
from handpose.extractors.base import HandVideo
from handpose.images import read_image
from handpose.models import SUFFIX, load_model
from handpose.models.gestures import GestureModel
from handpose.recognition.collector import Collector, Outcome
from handpose.studio.advice import advice, variety
from handpose.studio.album import Album, Sample, brightness
from handpose.studio.frames import FrameHead, decode_jpeg, hands_as_json
from handpose.studio.live import Live
from handpose.studio.moves import Moves
from handpose.studio.pictures import cropped, pictures_in
from handpose.studio.takes import SUFFIX as TAKE
from handpose.studio.training import Tell, Trained, TrainingJob, learn, trainable
from handpose.system.closing import Closing

MODEL = f"model{SUFFIX}"
FROM_VIDEO = 40
"""Samples that are taken from a video at most."""


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
        self.moves = Moves(Path(root))
        self.job = TrainingJob()
        self.live = Live()
        self._make_extractor = make_extractor
        self._extractor: Extractor | None = None
        self._video: HandVideo | None = None
        self._findings: dict[str, Any] | None = None
        self._collectors: dict[tuple[str, str], Collector] = {}
        self._lock = threading.RLock()
        self._opened = threading.Event()
        self._reading = {"done": 0, "total": 0, "error": ""}
        self._started, self._last_ms = time.monotonic(), -1
        self._thumbnails: dict[str, bytes] = {}
        self._changed: list[Album] = []  # of each change that can be undone
        self._versions = count(1)

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
                self.moves.open()
                self._take_model()
        except (HandposeError, OSError) as error:
            self._reading["error"] = str(error)
        finally:
            self._opened.set()

    def state(self) -> dict[str, Any]:
        """All that the page shows, except the live picture; a later state has a greater version."""
        if not self._opened.is_set() or self._reading["error"]:
            return {"ready": False, **self._reading}
        with self._lock:
            samples = self.album.samples
            return {
                "ready": True,
                "version": next(self._versions),
                "folder": str(self.root),
                "gestures": [self._card(label) for label in self.album.labels],
                "subjects": self.album.subjects,
                "motions": self.moves.state(),
                "motions_folder": str(self.moves.takes.root),
                "can_undo": bool(self._changed),
                "advice": advice(samples, self.album.labels),
                "training": self.job.state,
                "findings": self._findings,
                "motion_findings": self.moves.findings,
                "model": self.live.state(),
                "unknown": self.live.unknowns.to_dict(),
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

    def add_gesture(self, name: str, *, moving: bool = False) -> str:
        """Add a card of a gesture or of a motion; see `Album.add_label`."""
        self._wait()
        with self._lock:
            return self._album(moving).add_label(name)

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
        paths = list(paths)
        with self._changing(any(path.endswith(TAKE) for path in paths)) as album:
            album.remove(paths)

    def remove_gesture(self, label: str, *, moving: bool = False) -> None:
        """Take a card and its samples out."""
        with self._changing(moving) as album:
            album.remove_label(label)

    def relabel(self, paths: Iterable[str], label: str) -> None:
        """Say that samples show another gesture."""
        with self._changing() as album:
            album.relabel(paths, label)

    def undo(self) -> None:
        """Bring back what was removed or relabelled last."""
        self._wait()
        with self._lock:
            if not self._changed:
                raise DatasetError("there is nothing to undo")
            self._changed.pop().undo()
            self._forget()

    def train(self) -> None:
        """Begin a training; `state` tells how far it is."""
        self._wait()
        with self._lock:
            provenance = self._ready().provenance
            photos, takes = self.album.dataset(provenance), len(self.moves.takes)
            if not len(photos) and not takes:
                raise DatasetError("there are no pictures yet; collect some of two gestures")
            if len(photos):
                trainable(photos)
            if takes:
                self.moves.check()
            self.job.start(partial(self._learn, photos, takes > 0), self._trained)
            self.album.write_table(provenance)

    def set_min_score(self, score: float) -> None:
        """From which score on a gesture is named, here and in the file that is taken away."""
        self._wait()
        with self._lock:
            model = self._model().set_params(min_score=round(float(score), 2))
            self._use(model)
            model.save(self.root / MODEL)

    def teach_unknown(self, number: int, label: str, subject: str) -> None:
        """Make a picture that was not known a sample."""
        self._wait()
        with self._lock:
            self._check_label(label)
            samples = SampleFolder(self.root, label, subject)
            unknown = self.live.unknowns.take(number)
            photo = samples.add(unknown.rgb)
            self.album.note(photo, label, subject, unknown.hands, brightness(unknown.rgb))
            self._collectors.clear()

    def thumbnail(self, path: str) -> bytes:
        """The hand in a sample, as a small JPEG."""
        self._wait()
        with self._lock:
            if path not in self._thumbnails:
                if path.endswith(TAKE):
                    found = self.moves.takes.picture(path)
                else:
                    hands = self.album[path].hands
                    found = cropped(read_image(self.root / path), hands)
                self._thumbnails[path] = found
            return self._thumbnails[path]

    def unknown_thumbnail(self, number: int) -> bytes:
        """The hand in a picture that was not known, as a small JPEG."""
        with self._lock:
            unknown = self.live.unknowns.look(number)
            return cropped(unknown.rgb, unknown.hands)

    def model_file(self, *, moving: bool = False) -> Path:
        """The trained model of gestures or of motions."""
        self._model(moving)
        return self.moves.file if moving else self.root / MODEL

    def onnx_file(self, *, moving: bool = False) -> bytes:
        """The trained model for programs without Python; raises MissingExtraError without onnx."""
        with TemporaryDirectory() as folder:
            (path,) = export_model(self._model(moving), Path(folder) / "model.onnx")
            return path.read_bytes()

    def findings(self) -> dict[str, Any]:
        """What is known about the model; empty where it was trained before the studio started."""
        self._model()
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
            self.moves.close()

    def _answer(self, head: FrameHead, rgb: NDArray[np.uint8]) -> dict[str, Any]:
        if head.mode == "take":
            self._leave_video()
            whose = head.label, head.subject
            return self.moves.record(rgb, self._now(), whose, self._ready())
        self.moves.stop()
        if head.mode == "collect":
            outcome, sample = self._collect(rgb, head.label, head.subject)
            hands = self._collectors[head.label, head.subject].hands
            kept = None if sample is None else sample.to_dict()
            return {"hands": hands_as_json(hands), "outcome": outcome.name, "kept": kept}
        if head.mode == "try" and self.live.has_model:
            return self.live.answer(rgb, self._now())
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

    def _learn(self, photos: Dataset, moving: bool, tell: Tell) -> list[Trained | None]:
        """Of gestures and of motions, what there is."""
        share = 0.5 if len(photos) and moving else 1.0
        still = moved = None
        if len(photos):
            still = learn(photos, lambda step, done: tell(step, share * done))
        if moving:
            own = self._make_extractor()  # the camera has the other one meanwhile
            moved = self.moves.learn(own, lambda step, done: tell(step, 1 - share * (1 - done)))
        return [still, moved]

    def _trained(self, trained: list[Trained | None]) -> None:
        still, moved = trained
        with self._lock:
            if still is not None:
                still.model.save(self.root / MODEL)
                self._findings = still.findings
            if moved is not None:
                self.moves.take_over(moved)
            self._use(self.live.still if still is None else still.model)

    def _take_model(self) -> None:
        model = None
        with suppress(HandposeError):  # of another version, or damaged: train again
            model = load_model(self.root / MODEL) if (self.root / MODEL).is_file() else None
        self._use(model)

    def _use(self, model: GestureModel | None) -> None:
        """Recognise with a model of gestures, and with that of motions."""
        self._leave_video()
        self.live.use(model, self.moves.model, self._ready())

    def _leave_video(self) -> None:
        if self._video is not None:
            self._video.close()
            self._video = None
        self.live.leave()

    @contextmanager
    def _changing(self, moving: bool = False) -> Iterator[Album]:
        """The album of photos or takes, for a change."""
        self._wait()
        with self._lock:
            album = self._album(moving)
            before = album.changes
            try:
                yield album
            finally:
                self._changed += [album] * (album.changes - before)
                self._forget()

    def _forget(self) -> None:
        """Collectors and thumbnails may be of old samples."""
        self._collectors.clear()
        self._thumbnails.clear()

    def _album(self, moving: bool) -> Album:
        return self.moves.takes if moving else self.album

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

    def _model(self, moving: bool = False) -> GestureModel:
        self._wait()
        with self._lock:
            return self.live.model(moving)

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
