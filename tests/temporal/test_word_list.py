"""Words of a list that letters may spell."""

import pytest

from handpose.errors import DatasetError
from handpose.temporal.word_list import WordList

WORDS = ["cat", "car", "hello", "help", "jazz", "tree", "egg"]


def letters(word, sure=0.9, **instead):
    """Probabilities of the letters of a word; ``instead={"t": "r"}`` reads another letter."""
    return [{instead.get(c, c): sure, c: 1 - sure} if c in instead else {c: 1.0} for c in word]


@pytest.fixture(scope="module")
def words():
    return WordList(WORDS)


@pytest.mark.parametrize("word", WORDS)
def test_a_word_of_the_list_is_itself_and_costs_nothing(words, word):
    found, cost = words.best(letters(word))
    assert found == word
    assert cost == pytest.approx(0, abs=1e-9)


def test_double_letters_are_put_back(words):
    assert words.best(letters("helo"))[0] == "hello"
    assert words.best(letters("jaz"))[0] == "jazz"


def test_a_letter_too_many_or_one_misread_is_mended(words):
    assert words.best(letters("helxlo"))[0] == "hello"
    assert words.best(letters("cat", t="r"))[0] == "car"  # as it was read
    assert words.best([{"c": 1.0}, {"a": 1.0}, {"t": 0.45, "x": 0.55}])[0] == "cat"


def test_what_is_like_no_word_is_none(words):
    assert words.best(letters("qqqqqq")) is None
    assert words.best([]) is None


def test_case_and_spaces_of_the_list_do_not_matter():
    words = WordList([" Cat\n", "CAT", "", "dog"])
    assert len(words) == 2
    assert "Dog" in words
    assert words.best(letters("dog"))[0] == "dog"


def test_an_empty_list_is_an_error():
    with pytest.raises(DatasetError, match="empty"):
        WordList(["", " "])
