"""A few hundred damaged files; thousands are read by ``python -m tests.models.mutations``."""

import warnings

from tests.models.mutations import run, sources


def test_a_damaged_file_is_refused_or_gives_probabilities(tmp_path):
    said = []
    with warnings.catch_warnings():
        seen = run(200, 0, sources(tmp_path), tmp_path, said.append)
    assert not said, said
    assert seen["refused"] > 60
    assert seen["read"] > 10
