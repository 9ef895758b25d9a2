"""Pictures of results."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from handpose.errors import HandposeError, MissingExtraError
from handpose.system.files import check_writable, replacing

if TYPE_CHECKING:
    from handpose.evaluation.results import Evaluation

_INK, _PAPER, _RIGHT, _WRONG = "#1f2933", "#ffffff", "#0f766e", "#b91c1c"


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
    if path is not None:
        suffix = _suffix(Path(path))
        with replacing(Path(path)) as temporary:
            figure.savefig(temporary, dpi=150, format=suffix)
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
