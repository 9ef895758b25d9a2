"""`SearchResult`: the model that a search found, with its score and all candidates."""

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
        The best candidate, fitted on all data.
    best : Entry
        Its row of the leaderboard.
    score : Evaluation
        Of the best candidate, fitted on the people of the search, on the people set aside. This is
        the accuracy to report: those of the leaderboard are optimistic, since the best of many is
        partly lucky.
    leaderboard : list of Entry
        Candidates scored on all folds, the best first; then the others.
    findings : Findings
        Crossings and architecture that were found, and what was skipped.
    budget, seconds : float
        Time allowed and used.
    interrupted : bool
        Whether the search was ended by Ctrl-C.
    """

    model: GestureModel
    best: Entry
    score: Evaluation
    leaderboard: list[Entry]
    findings: Findings
    budget: float
    seconds: float
    interrupted: bool

    @property
    def crossings(self) -> tuple[str, ...]:
        """Names of the crossings that were found; the best model may use others or none."""
        return () if self.findings.crossings is None else self.findings.crossings.names

    def summary(self) -> str:
        """The result in a few lines of text."""
        whole = sum(entry.whole for entry in self.leaderboard)
        candidate = self.best.candidate
        kept = self.best.default and self.best != self.leaderboard[0]
        lines = [
            f"{len(self.leaderboard)} candidates in {self.seconds:.0f} s, {whole} of them scored "
            f"on all folds{'; interrupted' if self.interrupted else ''}",
            f"best: {candidate.classifier} on {candidate.features_name} ({candidate.settings})",
            *(["(the default model: none is better by more than one standard error)"] * kept),
            "on people set aside before the search:",
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
