"""`Takes`: the videos of motions, in a folder beside that of the photos."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from handpose.containers.landmarks import Landmarks
from handpose.containers.motion import Motion
from handpose.datasets import Dataset
from handpose.datasets.folder import read_folder
from handpose.datasets.sample_folder import SampleFolder
from handpose.errors import DatasetError
from handpose.extraction.clips import follow
from handpose.extractors import Extractor
from handpose.images import read_frames
from handpose.images.listing import files_in
from handpose.studio.album import Album, FindHands, Progress, Sample
from handpose.studio.pictures import cropped

SUFFIX = ".mp4"
BESIDE = "-motions"
"""What the name of the folder adds to that of the photos."""


class Takes(Album):
    """The takes of motions, as `handpose collect --motion` lays them out.

    They lie beside the photos, in a folder whose name ends in `BESIDE`, which is made with the
    first motion.

    Parameters
    ----------
    photos : Path
        The folder of the photos.
    """

    _SAMPLE = re.compile(r"(?P<subject>\w[\w .+-]*)-\d+\.mp4", re.ASCII)
    _PICTURES = False

    def __init__(self, photos: Path):
        photos = photos.resolve()
        self._motions: dict[str, Motion] = {}
        super().__init__(photos.with_name(photos.name + BESIDE))

    def read(
        self,
        find_hands: FindHands | None = None,
        progress: Progress = lambda done, total: None,
    ) -> None:
        """List what the folder holds; hands are looked for by `moving`."""
        if not self.root.is_dir():
            return
        self._list_labels()
        self._adopt()
        for item in self._items():
            self.note_take(self.root / item.path, item.label, item.subject)

    def note_take(self, video: Path, label: str, subject: str) -> Sample:
        """Note a take that was written to the folder."""
        return self.note(video, label, subject, Landmarks.missing([(1, 1)]))

    def moving(
        self,
        extractor: Extractor,
        tell: Callable[[int, int], None] = lambda done, total: None,
        samples: list[Sample] | None = None,
    ) -> Dataset:
        """All takes as a data set of motions.

        Parameters
        ----------
        extractor : Extractor
            Follows the hands of each take once.
        tell : callable (done, total), optional
        samples : list of Sample, optional
            By default all that there are.
        """
        samples = self.samples if samples is None else samples
        motions = []
        for number, sample in enumerate(samples):
            tell(number, len(samples))
            if sample.path not in self._motions:
                self._motions[sample.path] = follow(extractor, self.root / sample.path)
            motions.append(self._motions[sample.path])
        return Dataset(
            motions,
            [sample.label for sample in samples],
            [sample.subject for sample in samples],
            [sample.path for sample in samples],
            name=self.root.name,
            provenance=extractor.provenance,
        )

    def write_table(self, provenance: dict[str, Any]) -> None:
        """Nothing: other commands find the hands of the videos themselves."""

    def picture(self, path: str) -> bytes:
        """A frame from the middle of a take, as a small JPEG."""
        frames = [frame.rgb for frame in read_frames(self.root / self[path].path)]
        return cropped(frames[len(frames) // 2], Landmarks.empty())

    def _keep(self, sample: Sample) -> None:
        self._motions.pop(sample.path, None)  # another take may have had its name
        super()._keep(sample)

    def _make(self) -> None:
        """The folder is made with the first motion."""

    def _items(self) -> list[Any]:
        files = files_in(self.root)
        if files.pictures:
            raise DatasetError(
                f"{self.root} holds pictures, but the studio keeps the takes of motions there: "
                "move it elsewhere"
            )
        return read_folder(self.root, videos=True).items if files.videos else []

    def _samples_of(self, label: str, subject: str) -> SampleFolder:
        return SampleFolder(self.root, label, subject, videos=True)
