"""Export: a model as a file that runs without Python.

A model is described once, as a few operations on arrays (`handpose.export.graph`); ONNX and TFLite
files are written from that description.
"""

from handpose.export.exporting import SUFFIXES, export_model

__all__ = ["SUFFIXES", "export_model"]
