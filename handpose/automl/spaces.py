"""The search spaces: parameters of every classifier, features, augmentation."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from handpose.features import BLOCKS, PRESETS, Augmentation

if TYPE_CHECKING:
    from optuna import Trial


Params = dict[str, Any]


def _svm(trial: Trial) -> Params:
    width: str | float = trial.suggest_categorical("svm_gamma", ("scale", "chosen"))
    if width == "chosen":
        width = trial.suggest_float("svm_gamma_value", 3e-4, 0.3, log=True)
    return {"C": trial.suggest_float("svm_C", 0.3, 300, log=True), "gamma": width}


def _gbdt(trial: Trial) -> Params:
    l2 = trial.suggest_categorical("gbdt_l2", ("sized", "chosen"))
    damping = trial.suggest_float("gbdt_l2_value", 1, 100, log=True) if l2 == "chosen" else None
    return {
        "max_iter": trial.suggest_int("gbdt_max_iter", 30, 200, log=True),
        "learning_rate": trial.suggest_float("gbdt_learning_rate", 0.03, 0.5, log=True),
        "max_leaf_nodes": trial.suggest_int("gbdt_max_leaf_nodes", 4, 32, log=True),
        "max_features": trial.suggest_float("gbdt_max_features", 0.05, 1.0, log=True),
        "l2_regularization": damping,
    }


def _mlp(trial: Trial) -> Params:
    width = trial.suggest_categorical("mlp_width", (64, 128, 256))
    layers = trial.suggest_int("mlp_layers", 1, 3)
    return {
        "hidden": tuple(width >> layer for layer in range(layers)),
        "learning_rate": trial.suggest_float("mlp_learning_rate", 3e-4, 1e-2, log=True),
        "weight_decay": trial.suggest_float("mlp_weight_decay", 1e-4, 1.0, log=True),
    }


def _logistic(trial: Trial) -> Params:
    return {"C": trial.suggest_float("logistic_C", 1e-2, 1e2, log=True)}


def _knn(trial: Trial) -> Params:
    return {
        "n_neighbors": trial.suggest_int("knn_n_neighbors", 1, 25, log=True),
        "weights": trial.suggest_categorical("knn_weights", ("distance", "uniform")),
    }


def _forest(name: str) -> Callable[[Trial], Params]:
    def suggest(trial: Trial) -> Params:
        return {
            "n_estimators": trial.suggest_int(f"{name}_n_estimators", 50, 300, log=True),
            "min_samples_leaf": trial.suggest_int(f"{name}_min_samples_leaf", 1, 5),
            "max_features": trial.suggest_categorical(
                f"{name}_max_features", ("sqrt", "log2", 0.2)
            ),
        }

    return suggest


def suggest_training(trial: Trial) -> Params:
    """Parameters of training an architecture."""
    return {
        "width": trial.suggest_categorical("width", (8, 16, 24)),
        "epochs": trial.suggest_int("epochs", 15, 60, log=True),
        "learning_rate": trial.suggest_float("learning_rate", 1e-3, 2e-2, log=True),
    }


SPACES: dict[str, Callable[[Trial], Params]] = {
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
"""The defaults of the library as parameters of `SPACES`; they are tried first."""


def suggest_augmentation(trial: Trial) -> Augmentation | None:
    """Changed copies of the training hands, or None."""
    copies = trial.suggest_categorical("copies", (0, 2, 4))
    if not copies:
        return None
    strength = trial.suggest_float("strength", 0.25, 1.5)
    usual = Augmentation()
    return Augmentation(
        copies, usual.roll * strength, usual.tilt * strength, usual.jitter * strength
    )


def suggest_preset(trial: Trial) -> dict[str, Any]:
    """A feature preset."""
    return {"blocks": trial.suggest_categorical("features", tuple(PRESETS))}


def suggest_blocks(trial: Trial, crossings: tuple[str, ...] = ()) -> dict[str, Any]:
    """Any blocks, with or without rotation, depth and the crossings that were found."""
    taken = {name: trial.suggest_categorical(f"block_{name}", (True, False)) for name in BLOCKS}
    chosen = tuple(name for name, wanted in taken.items() if wanted)
    preset = next((name for name, blocks in PRESETS.items() if blocks == chosen), "")
    with_crossings = bool(crossings) and trial.suggest_categorical("crossings", (True, False))
    return {
        "blocks": preset or "+".join(chosen) or "angles",
        "rotate": trial.suggest_categorical("rotate", (False, True)),
        "depth": trial.suggest_categorical("depth", (False, True)),
        "crossings": crossings if with_crossings else (),
    }
