"""The search: views of one photo, one after the other, until enough hands are sure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from handpose.extractors.native.arms import ArmSearch
from handpose.extractors.native.finder import HandFinder
from handpose.extractors.native.hands import Hands
from handpose.extractors.native.ladder import Effort, Rung
from handpose.networks.pictures import Picture
from handpose.networks.regions import Regions
from handpose.networks.renditions import recolored, renditions
from handpose.networks.views import View

SURE_CONFIDENCE = 0.9
SURE_PRESENCE = 0.95
"""A hand is sure with at least this confidence and presence. With less presence it may be a
fingertip taken for a whole hand, so the next view is tried too and the surest hand is kept: of
2,062 digit photos that puts 4 of 5 such hands right."""

EASY_HANDS = 2
"""So many hands are searched in one view, if it leaves no palm: in all 31 photos of drone_hand in
which a second hand was found later, the first view had shown a palm that was taken for no hand.
Nor are they searched at arms once a hand is known: that takes a third of the time on 218 photos of
drone_hand, and brings 4 of 87 second hands."""


def find_hands(
    finder: HandFinder,
    picture: Picture,
    effort: Effort,
    wanted: int,
    arms: ArmSearch | None = None,
) -> Hands:
    """The hands of a photo, each once, the likeliest first.

    What is searched does not depend on the confidence that the caller asks for. So with a lower
    one, the same hands are found, and more.

    Parameters
    ----------
    finder : HandFinder
    picture : Picture
    effort : Effort
    wanted : int
        After this number of sure hands the search ends. More hands may be returned.
    arms : ArmSearch, optional
        Where hands are searched at the arms of people; by default they are not.
    """
    search = _Search(finder, wanted, arms)
    seen = search.first(picture, effort)
    brief = is_brief(effort, wanted)
    if wanted > 1 and len(search.hands) and not (brief and search.was_easy()):
        search.finds(wanted, seen, effort.more)
        if not brief:
            search.finds_at_arms(wanted, seen, effort.people)
    return search.hands


def is_brief(effort: Effort, wanted: int) -> bool:
    """Whether a second hand is searched only where one is likely: see `EASY_HANDS`."""
    return wanted <= EASY_HANDS and not effort.is_tireless


class _Search:
    """The hands and palms that were seen so far."""

    def __init__(self, finder: HandFinder, wanted: int, arms: ArmSearch | None = None):
        self.hands = Hands.none()
        self._finder = finder
        self._arms = arms
        self._wanted = wanted
        self._palms: list[Regions] = []

    def finds(self, count: int, picture: Picture, rungs: Iterable[Rung]) -> bool:
        """Search view after view until as many hands are sure; whether they are."""
        return len(self._sure()) >= count or any(
            self._look(picture, view) >= count for view in self._finder.views(picture, rungs)
        )

    def first(self, picture: Picture, effort: Effort) -> Picture:
        """Search until a hand is sure; the rendition in which it is, else the picture."""
        early, late = effort.first[: effort.before_people], effort.first[effort.before_people :]
        for seen in renditions(picture):
            if (
                self.finds(1, seen, early)
                or self.finds_at_arms(1, seen, effort.people)
                or self.finds(1, seen, late)
            ):
                return seen
        for seen in recolored(picture) if effort.recolored else ():
            if self.finds(1, seen, effort.recolored):
                return seen
        return picture

    def finds_at_arms(self, count: int, picture: Picture, rungs: Sequence[Rung]) -> bool:
        """Search at people's arms while fewer hands are known; whether so many are then."""
        known = self._confident()
        if self._arms is not None and len(known) < count:
            found = self._arms.search(self._finder, picture, rungs, self._wanted, known)
            self.hands = Hands.concat([self.hands, found]).likeliest_first().distinct()
            return len(self._confident()) >= count
        return False

    def was_easy(self) -> bool:
        """Whether one view was enough, and all palms in it belong to sure hands."""
        return len(self._palms) == 1 and bool(self._sure().cover(self._palms[0]).all())

    def _look(self, picture: Picture, view: View) -> int:
        """Search one view; how many hands are sure now."""
        sure = self._sure()
        missing = self._wanted - len(sure)
        candidates = self._finder.candidates(picture, view, self._wanted)
        self._palms.append(candidates.regions)
        found = self._finder.examine(picture, candidates, missing, sure)
        self.hands = Hands.concat([self.hands, found]).likeliest_first().distinct()
        return len(self._sure())

    def _sure(self) -> Hands:
        hands = self._confident()
        return hands[hands.presence >= SURE_PRESENCE]

    def _confident(self) -> Hands:
        return self.hands[self.hands.confidence >= SURE_CONFIDENCE]
