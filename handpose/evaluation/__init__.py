"""Evaluation: how well a model does on people it has never seen."""

from handpose.evaluation.people import PeopleEvaluation, evaluate_people
from handpose.evaluation.results import Evaluation
from handpose.evaluation.validation import cross_validate, evaluate_model

__all__ = [
    "Evaluation",
    "PeopleEvaluation",
    "cross_validate",
    "evaluate_model",
    "evaluate_people",
]
