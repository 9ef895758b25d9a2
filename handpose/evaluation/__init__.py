"""Evaluation: how well a model does on people, and on gestures, it has never seen."""

from handpose.evaluation.open_set import evaluate_open_set
from handpose.evaluation.open_set_results import OpenSetEvaluation
from handpose.evaluation.people import PeopleEvaluation, evaluate_people
from handpose.evaluation.results import Evaluation
from handpose.evaluation.validation import cross_validate, evaluate_model

__all__ = [
    "Evaluation",
    "OpenSetEvaluation",
    "PeopleEvaluation",
    "cross_validate",
    "evaluate_model",
    "evaluate_open_set",
    "evaluate_people",
]
