"""The finder: palms that may be hands, judged by what the landmark network says of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from handpose.extractors.native import palms
from handpose.extractors.native.hands import Hands, find_landmarks
from handpose.extractors.native.ladder import View
from handpose.extractors.native.palms import decode_palms
from handpose.extractors.native.regions import Regions, crop
from handpose.extractors.native.runtimes import Network

SPARE_PALMS = 2
"""How many palms more than hands are wanted may be tried in one view."""
MIN_SCOUT_PRESENCE = 0.1
"""Below it a second pass has never brought a hand to light."""


@dataclass(frozen=True)
class HandFinder:
    """The networks, and what counts as a hand.

    Attributes
    ----------
    palm_network : Network
    scout_network : Network or None
        The landmark network that makes the first pass, whose landmarks are only good for the
        region of the second one; None for a single pass.
    hand_network : Network
        The landmark network whose landmarks are kept.
    min_palm_score : float
        Below it a palm is not worth a look.
    min_presence : float
        Below it what lies there is not a hand.
    """

    palm_network: Network
    scout_network: Network | None
    hand_network: Network
    min_palm_score: float
    min_presence: float

    def palm_regions(self, image: NDArray[np.uint8], view: View, limit: int) -> Regions:
        """Where hands may be, the surest palm first."""
        square = crop(image, view.region, palms.INPUT_SIZE, view.border)
        batch = np.multiply(square[None], np.float32(1 / 255), dtype=np.float32)
        boxes, logits = self.palm_network(batch)
        found = decode_palms(boxes[0], logits[0, :, 0], self.min_palm_score, limit)
        return found.regions(view.region)

    def place(self, image: NDArray[np.uint8], regions: Regions) -> Hands:
        """Landmarks in each of these regions, hand or not."""
        return find_landmarks(self.hand_network, image, regions)

    def search(
        self, image: NDArray[np.uint8], view: View, wanted: int, known: Hands | None = None
    ) -> Hands:
        """Find hands in one view of an image.

        Parameters
        ----------
        image : ndarray of uint8, shape (height, width, 3)
        view : View
        wanted : int
            How many hands at most.
        known : Hands, optional
            Hands that are not to be found again.

        Returns
        -------
        Hands
            New ones, the surest first.
        """
        known = Hands.none() if known is None else known
        regions = self.palm_regions(image, view, len(known) + wanted + SPARE_PALMS)
        regions = regions[~known.cover(regions)]
        found = known
        while len(regions) and len(found) < len(known) + wanted:
            batch = len(known) + wanted - len(found)
            found = Hands.concat([found, self._judged(image, regions[:batch])]).distinct()
            regions = regions[batch:]
        new = found[len(known) :]
        return new[np.argsort(-new.presence, kind="stable")]

    def _judged(self, image: NDArray[np.uint8], regions: Regions) -> Hands:
        if self.scout_network is not None:
            scouted = find_landmarks(self.scout_network, image, regions)
            regions = scouted[scouted.presence >= MIN_SCOUT_PRESENCE].regions()
        hands = self.place(image, regions)
        return hands[hands.presence >= self.min_presence]
