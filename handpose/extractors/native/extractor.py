"""`NativeExtractor`: MediaPipe's networks, run directly."""

from __future__ import annotations

from functools import partial
from threading import Lock
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from handpose.assets import ASSETS, HAND_NETWORKS, PALM_NETWORK, asset_path
from handpose.containers.bodies import Bodies
from handpose.containers.landmarks import Landmarks
from handpose.errors import OptionError, UnknownNameError
from handpose.extractors.base import Extractor, HandVideo
from handpose.extractors.native.arms import ArmSearch
from handpose.extractors.native.finder import HandFinder
from handpose.extractors.native.hands import Hands
from handpose.extractors.native.ladder import EFFORTS, PEOPLE, Effort
from handpose.extractors.native.palms import open_palm_network
from handpose.extractors.native.point_scores import IN_VIDEOS, POINT_SCORES, scored
from handpose.extractors.native.search import SURE_CONFIDENCE, SURE_PRESENCE, find_hands, is_brief
from handpose.extractors.native.tracking import Track
from handpose.images import as_rgb
from handpose.networks.pictures import Picture
from handpose.networks.renditions import COSTLY, rendition
from handpose.networks.runtimes import choose_precision, choose_runtime, open_network
from handpose.networks.views import View
from handpose.system.parameter_rules import check_counts

VERSION = 6
"""Grows whenever the same image and options give other landmarks; caches are then made again."""


PEOPLES_TURN = 2
"""While a hand is missing in a video, so many views are searched before people's arms are."""


