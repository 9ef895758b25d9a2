"""What the searches found, crossings by name and networks as pictures."""

from __future__ import annotations

from collections import Counter
from typing import Any

from benchmarks.report import markdown_table

INTRODUCTION = """# What the searches found

*Nested* is the score that a search itself reported, on a
fifth of its people that it never saw; *outer* is that of its model on people that only this
benchmark knew. *Chosen by* is the accuracy by which the search chose: of many candidates the best
is partly the luckiest, so that it flatters.
"""


def summary(results: dict[str, Any]) -> str:
    """The beginning of the page: what each search found."""
    found = {name: part for name, part in results.items() if "details" in part}
    return "\n".join([INTRODUCTION, *(_section(name, part) for name, part in found.items())])


def _section(name: str, part: dict[str, Any]) -> str:
    searches = part["details"]
    lines = [f"## {name}: searches of {part['budget of each search']} each", ""]
    lines += [markdown_table({_title(n, s): _row(s) for n, s in enumerate(searches, 1)}), ""]
    lines += _crossings(searches) + _networks(searches)
    return "\n".join(lines)


def _title(number: int, search: dict[str, Any]) -> str:
    return search.get("data", f"fold {number}")


def _row(search: dict[str, Any]) -> dict[str, Any]:
    best, (low, high) = search["best"], search["nested interval"]
    row = {"outer": f"{search['outer accuracy']:.4f}"} if "outer accuracy" in search else {}
    return row | {
        "nested": f"{search['nested score']:.4f}",
        "95 %": f"{low:.4f} to {high:.4f}",
        "chosen by": f"{best['accuracy']:.4f}",
        "candidates": search["candidates"],
        "seconds": search["seconds"],
        "part": best["part"],
        "best": f"{best['classifier']} on {best['features']}",
        "settings": best["settings"],
    }


def _crossings(searches: list[dict[str, Any]]) -> list[str]:
    """Every crossing, those first that several searches found."""
    found = Counter(name for search in searches for name in search["crossings"])
    if not found:
        return []
    lines = [
        f"- `{name}`{f' ({times} times)' * (times > 1)}" for name, times in found.most_common()
    ]
    return ["Crossings found:", "", *lines, ""]


def _networks(searches: list[dict[str, Any]]) -> list[str]:
    lines = []
    for number, search in enumerate(searches, 1):
        if search["graph"]:
            lines += [
                f"Network found, {_title(number, search)}:",
                "",
                _mermaid(search["graph"]),
                "",
            ]
    return lines


def _mermaid(graph: str) -> str:
    """A graph as a diagram that GitHub draws."""
    lines = ["```mermaid", "flowchart LR"]
    for edge in graph.splitlines():
        ends, _, operation = edge.partition(": ")
        source, _, target = ends.partition(" -> ")
        lines.append(f"  {source} -- {operation} --> {target}")
    nodes = sorted({line.split()[-1] for line in lines[2:]})
    lines += [f"  {node} --> gesture" for node in nodes]
    return "\n".join([*lines, "```"])
