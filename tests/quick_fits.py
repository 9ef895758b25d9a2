"""Parameters that make slow classifiers quick to fit, where their size does not matter."""

QUICK = {
    "gbdt": {"max_iter": 20},
    "random_forest": {"n_estimators": 30},
    "extra_trees": {"n_estimators": 30},
    "searched": {"search_epochs": 2, "epochs": 3},
}
