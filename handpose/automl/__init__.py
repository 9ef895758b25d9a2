"""AutoML: the best model for some data, found within a budget of time."""

from handpose.automl.errors import SearchError
from handpose.automl.generated import GeneratedFeatures
from handpose.automl.result import SearchResult
from handpose.automl.searching import search

__all__ = ["GeneratedFeatures", "SearchError", "SearchResult", "search"]
