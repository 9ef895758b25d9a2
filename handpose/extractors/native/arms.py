"""Arms of bodies: where the hands at their ends should be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from threading import Lock
from warnings import warn

import numpy as np

from handpose.assets import BODY_NETWORKS, find_asset
from handpose.containers.bodies import Bodies
from handpose.containers.skeletons import BodyLandmark as B
from handpose.errors import HandposeWarning
from handpose.extractors.native.finder import Candidates, HandFinder
from handpose.extractors.native.hands import Hands
from handpose.extractors.native.ladder import Rung
from handpose.networks.bodies import BodyFinder
from handpose.networks.pictures import Picture
from handpose.networks.regions import Floats, Regions, upward_angle
from handpose.networks.views import View

HAND_SIDE = 0.105
"""Side of a hand's region in sides of its body's."""
HAND_AT = 0.26
"""Distance of a region's centre from the wrist, in its sides, along the hand."""
POINTING, POINTING_SIDE = 0.06, 0.085
"""An arm points at the camera if its forearm is shorter than this, and the side of its hand's
region, both in sides of the body's."""
FOREARM = 0.5
"""Weight of the forearm's direction beside that from the wrist to the knuckles, which is uncertain
where the body is small."""
MIN_VISIBILITY = 0.5
"""Least visibility of an arm whose hand is looked for: in 1,261 pictures without hands, of which
most show a face, it leaves 40 arms."""
VISIBLE = 0.95
"""From this visibility on, more of it says nothing more."""

ARM_EVIDENCE, ARM_WEIGHT = 1.4, 0.75
"""What an arm says for a hand at its end, and the weight of the arm's visibility in that."""
RAISED = 0.25
"""Height of a wrist, the hips at 0 and the shoulders at 1, from which on a hand is raised. Of 150
arms of people who signal or let an arm hang, none lies between 0.2 and 0.4."""
LEAST_CONFIDENCE = 0.9
"""Of a hand at an arm; less is no hand."""
MORE_PEOPLE = 1
"""How many people more than hands are wanted may be looked at."""

_WRISTS = (B.LEFT_WRIST, B.RIGHT_WRIST)
_SIDES = (
    (B.LEFT_ELBOW, B.LEFT_WRIST, B.LEFT_INDEX, B.LEFT_PINKY),
    (B.RIGHT_ELBOW, B.RIGHT_WRIST, B.RIGHT_INDEX, B.RIGHT_PINKY),
)


class ArmSearch:
    """Hands at the arms of people, with networks that are opened when they are first needed.

    Parameters
    ----------
    runtime, threads, precision
        As for `open_network`.
    """

    def __init__(self, runtime: str, threads: int, precision: str):
        self._options = (runtime, threads, precision)
        self._finder: BodyFinder | None = None
        self._opening = Lock()
        self._warned = False

    def close(self) -> None:
        """Release the networks; the next call opens them again."""
        self._finder = None

    def bodies(self, picture: Picture, rungs: Iterable[Rung], most: int) -> Bodies:
        """The people of a picture, the surest first.

        Raises
        ------
        AssetError
            If the networks cannot be found or fetched.
        """
        return self._open()(picture, _views(picture, rungs), most)

    def search(
        self, hands: HandFinder, picture: Picture, rungs: Sequence[Rung], wanted: int, known: Hands
    ) -> Hands:
        """Hands at people's arms, raised ones first.

        Where the networks are not on this machine, nothing is found, with a warning.

        Parameters
        ----------
        hands : HandFinder
        picture : Picture
        rungs : sequence of Rung
            The squares in which people are searched, one rung after the other.
        wanted : int
            How many hands are enough; there may be more.
        known : Hands
            Hands that are not to be found again.

        Returns
        -------
        Hands
            New ones.
        """
        found = Hands.none()
        if not rungs or not self._are_here():
            return found
        for rung in rungs:
            for candidates in self._arms(picture, rung, wanted + MORE_PEOPLE):
                if len(candidates) and len(found) < wanted:
                    before = Hands.concat([known, found])
                    new = hands.examine(picture, candidates, len(candidates), before)
                    found = Hands.concat([found, new[new.confidence >= LEAST_CONFIDENCE]])
            if len(found) >= wanted:
                break
        return found

    def _arms(self, picture: Picture, rung: Rung, people: int) -> tuple[Candidates, Candidates]:
        finder = self._open()
        regions = finder.regions(picture, _views(picture, [rung]), people)
        return arms(*finder.place(picture, regions), picture)

    def _are_here(self) -> bool:
        if self._finder is not None:
            return True
        missing = [name for name in BODY_NETWORKS if find_asset(name) is None]
        if missing and not self._warned:
            self._warned = True
            warn(
                f"hands of people far away are found less often: {' and '.join(missing)} not here; "
                "run: handpose assets fetch",
                HandposeWarning,
                stacklevel=2,
            )
        return not missing

    def _open(self) -> BodyFinder:
        with self._opening:
            if self._finder is None:
                self._finder = BodyFinder(*self._options)
            return self._finder


