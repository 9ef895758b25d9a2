"""AutoML: the best model for some data within a time budget."""

from handpose.automl.errors import SearchError
from handpose.automl.result import SearchResult
from handpose.automl.searching import search
from handpose.features.generated import GeneratedFeatures

__all__ = ["GeneratedFeatures", "SearchError", "SearchResult", "search"]
