"""The options that spell, and what they choose."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from handpose.errors import DatasetError, OptionError
from handpose.models import LETTERS
from handpose.recognition import DEFAULT_MODEL
from handpose.recognition.spelling import Speller

SpellOption = Annotated[
    bool,
    typer.Option("--spell", help="Read letters of the American manual alphabet as text."),
]
WordsOption = Annotated[
    Path | None,
    typer.Option(
        "--words",
        metavar="FILE",
        help="With --spell: words that may be meant, one a line; a word becomes the most similar.",
    ),
]


def make_speller(spell: bool, words: Path | None) -> Speller | None:
    """A speller, if one is asked for.

    Raises
    ------
    OptionError
        If there are words, but nothing is spelled.
    DatasetError
        If the file of words cannot be read, or is empty.
    """
    if not spell:
        if words is not None:
            raise OptionError("--words is for --spell; add it")
        return None
    return Speller(None if words is None else read_words(words))


def read_words(path: Path) -> list[str]:
    """The words of a text file, one a line.

    Raises
    ------
    DatasetError
        If it cannot be read, is not text, or holds no word.
    """
    try:
        words = path.read_text(encoding="utf-8-sig").split()
    except OSError as error:
        raise DatasetError(f"{path}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise DatasetError(f"{path}: not a text file in UTF-8; give one word a line") from None
    if not words:
        raise DatasetError(f"{path}: no word in it; give one word a line")
    return words


def models_for(spell: bool, model: str, motions: str | None) -> dict[str, Any]:
    """The models to load: those of letters, where the user names no others and spells."""
    if spell and model == DEFAULT_MODEL and motions is None:
        model, motions = LETTERS
    return {"model": model, "motions": motions}
