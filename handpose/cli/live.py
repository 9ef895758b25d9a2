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
from handpose.cli.recognizers import (
    MinScoreOption,
    MirroredOption,
    ModelExtractorOption,
    ModelOption,
    NumHandsOption,
    open_recognizer,
)
from handpose.cli.screen import KEYS, Screen
from handpose.cli.sources import video_source
from handpose.cli.views import frame_view
from handpose.images import VideoRecorder, frame_rate
from handpose.recognizer import GestureRecognizer, VideoRecognition
from handpose.temporal import GestureEvent


def live(
    source: Annotated[
        str,
        typer.Argument(help="Number of a camera, a video, an animated image, a folder of frames."),
    ] = "0",
    model: ModelOption = "digits",
    extractor: ModelExtractorOption = None,
    num_hands: NumHandsOption = 2,
    min_score: MinScoreOption = 0.8,
    mirrored: MirroredOption = False,
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
    with ExitStack() as stack:
        screen = (
            stack.enter_context(Screen(mirror=is_camera, paced=not is_camera)) if window else None
        )
        recognizer = stack.enter_context(
            open_recognizer(
                model, extractor, num_hands=num_hands, min_score=min_score, mirrored=mirrored
            )
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
