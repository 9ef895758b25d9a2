"""``handpose collect``."""

from __future__ import annotations

import math
import sys
from collections import Counter
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray

from handpose.cli.console import err, out, progress_bar
from handpose.cli.extractors import (
    EffortOption,
    MinConfidenceOption,
    NumHandsOption,
    extractor_options,
)
from handpose.cli.screen import Screen
from handpose.cli.sources import ExtractorOption, report_errors, show_listing, video_source
from handpose.cli.takes import TakeSession
from handpose.datasets.sample_folder import SampleFolder
from handpose.drawing import Shown, draw_live_view
from handpose.errors import DatasetError
from handpose.extraction import extract_folder
from handpose.extractors import DEFAULT_EXTRACTOR, make_extractor
from handpose.images import Frame, frame_rate, read_frames
from handpose.recognition.collector import Collector, Outcome
from handpose.recognition.takes import DEFAULT_SECONDS, TakeRecorder

TABLE = "landmarks.parquet"
KEYS = "M mirror · SPACE pause · Q done"
PHOTOS, TAKES = 30, 5
"""How many samples are enough, by default."""


def collect(
    folder: Annotated[Path, typer.Argument(metavar="NAME", help="Folder of your data set.")],
    source: Annotated[
        str,
        typer.Argument(
            help="Number of a camera, a video, the address of a stream, a folder of frames."
        ),
    ] = "0",
    label: Annotated[
        str, typer.Option("--label", metavar="GESTURE", help="What the hand shows or does.")
    ] = "",
    subject: Annotated[
        str, typer.Option("--subject", metavar="WHO", help="Whose hand it is.")
    ] = "",
    motion: Annotated[
        bool, typer.Option("--motion", help="Record takes of a motion instead of photos.")
    ] = False,
    count: Annotated[
        int | None,
        typer.Option(
            min=1,
            help=f"Samples of this gesture by this subject to stop at; default: {PHOTOS}, of a "
            f"motion {TAKES}.",
        ),
    ] = None,
    seconds: Annotated[
        float, typer.Option(min=0.2, help="Length of a take of a motion.")
    ] = DEFAULT_SECONDS,
    countdown: Annotated[
        float,
        typer.Option(min=0, help="Seconds before a camera's first photo, or before each take."),
    ] = 3.0,
    window: Annotated[bool, typer.Option(help="Show in a window what is captured.")] = True,
    extractor: ExtractorOption = DEFAULT_EXTRACTOR,
    num_hands: NumHandsOption = None,
    effort: EffortOption = None,
    min_confidence: MinConfidenceOption = None,
) -> None:
    """Capture samples of a gesture or a motion of your own.

    Photos go to NAME/GESTURE, whose they are to NAME/manifest.csv, their landmarks to
    NAME/landmarks.parquet. `handpose train NAME` learns them. Run it again for the next gesture,
    for the next person, or to go on where it was interrupted.

    With --motion, takes go there as videos. A camera counts down before each; another source is
    cut into takes of that length, one after the other.
    """
    samples = SampleFolder(
        folder,
        label or _ask("Gesture", "--label"),
        subject or _ask("Whose hand (a name or number)", "--subject"),
        videos=motion,
    )
    options = extractor_options(num_hands, effort, min_confidence)
    frames = video_source(source)
    is_camera = isinstance(frames, int)
    pause_s = countdown if is_camera else 0.0
    count = count or (TAKES if motion else PHOTOS)
    with ExitStack() as stack:
        screen = None
        if window:
            screen = stack.enter_context(Screen(mirror=is_camera, paced=not is_camera))
        found_by = stack.enter_context(make_extractor(extractor, **options))
        session: Session | TakeSession
        if motion:
            rate = frame_rate(frames)
            recorder = TakeRecorder(samples, found_by, seconds=seconds, pause_s=pause_s, fps=rate)
            session = TakeSession(stack.enter_context(recorder), samples, count, screen)
        else:
            session = Session(Collector(samples, found_by), samples, count, pause_s, screen)
        with suppress(KeyboardInterrupt):
            for frame in read_frames(frames):
                if not session.take(frame):
                    break
    out.print(str(session))
    _finish(samples, extractor, options)


class Session:
    """One run of the command: frames come in, samples and pictures go out."""

    def __init__(
        self,
        collector: Collector,
        samples: SampleFolder,
        count: int,
        countdown: float,
        screen: Screen | None,
    ):
        self._collector, self._samples, self._screen = collector, samples, screen
        self._count, self._countdown = count, countdown
        self._outcomes: Counter[Outcome] = Counter()

    def __str__(self) -> str:
        left_out = [
            f"{self._outcomes[o]} ({o.value})"
            for o in Outcome
            if o is not Outcome.KEPT and self._outcomes[o]
        ]
        passed = f"; frames passed over: {', '.join(left_out)}" if left_out else ""
        return (
            f"{self._samples.root}: {self._samples.label} by {self._samples.subject}, "
            f"samples: {len(self._collector)} ({self._outcomes[Outcome.KEPT]} new), variety "
            f"{self._collector.variety:.2f}{passed}"
        )

    def take(self, frame: Frame) -> bool:
        """Take a frame; False when there are enough samples, or the user quits."""
        if len(self._collector) >= self._count:
            return False
        left = self._countdown - frame.timestamp_ms / 1000
        if left > 0:
            return self._show(frame, str(math.ceil(left)))
        outcome = self._collector.offer(frame.rgb)
        self._outcomes[outcome] += 1
        return self._show(frame, "" if outcome is Outcome.KEPT else outcome.value)

    def _show(self, frame: Frame, banner: str) -> bool:
        if self._screen is None:
            return True
        picture = self._draw(frame, banner)
        return self._screen.play(picture, frame.timestamp_ms)

    def _draw(self, frame: Frame, banner: str) -> NDArray[np.uint8]:
        hands = [
            Shown(points[:, :2], gesture=self._samples.label)
            for points in self._collector.hands.points
        ]
        have = f"{len(self._collector)} of {self._count}"
        return draw_live_view(
            frame.rgb,
            hands,
            status=f"{have} · variety {self._collector.variety:.2f}",
            hint=KEYS,
            banner=banner,
            mirror=self._screen is not None and self._screen.mirror,
        )


def _ask(what: str, option: str) -> str:
    if not sys.stdin.isatty():
        raise DatasetError(f"{option} is missing; use {option} NAME")
    return str(typer.prompt(what, err=True)).strip()


def _finish(samples: SampleFolder, extractor: str, options: dict[str, Any]) -> None:
    """Make the table, and say what comes next."""
    if not samples.samples():
        kind, remedy = ("take", "keep the") if samples.videos else ("sample", "move one whole")
        raise DatasetError(
            f"{samples.root}: no {kind} of {samples.label} was kept; {remedy} hand "
            f"{'in' if samples.videos else 'into'} the picture, in more light or nearer to the "
            "camera"
        )
    table = samples.root / TABLE
    with progress_bar("finding hands") as progress:
        summary = extract_folder(
            samples.root,
            table,
            extractor=extractor,
            progress=progress,
            listing=show_listing,
            **options,
        )
    report_errors(summary)
    err.print(f"{table}: {summary}")
    if len(summary.labels) > 1:
        out.print(f"next: handpose train {samples.root} -o {samples.root.name}.handpose")
    else:
        more = "--motion --label ANOTHER_MOTION" if samples.videos else "--label ANOTHER_GESTURE"
        out.print(f"next: handpose collect {samples.root} {more} --subject {samples.subject}")
