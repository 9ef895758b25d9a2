"""What the benchmarks share: parts that are measured one at a time, and where results go."""

from __future__ import annotations

import argparse
import inspect
import json
import os
import sys
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from benchmarks.keypoints_or_pixels.machine import machine, versions
from handpose.errors import DatasetError

HERE = Path(__file__).parent
README = HERE / "README.md"

_NO_FACTS = ("rows", "details", "measured")
"""Keys of a result that its table does not show as facts."""

Part = Callable[[Any], dict[str, Any]]
"""Takes the benchmark's data; gives ``{"rows": {name: {column: value}}, fact: value, ...}``. Its
docstring is the caption of its table; ``"details"`` are kept in the JSON alone."""


class MissingDataError(Exception):
    """A data set that a part needs is not here."""


def run(
    name: str, parts: dict[str, Part], make_data: Callable[[Path, bool], Any], description: str
) -> None:
    """Measure parts; write results/NAME.json and the section NAME of README.md.

    Parameters
    ----------
    name : str
    parts : dict of Part
    make_data : callable (folder, quick)
        Makes what the parts are given.
    description : str
        For --help.
    """
    options = _options(parts, description)
    results_file = HERE / "results" / f"{name}.json"
    results = json.loads(results_file.read_text()) if results_file.is_file() else {}
    data = make_data(options.data, options.quick)
    for part in options.only:
        print(f"{part} ...", file=sys.stderr)
        try:
            load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
            results[part] = {**parts[part](data), "load_before": load, "measured": _stamp()}
        except (MissingDataError, DatasetError) as missing:
            skip(missing)
            continue
        print(_section(parts[part], results[part]) + "\n")
        if not options.quick:
            results_file.write_text(json.dumps(results, indent=1) + "\n")
    if results and not options.quick:
        _put_into_readme(name, _report(parts, results))


def skip(missing: Exception) -> None:
    """Name a data set that is left out."""
    print(f"SKIPPED: {missing}", file=sys.stderr)


def resident_mib() -> float:
    """Memory that this process holds (Linux)."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return round(pages * os.sysconf("SC_PAGE_SIZE") / 2**20, 1)


def markdown_table(rows: dict[str, dict[str, Any]]) -> str:
    """One line a row; a column for every key that occurs."""
    columns = list(dict.fromkeys(key for row in rows.values() for key in row))
    lines = [f"| | {' | '.join(columns)} |", "|---" * (len(columns) + 1) + "|"]
    for name, row in rows.items():
        lines.append(f"| {name} | {' | '.join(str(row.get(c, '')) for c in columns)} |")
    return "\n".join(lines)


def _options(parts: dict[str, Part], description: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument(
        "--only",
        nargs="*",
        metavar="PART",
        default=list(parts),
        help=f"{', '.join(parts)}; none of them only draws the tables anew",
    )
    parser.add_argument("--quick", action="store_true", help="little work; writes nothing")
    photos = Path(os.environ.get("HANDPOSE_DATA") or HERE.parents[1] / "shared" / "datasets")
    parser.add_argument("--data", type=Path, default=photos)
    options = parser.parse_args()
    unknown = sorted(set(options.only) - set(parts))
    if unknown:
        parser.error(f"unknown part {unknown[0]!r}; known: {', '.join(parts)}")
    return options


def _stamp() -> dict[str, Any]:
    """When, where and with what a part was measured."""
    today = datetime.now(timezone.utc).date().isoformat()
    return {"date": today, "machine": machine(), "versions": versions()}


def _section(part: Part, result: dict[str, Any]) -> str:
    caption = inspect.cleandoc(part.__doc__ or "")
    facts = {key: value for key, value in result.items() if key not in _NO_FACTS}
    lines = [f"**{part.__name__}**: {caption}", ""]
    lines += [f"*{_in_words(facts)}*", ""] if facts else []
    return "\n".join([*lines, markdown_table(result["rows"])])


def _in_words(facts: dict[str, Any]) -> str:
    return "; ".join(f"{name.replace('_', ' ')}: {_value(value)}" for name, value in facts.items())


def _value(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, dict):
        return ", ".join(f"{_value(inner)} ({name})" for name, inner in value.items())
    return ", ".join(map(_value, value)) if isinstance(value, list) else str(value)


def _report(parts: dict[str, Part], results: dict[str, Any]) -> str:
    measured = [part for part in parts if part in results]
    heads: dict[str, list[str]] = {}
    for part in measured:
        heads.setdefault(_head(results[part]["measured"]), []).append(part)
    lines = [f"{', '.join(names)}: {head}" for head, names in heads.items()]
    sections = [_section(parts[part], results[part]) for part in measured]
    return "\n\n".join([*lines, *sections])


def _head(stamp: dict[str, Any]) -> str:
    about = stamp["machine"]
    known = {name: number for name, number in stamp["versions"].items() if number}
    packages = ", ".join(f"{name} {number}" for name, number in known.items())
    where = f"{_computed_by(about)}, {about['cores']} cores, {about['system']}"
    return f"{stamp['date']}, {where}; {packages}."


def _computed_by(about: dict[str, Any]) -> str:
    """The processor and, where it was noted, how the hand networks compute on it."""
    if "precision" not in about:
        return str(about["processor"])
    return f"{about['processor']} ({' '.join(about['instructions'])}; {about['precision']})"


def _put_into_readme(name: str, text: str) -> None:
    begin, end = f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->"
    before, found, rest = README.read_text().partition(begin)
    _, closed, after = rest.partition(end)
    if not (found and closed):
        raise SystemExit(f"{README.name} has no section between {begin.strip()} and {end}")
    README.write_text(before + begin + text + "\n" + end + after)
