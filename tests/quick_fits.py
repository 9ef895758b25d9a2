"""Parameters that make slow classifiers quick to fit, where their size does not matter."""

FEW_COLUMNS = {"few_shot": "coordinates"}
"""Features with few columns that a classifier knows; ``"angles"`` for those that are not here."""

QUICK = {
    "gbdt": {"max_iter": 20},
    "random_forest": {"n_estimators": 30},
    "extra_trees": {"n_estimators": 30},
    "searched": {"search_epochs": 2, "epochs": 3},
}
