"""Pictures of results."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from handpose.errors import HandposeError, MissingExtraError
from handpose.evaluation.accepting import error_tradeoff
from handpose.evaluation.metrics import reliability
from handpose.system.files import check_writable, replacing

if TYPE_CHECKING:
    from handpose.evaluation.open_set_results import OpenSetEvaluation
    from handpose.evaluation.results import Evaluation

_INK, _PAPER, _RIGHT, _WRONG = "#1f2933", "#ffffff", "#0f766e", "#b91c1c"
_LINES = ("#0f766e", "#b45309", "#1d4ed8", "#7c3aed", "#b91c1c")
_TICKS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6)


def plot_confusion(evaluation: Evaluation, path: str | Path | None = None) -> Any:
    """Draw a confusion matrix with a column for missed hands.

    Colour is the share of the row: green on the diagonal, red off it.

    Parameters
    ----------
    evaluation : Evaluation
    path : str or Path, optional
        Where to save it.

    Returns
    -------
    matplotlib.figure.Figure
    """
    counts = evaluation.confusion
    n = len(counts)
    side = max(4.5, 0.42 * n + 2.4)
    figure = _figure()(figsize=(side + 0.6, side), layout="constrained", facecolor=_PAPER)
    axes = figure.add_subplot()
    axes.imshow(_colours(counts), aspect="equal")
    _write_counts(axes, counts)
    axes.set_xticks(range(n + 1), [*evaluation.labels, "missed"], rotation=45, ha="right")
    axes.set_yticks(range(n), evaluation.labels)
    axes.set_xlabel("predicted")
    axes.set_ylabel("shown")
    axes.set_xticks(np.arange(n + 2) - 0.5, minor=True)
    axes.set_yticks(np.arange(n + 1) - 0.5, minor=True)
    axes.grid(which="minor", color=_PAPER, linewidth=1.5)
    axes.axvline(n - 0.5, color=_INK, linewidth=0.8)
    axes.tick_params(which="both", length=0, colors=_INK)
    axes.spines[:].set_visible(False)
    axes.set_title(_title(evaluation), fontsize=10, color=_INK, loc="left")
    _save(figure, path)
    return figure


def plot_error_tradeoff(result: OpenSetEvaluation, path: str | Path | None = None) -> Any:
    """Draw a detection error trade-off: misses over false accepts, a line for each kind.

    Both axes are those of normal deviates (Martin et al., "The DET Curve in Assessment of Detection
    Task Performance", Eurospeech 1997).

    Parameters
    ----------
    result : OpenSetEvaluation
    path : str or Path, optional
        Where to save it.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure = _figure()(figsize=(5.6, 5.2), layout="constrained", facecolor=_PAPER)
    axes = figure.add_subplot()
    for kind, colour in zip(result.kinds, _LINES * len(result.kinds), strict=False):
        part = result.of_kind(kind)
        _, accepts, misses = error_tradeoff(part.known, part.foreign)
        label = f"{kind}: AUROC {part.auroc:.3f}"
        axes.plot(_deviates(accepts), _deviates(misses), color=colour, linewidth=1.5, label=label)
    ticks, names = _deviates(np.array(_TICKS)), [f"{100 * tick:g}" for tick in _TICKS]
    axes.set_xticks(ticks, names)
    axes.set_yticks(ticks, names)
    axes.set_xlim(ticks[0], ticks[-1])
    axes.set_ylim(ticks[0], ticks[-1])
    axes.set_xlabel("foreign hands that are named, %")
    axes.set_ylabel("known hands that are not named right, %")
    axes.grid(color="#dde3e9", linewidth=0.6)
    axes.legend(frameon=False, fontsize=8)
    axes.tick_params(colors=_INK, labelsize=8)
    heading = " · ".join(filter(None, (result.dataset, result.classifier, result.features)))
    axes.set_title(heading, fontsize=10, color=_INK, loc="left")
    _save(figure, path)
    return figure


def plot_reliability(evaluation: Evaluation, path: str | Path | None = None) -> Any:
    """Draw how often answers are right over the scores that they had, and how many there are.

    Parameters
    ----------
    evaluation : Evaluation
        With probabilities.
    path : str or Path, optional
        Where to save it.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    HandposeError
        If the model gives no probabilities.
    """
    if evaluation.probabilities is None:
        raise HandposeError("the model gives no probabilities, so that there is nothing to draw")
    scores, right, counts = reliability(
        evaluation.probabilities, evaluation.truth, evaluation.labels
    )
    figure = _figure()(figsize=(4.8, 5.2), layout="constrained", facecolor=_PAPER)
    axes, below = figure.subplots(2, 1, sharex=True, height_ratios=(4, 1))
    axes.plot([0, 1], [0, 1], color="#9aa5b1", linewidth=0.8)
    axes.plot(scores, right, color=_RIGHT, marker="o", markersize=4, linewidth=1.5)
    axes.set_ylabel("share that is right")
    below.bar(scores, counts, width=0.05, color=_RIGHT)
    below.set_yscale("log")
    below.set_ylabel("hands")
    below.set_xlabel("score")
    error = evaluation.calibration_error
    title = f"{evaluation.dataset} · {evaluation.classifier}, {evaluation.features}"
    axes.set_title(f"{title}\nexpected error {error:.3f}", fontsize=10, color=_INK, loc="left")
    _save(figure, path)
    return figure


def check_plot_file(path: Path) -> None:
    """Refuse, before the work, a file that `plot_confusion` could not write after it.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    HandposeError
        If the suffix is that of no picture, or the file cannot be written.
    """
    _figure()
    _suffix(path)
    check_writable(path)


def _figure() -> Any:
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise MissingExtraError("a plot", "plots") from None
    return Figure


def _suffix(path: Path) -> str:
    from matplotlib.backend_bases import FigureCanvasBase

    known = FigureCanvasBase.get_supported_filetypes()
    suffix = path.suffix.lower().removeprefix(".")
    if suffix not in known:
        raise HandposeError(
            f"{path}: a plot is written as .{', .'.join(sorted(known))}, not as "
            f"{path.suffix or 'a file without suffix'}"
        )
    return suffix


def _save(figure: Any, path: str | Path | None) -> None:
    if path is None:
        return
    suffix = _suffix(Path(path))
    with replacing(Path(path)) as temporary:
        figure.savefig(temporary, dpi=150, format=suffix)


def _deviates(shares: Any) -> Any:
    """Quantiles of the normal distribution; 0 and 1 lie outside the picture."""
    from scipy.stats import norm

    return norm.ppf(np.clip(shares, 1e-5, 1 - 1e-5))


def _title(evaluation: Evaluation) -> str:
    people = "people apart" if evaluation.cv and evaluation.has_subjects else ""
    parts = [evaluation.dataset, f"{evaluation.classifier}, {evaluation.features}", people]
    heading = " · ".join(part for part in parts if part)
    return (
        f"{heading}\naccuracy {evaluation.accuracy:.3f} end to end, "
        f"{evaluation.accuracy_detected:.3f} on detected hands"
    )


def _colours(counts: Any) -> Any:
    from matplotlib.colors import to_rgb

    shares = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    right, wrong, paper = (np.array(to_rgb(c)) for c in (_RIGHT, _WRONG, "#eef2f5"))
    strength = np.sqrt(shares)[..., None]
    hue = np.where((np.eye(*counts.shape) == 1)[..., None], right, wrong)
    return paper + strength * (hue - paper)


def _write_counts(axes: Any, counts: Any) -> None:
    shares = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    for (i, j), count in np.ndenumerate(counts):
        if count:
            colour = _PAPER if shares[i, j] > 0.3 else _INK
            axes.text(j, i, str(count), ha="center", va="center", fontsize=8, color=colour)
