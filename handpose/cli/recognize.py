"""``handpose recognize``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from PIL import Image

from handpose.cli.console import err, out, report
from handpose.drawing import annotate
from handpose.errors import HandposeError
from handpose.extractors import make_extractor
from handpose.images import IMAGE_SUFFIXES, VIDEO_SUFFIXES, Frame, read_frames, read_image
from handpose.model_files import load_model
from handpose.recognizer import GestureRecognizer, Recognition, extractor_of


def recognize(
    sources: Annotated[
        list[str],
        typer.Argument(metavar="SOURCE...", help="Images, videos, or folders of images."),
    ],
    model: Annotated[
        str,
        typer.Option("--model", metavar="NAME|FILE", help="Pretrained name or .handpose file."),
    ] = "digits",
    extractor: Annotated[
        str | None,
        typer.Option("--extractor", metavar="NAME", help="Default: the one the model knows."),
    ] = None,
    num_hands: Annotated[int, typer.Option(min=1, help="Hands to look for in an image.")] = 2,
    min_score: Annotated[
        float, typer.Option(min=0, max=1, help="Below it, a hand shows no gesture.")
    ] = 0.8,
    mirrored: Annotated[
        bool, typer.Option("--mirrored", help="The images are mirrored, as a selfie camera's.")
    ] = False,
    video: Annotated[bool, typer.Option("--video", help="Read animated images as videos.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object for each image or frame.")
    ] = False,
    annotated: Annotated[
        Path | None,
        typer.Option("--annotate", metavar="DIR", help="Write pictures with landmarks here."),
    ] = None,
) -> None:
    """Name the gestures in photos and videos."""
    fitted, card = load_model(model)
    made = make_extractor(extractor or extractor_of(card), num_hands=num_hands, mirrored=mirrored)
    failed = False
    written = Annotations(annotated)
    with GestureRecognizer(made, fitted, min_score=min_score, card=card) as recognizer:
        for path in (path for source in sources for path in _expand(source)):
            try:
                for frame, result in _results(recognizer, path, video):
                    _show(path, frame, result, as_json)
                    written.add(path, frame, result)
            except HandposeError as error:
                report(str(error))
                failed = True
    if annotated is not None:
        err.print(f"{written.count} annotated pictures in {annotated}")
    if failed:
        raise typer.Exit(1)


class Annotations:
    """Annotated pictures in a folder, each under a name of its own."""

    def __init__(self, folder: Path | None):
        self._folder = folder
        self._taken: set[str] = set()
        self.count = 0

    def add(self, source: Path, frame: Frame, result: Recognition) -> None:
        """Draw what was recognised, and write it."""
        if self._folder is None:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        picture = annotate(frame.rgb, result.hands, captions(result))
        Image.fromarray(picture).save(self._folder / self._name(source, frame), quality=90)
        self.count += 1

    def _name(self, source: Path, frame: Frame) -> str:
        stem = f"{source.stem}-{frame.index:05d}" if frame.index else source.stem
        name, number = stem, 2
        while name in self._taken:
            name, number = f"{stem}-{number}", number + 1
        self._taken.add(name)
        return f"{name}-annotated.jpg"  # never the name of the photo itself


def captions(result: Recognition) -> list[str]:
    """What to write at each hand."""
    return [f"{hand.gesture}  {hand.score:.2f}" if hand.gesture else "?" for hand in result]


def _expand(source: str) -> Iterator[Path]:
    path = Path(source)
    if not path.is_dir():
        yield path
        return
    known = IMAGE_SUFFIXES | VIDEO_SUFFIXES
    files = [
        p
        for p in sorted(path.rglob("*"))
        if p.suffix.lower() in known and p.is_file() and not p.name.startswith(".")
    ]
    yield from files or [path]  # reading a folder as an image says what is wrong with it


def _results(
    recognizer: GestureRecognizer, path: Path, video: bool
) -> Iterator[tuple[Frame, Recognition]]:
    if path.suffix.lower() not in VIDEO_SUFFIXES and not video:
        image = read_image(path)
        yield Frame(image, 0, 0), recognizer.recognize(image)
        return
    recognizer.extractor.reset()
    for frame in read_frames(path):
        yield frame, recognizer.recognize_for_video(frame.rgb, frame.timestamp_ms)


def _show(path: Path, frame: Frame, result: Recognition, as_json: bool) -> None:
    if as_json:
        print(json.dumps(_document(path, frame, result)), flush=True)
        return
    where = f"{path} [{frame.timestamp_ms / 1000:.2f} s]" if frame.timestamp_ms else str(path)
    hands = [
        f"{hand.gesture or 'no gesture'} ({hand.score:.2f}, {hand.handedness.lower()} hand)"
        for hand in result
    ]
    out.print(f"{where}: {', '.join(hands) or 'no hand found'}")


def _document(path: Path, frame: Frame, result: Recognition) -> dict[str, Any]:
    height, width = frame.rgb.shape[:2]
    return {
        "source": str(path),
        "frame": frame.index,
        "timestamp_ms": frame.timestamp_ms,
        "width": width,
        "height": height,
        **result.to_dict(),
    }
