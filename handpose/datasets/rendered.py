"""`rendered_hands`: pictures of a rigged hand, with exact keypoints."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from PIL import Image

from handpose.containers.landmarks import N_LANDMARKS, Landmarks
from handpose.datasets.dataset import Dataset
from handpose.errors import DatasetError

PROVENANCE = {"name": "rendered"}
_FARTHEST = 1e6


def read_rendered_hands(path: Path) -> Dataset:
    """Read the exact keypoints of the rendered pictures.

    Parameters
    ----------
    path : Path
        ``keypoints.csv``; ``manifest.csv`` and the pictures are beside it.

    Returns
    -------
    Dataset
    """
    try:
        points = {
            row.pop("path"): np.array(list(row.values()), np.float64).reshape(N_LANDMARKS, 3)
            for row in _rows(path)
        }
        if not all((np.abs(hand) < _FARTHEST).all() for hand in points.values()):
            raise ValueError(f"each coordinate must be a number within {_FARTHEST:g} pixels")
        rows = _rows(path.with_name("manifest.csv"))
        hands = Landmarks(
            np.array([points[row["path"]] for row in rows]),
            handedness=[row["handedness"] for row in rows],
            handedness_score=np.ones(len(rows)),
            score=np.ones(len(rows)),
            image_size=[_size(path.parent / row["path"]) for row in rows],
        )
        columns = {name: [row[name] for row in rows] for name in ("label", "subject", "path")}
        return Dataset(
            hands,
            y=columns["label"],
            groups=columns["subject"],
            paths=columns["path"],
            name="rendered_hands",
            provenance=PROVENANCE,
        )
    except (OSError, KeyError, TypeError, ValueError, csv.Error) as error:
        raise DatasetError(f"{path}: damaged ({error}); reinstall handpose") from None


def _size(path: Path) -> tuple[int, int]:
    with Image.open(path) as image:
        return image.size


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
