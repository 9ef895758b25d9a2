"""``handpose train``."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer

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
from handpose.containers.labels import NO_GESTURE_LABELS
from handpose.containers.motion import Motions
from handpose.datasets import Dataset
from handpose.errors import DatasetError
from handpose.evaluation.thresholds import Trial, try_out
from handpose.extractors import DEFAULT_EXTRACTOR
from handpose.models import (
    SUFFIX,
    ModelCard,
    learn_phases,
    load_model,
    personalize,
    with_nothing,
)
from handpose.models.gestures import GestureModel
from handpose.models.making import (
    DEFAULT_CLASSIFIER,
    default_features,
    make_model,
)
from handpose.models.nothing import shows_nothing
from handpose.provenance import warn_if_foreign
from handpose.system.files import check_writable
from handpose.system.words import counted

_FEW = 5
"""Samples of a label below which scores are not worth much."""
_FEW_FOR_RATES = 10
"""Samples of a label below which a rate of false accepts does not hold: with 5, where 1 % was asked
for, 12 to 15 % of foreign hands were named (part ``few`` of ``benchmarks/open_set``)."""


def train(
    source: SourceArgument,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="MODEL.handpose", help="Model to write.")
    ],
    classifier: Annotated[
        str, typer.Option("--classifier", metavar="NAME", help="svm, gbdt, mlp, ...")
    ] = DEFAULT_CLASSIFIER,
    features: Annotated[
        str | None,
        typer.Option(
            "--features",
            metavar="NAME",
            help="coordinates, geometry, all, ...; default: geometry, of motions motion.",
        ),
    ] = None,
    personalize_model: Annotated[
        str | None,
        typer.Option(
            "--personalize",
            metavar="MODEL",
            help="Add the samples of one person to this model of many, instead of training anew.",
        ),
    ] = None,
    validate: Annotated[
        bool,
        typer.Option(help="First measure the model on people that it was not trained on."),
    ] = True,
    false_accepts: Annotated[
        float | None,
        typer.Option(
            "--false-accepts",
            metavar="RATE",
            min=0.001,
            max=1.0,
            help="Share of foreign hands that may be named, such as 0.01: chooses the threshold "
            "from people and gestures that are left out.",
        ),
    ] = None,
    pieces: Annotated[
        bool,
        typer.Option(
            help="Of motions: learn too that pieces of takes, and the way between two, are "
            "nothing, and how motions begin and end, so that they are found in videos that go on."
        ),
    ] = True,
    extractor: ExtractorOption = DEFAULT_EXTRACTOR,
    num_hands: NumHandsOption = None,
    effort: EffortOption = None,
    min_confidence: MinConfidenceOption = None,
    jobs: JobsOption = None,
) -> None:
    """Train a model of gestures or motions on a folder, a table or a known data set."""
    make_model(classifier, features=features)  # unknown names end here
    if false_accepts is not None and not validate:
        raise typer.BadParameter("--false-accepts is measured, which --no-validate forbids")
    check_model_file(output)
    if personalize_model is not None:
        options = extractor_options(num_hands, effort, min_confidence)
        _personalize(personalize_model, source, output, extractor, jobs, options)
        return
    loaded = load(source, extractor, jobs, extractor_options(num_hands, effort, min_confidence))
    features = features or default_features(loaded.dataset.X)
    model = make_model(classifier, features=features)
    dataset = trainable(loaded.dataset)
    warn_of_few(dataset, classifier)
    moving = model.takes_motions and isinstance(dataset.X, Motions)
    taught = dataset
    if moving and pieces:
        taught = with_nothing(dataset, model)
        model.set_params(names_nothing=shows_nothing(dataset))
    trial = _tried(model, dataset, taught, false_accepts) if validate else None
    model.set_params(min_score=trial and trial.min_score)
    model.fit(taught.X, taught.y, groups=taught.groups if taught.has_subjects else None)
    if moving and pieces:
        learn_phases(model, dataset)
    card = ModelCard(
        extractor=dataset.provenance,
        training=training_summary(dataset),
        metrics=trial.for_card() if trial else {},
    )
    path = model.save(output, card)
    what, use = (
        ("motion", "VIDEO --motions") if model.takes_motions else ("gesture", "PHOTO --model")
    )
    known = counted(len(set(dataset.y[dataset.detected].tolist())), what)
    out.print(f"{path}: {classifier} on {features} features, {known}")
    out.print(f"try: handpose recognize {use} {path}")
    loaded.exit()


def _personalize(
    base: str,
    source: str,
    output: Path,
    extractor: str,
    jobs: int | None,
    options: dict[str, Any],
) -> None:
    """Add a person's samples to a model, and write the result."""
    model = load_model(base)
    loaded = load(source, extractor, jobs, options, model)
    dataset = loaded.dataset
    warn_if_foreign(model.card.extractor, dataset.provenance)
    groups = dataset.groups if dataset.has_subjects else None
    named = dataset[dataset.y != ""]
    mine = personalize(model, named.X, named.y, None if groups is None else named.groups)
    path = mine.save(output)
    new = sorted(set(map(str, mine.classes_)) - set(map(str, model.classes_)))
    more = f"; new: {', '.join(new)}" if new else ""
    noun = sample_name(dataset)
    out.print(f"{path}: {base} with {counted(int(named.detected.sum()), noun)} of one person{more}")
    loaded.exit()


