"""The finder: palms that may be hands, judged by the landmark network."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from handpose.extractors.native.hands import Hands, find_landmarks, further_presence
from handpose.extractors.native.ladder import Rung, views
from handpose.extractors.native.palms import Palms, decode_palms
from handpose.networks.pictures import Picture
from handpose.networks.regions import Floats, Regions, crops
from handpose.networks.runtimes import Network
from handpose.networks.views import COARSE, View

MIN_PALM_SCORE = 0.1
"""Palms of a lower score are skipped: with 0.05, less than 1 hand more in 100 would be found."""
SPARE_PALMS = 1
"""How many palms more than hands are wanted may be looked at in one view."""
ENOUGH = 0.9
"""Confidence of a hand after which one candidate less is looked at."""
MIN_FIRST_PRESENCE = 0.01
"""Least presence for a second pass: below it there is nothing to find."""
MAX_SHIFT = 0.15
"""How far, in sides, a hand's own region may lie from the one that its palm suggested: beyond it
the landmarks are placed once more, there."""
PALM_WEIGHT = 0.75
"""Weight of the palm's evidence beside the landmark network's, the best of 0, 0.5, 0.75 and 1 for
hands found at equally many false ones (on a quarter of rock_paper_scissors)."""
COARSE_EVIDENCE = 2.0
"""What it adds that a palm was seen coarsely, where ears, mouths and patterns seldom look like one:
see ``evidence`` in ``benchmarks/results/extraction.md``. With more, what else is found is
doubtful."""
LEAST_CHANCE = 1e-4
"""Probabilities count as at least so far from 0 and 1."""
DOUBT = (0.5, 0.99)
"""Between these confidences the landmark network looks at a hand again: paws, ears and feet look
like a hand in one crop, seldom in three. One photo in 25 or fewer needs it, of hard ones in 10."""
DOUBT_EVIDENCE = -0.6
"""What it adds to a hand's evidence that there was doubt, chosen on half of the everyday photos:
part ``false_hands`` of ``benchmarks/extraction``."""


@dataclass(frozen=True)
class Candidates:
    """Regions that may show hands, the likeliest first.

    Attributes
    ----------
    regions : Regions
    score : ndarray of shape (n,)
        Of the network that proposed the regions, between 0 and 1.
    evidence : ndarray of shape (n,)
        What this score adds to the logarithm of the odds that a hand is there.
    """

    regions: Regions
    score: Floats
    evidence: Floats

    def __len__(self) -> int:
        return len(self.regions)

    def __getitem__(self, rows: NDArray[np.integer] | NDArray[np.bool_] | slice) -> Candidates:
        return Candidates(self.regions[rows], self.score[rows], self.evidence[rows])


def palm_evidence(score: Floats, side: int) -> Floats:
    """What a palm says for a hand.

    Parameters
    ----------
    score : ndarray of shape (n,)
        Of the palm network, between 0 and 1.
    side : int
        Pixels across of what the palm network saw.
    """
    return PALM_WEIGHT * _logit(score) + (COARSE_EVIDENCE if side == COARSE else 0.0)


def confidence(hands: Hands, candidates: Candidates) -> Floats:
    """Confidence that hands are where a network proposed them and the landmark network looked.

    Either network alone takes ears, mouths and patterns for hands, but seldom the same ones: at
    equally many false hands, both together find 5 hands more in 100 hard photos.

    Parameters
    ----------
    hands : Hands
        As they were found in the candidates' regions.
    candidates : Candidates
    """
    odds = _logit(hands.presence) + candidates.evidence
    return _probability(odds)


def _logit(probability: Floats) -> Floats:
    p = np.clip(probability, LEAST_CHANCE, 1 - LEAST_CHANCE)
    return np.asarray(np.log(p / (1 - p)))


def _probability(logit: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-logit)))


@dataclass(frozen=True)
class HandFinder:
    """The networks, and what counts as a hand.

    Attributes
    ----------
    palm_network : Network
    hand_network : Network
    refine : bool
        Whether a hand whose region was wrong is looked at again in the right one.
    min_confidence : float
        Least confidence in a hand.
    judge : callable
        What `min_confidence` is compared with; called as `confidence` is.
    """

    palm_network: Network
    hand_network: Network
    refine: bool
    min_confidence: float
    judge: Callable[[Hands, Candidates], Floats] = confidence

    def views(self, picture: Picture, rungs: Iterable[Rung]) -> Iterator[View]:
        """The squares of a picture to search, in order; see `handpose.extractors.native.ladder`."""
        return views(picture.width, picture.height, rungs, self.palm_network.sides)

    def palms(self, picture: Picture, view: View, limit: int) -> Palms:
        """Palms that may be hands, the surest first."""
        square = crops(picture, view.region, view.side, view.border)
        boxes, logits = self.palm_network(square)
        return decode_palms(boxes[0], logits[0, :, 0], view.side, MIN_PALM_SCORE, limit)

    def place(self, picture: Picture, regions: Regions) -> Hands:
        """Landmarks in each of these regions, hand or not."""
        return find_landmarks(self.hand_network, picture, regions)

    def search(self, picture: Picture, view: View, wanted: int, known: Hands) -> Hands:
        """New hands in one view of a picture, the likeliest first; parameters as of `examine`."""
        candidates = self.candidates(picture, view, len(known) + wanted)
        return self.examine(picture, candidates, wanted, known)

    def candidates(self, picture: Picture, view: View, hands: int) -> Candidates:
        """Regions of the palms in one view, a few more than this number of hands."""
        palms = self.palms(picture, view, hands + SPARE_PALMS)
        evidence = palm_evidence(palms.score, view.side) + picture.evidence
        return Candidates(palms.regions(view.region), palms.score, evidence)

    def examine(self, picture: Picture, candidates: Candidates, wanted: int, known: Hands) -> Hands:
        """Look for hands in candidate regions.

        Parameters
        ----------
        picture : Picture
        candidates : Candidates
        wanted : int
            How many hands are enough; there may be more, of which some are less certain.
        known : Hands
            Hands that are not to be found again.

        Returns
        -------
        Hands
            New ones of at least `min_confidence`, the likeliest first.
        """
        candidates = candidates[~known.cover(candidates.regions)][: wanted + SPARE_PALMS]
        found = Hands.none()
        while len(candidates) and (missing := wanted - self._enough(known, found)) > 0:
            batch, candidates = candidates[:missing], candidates[missing:]
            hands = self._judged(picture, self._placed(picture, batch.regions), batch)
            found = Hands.concat([found, hands[hands.confidence >= self.min_confidence]])
        found = found.likeliest_first()
        return Hands.concat([known, found]).distinct()[len(known) :]

    def _enough(self, known: Hands, found: Hands) -> int:
        """How many new hands were found beyond doubt."""
        sure = found[found.confidence >= ENOUGH]
        return len(Hands.concat([known, sure]).distinct()) - len(known)

    def _judged(self, picture: Picture, hands: Hands, candidates: Candidates) -> Hands:
        """With confidence; the presence of doubtful hands is that of further looks too."""
        hands = replace(hands, confidence=self.judge(hands, candidates))
        doubtful = (hands.confidence >= DOUBT[0]) & (hands.confidence < DOUBT[1])
        if not doubtful.any():
            return hands
        looks = further_presence(self.hand_network, picture, hands[doubtful].regions())
        mean = _logit(np.vstack([hands.presence[doubtful], looks])).mean(0)
        presence = hands.presence.copy()
        presence[doubtful] = _probability(mean + DOUBT_EVIDENCE)
        hands = replace(hands, presence=presence)
        return replace(hands, confidence=self.judge(hands, candidates))

    def _placed(self, picture: Picture, regions: Regions) -> Hands:
        hands = self.place(picture, regions)
        return self._refined(picture, hands, regions) if self.refine else hands

    def _refined(self, picture: Picture, hands: Hands, regions: Regions) -> Hands:
        own = hands.regions()
        shifted = own.shift(regions) > MAX_SHIFT
        rows = np.flatnonzero(shifted & (hands.presence >= MIN_FIRST_PRESENCE))
        return hands.replaced(rows, self.place(picture, own[rows])) if len(rows) else hands
