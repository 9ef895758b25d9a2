"""``handpose train``."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer

from handpose.cli.console import err, out
from handpose.cli.sources import (
    ExtractorOption,
    JobsOption,
    SourceArgument,
    load,
    training_summary,
)
from handpose.datasets import Dataset
from handpose.errors import DatasetError
from handpose.evaluation import cross_validate
from handpose.extractors import DEFAULT_EXTRACTOR
from handpose.files import check_writable
from handpose.labels import NO_GESTURE_LABELS
from handpose.model_files import SUFFIX, ModelCard, save_model
from handpose.models import DEFAULT_CLASSIFIER, DEFAULT_FEATURES, GestureModel, make_model


def train(
    source: SourceArgument,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="MODEL.handpose", help="Model to write.")
    ],
    classifier: Annotated[
        str, typer.Option("--classifier", metavar="NAME", help="svm, gbdt, mlp, ...")
    ] = DEFAULT_CLASSIFIER,
    features: Annotated[
        str, typer.Option("--features", metavar="NAME", help="coordinates, geometry, all, ...")
    ] = DEFAULT_FEATURES,
    validate: Annotated[
        bool,
        typer.Option(help="First measure the model on people that it was not trained on."),
    ] = True,
    extractor: ExtractorOption = DEFAULT_EXTRACTOR,
    jobs: JobsOption = None,
) -> None:
    """Train a gesture model on a folder of photos or a landmark table."""
    model = make_model(classifier, features=features)
    check_model_file(output)
    loaded = load(source, extractor, jobs)
    dataset = trainable(loaded.dataset)
    metrics = _measure(model, dataset) if validate else {}
    groups = dataset.subjects if dataset.has_subjects else None
    model.fit(dataset.hands, dataset.labels, groups=groups)
    card = ModelCard(
        extractor=dataset.provenance, training=training_summary(dataset), metrics=metrics
    )
    path = save_model(model, output, card)
    labels = [str(label) for label in model.classes_]
    out.print(f"{path}: {classifier} on {features} features, {len(labels)} gestures")
    out.print(f"try: handpose recognize PHOTO --model {path}")
    loaded.exit()


def check_model_file(output: Path) -> None:
    """Raise, before the work, if a model could not be written there; it may lack its suffix."""
    check_writable(output.with_suffix(output.suffix or SUFFIX) if output.name else output)


def trainable(dataset: Dataset) -> Dataset:
    """The data set without what cannot be learnt: a lone hand under a label of no gesture.

    Where hardly a hand is found under such a label, that is the right answer already, and the label
    is no class of the model.

    Raises
    ------
    DatasetError
        If any other label has fewer than two detected hands.
    """
    detected = dataset.hands.detected
    found = Counter(dataset.labels[detected].tolist())
    for label in dataset.label_names:
        if found[label] >= 2:
            continue
        if label not in NO_GESTURE_LABELS:
            raise DatasetError(
                f"label {label!r} has {found[label]} picture(s) with a detected hand, which is too "
                "few to learn it; add pictures or remove the label"
            )
        pictures = int((dataset.labels == label).sum())
        err.print(
            f"label {label!r}: {found[label]} hands in {pictures} pictures, so that it is not "
            "learnt; where no hand is found, no gesture is named, which is right"
        )
        dataset = dataset[~((dataset.labels == label) & dataset.hands.detected)]
    return dataset


def _measure(model: GestureModel, dataset: Dataset) -> dict[str, Any]:
    if not dataset.has_subjects:
        err.print(
            "accuracy on new people: unknown, the pictures name no subjects (a manifest.csv can)"
        )
        return {}
    hands, labels, subjects = dataset
    try:
        result = cross_validate(model, hands, labels, groups=subjects, name=dataset.name)
    except DatasetError as error:
        err.print(f"accuracy on new people: unknown, {error}")
        return {}
    out.print(result.summary())
    return result.for_card()
