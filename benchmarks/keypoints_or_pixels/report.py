"""The benchmark's document as Markdown: the answer first, then a section for each part."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from benchmarks.keypoints_or_pixels.overview import MAIN, overview_rows
from benchmarks.keypoints_or_pixels.verdicts import (
    EVEN,
    KEYPOINTS,
    PIXELS,
    Verdict,
    headline,
    verdicts,
    which_classifier,
)

HIDDEN = {"side", "classifier", "features", "low", "high"}
"""Columns that another column says already."""
EN_DASH = "\N{EN DASH}"
TITLES = {
    "accuracy_detected": "hand found",
    "macro_f1": "macro F1",
    "fit_seconds": "trained in, s",
    "worst_subject_accuracy": "its accuracy",
    "mcnemar_p": "McNemar p",
    "sign_flip_p": "sign-flip p",
    "holm_p": "Holm's p",
    "knows_people": "knows these people",
}


def report_text(document: Mapping[str, Any], plots: Collection[str] = ()) -> str:
    """Write the report.

    Parameters
    ----------
    document : dict
        As in ``bench.json``.
    plots : collection of str
        Names of the plots that are there.

    Returns
    -------
    str
        Markdown.
    """
    blocks = [*_first_screen(document, plots)]
    for name, part in document["parts"].items():
        blocks += _section(name, part, plots)
    blocks += _ending(document)
    return "\n\n".join(block for block in blocks if block) + "\n"


def markdown_table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows as a Markdown table; ``low`` and ``high`` become one column."""
    if not rows:
        return "(nothing)"
    columns = [name for name in _all_columns(rows) if name == "95 %" or not _hidden(name, rows[0])]
    lines = [_line(TITLES.get(name, name.replace("_", " ")) for name in columns)]
    numeric = [any(isinstance(row.get(name), int | float) for row in rows) for name in columns]
    lines.append(_line("---:" if number else "---" for number in numeric))
    lines += [_line(cell(name, row) for name in columns) for row in rows]
    return "\n".join(lines)


def cell(column: str, row: Mapping[str, Any]) -> str:
    """A value as a reader wants it: accuracies to a thousandth, times to three digits."""
    if column == "95 %":
        return f"{row['low']:.3f}{EN_DASH}{row['high']:.3f}"
    value = row.get(column)
    if value is None:
        return EN_DASH
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return _rounded(value, column)
    return str(value).replace("|", "\\|")


def _rounded(value: float, column: str) -> str:
    if column.endswith("_p"):
        return "< 0.001" if value < 0.001 else f"{value:.3f}"
    if value == int(value) and abs(value) > 1:
        return f"{value:.0f}"
    timed = (
        column.endswith(("_seconds", "_ms", "_us", "_mb", "_mib", ", s", ", MB")) or "ms " in column
    )
    if timed or abs(value) > 1:
        return f"{value:.3g}" if abs(value) < 100 else f"{value:,.0f}"
    return f"{value:.3f}"


def _first_screen(document: Mapping[str, Any], plots: Collection[str]) -> Iterator[str]:
    yield "# Keypoints or pixels, and which classifier?"
    if document["settings"].get("quick"):
        yield "**A quick run: it shows that everything works, and its numbers mean little.**"
    yield f"**{headline(document)}** {which_classifier(document)}"
    rows = overview_rows(document)
    if rows:
        yield markdown_table(rows)
    if "overview" in plots and rows:
        yield "![the answer in one picture](plots/overview.png)"
    found = verdicts(document)
    yield _list_of("Where keypoints win", found, KEYPOINTS)
    yield _list_of("Where pixels win", found, PIXELS)
    yield _list_of("Where the difference is not clear", found, EVEN)
    if rows:
        yield (
            "Accuracies are end to end: a hand that was not found is an error. The pixels are "
            "EfficientNet-lite0 with ImageNet weights. Training leaves out the finding of hands; "
            "files are all that recognising needs, hand networks included; the rows are "
            f"{', '.join(f'`{name}`' for name in MAIN if name in {r['contender'] for r in rows})}."
        )


def _list_of(title: str, found: Iterable[Verdict], winner: str) -> str:
    lines = [f"- {verdict.sentence}" for verdict in found if verdict.winner == winner]
    return f"**{title}**\n\n" + "\n".join(lines) if lines else ""


def _section(name: str, part: Mapping[str, Any], plots: Collection[str]) -> Iterator[str]:
    yield f"## {part['question']}"
    again = f"`python -m benchmarks.keypoints_or_pixels --only {name}`, {part['seconds']:.0f} s"
    yield f"{again}." if part["exact"] else f"{again}. Times: another run gives similar numbers."
    own = [plot for plot in sorted(plots) if plot == name or plot.startswith(f"{name}_")]
    if name in own:
        yield f"![{name}](plots/{name}.png)"
    for table in part["tables"].values():
        yield f"{table['caption']}."
        yield markdown_table(table["rows"])
    for plot in own:
        if plot != name:
            yield f"![{plot}](plots/{plot}.png)"
    yield "\n".join(f"- {note}" for note in part["notes"])


def _ending(document: Mapping[str, Any]) -> Iterator[str]:
    if document["skipped"]:
        yield "## Skipped"
        yield "\n".join(f"- {name}: {reason}" for name, reason in document["skipped"].items())
    yield "## How it was measured"
    machine = ", ".join(f"{name} {value}" for name, value in document["machine"].items())
    installed = [f"{n} {v}" for n, v in document["versions"].items() if v is not None]
    others = [
        f"{name} ({part['date']}, {part['machine']['processor']})"
        for name, part in document["parts"].items()
        if "versions" in part
    ]
    lines = [
        f"- Date: {document['date']}",
        f"- Machine: {machine}",
        f"- Versions: {', '.join(installed)}",
        f"- Settings: {', '.join(f'{n} {v}' for n, v in document['settings'].items())}",
        f"- Time: {document['seconds'] / 60:.1f} minutes, without what an earlier run had trained",
        "- Again: `python -m benchmarks.keypoints_or_pixels`; with `--fresh` nothing is taken "
        "from an earlier run",
    ]
    if others:
        lines.append(f"- Measured earlier, elsewhere or with other versions: {', '.join(others)}")
    yield "\n".join(lines)


def _all_columns(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    if {"low", "high"} <= set(columns):
        columns.insert(columns.index("low"), "95 %")
    return columns


def _hidden(column: str, row: Mapping[str, Any]) -> bool:
    if column in ("low", "high"):
        return True
    return column in HIDDEN and "contender" in row


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
