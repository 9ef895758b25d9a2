"""Run by `test_versions` in every environment: writes models, or reads those of all others.

Usage: python -m tests.models.versions write|read FOLDER NAME
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np

import handpose as hp
from handpose.classifiers import NEED_TORCH
from tests.models.format1.make import FOUR, asked
from tests.quick_fits import FEW_COLUMNS, QUICK

FORMAT1 = Path(__file__).parent / "format1"


def write(folder):
    """A model of every classifier that can be fitted here, and what it says."""
    folder.mkdir()
    said = {}
    for name in hp.CLASSIFIERS:
        if name in NEED_TORCH and find_spec("torch") is None:
            continue
        features = FEW_COLUMNS.get(name, "angles")
        model = hp.make_model(name, features=features, **QUICK.get(name, {}))
        model.fit(FOUR.X, FOUR.y, groups=FOUR.groups)
        hp.save_model(model, folder / f"{name}.handpose")
        said[name] = model.predict_proba(asked())
    np.savez(folder / "said.npz", **said)


def read(root):
    """The largest difference between what models of all environments say here and said there."""
    worst = 0.0
    for said in sorted(root.glob("*/said.npz")):
        for name, expected in np.load(said).items():
            model = hp.load_model(said.with_name(f"{name}.handpose"))
            worst = max(worst, float(np.abs(model.predict_proba(asked()) - expected).max()))
            sys.stdout.write(f"{said.parent.name} {name} {worst:.1e}\n")
    for path in sorted(FORMAT1.glob("*.handpose")):
        if not path.stem.startswith(("own_voting", "own_bayes")):
            hp.load_model(path).predict(asked())
    return worst


if __name__ == "__main__":
    task, root, own = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
    if task == "write":
        write(root / own)
    else:
        sys.exit(read(root) > 1e-12)