def check_model_file(output: Path) -> None:
    """Raise, before the work, if a model could not be written there; it may lack its suffix."""
    check_writable(output.with_suffix(output.suffix or SUFFIX) if output.name else output)


def trainable(dataset: Dataset) -> Dataset:
    """The data set without a label of no gesture that has hardly a hand.

    Finding no hand is the right answer there already, so the model does not learn the label.

    Raises
    ------
    DatasetError
        If any other label has no detected hand, or there is no second gesture.
    """
    detected, sample = dataset.detected, sample_name(dataset)
    found = Counter(dataset.y[detected].tolist())
    for label in dataset.label_names:
        none = label in NO_GESTURE_LABELS
        if found[label] >= (2 if none else 1):
            continue
        if not none:
            raise DatasetError(
                f"label {label!r} has no {sample} with a detected hand: it cannot be learnt; add "
                f"{sample}s or remove the label"
            )
        total = counted(int((dataset.y == label).sum()), sample)
        err.print(
            f"label {label!r}: {counted(found[label], 'hand')} in {total}, so that it is not "
            "learnt; where no hand is found, no gesture is named, which is right"
        )
        dataset = dataset[~((dataset.y == label) & dataset.detected)]
    learnt = sorted(set(dataset.y[dataset.detected].tolist()))
    if len(learnt) == 1:
        raise DatasetError(
            f"all hands are labelled {learnt[0]!s}; training needs at least two gestures: add "
            f"{sample}s of another, or of no_gesture"
        )
    return dataset


def warn_of_few(dataset: Dataset, classifier: str) -> None:
    """Warn of labels with few hands, and say what to do."""
    found, sample = Counter(dataset.y[dataset.detected].tolist()), sample_name(dataset)
    few = {label: n for label, n in found.items() if n < _FEW}
    if few:
        label, n = min(few.items(), key=lambda item: (item[1], item[0]))
        other = "" if classifier == "few_shot" else ", or try --classifier few_shot"
        err.print(
            f"{len(few)} of {len(found)} labels have fewer than {_FEW} {sample}s with a hand "
            f"(label {label!r}: {n}); add {sample}s{other}"
        )


def _warn_of_rates(dataset: Dataset) -> None:
    found = Counter(dataset.y[dataset.detected].tolist())
    label, n = min(found.items(), key=lambda item: (item[1], item[0]))
    if n < _FEW_FOR_RATES:
        err.print(
            f"label {label!r} has {counted(n, 'hand')}: with fewer than {_FEW_FOR_RATES} of each, "
            "more foreign hands are named than the rate says"
        )


def sample_name(dataset: Dataset) -> str:
    """What a row of the data set is: a motion or a picture."""
    return "motion" if isinstance(dataset.X, Motions) else "picture"


def _tried(
    model: GestureModel, dataset: Dataset, taught: Dataset, false_accepts: float | None
) -> Trial:
    """Measure the model and choose its threshold; print the results and what is unknown."""
    trial = try_out(model, dataset, false_accepts, taught=taught)
    if not trial.people:
        err.print(f"accuracy on new people: unknown, {trial.obstacle}")
    if trial.evaluation is None:
        err.print(
            f"names a gesture from a score of {trial.min_score:g} on; that is not measured, since "
            f"no label has a second {sample_name(dataset)} to hold out"
        )
    elif trial.people:
        out.print(trial.evaluation.summary())
        if (named := trial.nothing_named) is not None:
            out.print(f"in streams, {named:.1%} of the windows without a whole motion are named")
    else:
        naming = trial.evaluation.naming
        summary = naming.summary() if naming else "no scores"
        out.print(f"on {sample_name(dataset)}s held out, {summary}")
    if trial.open_set is not None and false_accepts is not None:
        if not trial.people:
            err.print("people cannot be told apart: the rate holds for these people at best")
        _warn_of_rates(dataset)
        out.print(f"gestures left out: {trial.open_set.promise(false_accepts)}")
    return trial