class NativeExtractor(Extractor):
    """MediaPipe's palm and landmark networks, run directly.

    A palm is searched in the image and in rearrangements of it (`effort`), and the landmark network
    judges each candidate. Where the hand spans another square than its palm suggested, it looks
    once more, there.

    Parameters
    ----------
    num_hands : int, default=1
        How many hands to look for.
    network : {"full", "lite"}, default="full"
        The landmark network.
    effort : {"fast", "balanced", "thorough"}, default="balanced"
        How many rearrangements `detect` searches while it finds no hand: see Notes.
    refine : bool, default=True
        Whether `detect` looks a second time at a hand whose square was wrong.
    min_detection_confidence : float, default=0.9
        Least confidence of both networks together, above 0 and below 1, in a hand that is found.
    min_tracking_confidence : float, default=0.5
        Least presence of a hand that `detect_for_video` goes on following.
    mirrored : bool, default=False
        Whether the images come mirrored, as a selfie camera shows them.
    point_scores : {"off", "fast", "balanced", "thorough"}, default="balanced"
        How sure each landmark is, see `Landmarks`: not said; from what is known anyhow; with a look
        at another crop, which tells better which fingers are hidden, where the hand is doubtful; or
        with that of each hand. Another crop takes as long as following a hand for a frame, so in
        videos ``"balanced"`` is as ``"fast"``.
    runtime : {"auto", "openvino", "litert"}, default="auto"
        What runs the networks; ``"auto"`` is what ``HANDPOSE_RUNTIME`` names in the environment, or
        the first of these that is installed and runs.
    threads : int, default=2
        Of the runtime. In several processes at once, one each is better.
    precision : {"auto", "int8", "bf16", "f32"}, default="auto"
        Of the arithmetic in the networks; ``"auto"`` is what ``HANDPOSE_PRECISION`` names, or the
        fastest that is exact with the instructions that the runtime may use here (int8 where they
        do not overflow). It moves a landmark by about a hundredth of the palm, as the set of
        instructions does.

    Raises
    ------
    UnknownNameError
        If `network`, `effort`, `runtime` or `precision` is not one of these.
    OptionError
        If a confidence is not above 0 and below 1.
    ValueError
        If a count is not a whole number from 1 up.
    RuntimeMissingError
        If no runtime, or not the one asked for, is installed.
    PrecisionError
        If the runtime cannot compute in this precision here.
    AssetError
        If the networks cannot be found or fetched.

    Notes
    -----
    What `effort` searches while no hand is sure, and what it brought on the hands of three data
    sets and on 1,199 pictures without any (MediaPipe 1.2.2: 83.3, 92.2, 52.3 % and 13; with its
    image padded when it finds nothing: 99.9, 97.8, 73.1 % and 15):

    ==========  ====================================  =======  ======  =====================  =====
    effort      views                                 digits   hagrid  rock, paper, scissors  false
    ==========  ====================================  =======  ======  =====================  =====
    fast        with a narrow margin, coarsely        99.90 %  98.1 %  80.1 %                     1
    balanced    ... with two wide ones, then finely   100 %    98.9 %  87.2 %                     5
    thorough    ... turned, wide finely, in tiles     100 %    99.2 %  89.4 %                    11
    ==========  ====================================  =======  ======  =====================  =====

    `min_detection_confidence` trades hands for false ones (part ``found`` of
    ``benchmarks/results/extraction.md``, on an Intel Xeon).

    The second pass (`refine`) is made for more than a third of all hands. In every precision and
    with every set of instructions it pays on photos: turned by 20 degrees, their landmarks come out
    13 to 17 % nearer to where the turn takes them (2.0 to 1.7 hundredths of the palm in f32). On
    540 rendered hands the error falls from 4.40 to 4.26 % of the hand's box. (MediaPipe on the 60
    that ship: 4.90, ours 4.20, which are too few to show the second pass.)

    Threads may share an extractor; the networks run one call at a time. While a hand is missing,
    `detect_for_video` searches one view a frame, another one each time, and all of them where
    frames lie a fifth of a second apart or more.
    """

    def __init__(
        self,
        *,
        num_hands: int = 1,
        network: Literal["full", "lite"] = "full",
        effort: Literal["fast", "balanced", "thorough"] = "balanced",
        refine: bool = True,
        min_detection_confidence: float = 0.9,
        min_tracking_confidence: float = 0.5,
        mirrored: bool = False,
        point_scores: Literal["off", "fast", "balanced", "thorough"] = "balanced",
        runtime: str = "auto",
        threads: int = 2,
        precision: str = "auto",
    ):
        if network not in HAND_NETWORKS:
            raise UnknownNameError("network", network, HAND_NETWORKS)
        if effort not in EFFORTS:
            raise UnknownNameError("effort", effort, EFFORTS)
        if point_scores not in POINT_SCORES:
            raise UnknownNameError("point_scores", point_scores, POINT_SCORES)
        confidences = {
            "min_detection_confidence": min_detection_confidence,
            "min_tracking_confidence": min_tracking_confidence,
        }
        check_counts(num_hands=num_hands, threads=threads)
        _check_confidences(confidences)
        self._options: dict[str, Any] = {
            "num_hands": num_hands,
            "network": network,
            "effort": effort,
            "refine": refine,
            **confidences,
            "mirrored": mirrored,
            "point_scores": point_scores,
        }
        runtime = choose_runtime(runtime)
        precision = choose_precision(precision, runtime)
        self._runtime: dict[str, Any] = {
            "runtime": runtime,
            "threads": threads,
            "precision": precision,
        }
        names = {"palm": PALM_NETWORK, "hand": HAND_NETWORKS[network]}
        self._paths = {part: asset_path(name) for part, name in names.items()}
        self._finder: HandFinder | None = None
        self._arms = ArmSearch(**self._runtime)
        self._opening = Lock()
        self._following = Lock()
        self._track = Track()

    @property
    def provenance(self) -> dict[str, Any]:
        return {
            "name": "native",
            "version": VERSION,
            "precision": self._runtime["precision"],
            "options": dict(self._options),
            "networks": {path.name: ASSETS[path.name].sha256 for path in self._paths.values()},
        }

    def detect(self, image: NDArray[np.uint8]) -> Landmarks:
        picture = Picture(as_rgb(image))
        wanted = self._options["num_hands"]
        hands = find_hands(self._open(), picture, self._effort, wanted, self._arms)
        hands = hands[self._is_confident(hands)][:wanted]
        hands = hands[np.argsort(-hands.presence, kind="stable")]
        return self._landmarks(hands, picture, self._options["point_scores"])

    def detect_bodies(self, image: NDArray[np.uint8], num_bodies: int = 4) -> Bodies:
        """Find people in one image, and 33 points of each.

        Parameters
        ----------
        image : ndarray of uint8, shape (height, width, 3)
            RGB.
        num_bodies : int, default=4
            How many people at most.

        Returns
        -------
        Bodies
            The surest first; n = 0 where there is nobody. In a video, call it for each frame.

        Raises
        ------
        ValueError
            If `num_bodies` is no whole number from 1 up.
        AssetError
            If the body networks cannot be found or fetched.

        Notes
        -----
        With ``effort="thorough"`` parts of the picture are searched too, for people far away.
        """
        check_counts(num_bodies=num_bodies)
        rungs = self._effort.people or PEOPLE
        bodies = self._arms.bodies(Picture(as_rgb(image)), rungs, num_bodies)
        return bodies.mirrored() if self._options["mirrored"] else bodies

    def detect_for_video(self, image: NDArray[np.uint8], timestamp_ms: int) -> Landmarks:
        with self._following:
            return self._follow(self._track, image, timestamp_ms)

    def video(self) -> HandVideo:
        return HandVideo(partial(self._follow, Track()))

    def reset(self) -> None:
        """Forget the video: the next frame begins another one."""
        with self._following:
            self._track = Track()

    def close(self) -> None:
        """Release the networks; the next image opens them again. Calling it twice does no harm."""
        self._finder = None
        self._arms.close()
        self.reset()

    def __reduce__(self) -> tuple[Any, ...]:
        return partial(NativeExtractor, **self._options, **self._runtime), ()

    def _follow(self, track: Track, image: NDArray[np.uint8], timestamp_ms: int) -> Landmarks:
        picture = Picture(as_rgb(image))
        track.advance(timestamp_ms)
        hands = self._followed(track, picture)
        return self._landmarks(hands, picture, IN_VIDEOS[self._options["point_scores"]])

    def _followed(self, track: Track, picture: Picture) -> Hands:
        finder, wanted = self._open(), self._options["num_hands"]
        seen, hands = _where_they_were(finder, track, picture)
        kept = hands.presence >= self._options["min_tracking_confidence"]
        hands = hands[kept].distinct()
        turns = self._turns(finder, picture, len(hands)) if len(hands) < wanted else []
        for view in track.turn(turns):
            missing = wanted - len(hands)
            if missing > 0:
                found = (
                    finder.search(seen, view, missing, known=hands)
                    if view is not None
                    else self._arms.search(finder, seen, self._effort.people, missing, hands)
                )
                hands = Hands.concat([hands, found[self._is_confident(found)]])[:wanted]
        track.follow(hands, wanted, len(turns))
        return hands

    def _turns(self, finder: HandFinder, picture: Picture, known: int) -> list[View | None]:
        """What frames are searched in, in turn: views, and None for people's arms."""
        turns: list[View | None] = [*finder.views(picture, self._effort.frame)]
        if self._effort.people and not (
            known and is_brief(self._effort, self._options["num_hands"])
        ):
            turns.insert(PEOPLES_TURN, None)
        return turns

    def _landmarks(self, hands: Hands, picture: Picture, point_scores: str) -> Landmarks:
        scores = scored(hands, picture, point_scores, self._open().place)
        mirrored = self._options["mirrored"]
        return hands.landmarks(picture.width, picture.height, mirrored, scores)

    def _is_confident(self, hands: Hands) -> NDArray[np.bool_]:
        return np.asarray(hands.confidence >= self._options["min_detection_confidence"])

    @property
    def _effort(self) -> Effort:
        return EFFORTS[self._options["effort"]]

    def _open(self) -> HandFinder:
        with self._opening:
            if self._finder is None:
                hands = self._options["num_hands"]
                self._finder = HandFinder(
                    palm_network=open_palm_network(**self._runtime),
                    hand_network=open_network(self._paths["hand"], **self._runtime, batch=hands),
                    refine=self._options["refine"],
                    min_confidence=min(self._options["min_detection_confidence"], SURE_CONFIDENCE),
                )
            return self._finder


def _where_they_were(finder: HandFinder, track: Track, picture: Picture) -> tuple[Picture, Hands]:
    """The hands that are followed, and in which rendition.

    Most hands need a costly rendition only to be found, and are followed in the frame itself.
    """
    if track.is_new and track.rendition >= COSTLY:
        hands = finder.place(picture, track.regions)
        if (hands.presence >= SURE_PRESENCE).all():
            track.rendition = 0
            return picture, hands
    seen = rendition(picture, track.rendition)
    return seen, finder.place(seen, track.regions)


def _check_confidences(confidences: dict[str, float]) -> None:
    for name, confidence in confidences.items():
        if not 0 < confidence < 1:
            raise OptionError(f"{name} must be above 0 and below 1, but got {confidence!r}")
