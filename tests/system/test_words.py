import pytest

from handpose.system.words import counted, printable


def test_a_noun_is_in_the_singular_for_one_alone():
    assert [counted(n, "subject") for n in (0, 1, 2)] == ["0 subjects", "1 subject", "2 subjects"]
    assert [counted(n, "person", "people") for n in (1, 2)] == ["1 person", "2 people"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain é 手 \U0001f590\ufe0f", "plain é 手 \U0001f590\ufe0f"),
        ("a\u200cb\u200dc", "a\u200cb\u200dc"),  # joiners that Persian and emoji need
        ("two\nlines", "two\nlines"),
        ("\x1b[31m", r"\x1b[31m"),
        ("a\rb\tc\x00\x7f\x85", r"a\rb\tc\x00\x7f\x85"),
        ("\u202e\u2066\u2028", r"\u202e\u2066\u2028"),
        ("\udcff", r"\udcff"),  # a byte of a file name that is no UTF-8
    ],
)
def test_what_a_terminal_would_obey_stands_as_its_escape(text, shown):
    assert printable(text) == shown
