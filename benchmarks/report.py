"""Results as Markdown: tables, the section of a part, a whole page."""

from __future__ import annotations

import inspect
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import PurePath
from typing import Any

Row = Mapping[str, Any]
Rows = Mapping[str, Row] | Sequence[Row]
"""Rows with names, which become the first column, or without."""

NO_FACTS = {"rows", "tables", "details", "notes", "measured"}
"""Keys of a result that are not shown as facts."""
HIDDEN = {"side", "classifier", "features"}
"""Columns that the column ``contender`` says already."""
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


def markdown_table(rows: Rows) -> str:
    """Rows as a table with a column for every key; ``low`` and ``high`` become one column."""
    if not rows:
        return "(nothing)"
    if isinstance(rows, Mapping):
        rows = [{"": name, **row} for name, row in rows.items()]
    columns = list(dict.fromkeys(name for row in rows for name in row))
    if "contender" in columns:
        columns = [name for name in columns if name not in HIDDEN]
    if {"low", "high"} <= set(columns):
        columns[columns.index("low")] = "95 %"
        columns.remove("high")
    numeric = [any(isinstance(row.get(name), int | float) for row in rows) for name in columns]
    lines = [
        _line(TITLES.get(name, name.replace("_", " ")) for name in columns),
        _line("---:" if number else "---" for number in numeric),
        *(_line(cell(name, row) for name in columns) for row in rows),
    ]
    return "\n".join(lines)


def cell(column: str, row: Row) -> str:
    """A value as a reader wants it: four digits, yes and no, small p values as a bound."""
    if column == "95 %" and "low" in row:
        return f"{number(row['low'])}{EN_DASH}{number(row['high'])}"
    value = row.get(column)
    if value is None:
        return EN_DASH if column in row else ""
    if column.endswith("_p") and isinstance(value, float):
        return "< 0.001" if value < 0.001 else f"{value:.3f}"
    return _words(value).replace("|", "\\|")


def number(value: float) -> str:
    """Four significant digits, at most four decimals; whole from a thousand on."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{round(value, 4):.4g}"


def part_section(name: str, part: Any, result: Row, plots: Collection[str] = ()) -> str:
    """Title, caption, facts, tables, notes and plots of a part."""
    blocks = [f"## {name}", caption(part)]
    facts = [
        f"{name.replace('_', ' ')}: {_words(value)}"
        for name, value in result.items()
        if name not in NO_FACTS and value is not None
    ]
    if facts:
        blocks.append(f"*{'; '.join(facts)}*")
    if "rows" in result:
        blocks.append(markdown_table(result["rows"]))
    for table in result.get("tables", {}).values():
        blocks += [f"{table['caption']}.", markdown_table(table["rows"])]
    blocks.append("\n".join(f"- {note}" for note in result.get("notes", [])))
    own = [plot for plot in plots if plot == name or plot.startswith(f"{name}_")]
    blocks += [f"![{plot}](plots/{plot}.png)" for plot in own]
    return "\n\n".join(block for block in blocks if block)


def page_text(
    name: str,
    parts: Mapping[str, Any],
    results: Mapping[str, Row],
    summary: str = "",
    plots: Collection[str] = (),
) -> str:
    """A page with a section for each part, and how it was measured."""
    blocks = [summary or f"# {name}", f"Made by `python -m benchmarks.{name}`."]
    blocks += [part_section(part, parts[part], result, plots) for part, result in results.items()]
    blocks += ["## How it was measured", measured_with(results)]
    return "\n\n".join(blocks) + "\n"


def readme_section(
    parts: Mapping[str, Any],
    results: Mapping[str, Row],
    shown: Mapping[str, str],
    page: PurePath,
) -> str:
    """The tables of some parts, and a link to all."""
    blocks = []
    for name, pattern in shown.items():
        if name in results:
            rows = results[name]["rows"]
            rows = {key: row for key, row in rows.items() if re.search(pattern, key)}
            title = caption(parts[name]).partition("\n\n")[0]
            blocks += [f"**{name}**: {title}", markdown_table(rows)]
    names = ", ".join(f"`{name}`" for name in results)
    blocks.append(f"All parts ({names}), machine and versions: [{page.name}]({page}).")
    return "\n\n".join(blocks)


def caption(part: Any) -> str:
    """What a part measures: its docstring."""
    return inspect.cleandoc(part.__doc__ or "")


def measured_with(results: Mapping[str, Row]) -> str:
    """Date, machine and versions; once for all parts that share them."""
    heads: dict[str, list[str]] = {}
    for name, result in results.items():
        heads.setdefault(_stamp(result["measured"]), []).append(name)
    return "\n".join(f"- {', '.join(names)}: {head}" for head, names in heads.items())


def _stamp(stamp: Row) -> str:
    about = stamp["machine"]
    processor = about["processor"]
    if "precision" in about:
        processor += f" ({' '.join(about['instructions'])}; {about['precision']})"
    known = [f"{name} {number}" for name, number in stamp["versions"].items() if number]
    where = f"{about['cores']} cores, {about['system']}"
    words = [f"{stamp['date']}, {processor}", f"{where}; {', '.join(known)}"]
    if stamp.get("quick"):
        words.append("a quick run, whose numbers mean little")
    return f"{', '.join(words)}."


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return number(value)
    if isinstance(value, Mapping):
        return ", ".join(f"{_words(inner)} ({name})" for name, inner in value.items())
    return ", ".join(map(_words, value)) if isinstance(value, list) else str(value)


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
