from handpose.system.words import counted


def test_a_noun_is_in_the_singular_for_one_alone():
    assert [counted(n, "subject") for n in (0, 1, 2)] == ["0 subjects", "1 subject", "2 subjects"]
    assert [counted(n, "person", "people") for n in (1, 2)] == ["1 person", "2 people"]
