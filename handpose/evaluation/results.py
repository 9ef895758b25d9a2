"""`Evaluation`: the result of measuring a model, for people, machines and eyes."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handpose.evaluation.metrics import (
    MISSED,
    SubjectScores,
    accuracy,
    bootstrap_interval,
    confusion,
    macro_f1,
    subject_scores,
)


@dataclass(frozen=True)
class Evaluation:
    """Predictions beside the truth.

    Attributes
    ----------
    truth, predicted : ndarray of str, shape (n,)
        ``""`` in `predicted` where no hand was found.
    detected : ndarray of bool, shape (n,)
    subjects : ndarray of str, shape (n,)
        ``""`` where unknown.
    labels : list of str
        Every label that the truth or the model knows.
    classifier, features : str
    folds : int or None
        None where the model was fitted on other data.
    fit_seconds : float
        Median over the folds; NaN where nothing was fitted.
    predict_us_per_hand : float
        Microseconds from landmarks to label, in one batch.
    dataset : str
    """

    truth: NDArray[np.str_]
    predicted: NDArray[np.str_]
    detected: NDArray[np.bool_]
    subjects: NDArray[np.str_]
    labels: list[str]
    classifier: str = ""
    features: str = ""
    folds: int | None = None
    fit_seconds: float = float("nan")
    predict_us_per_hand: float = float("nan")
    dataset: str = field(default="")

    @cached_property
    def correct(self) -> NDArray[np.bool_]:
        """Which rows are right, shape (n,). A missed hand is not."""
        return (self.truth == self.predicted) & (self.predicted != MISSED)

    @property
    def accuracy(self) -> float:
        """Accuracy end to end: a missed hand is an error."""
        return accuracy(self.correct)

    @property
    def accuracy_detected(self) -> float:
        """Accuracy on the hands that were found."""
        return accuracy(self.correct[self.detected])

    @cached_property
    def macro_f1(self) -> float:
        """Mean F1 over labels, end to end."""
        return macro_f1(self.truth, self.predicted)

    @property
    def has_subjects(self) -> bool:
        """Whether every row names its subject."""
        return bool((self.subjects != "").all())

    @cached_property
    def by_subject(self) -> SubjectScores | None:
        """Accuracy of each subject, the worst first; None where subjects are unknown."""
        return subject_scores(self.correct, self.subjects) if self.has_subjects else None

    @property
    def worst_subject_accuracy(self) -> float | None:
        """Accuracy of the subject that fares worst; None where subjects are unknown."""
        return None if self.by_subject is None else float(self.by_subject.accuracies[0])

    @cached_property
    def interval(self) -> tuple[float, float]:
        """95 % bootstrap interval of `accuracy`, over subjects (over pictures where unknown)."""
        rows = np.arange(len(self.truth)).astype(str)
        return bootstrap_interval(self.correct, self.subjects if self.has_subjects else rows)

    @cached_property
    def confusion(self) -> NDArray[np.int64]:
        """Counts, shape (n_labels, n_labels + 1); the last column counts missed hands."""
        return confusion(self.truth, self.predicted, self.labels)

    def summary(self) -> str:
        """The result in a few lines, for people."""
        n, missed = len(self.truth), int((~self.detected).sum())
        low, high = self.interval
        lines = [
            f"{self.classifier} on {self.features} features",
            f"  end to end   {self.accuracy:.4f}   (95 % interval {low:.4f} to {high:.4f}; "
            f"{n - int(self.correct.sum())} of {n} wrong, {missed} of them missed hands)",
            f"  on detected  {self.accuracy_detected:.4f}   ({n - missed} hands)",
            f"  macro F1     {self.macro_f1:.4f}",
        ]
        if self.by_subject is not None:
            worst = self.by_subject
            scores = zip(worst.names[:3], worst.accuracies, strict=False)
            shown = ", ".join(f"{name} {score:.2f}" for name, score in scores if score < 1)
            lines.append(f"  worst of {len(worst.names)} subjects: {shown or 'none below 1.00'}")
        lines += [f"  {line}" for line in self._worst_confusions()]
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """The result as JSON: one entry of `results` in ``handpose evaluate --json``."""
        low, high = self.interval
        return {
            "classifier": self.classifier,
            "features": self.features,
            "accuracy": self.accuracy,
            "accuracy_interval": [low, high],
            "accuracy_detected": _number(self.accuracy_detected),
            "macro_f1": self.macro_f1,
            "worst_subject": None if self.by_subject is None else self.by_subject.names[0],
            "worst_subject_accuracy": self.worst_subject_accuracy,
            "fit_seconds": _number(self.fit_seconds),
            "predict_us_per_hand": _number(self.predict_us_per_hand),
            "labels": self.labels,
            "confusion": self.confusion[:, :-1].tolist(),
            "missed": self.confusion[:, -1].tolist(),
        }

    def for_card(self) -> dict[str, Any]:
        """The figures that a model card notes, as JSON."""
        known = ("accuracy", "accuracy_interval", "accuracy_detected", "macro_f1")
        found = self.to_dict()
        return {"folds": self.folds, **{name: found[name] for name in known}}

    def plot(self, path: str | Path | None = None) -> Any:
        """Draw the confusion matrix.

        Parameters
        ----------
        path : str or Path, optional
            Where to save the picture; the suffix decides the format.

        Returns
        -------
        matplotlib.figure.Figure

        Raises
        ------
        MissingExtraError
            If matplotlib is not installed.
        """
        from handpose.evaluation.plots import plot_confusion

        return plot_confusion(self, path)

    def _worst_confusions(self, most: int = 3) -> list[str]:
        counts = self.confusion.copy()
        np.fill_diagonal(counts, 0)
        order = np.argsort(-counts, axis=None, kind="stable")[:most]
        names = [*self.labels, "nothing (missed)"]
        pairs = [np.unravel_index(i, counts.shape) for i in order]
        found = [
            f"{self.labels[i]} taken for {names[j]}: {counts[i, j]}"
            for i, j in pairs
            if counts[i, j]
        ]
        return [f"most frequent errors: {'; '.join(found)}"] if found else []


def _number(value: float) -> float | None:
    return None if np.isnan(value) else value
