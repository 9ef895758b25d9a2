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
from handpose.cli.events import EventList, is_table, take_events
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
from handpose.cli.spelling import SpellOption, WordsOption, make_speller, models_for
from handpose.datasets.manifest import MANIFEST
from handpose.errors import DatasetError, HandposeError, ImageError
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
from handpose.recognition.spelling import Speller
from handpose.system.files import check_writable
from handpose.temporal import Steadying

_OF_A_DATA_SET = (MANIFEST, TABLE)
"""Files that `handpose collect` writes beside the photos: nothing is missed without them."""


def recognize(
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCE...",
            help="Images, videos, addresses of streams, folders of these, or tables of takes "
            "(Parquet).",
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
    events: Annotated[
        bool,
        typer.Option(
            "--events",
            help="Tell what was shown from when to when, instead of what each frame shows.",
        ),
    ] = False,
    spell: SpellOption = False,
    words: WordsOption = None,
    as_json: Annotated[
        bool,
        typer.Option(
            "--json", help="Print one JSON object for each image, frame, event or spelled text."
        ),
    ] = False,
    annotated: Annotated[
        Path | None,
        typer.Option("--annotate", metavar="DIR", help="Write annotated pictures and videos here."),
    ] = None,
) -> None:
    """Name the gestures and motions in photos and videos.

    A table of takes needs --motions; each take is searched for motions, as with --events.
    """
    failed = False
    make_speller(spell, words)  # a list that cannot be read ends here
    written = Annotations(annotated)
    with load_recognizer(
        **models_for(spell, model, motions),
        extractor=extractor,
        min_score=min_score,
        false_accepts=false_accepts,
        mirrored=mirrored,
        steadying=Steadying(hold_ms=hold_ms),
        **extractor_options(num_hands, effort, min_confidence),
    ) as recognizer:
        work = _Work(recognizer, written, EventList(as_json), as_json, min_score, hold_ms)
        moving = [one for one in sources if _is_video(one) or is_table(one) or Path(one).is_dir()]
        if motions is not None and not moving and not video:
            err.print("--motions is for videos; photos show gestures only")
        for source in sources:
            failed |= _say_what_is_left_out(source)
        for one in (one for source in sources for one in _expand(source)):
            try:
                if is_table(one):
                    failed |= work.takes(one)
                elif spell:
                    text = work.spell(one, make_speller(spell, words), video or _is_video(one))
                    _show_text(_shown(one), text, as_json)
                elif events:
                    work.events(one, is_video=video or _is_video(one))
                else:
                    work.frames(one, is_video=video or _is_video(one))
            except HandposeError as error:
                report(str(error))
                failed = True
        work.finish()
    if annotated is not None:
        err.print(f"{written} in {annotated}")
    if failed:
        raise typer.Exit(1)


class _Work:
    """What is done with each source: frames, events or takes are named and shown."""

    def __init__(
        self,
        recognizer: GestureRecognizer,
        written: Annotations,
        listed: EventList,
        as_json: bool,
        min_score: float | None,
        hold_ms: float,
    ):
        self._recognizer, self._written, self._listed = recognizer, written, listed
        self._as_json, self._min_score, self._hold_ms = as_json, min_score, hold_ms
        self._lists_events = False

    def frames(self, source: str, *, is_video: bool) -> None:
        """Show what each frame of a video, or a photo, shows."""
        results = _video if is_video else _photo
        for frame, result in results(self._recognizer, source, self._written):
            _show(_shown(source), frame, result, self._as_json)

    def events(self, source: str, *, is_video: bool) -> None:
        """Tell what was shown in a video from when to when."""
        if not is_video:
            raise ImageError(f"{source}: a photo has no events; leave out --events")
        self._lists_events = True
        self._listed.begin(_shown(source))
        stream = self._recognizer.stream(source)
        with self._written.video(source) as recorder:
            for result in stream:
                if recorder is not None:
                    _record(recorder, result)
                for event in result.events:
                    self._listed.add(_shown(source), event)
        for event in stream.end():
            self._listed.add(_shown(source), event)

    def spell(self, source: str, speller: Speller | None, is_video: bool) -> str:
        """What is spelled in a video."""
        if not is_video or speller is None:
            raise ImageError(f"{source}: a photo spells nothing; leave out --spell")
        stream = self._recognizer.stream(source)
        with self._written.video(source) as recorder:
            for result in stream:
                text = speller.update(result)
                if recorder is not None:
                    _record(recorder, result, text)
        for event in stream.end():
            speller.take_event(event)
        return speller.end()

    def takes(self, source: str) -> bool:
        """Tell the motions in each take of a table; whether a take could not be searched."""
        model = self._recognizer.motions
        if model is None:
            raise DatasetError(f"{source} holds takes of motions; name a model: --motions FILE")
        self._lists_events = True
        failed = False
        self._listed.begin(source)
        for take, found in take_events(model, source, self._min_score, self._hold_ms):
            if isinstance(found, HandposeError):
                report(f"{source}, {take}: {found}")
                failed = True
                continue
            for event in found:
                self._listed.add(source, event, take)
        return failed

    def finish(self) -> None:
        """Show the table of events, if there was anything that has some."""
        if self._lists_events:
            self._listed.show()


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
                _record(recorder, result)
            yield result.frame, result


def _record(recorder: VideoRecorder, result: VideoRecognition, text: str = "") -> None:
    seconds = f"{result.frame.timestamp_ms / 1000:.1f} s"
    recorder.add(result.annotate(status=seconds, banner=text), result.frame.timestamp_ms)


def _show_text(name: str, text: str, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"source": name, "text": text}), flush=True)
    else:
        out.print(f"{name}: {text or 'nothing was spelled'}")


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
    document = {
        "source": name,
        "frame": frame.index,
        "timestamp_ms": frame.timestamp_ms,
        **result.to_dict(),
    }
    if isinstance(result, VideoRecognition):
        document["events"] = [event.to_dict() for event in result.events]
    return document
