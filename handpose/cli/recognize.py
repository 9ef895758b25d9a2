"""``handpose recognize``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer
from PIL import Image

from handpose.cli.collect import TABLE
from handpose.cli.console import err, out, report
from handpose.cli.extractors import (
    EffortOption,
    MinConfidenceOption,
    NumHandsOption,
    extractor_options,
)
from handpose.cli.recognizers import (
    FalseAcceptsOption,
    HoldOption,
    MinScoreOption,
    MirroredOption,
    ModelExtractorOption,
    ModelOption,
    MotionsOption,
)
from handpose.datasets.manifest import MANIFEST
from handpose.errors import HandposeError
from handpose.images import VIDEO_SUFFIXES, Frame, VideoRecorder, frame_rate, read_image
from handpose.images.addresses import is_address, shown_address
from handpose.images.listing import files_in, left_out
from handpose.images.saving import save_picture
from handpose.recognition import (
    DEFAULT_MODEL,
    GestureRecognizer,
    Recognition,
    RecognizedHand,
    VideoRecognition,
    load_recognizer,
)
from handpose.system.files import check_writable
from handpose.temporal import Steadying

_OF_A_DATA_SET = (MANIFEST, TABLE)
"""Files that `handpose collect` writes beside the photos: nothing is missed without them."""


def recognize(
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCE...", help="Images, videos, addresses of streams, or folders of images."
        ),
    ],
    model: ModelOption = DEFAULT_MODEL,
    motions: MotionsOption = None,
    extractor: ModelExtractorOption = None,
    num_hands: NumHandsOption = None,
    effort: EffortOption = None,
    min_confidence: MinConfidenceOption = None,
    min_score: MinScoreOption = None,
    false_accepts: FalseAcceptsOption = None,
    hold_ms: HoldOption = Steadying.hold_ms,
    mirrored: MirroredOption = False,
    video: Annotated[bool, typer.Option("--video", help="Read animated images as videos.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object for each image or frame.")
    ] = False,
    annotated: Annotated[
        Path | None,
        typer.Option("--annotate", metavar="DIR", help="Write annotated pictures and videos here."),
    ] = None,
) -> None:
    """Name the gestures in photos and videos."""
    failed = False
    written = Annotations(annotated)
    with load_recognizer(
        model,
        motions=motions,
        extractor=extractor,
        min_score=min_score,
        false_accepts=false_accepts,
        mirrored=mirrored,
        steadying=Steadying(hold_ms=hold_ms),
        **extractor_options(num_hands, effort, min_confidence),
    ) as recognizer:
        if motions is not None and not any(map(_is_video, sources)) and not video:
            err.print("--motions is for videos; photos show gestures only")
        for source in sources:
            failed |= _say_what_is_left_out(source)
        for one in (one for source in sources for one in _expand(source)):
            try:
                results = _video if video or _is_video(one) else _photo
                for frame, result in results(recognizer, one, written):
                    _show(_shown(one), frame, result, as_json)
            except HandposeError as error:
                report(str(error))
                failed = True
    if annotated is not None:
        err.print(f"{written} in {annotated}")
    if failed:
        raise typer.Exit(1)


class Annotations:
    """Annotated pictures and videos in a folder, each under a name of its own."""

    def __init__(self, folder: Path | None):
        if folder is not None:
            check_writable(folder / "annotated.jpg")
        self._folder = folder
        self._taken: set[str] = set()
        self._pictures = self._videos = 0

    def __str__(self) -> str:
        counts = {"annotated pictures": self._pictures, "annotated videos": self._videos}
        return ", ".join(f"{n} {what}" for what, n in counts.items() if n) or "nothing to annotate"

    def add(self, source: str, result: Recognition) -> None:
        """Draw what was recognised in a photo, and write it."""
        if self._folder is None:
            return
        path = self._path(self._folder, source, ".jpg")
        save_picture(Image.fromarray(result.annotate()), path, quality=90)
        self._pictures += 1

    @contextmanager
    def video(self, source: str) -> Iterator[VideoRecorder | None]:
        """Open a video for the annotated frames of another one."""
        if self._folder is None:
            yield None
            return
        path = self._path(self._folder, source, ".mp4")
        with VideoRecorder(path, fps=frame_rate(source)) as recorder:
            yield recorder
        self._videos += 1

    def _path(self, folder: Path, source: str, suffix: str) -> Path:
        """A name that is not yet taken, and never that of the source itself."""
        folder.mkdir(parents=True, exist_ok=True)
        stem = Path(urlsplit(source).path if is_address(source) else source).stem or "stream"
        name, number = stem, 2
        while f"{name}{suffix}" in self._taken:
            name, number = f"{stem}-{number}", number + 1
        self._taken.add(f"{name}{suffix}")
        return folder / f"{name}-annotated{suffix}"


def _expand(source: str) -> Iterator[str]:
    """The address, file or files of a folder that a source names."""
    path = Path(source)
    if is_address(source) or not path.is_dir():
        yield source if is_address(source) else str(path)
        return
    files = files_in(path)
    if not (files.pictures or files.videos or files.unreadable()):
        yield str(path)  # reading a folder as an image says what is wrong with it
    for name in sorted(files.pictures + files.videos, key=lambda name: name.split("/")):
        yield str(path / name)


def _is_video(source: str) -> bool:
    return is_address(source) or Path(source).suffix.lower() in VIDEO_SUFFIXES


def _shown(source: str) -> str:
    return shown_address(source) if is_address(source) else source


def _say_what_is_left_out(source: str) -> bool:
    """Name the files of a folder that are not read; whether pictures are among them."""
    if is_address(source) or not Path(source).is_dir():
        return False
    files = files_in(Path(source))
    others = [name for name in files.others if Path(name).name not in _OF_A_DATA_SET]
    if others:
        err.print(f"{source}: {left_out(others, 'other file')}")
    for line in files.unreadable():
        report(f"{source}: {line}")
    return bool(files.unreadable())


def _photo(
    recognizer: GestureRecognizer, source: str, written: Annotations
) -> Iterator[tuple[Frame, Recognition]]:
    image = read_image(source)
    result = recognizer.recognize(image)
    written.add(source, result)
    yield Frame(image, 0, 0), result


def _video(
    recognizer: GestureRecognizer, source: str, written: Annotations
) -> Iterator[tuple[Frame, Recognition]]:
    with written.video(source) as recorder:
        for result in recognizer.stream(source):
            if recorder is not None:
                seconds = f"{result.frame.timestamp_ms / 1000:.1f} s"
                recorder.add(result.annotate(status=seconds), result.frame.timestamp_ms)
            yield result.frame, result


def _show(name: str, frame: Frame, result: Recognition, as_json: bool) -> None:
    if as_json:
        print(json.dumps(_document(name, frame, result)), flush=True)
        return
    in_video = isinstance(result, VideoRecognition)
    where = f"{name} [{frame.timestamp_ms / 1000:.2f} s]" if in_video else name
    out.print(f"{where}: {', '.join(map(_in_words, result)) or 'no hand found'}")


def _in_words(hand: RecognizedHand) -> str:
    motion = f", {hand.motion} ({hand.motion_score:.2f})" if hand.motion else ""
    side = f"{hand.handedness.lower()} hand".strip()
    return f"{hand.gesture or 'no gesture'} ({hand.score:.2f}, {side}){motion}"


def _document(name: str, frame: Frame, result: Recognition) -> dict[str, Any]:
    return {
        "source": name,
        "frame": frame.index,
        "timestamp_ms": frame.timestamp_ms,
        **result.to_dict(),
    }
