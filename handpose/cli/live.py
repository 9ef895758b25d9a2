"""``handpose live``."""

from __future__ import annotations

import json
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Annotated

import typer

from handpose.cli.console import err
from handpose.cli.extractors import (
    EffortOption,
    MinConfidenceOption,
    NumHandsOption,
    extractor_options,
)
from handpose.cli.meter import Meter
from handpose.cli.recognizers import (
    FalseAcceptsOption,
    HoldOption,
    MinScoreOption,
    MirroredOption,
    ModelExtractorOption,
    ModelOption,
    MotionsOption,
)
from handpose.cli.screen import KEYS, Screen
from handpose.cli.shows import GestureShow, KeypointShow, Lines, Seen, open_show
from handpose.cli.sources import video_source
from handpose.images import Source, VideoRecorder, frame_rate
from handpose.recognition import DEFAULT_MODEL
from handpose.temporal import Steadying


def live(
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE",
            help="Number of a camera, a video, the address of a stream (rtsp://, http://, ...), an "
            "animated image, a folder of frames.",
        ),
    ] = "0",
    model: ModelOption = DEFAULT_MODEL,
    motions: MotionsOption = None,
    extractor: ModelExtractorOption = None,
    num_hands: NumHandsOption = None,
    effort: EffortOption = None,
    min_confidence: MinConfidenceOption = None,
    min_score: MinScoreOption = None,
    false_accepts: FalseAcceptsOption = None,
    hold_ms: HoldOption = Steadying.hold_ms,
    unknown_ms: Annotated[
        float | None,
        typer.Option(
            "--unknown-ms",
            min=0,
            help="Tell also a hand that shows no known gesture for this long, as an event whose "
            "gesture is null.",
        ),
    ] = None,
    mirrored: MirroredOption = False,
    window: Annotated[
        bool,
        typer.Option(
            help="Show a window; without one, print JSON lines: gestures' begins and ends."
        ),
    ] = True,
    record: Annotated[
        Path | None,
        typer.Option("--record", metavar="VIDEO", help="Write the annotated video (.mp4, ...)."),
    ] = None,
) -> None:
    """Recognise gestures in a camera or video as it plays.

    With a net of your own that knows no hands (--extractor FILE.keypoints), its points are shown
    instead: those of a face in every face, those of anything else in the whole picture; without a
    window, one JSON line a frame. --model, --motions, --min-score, --false-accepts, --hold-ms and
    --unknown-ms are for gestures only, --effort and --min-confidence for hands.

    Keys in the window: M turns the view round as a mirror does, SPACE pauses, S saves the view as a
    PNG in the current folder, Q or ESC quits.
    """
    frames = video_source(source)
    is_camera = isinstance(frames, int)
    with ExitStack() as stack:
        screen = (
            stack.enter_context(Screen(mirror=is_camera, paced=not is_camera)) if window else None
        )
        show = open_show(
            model,
            extractor,
            options=extractor_options(num_hands, effort, min_confidence),
            motions=motions,
            min_score=min_score,
            false_accepts=false_accepts,
            mirrored=mirrored,
            steadying=Steadying(hold_ms=hold_ms, unknown_ms=unknown_ms),
        )
        stack.callback(show.close)
        recorder = None
        if record is not None:
            recorder = stack.enter_context(VideoRecorder(record, fps=frame_rate(frames)))
        meter = Meter()
        with suppress(KeyboardInterrupt):
            _run(show, frames, meter, screen, recorder)
        if screen is None:
            _tell(show.last_lines())
    err.print(meter.summary())


def _run(
    show: GestureShow | KeypointShow,
    source: Source,
    meter: Meter,
    screen: Screen | None,
    recorder: VideoRecorder | None,
) -> None:
    result: Seen
    for result in show.results(source):
        meter.count(result.frame)
        if screen is None:
            _tell(show.lines(result))
        if screen is None and recorder is None:
            continue
        picture = result.annotate(
            status=meter.status(),
            hint=KEYS if screen else "",
            mirror=screen is not None and screen.mirror,
        )
        if recorder is not None:
            recorder.add(picture, result.frame.timestamp_ms)
        if screen is not None and not screen.play(picture, result.frame.timestamp_ms):
            return


def _tell(lines: Lines) -> None:
    for line in lines:
        print(json.dumps(line), flush=True)
