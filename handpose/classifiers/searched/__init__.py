"""A small network that is found by gradient (DARTS) and run with numpy."""

from handpose.classifiers.searched.classifier import Searched

__all__ = ["Searched"]
