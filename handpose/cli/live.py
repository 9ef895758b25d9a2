"""``handpose live``."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Annotated

import typer

from handpose.cli.console import err
from handpose.cli.meter import Meter
from handpose.cli.screen import KEYS, Screen
from handpose.cli.sources import video_source
from handpose.cli.views import frame_view
from handpose.extractors import make_extractor
from handpose.images import VideoRecorder, frame_rate
from handpose.model_files import load_model
from handpose.recognizer import GestureRecognizer, VideoRecognition, extractor_of
from handpose.temporal import GestureEvent


def live(
    source: Annotated[
        str,
        typer.Argument(help="Number of a camera, a video, an animated image, a folder of frames."),
    ] = "0",
    model: Annotated[
        str,
        typer.Option("--model", metavar="NAME|FILE", help="Pretrained name or .handpose file."),
    ] = "digits",
    extractor: Annotated[
        str | None,
        typer.Option("--extractor", metavar="NAME", help="Default: the one the model knows."),
    ] = None,
    num_hands: Annotated[int, typer.Option(min=1, help="Hands to look for.")] = 2,
    min_score: Annotated[
        float, typer.Option(min=0, max=1, help="Below it, a hand begins no gesture.")
    ] = 0.8,
    mirrored: Annotated[
        bool,
        typer.Option("--mirrored", help="The frames themselves are mirrored."),
    ] = False,
    window: Annotated[
        bool, typer.Option(help="Show a window; without one, print events as JSON lines.")
    ] = True,
    record: Annotated[
        Path | None,
        typer.Option("--record", metavar="VIDEO", help="Write the annotated video (.mp4, ...)."),
    ] = None,
) -> None:
    """Recognise gestures in a camera or video as it plays.

    Keys in the window: M turns the view round as a mirror does, SPACE pauses, S saves the view as a
    PNG in the current folder, Q or ESC quits.
    """
    frames = video_source(source)
    is_camera = isinstance(frames, int)
    fitted, card = load_model(model)
    with ExitStack() as stack:
        screen = (
            stack.enter_context(Screen(mirror=is_camera, paced=not is_camera)) if window else None
        )
        made = make_extractor(
            extractor or extractor_of(card), num_hands=num_hands, mirrored=mirrored
        )
        recognizer = stack.enter_context(
            GestureRecognizer(made, fitted, min_score=min_score, card=card)
        )
        recorder = None
        if record is not None:
            recorder = stack.enter_context(VideoRecorder(record, fps=frame_rate(frames)))
        meter = Meter()
        with suppress(KeyboardInterrupt):
            _run(recognizer, recognizer.stream(frames), meter, screen, recorder)
        if screen is None:
            _tell(recognizer.end_video())
    err.print(meter.summary())


def _run(
    recognizer: GestureRecognizer,
    results: Iterable[VideoRecognition],
    meter: Meter,
    screen: Screen | None,
    recorder: VideoRecorder | None,
) -> None:
    for result in results:
        meter.count(result.frame)
        if screen is None:
            _tell(result.events)
        if screen is None and recorder is None:
            continue
        picture = frame_view(
            result,
            recognizer.labels,
            status=meter.status(),
            hint=KEYS if screen else "",
            mirror=screen is not None and screen.mirror,
        )
        if recorder is not None:
            recorder.add(picture, result.frame.timestamp_ms)
        if screen is not None and not screen.play(picture, result.frame.timestamp_ms):
            return


def _tell(events: Iterable[GestureEvent]) -> None:
    for event in events:
        print(json.dumps(event.to_dict()), flush=True)
