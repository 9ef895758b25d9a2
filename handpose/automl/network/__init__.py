"""A network for landmarks that is found by gradient (DARTS) and run with numpy."""

from handpose.automl.network.searched import Searched

__all__ = ["Searched"]
