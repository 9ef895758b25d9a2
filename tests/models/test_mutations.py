"""A few hundred damaged files; thousands are read by ``python -m tests.models.mutations``."""

import json
import random
import warnings

from tests.models.mutations import ODD, edited, run, sources


def test_a_damaged_file_is_refused_or_gives_probabilities(tmp_path):
    said = []
    with warnings.catch_warnings():
        seen = run(200, 0, sources(tmp_path), tmp_path, said.append)
    assert not said, said
    assert seen["refused"] > 60
    assert seen["read"] > 10


def test_what_is_put_into_one_file_is_not_edited_for_the_next():
    before = repr(ODD)
    rng = random.Random(0)
    for _ in range(3000):
        json.dumps(edited({"a": [1, {"b": [2, [3]]}], "c": {"d": "e"}}, rng))
    assert repr(ODD) == before