def _views(picture: Picture, rungs: Iterable[Rung]) -> list[View]:
    return [view for rung in rungs for view in rung(picture.width, picture.height)]


def arms(bodies: Bodies, regions: Regions, picture: Picture) -> tuple[Candidates, Candidates]:
    """The hands of bodies as candidates: raised ones, and those that hang down.

    Parameters
    ----------
    bodies : Bodies
    regions : Regions
        Of the bodies.
    picture : Picture
        Hands that would lie outside it are left out.

    Returns
    -------
    raised, hanging : Candidates
        The most visible first.
    """
    along, ahead = arm_regions(bodies, regions), pointing_regions(bodies, regions)
    hands = Regions.concat([along, ahead])
    seen = visibilities(bodies)
    raised = heights(bodies) > RAISED
    short = _forearms(bodies) < POINTING * np.tile(regions.side, 2)
    wanted = np.concatenate([seen >= MIN_VISIBILITY, (seen >= MIN_VISIBILITY) & short & raised])
    inside = ((hands.centre >= 0) & (hands.centre < (picture.width, picture.height))).all(1)
    seen, raised = np.tile(seen, 2), np.tile(raised, 2)
    rows = np.flatnonzero(inside & wanted)
    rows = rows[np.argsort(-seen[rows], kind="stable")]
    candidates = Candidates(hands[rows], seen[rows], arm_evidence(seen[rows]))
    return candidates[raised[rows]], candidates[~raised[rows]]


def visibilities(bodies: Bodies) -> Floats:
    """How visible arms are, as much as wrist and elbow both: left ones, then right ones."""
    joints = bodies.visibility[:, [side[:2] for side in _SIDES]].min(-1)
    return np.asarray(joints.T.ravel(), np.float64)


def arm_evidence(visibility: Floats) -> Floats:
    """What an arm says for a hand at its end, as `Candidates.evidence`.

    Parameters
    ----------
    visibility : ndarray of shape (n,)
        Of the arm.
    """
    p = np.clip(visibility, 1 - VISIBLE, VISIBLE)
    return np.asarray(ARM_EVIDENCE + ARM_WEIGHT * np.log(p / (1 - p)))


def heights(bodies: Bodies) -> Floats:
    """How high wrists are, the hips at 0 and the shoulders at 1: left ones, then right ones."""
    xy = bodies.points[..., :2].astype(np.float64)
    hips = (xy[:, B.LEFT_HIP] + xy[:, B.RIGHT_HIP]) / 2
    up = (xy[:, B.LEFT_SHOULDER] + xy[:, B.RIGHT_SHOULDER]) / 2 - hips
    length = np.maximum((up * up).sum(1), np.finfo(float).tiny)
    return np.concatenate([((xy[:, wrist] - hips) * up).sum(1) / length for wrist in _WRISTS])


def arm_regions(bodies: Bodies, regions: Regions) -> Regions:
    """Regions of the hands of bodies, along their arms: all left ones, then all right ones.

    Parameters
    ----------
    bodies : Bodies
    regions : Regions
        Of the bodies.
    """
    elbow, wrist, knuckles = _joints(bodies)
    along = _unit(_unit(knuckles - wrist) + FOREARM * _unit(wrist - elbow))
    side = HAND_SIDE * np.tile(regions.side, 2)
    return Regions(wrist + HAND_AT * side[:, None] * along, side, upward_angle(along))


def pointing_regions(bodies: Bodies, regions: Regions) -> Regions:
    """The same for arms that point at the camera: around the hand, as upright as the body."""
    _, wrist, knuckles = _joints(bodies)
    side = POINTING_SIDE * np.tile(regions.side, 2)
    return Regions((wrist + knuckles) / 2, side, np.tile(regions.angle, 2))


def _joints(bodies: Bodies) -> tuple[Floats, Floats, Floats]:
    """Elbows, wrists and the middle of the knuckles: left ones, then right ones."""
    xy = bodies.points[..., :2].astype(np.float64)
    elbow, wrist, index, pinky = (
        np.concatenate([xy[:, side[k]] for side in _SIDES]) for k in range(len(_SIDES[0]))
    )
    return elbow, wrist, (2 * index + pinky) / 3


def _forearms(bodies: Bodies) -> Floats:
    elbow, wrist, _ = _joints(bodies)
    return np.hypot(*(wrist - elbow).T)


def _unit(direction: Floats) -> Floats:
    length = np.hypot(direction[:, 0], direction[:, 1])
    return np.asarray(direction / np.maximum(length, np.finfo(float).tiny)[:, None])
