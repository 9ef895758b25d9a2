"""``handpose demo``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray
from PIL import Image

from handpose.assets import HAND_NETWORKS, PALM_NETWORK, fetch_assets, find_asset
from handpose.cli.console import err, out
from handpose.cli.evaluate import comparison
from handpose.cli.extractors import (
    EffortOption,
    MinConfidenceOption,
    NumHandsOption,
    extractor_options,
)
from handpose.datasets import Dataset, photo_folder
from handpose.drawing import annotate
from handpose.evaluation import Evaluation, cross_validate
from handpose.extraction import load_dataset
from handpose.extractors import Extractor, make_extractor
from handpose.images import read_image
from handpose.images.saving import save_picture
from handpose.models.gestures import GestureModel
from handpose.models.making import make_model
from handpose.recognition import GestureRecognizer, Recognition
from handpose.system.extras import is_installed
from handpose.system.files import check_writable

_CELL = 300


def demo(
    folder: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Where to put the pictures.")
    ] = Path("demo"),
    num_hands: NumHandsOption = None,
    effort: EffortOption = None,
    min_confidence: MinConfidenceOption = None,
) -> None:
    """Train, compare and recognise, on data that ships with the library."""
    check_writable(folder / "gestures.jpg")
    folder.mkdir(parents=True, exist_ok=True)
    if not all(find_asset(name) for name in (PALM_NETWORK, HAND_NETWORKS["full"])):
        err.print("fetching the hand networks (35 MB, once) ...")
        fetch_assets()
    extractor = make_extractor(**extractor_options(num_hands, effort, min_confidence))
    dataset = load_dataset("sign_language_digits")
    results = _compare(dataset)
    best = max(results, key=lambda result: result.accuracy)
    pictures = [folder / "gestures.jpg", folder / "annotated"]
    if is_installed("matplotlib"):
        pictures.append(folder / "confusion.png")
        best.plot(pictures[-1])
    model = make_model("svm").fit(dataset.X, dataset.y, groups=dataset.groups)
    right, total = _recognize_rendered(extractor, model, folder)
    out.print(
        f"\n{right} of {total} rendered hands named right, from pixels, by a model that has only "
        f"seen photos\n\npictures: {', '.join(map(str, pictures))}\n"
    )
    out.print(
        "try next:\n"
        "  handpose recognize YOUR_PHOTO.jpg --annotate out  the pretrained digits model\n"
        "  handpose train YOUR_FOLDER -o MINE.handpose       your own: YOUR_FOLDER/LABEL/IMAGE\n"
        "  handpose evaluate YOUR_FOLDER                     new people (manifest.csv names them)",
    )


def _compare(dataset: Dataset) -> list[Evaluation]:
    names = ["svm", "gbdt", "mlp"]
    out.print(
        f"{dataset.name}: {len(dataset)} photos, {int(dataset.X.detected.sum())} hands "
        f"detected, {dataset.n_subjects} subjects, none of them in training and test at once\n"
    )
    results = []
    for name in names:
        err.print(f"cross-validating {name} ...")
        results.append(
            cross_validate(
                make_model(name),
                dataset.X,
                dataset.y,
                groups=dataset.groups,
                name=dataset.name,
            )
        )
    out.print(comparison(results))
    return results


def _recognize_rendered(extractor: Extractor, model: GestureModel, folder: Path) -> tuple[int, int]:
    """Annotate the rendered pictures; gives how many were named right, and how many there are."""
    (folder / "annotated").mkdir(exist_ok=True)
    rendered = load_dataset("rendered_hands")
    photos = photo_folder(rendered.name)
    right, portraits = 0, []
    with GestureRecognizer(extractor, model, min_score=0) as recognizer:
        for path, label in zip(rendered.paths, rendered.y, strict=True):
            image = read_image(photos / str(path))
            result = recognizer.recognize(image)
            right += len(result) > 0 and result.gestures[0] == label
            picture = Image.fromarray(result.annotate())
            name = str(path).replace("/", "-")
            save_picture(picture, folder / "annotated" / name, quality=90)
            if len(result):
                portraits.append((str(label), _portrait(image, result)))
    save_picture(_grid(portraits), folder / "gestures.jpg", quality=90)
    return right, len(rendered)


def _portrait(image: NDArray[np.uint8], result: Recognition) -> Image.Image:
    """The first hand, in a square with room for its caption."""
    height, width = image.shape[:2]
    x0, y0, x1, y1 = result.hands.boxes()[0]
    side = round(min(max(1.6 * max(x1 - x0, y1 - y0), 200), height, width))
    left = round(np.clip((x0 + x1 - side) / 2, 0, width - side))
    top = round(np.clip((y0 + y1 - side) / 2 - 0.06 * side, 0, height - side))
    hand = result.hands[:1]
    moved = replace(hand, points=hand.points - np.array([left, top, 0], np.float32))
    square = image[top : top + side, left : left + side]
    drawn = Image.fromarray(annotate(square, moved, [result[0].caption]))
    return drawn.resize((_CELL, _CELL), Image.Resampling.LANCZOS)


def _grid(portraits: list[tuple[str, Image.Image]]) -> Image.Image:
    """One hand of each gesture in two rows, from different subjects."""
    labels = sorted({label for label, _ in portraits})
    cells = []
    for i, label in enumerate(labels):
        known = [portrait for name, portrait in portraits if name == label]
        cells.append(np.array(known[i % len(known)]))
    cells += [np.full_like(cells[0], 255)] * (-len(cells) % 2)
    half = len(cells) // 2
    return Image.fromarray(np.vstack([np.hstack(cells[:half]), np.hstack(cells[half:])]))
