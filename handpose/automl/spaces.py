"""What may be tried: parameters of every classifier, features, augmentation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from handpose.features import BLOCKS, PRESETS, Augmentation


class Chooser(Protocol):
    """The part of an `optuna.Trial` that chooses."""

    def suggest_float(self, name: str, low: float, high: float, *, log: bool = False) -> float:
        """A number between two others."""

    def suggest_int(self, name: str, low: int, high: int, *, log: bool = False) -> int:
        """A whole number between two others."""

    def suggest_categorical(self, name: str, choices: Any) -> Any:
        """One of several values."""


Params = dict[str, Any]


def _svm(choose: Chooser) -> Params:
    width = choose.suggest_categorical("svm_gamma", ("scale", "chosen"))
    if width == "chosen":
        width = choose.suggest_float("svm_gamma_value", 3e-4, 0.3, log=True)
    return {"C": choose.suggest_float("svm_C", 0.3, 300, log=True), "gamma": width}


def _gbdt(choose: Chooser) -> Params:
    l2 = choose.suggest_categorical("gbdt_l2", ("sized", "chosen"))
    damping = choose.suggest_float("gbdt_l2_value", 1, 100, log=True) if l2 == "chosen" else None
    return {
        "max_iter": choose.suggest_int("gbdt_max_iter", 30, 200, log=True),
        "learning_rate": choose.suggest_float("gbdt_learning_rate", 0.03, 0.5, log=True),
        "max_leaf_nodes": choose.suggest_int("gbdt_max_leaf_nodes", 4, 32, log=True),
        "max_features": choose.suggest_float("gbdt_max_features", 0.05, 1.0, log=True),
        "l2_regularization": damping,
    }


def _mlp(choose: Chooser) -> Params:
    width = choose.suggest_categorical("mlp_width", (64, 128, 256))
    layers = choose.suggest_int("mlp_layers", 1, 3)
    return {
        "hidden": tuple(width >> layer for layer in range(layers)),
        "learning_rate": choose.suggest_float("mlp_learning_rate", 3e-4, 1e-2, log=True),
        "weight_decay": choose.suggest_float("mlp_weight_decay", 1e-4, 1.0, log=True),
    }


def _logistic(choose: Chooser) -> Params:
    return {"C": choose.suggest_float("logistic_C", 1e-2, 1e2, log=True)}


def _knn(choose: Chooser) -> Params:
    return {
        "n_neighbors": choose.suggest_int("knn_n_neighbors", 1, 25, log=True),
        "weights": choose.suggest_categorical("knn_weights", ("distance", "uniform")),
    }


def _forest(name: str) -> Callable[[Chooser], Params]:
    def suggest(choose: Chooser) -> Params:
        return {
            "n_estimators": choose.suggest_int(f"{name}_n_estimators", 50, 300, log=True),
            "min_samples_leaf": choose.suggest_int(f"{name}_min_samples_leaf", 1, 5),
            "max_features": choose.suggest_categorical(
                f"{name}_max_features", ("sqrt", "log2", 0.2)
            ),
        }

    return suggest


def suggest_training(choose: Chooser) -> Params:
    """How a network that was found is trained."""
    return {
        "width": choose.suggest_categorical("width", (8, 16, 24)),
        "epochs": choose.suggest_int("epochs", 15, 60, log=True),
        "learning_rate": choose.suggest_float("learning_rate", 1e-3, 2e-2, log=True),
    }


SPACES: dict[str, Callable[[Chooser], Params]] = {
    "svm": _svm,
    "gbdt": _gbdt,
    "mlp": _mlp,
    "logistic": _logistic,
    "knn": _knn,
    "random_forest": _forest("random_forest"),
    "extra_trees": _forest("extra_trees"),
}
"""Parameters of a classifier; one that is not here is tried as it is."""

DEFAULTS: dict[str, Params] = {
    "svm": {"svm_C": 10.0, "svm_gamma": "scale"},
    "gbdt": {
        "gbdt_max_iter": 60,
        "gbdt_learning_rate": 0.2,
        "gbdt_max_leaf_nodes": 8,
        "gbdt_max_features": 0.1,
        "gbdt_l2": "sized",
    },
    "mlp": {
        "mlp_width": 128,
        "mlp_layers": 2,
        "mlp_learning_rate": 2e-3,
        "mlp_weight_decay": 0.1,
    },
    "logistic": {"logistic_C": 1.0},
    "knn": {"knn_n_neighbors": 5, "knn_weights": "distance"},
    "random_forest": {"random_forest_n_estimators": 200, "random_forest_max_features": "sqrt"},
    "extra_trees": {"extra_trees_n_estimators": 200, "extra_trees_max_features": "sqrt"},
}
"""The library's defaults, in the terms of `SPACES`: they are tried first."""


def suggest_augmentation(choose: Chooser) -> Augmentation | None:
    """Copies of the training hands, more or less changed than by default; None for no copies."""
    copies = choose.suggest_categorical("copies", (0, 2, 4))
    if not copies:
        return None
    strength = choose.suggest_float("strength", 0.25, 1.5)
    usual = Augmentation()
    return Augmentation(
        copies, usual.roll * strength, usual.tilt * strength, usual.jitter * strength
    )


def suggest_preset(choose: Chooser) -> dict[str, Any]:
    """A feature preset."""
    return {"blocks": choose.suggest_categorical("features", tuple(PRESETS))}


def suggest_blocks(choose: Chooser, crossings: tuple[str, ...] = ()) -> dict[str, Any]:
    """Any blocks, turned upright or not, with depth or not, with found crossings or not."""
    taken = {name: choose.suggest_categorical(f"block_{name}", (True, False)) for name in BLOCKS}
    chosen = tuple(name for name, wanted in taken.items() if wanted)
    preset = next((name for name, blocks in PRESETS.items() if blocks == chosen), "")
    with_crossings = bool(crossings) and choose.suggest_categorical("crossings", (True, False))
    return {
        "blocks": preset or "+".join(chosen) or "angles",
        "rotate": choose.suggest_categorical("rotate", (False, True)),
        "depth": choose.suggest_categorical("depth", (False, True)),
        "crossings": crossings if with_crossings else (),
    }
