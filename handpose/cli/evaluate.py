"""``handpose evaluate``."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from handpose.cli.console import err, out
from handpose.cli.extractors import (
    EffortOption,
    MinConfidenceOption,
    NumHandsOption,
    extractor_options,
)
from handpose.cli.greedy import GreedyCommand
from handpose.cli.sources import JobsOption, SourceArgument, load
from handpose.containers.motion import Motions
from handpose.datasets import Dataset
from handpose.evaluation import (
    Evaluation,
    OpenSetEvaluation,
    cross_validate,
    evaluate_model,
    evaluate_open_set,
)
from handpose.evaluation.plots import check_plot_file
from handpose.extractors import DEFAULT_EXTRACTOR
from handpose.models import load_model
from handpose.models.making import (
    DEFAULT_CLASSIFIER,
    DEFAULT_FEATURES,
    default_features,
    make_model,
)
from handpose.provenance import warn_if_foreign
from handpose.recognition import extractor_of
from handpose.system.words import counted

COMMAND_CLASS = GreedyCommand


def evaluate(
    source: SourceArgument,
    classifier: Annotated[
        list[str] | None,
        typer.Option("--classifier", metavar="NAME...", help="One or more: svm, gbdt, mlp, ..."),
    ] = None,
    features: Annotated[
        list[str] | None,
        typer.Option(
            "--features",
            metavar="NAME...",
            help="One or more: coordinates, ...; default: geometry, of motions motion.",
        ),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option("--model", metavar="FILE", help="Measure this trained model instead."),
    ] = None,
    folds: Annotated[int, typer.Option(min=2, help="Folds of the cross-validation.")] = 5,
    random_split: Annotated[
        bool,
        typer.Option("--random-split", help="Do not keep people apart (the score flatters)."),
    ] = False,
    open_set: Annotated[
        bool,
        typer.Option("--open-set", help="Leave gestures out too: is what nobody taught refused?"),
    ] = False,
    plot: Annotated[
        Path | None,
        typer.Option(
            metavar="PNG",
            help="Draw the best confusion matrix; with --open-set misses over false accepts.",
        ),
    ] = None,
    extractor: Annotated[
        str | None,
        typer.Option("--extractor", metavar="NAME", help="Default: the one the model knows."),
    ] = None,
    num_hands: NumHandsOption = None,
    effort: EffortOption = None,
    min_confidence: MinConfidenceOption = None,
    jobs: JobsOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Measure classifiers on people that they were not trained on.

    Missed hands count as errors. People are never in training and test at once.
    """
    if model and open_set:
        raise typer.BadParameter("--open-set trains models without some gestures; leave --model")
    if model and (classifier or features):
        raise typer.BadParameter("--model comes with its own classifier and features")
    classifiers = classifier or [DEFAULT_CLASSIFIER]
    for name, preset in product(classifiers, features or [DEFAULT_FEATURES]):
        make_model(name, features=preset)  # unknown names end here
    if plot:
        check_plot_file(plot)
    trained = load_model(model) if model else None
    options = extractor_options(num_hands, effort, min_confidence)
    known = extractor_of(trained.card) if trained else DEFAULT_EXTRACTOR
    loaded = load(source, extractor or known, jobs, options, trained)
    dataset = loaded.dataset
    names = product(classifiers, features or [default_features(dataset.X)])
    if trained:
        warn_if_foreign(trained.card.extractor, dataset.provenance)
        results: list[Any] = [evaluate_model(trained, dataset)]
    elif open_set:
        results = [_without_gestures(dataset, *parts, random_split) for parts in names]
    else:
        results = [_cross_validated(dataset, *parts, folds, random_split) for parts in names]
    if as_json:
        print(json.dumps(_document(dataset, results, folds=results[0].cv)))
    elif open_set:
        out.print("\n\n".join(result.summary() for result in results))
    else:
        _print(dataset, results)
    if plot:
        max(results, key=lambda result: result.auroc if open_set else result.accuracy).plot(plot)
    loaded.exit()


def _cross_validated(
    dataset: Dataset, classifier: str, features: str, folds: int, random_split: bool
) -> Evaluation:
    err.print(f"cross-validating {classifier} on {features} features ...")
    model = make_model(classifier, features=features)
    return cross_validate(model, dataset, cv=folds, random_split=random_split)


def _without_gestures(
    dataset: Dataset, classifier: str, features: str, random_split: bool
) -> OpenSetEvaluation:
    err.print(f"leaving gestures out, {classifier} on {features} features ...")
    model = make_model(classifier, features=features)
    return evaluate_open_set(model, dataset, random_split=random_split)


def comparison(results: list[Evaluation]) -> Table:
    """A table with one row a result."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("classifier", no_wrap=True)
    table.add_column("features", no_wrap=True)
    headings = ("end to end", "95 %", "detected", "macro F1", "worst subject", "fit s", "µs/hand")
    for heading in headings:
        table.add_column(heading, justify="right")
    for result in results:
        low, high = result.interval or (None, None)
        worst = result.worst_subject_accuracy
        table.add_row(
            result.classifier,
            result.features,
            f"{result.accuracy:.4f}",
            "unknown" if low is None else f"{low:.3f}-{high:.3f}",
            f"{result.accuracy_detected:.4f}",
            f"{result.macro_f1:.4f}",
            "" if worst is None else f"{worst:.2f}",
            "" if result.cv is None else f"{result.fit_seconds:.1f}",
            f"{result.predict_us_per_hand:.0f}",
        )
    return table


def _document(dataset: Dataset, results: list[Any], folds: int | None) -> dict[str, Any]:
    return {
        "dataset": dataset.name,
        "samples": len(dataset),
        "detected": int(dataset.detected.sum()),
        "subjects": dataset.n_subjects,
        "folds": folds,
        "results": [result.to_dict() for result in results],
    }


def _print(dataset: Dataset, results: list[Evaluation]) -> None:
    people = f", {counted(dataset.n_subjects, 'subject')}" if dataset.n_subjects else ""
    rows = counted(len(dataset), "motion" if isinstance(dataset.X, Motions) else "picture")
    out.print(
        f"{dataset.name}: {rows}, {int(dataset.detected.sum())} hands detected{people}\n",
    )
    out.print(comparison(results))
    for result in results:
        out.print(f"\n{result.summary()}")
