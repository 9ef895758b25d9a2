"""``handpose search``."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import indent
from typing import Annotated, Any

import typer
from rich.table import Table

from handpose.automl.candidates import Candidate
from handpose.automl.parts import PARTS
from handpose.automl.racing import Entry
from handpose.automl.result import SearchResult
from handpose.automl.searching import check_request
from handpose.automl.searching import search as find_model
from handpose.cli.console import err, out
from handpose.cli.extractors import (
    EffortOption,
    MinConfidenceOption,
    NumHandsOption,
    extractor_options,
)
from handpose.cli.sources import (
    ExtractorOption,
    JobsOption,
    SourceArgument,
    load,
    training_summary,
)
from handpose.cli.train import check_model_file
from handpose.datasets import Dataset
from handpose.extractors import DEFAULT_EXTRACTOR
from handpose.models import ModelCard, save_model

_ROWS = 10


def search(
    source: SourceArgument,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="MODEL.handpose", help="Model to write.")
    ],
    budget: Annotated[
        str,
        typer.Option(
            "--budget",
            metavar="TIME",
            help="90s, 5min, 1h: for search and fitting. Finding hands in photos comes first.",
        ),
    ] = "5min",
    parts: Annotated[
        list[str] | None,
        typer.Option("--part", metavar="NAME", help=f"Search only {', '.join(PARTS)}; repeatable."),
    ] = None,
    journal: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Keeps every candidate: continue after a kill, share with other workers.",
        ),
    ] = None,
    random_state: Annotated[int, typer.Option(min=0, help="Seed.")] = 0,
    random_split: Annotated[
        bool,
        typer.Option("--random-split", help="Do not keep people apart (the score is optimistic)."),
    ] = False,
    extractor: ExtractorOption = DEFAULT_EXTRACTOR,
    num_hands: NumHandsOption = None,
    effort: EffortOption = None,
    min_confidence: MinConfidenceOption = None,
    jobs: JobsOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Find the best model for a folder of photos or a landmark table, without tuning.

    The final accuracy is on people set aside before the search. Ctrl-C ends the search and keeps
    the best model so far.
    """
    check_request(budget, parts or PARTS, random_state, journal)  # before the slow work
    check_model_file(output)
    loaded = load(source, extractor, jobs, extractor_options(num_hands, effort, min_confidence))
    dataset = loaded.dataset
    result = find_model(
        dataset,
        budget=budget,
        parts=parts or PARTS,
        random_state=random_state,
        journal=journal,
        random_split=random_split,
        progress=err.print,
    )
    path = save_model(result.model, output, _card(result, dataset))
    if as_json:
        print(json.dumps({"dataset": dataset.name, "model": str(path), **result.to_dict()}))
    else:
        _print(result, path)
    loaded.exit()


def leaderboard(entries: list[Entry]) -> Table:
    """A table with one row a candidate."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("part", "classifier", "features", "settings"):
        table.add_column(heading)
    for heading in ("accuracy", "folds", "s/fold"):
        table.add_column(heading, justify="right")
    for entry in entries:
        table.add_row(
            entry.part,
            entry.candidate.classifier,
            entry.candidate.features_name,
            entry.candidate.settings,
            f"{entry.accuracy:.4f}{'*' * entry.flattered}",
            str(entry.folds),
            f"{entry.fold_seconds:.2f}",
        )
    return table


def _print(result: SearchResult, path: Path) -> None:
    shown = result.leaderboard[:_ROWS]
    out.print(leaderboard(shown))
    if any(entry.flattered for entry in shown):
        out.print("* optimistic: crossings or network were chosen on some of these folds")
    if result.crossings:
        out.print("\ncrossings found:")
        for name in result.crossings:
            out.print(f"  {name}")
    if result.findings.graph:
        out.print(f"\nnetwork found:\n{indent(result.findings.graph, '  ')}")
    for name, reason in result.findings.skipped.items():
        err.print(f"skipped: {name} ({reason})")
    out.print(f"\n{result.summary()}\n")
    out.print(f"{path}: {result.best.candidate.classifier}, {len(result.model.classes_)} gestures")
    out.print(f"try: handpose recognize PHOTO --model {path}")


def _card(result: SearchResult, dataset: Dataset) -> ModelCard:
    candidate = result.best.candidate
    return ModelCard(
        features=candidate.features_name,
        settings=_settings(candidate) | {"min_score": result.model.min_score},
        extractor=dataset.provenance,
        training={
            **training_summary(dataset),
            "search": {"budget": result.budget, "candidates": len(result.leaderboard)},
        },
        metrics=result.score.for_card(),
    )


def _settings(candidate: Candidate) -> dict[str, Any]:
    copies = candidate.augmentation
    return {
        "features": candidate.features,
        "params": candidate.params,
        "augmentation": copies.to_dict() if copies else None,
    }
