"""`Evaluation`: the result of measuring a model, for people, machines and eyes."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from handpose.containers.labels import is_no_gesture, is_right
from handpose.evaluation.familiar import Familiar
from handpose.evaluation.metrics import (
    SubjectScores,
    accuracy,
    confusion,
    expected_calibration_error,
    macro_f1,
    subject_scores,
)
from handpose.evaluation.naming import Naming
from handpose.evaluation.statistics import accuracy_interval
from handpose.system.deprecation import renamed
from handpose.system.words import counted


@dataclass(frozen=True)
class Evaluation:
    """Predictions beside the truth.

    Attributes
    ----------
    truth, predicted : ndarray of str, shape (n,)
        ``""`` in `predicted` where no hand was found. That is an error, unless the label means that
        there is no gesture (``no_gesture``, ``nothing``).
    detected : ndarray of bool, shape (n,)
    groups : ndarray of str, shape (n,)
        Whose hands; ``""`` where unknown.
    labels : list of str
        Every label that the truth or the model knows.
    classifier, features : str
    cv : int or None
        Number of folds. None where the model was fitted on other data.
    fit_seconds : float
        Median over the folds; NaN where nothing was fitted.
    predict_us_per_hand : float
        Microseconds from landmarks to label, in one batch.
    dataset : str
    probabilities : ndarray of shape (n, n_labels), or None
        Of `labels`, by models that were not fitted on the row; NaN where no hand was found. None
        where the model gives none.
    scores : ndarray of shape (n, n_labels), or None
        The same, where a recogniser goes by something else: see `GestureModel.window_scores`.
    min_score : float
        From which score on the model names a gesture when it recognises: see `naming`.
        `accuracy` and all else but `naming` take the most probable label, however probable.
    familiar : Familiar or None
        Rows that the model knows from training; None where none is known to be.
    """

    truth: NDArray[np.str_]
    predicted: NDArray[np.str_]
    detected: NDArray[np.bool_]
    groups: NDArray[np.str_]
    labels: list[str]
    classifier: str = ""
    features: str = ""
    cv: int | None = None
    fit_seconds: float = float("nan")
    predict_us_per_hand: float = float("nan")
    dataset: str = field(default="")
    probabilities: NDArray[np.float64] | None = None
    min_score: float = 0.0
    familiar: Familiar | None = None
    scores: NDArray[np.float64] | None = None

    @cached_property
    def correct(self) -> NDArray[np.bool_]:
        """Which rows are right, shape (n,). A missed hand is not, unless there was no gesture."""
        return is_right(self.truth, self.predicted)

    @property
    def accuracy(self) -> float:
        """Accuracy end to end: a missed hand is an error."""
        return accuracy(self.correct)

    @property
    def accuracy_detected(self) -> float:
        """Accuracy on the hands that were found."""
        return accuracy(self.correct[self.detected])

    @property
    def missed(self) -> NDArray[np.bool_]:
        """Which rows show a gesture of a hand that was not found, shape (n,)."""
        return ~self.detected & ~is_no_gesture(self.truth)

    @cached_property
    def macro_f1(self) -> float:
        """Mean F1 over labels, end to end."""
        return macro_f1(self.truth, np.where(self.correct, self.truth, self.predicted))

    @property
    def subjects(self) -> NDArray[np.str_]:
        """Deprecated: `groups`."""
        return cast("NDArray[np.str_]", renamed(self, "subjects", "groups"))

    @property
    def folds(self) -> int | None:
        """Deprecated: `cv`."""
        return cast("int | None", renamed(self, "folds", "cv"))

    @property
    def has_subjects(self) -> bool:
        """Whether every row names its subject; a picture without a hand and a gesture has none."""
        return bool((self.groups != "")[~self._shows_nobody].all() and (self.groups != "").any())

    @cached_property
    def by_subject(self) -> SubjectScores | None:
        """Accuracy of each subject, the worst first; None where subjects are unknown."""
        named = self.groups != ""
        if not self.has_subjects:
            return None
        return subject_scores(self.correct[named], self.groups[named])

    @property
    def worst_subject_accuracy(self) -> float | None:
        """Accuracy of the subject that fares worst; None where subjects are unknown."""
        return None if self.by_subject is None else float(self.by_subject.accuracies[0])

    @cached_property
    def interval(self) -> tuple[float, float] | None:
        """95 % interval of `accuracy`, over subjects (over pictures where unknown).

        None where there is only one, or where the people are familiar: see `accuracy_interval`.
        """
        if self.familiar is not None:
            return None
        rows = np.char.add("row ", np.arange(len(self.truth)).astype(str))
        named = (self.groups != "") & self.has_subjects
        return accuracy_interval(self.correct, np.where(named, self.groups, rows))

    @cached_property
    def confusion(self) -> NDArray[np.int64]:
        """Counts, shape (n_labels, n_labels + 1); the last column counts hands not found."""
        return confusion(self.truth, self.predicted, self.labels)

    @property
    def calibration_error(self) -> float | None:
        """Expected calibration error on the hands that were found; None without probabilities."""
        if self.probabilities is None:
            return None
        return _number(expected_calibration_error(self.probabilities, self.truth, self.labels))

    @property
    def naming_scores(self) -> NDArray[np.float64] | None:
        """What a recogniser compares with its threshold, shape (n, n_labels).

        `scores`, or `probabilities` where there are none.
        """
        return self.probabilities if self.scores is None else self.scores

    @cached_property
    def naming(self) -> Naming | None:
        """What recognising with `min_score` would name; None without probabilities."""
        if self.naming_scores is None:
            return None
        return Naming.of(self.truth, self.naming_scores, self.labels, self.min_score)

    def summary(self) -> str:
        """The result in a few lines, for people."""
        n, found, missed = len(self.truth), int(self.detected.sum()), int(self.missed.sum())
        lines = [
            f"{self.classifier} on {self.features} features",
            f"  end to end   {self.accuracy:.4f}   ({self._interval_words()}; "
            f"{n - int(self.correct.sum())} of {n} wrong, {missed} of them missed hands)",
            f"  on detected  {self.accuracy_detected:.4f}   ({found} hands)",
            f"  macro F1     {self.macro_f1:.4f}",
        ]
        if self.calibration_error is not None:
            lines.append(f"  calibration  {self.calibration_error:.4f}   (how far scores are off)")
        if self.naming is not None:
            lines.append(f"  {self.naming.summary()}")
        if self.by_subject is not None:
            worst = self.by_subject
            scores = zip(worst.names[:3], worst.accuracies, strict=False)
            shown = ", ".join(f"{name} {score:.2f}" for name, score in scores if score < 1)
            lines.append(
                f"  worst of {counted(len(worst.names), 'subject')}: {shown or 'none below 1.00'}"
            )
        lines += [f"  {line}" for line in self._worst_confusions()]
        return "\n".join(lines)

    def to_dict(self, *, samples: bool = False) -> dict[str, Any]:
        """The result as JSON: one entry of `results` in ``handpose evaluate --json``.

        Parameters
        ----------
        samples : bool, default=False
            Whether to add truth, answer and probabilities of every row.
        """
        document = {
            "classifier": self.classifier,
            "features": self.features,
            "accuracy": self.accuracy,
            "accuracy_interval": None if self.interval is None else list(self.interval),
            "accuracy_detected": _number(self.accuracy_detected),
            "macro_f1": self.macro_f1,
            "worst_subject": None if self.by_subject is None else self.by_subject.names[0],
            "worst_subject_accuracy": self.worst_subject_accuracy,
            "calibration_error": self.calibration_error,
            "naming": None if self.naming is None else self.naming.to_dict(),
            "familiar": None if self.familiar is None else self.familiar.to_dict(),
            "fit_seconds": _number(self.fit_seconds),
            "predict_us_per_hand": _number(self.predict_us_per_hand),
            "labels": self.labels,
            "confusion": self.confusion[:, :-1].tolist(),
            "missed": self.confusion[:, -1].tolist(),
        }
        return document | (self._samples() if samples else {})

    def for_card(self) -> dict[str, Any]:
        """The figures that a model card notes, as JSON."""
        known = (
            *("accuracy", "accuracy_interval", "accuracy_detected", "macro_f1"),
            *("calibration_error", "naming", "familiar"),
        )
        found = self.to_dict()
        return {"folds": self.cv, **{name: found[name] for name in known}}

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

    def plot_reliability(self, path: str | Path | None = None) -> Any:
        """Draw how often answers with a score are right.

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
        HandposeError
            If the model gives no probabilities.
        """
        from handpose.evaluation.plots import plot_reliability

        return plot_reliability(self, path)

    @property
    def _shows_nobody(self) -> NDArray[np.bool_]:
        return ~self.detected & is_no_gesture(self.truth)

    def _interval_words(self) -> str:
        if self.familiar is not None:
            knows = "knows" if self.familiar.certain else "may know"
            return f"not of new people: the model {knows} these"
        if self.interval is None:
            return "how it varies between people is unknown: one subject"
        low, high = self.interval
        return f"95 % interval {low:.4f} to {high:.4f}"

    def _samples(self) -> dict[str, Any]:
        chances = self.probabilities
        return {
            "truth": self.truth.tolist(),
            "predicted": [label or None for label in self.predicted.tolist()],
            "subjects": self.groups.tolist(),
            "probabilities": None
            if chances is None
            else [None if np.isnan(row).any() else row.tolist() for row in chances],
        }

    def _worst_confusions(self, most: int = 3) -> list[str]:
        counts = self.confusion.copy()
        np.fill_diagonal(counts, 0)
        none = np.flatnonzero(is_no_gesture(self.labels))
        counts[np.ix_(none, np.append(none, len(self.labels)))] = 0
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
