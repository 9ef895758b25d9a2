"""``.handpose`` files: a model, what it was made from, and nothing that can run code.

The file is a zip of ``model.json`` (the card, and how the model is put together) and arrays in
numpy's format. Loading reads JSON and numbers, checks every one of them, and lets the library's own
code put the model together.
"""

from handpose.models.card import FORMAT_VERSION, ModelCard
from handpose.models.files import (
    LETTERS,
    PRETRAINED,
    SUFFIX,
    load_model,
    model_path,
    save_model,
)
from handpose.models.nothing import with_nothing
from handpose.models.personal import personalize
from handpose.models.phases import learn_phases

__all__ = [
    "FORMAT_VERSION",
    "LETTERS",
    "PRETRAINED",
    "SUFFIX",
    "ModelCard",
    "learn_phases",
    "load_model",
    "model_path",
    "personalize",
    "save_model",
    "with_nothing",
]
