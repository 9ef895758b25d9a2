"""`SearchResult`: the model that a search found, and how it was found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from handpose.automl.parts import Findings
from handpose.automl.racing import Entry
from handpose.evaluation import Evaluation
from handpose.models.gestures import GestureModel

_MOST_ROWS = 10


@dataclass(frozen=True)
class SearchResult:
    """The result of a search.

    Attributes
    ----------
    model : GestureModel
        The best candidate, fitted on everything.
    best : Entry
        Its place in the leaderboard.
    score : Evaluation
        Of the best candidate on people whom the search never saw, fitted on those whom it did. This
        is the accuracy to report: those of the leaderboard flatter, since the best of many is
        partly the luckiest.
    leaderboard : list of Entry
        Every candidate that was scored on all folds, the best first; then those that were not.
    findings : Findings
        Crossings and network that were found, and what was left out.
    budget, seconds : float
        What was allowed, and what was used.
    interrupted : bool
        Whether somebody ended the search.
    """

    model: GestureModel
    best: Entry
    score: Evaluation
    leaderboard: list[Entry]
    findings: Findings
    budget: float
    seconds: float
    interrupted: bool

    def by_part(self, part: str) -> list[Entry]:
        """The leaderboard of one part."""
        return [entry for entry in self.leaderboard if entry.part == part]

    @property
    def crossings(self) -> tuple[str, ...]:
        """Names of the crossings that were found, whether or not the best model uses them."""
        return () if self.findings.crossings is None else self.findings.crossings.names

    def summary(self) -> str:
        """The result in a few lines, for people."""
        whole = sum(entry.whole for entry in self.leaderboard)
        candidate = self.best.candidate
        kept = self.best.default and self.best != self.leaderboard[0]
        lines = [
            f"{len(self.leaderboard)} candidates in {self.seconds:.0f} s, {whole} of them scored "
            f"on all folds{'; interrupted' if self.interrupted else ''}",
            f"best: {candidate.classifier} on {candidate.features_name} ({candidate.settings})",
            *(["(the default model: none is better by more than one standard error)"] * kept),
            "on people whom the search never saw:",
            self.score.summary(),
        ]
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """The result as JSON."""
        found = self.findings.crossings
        return {
            "budget": self.budget,
            "seconds": round(self.seconds, 1),
            "interrupted": self.interrupted,
            "best": self.best.to_dict(),
            "score": self.score.to_dict(),
            "candidates": len(self.leaderboard),
            "leaderboard": [entry.to_dict() for entry in self.leaderboard[:_MOST_ROWS]],
            "crossings": None if found is None else found.to_dict(),
            "graph": self.findings.graph,
            "skipped": self.findings.skipped,
        }
