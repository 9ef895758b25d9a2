import json

import numpy as np
import pytest

import handpose as hp
from handpose.containers import seen
from handpose.containers.seen import SeenHands
from tests.motions import circle, line


@pytest.fixture(scope="module")
def known(people):
    return SeenHands.of(people.X, people.groups)


def test_the_same_hands_are_known_again_and_others_are_not(known, people, strangers):
    assert known.which(people.X).all()
    assert not known.which(strangers.X).any()
    assert known.which(people.X[::-7]).all()


def test_a_table_with_another_name_holds_the_same_hands(known, people, tmp_path):
    hp.write_table(hp.Dataset(people.X, people.y, name="other"), tmp_path / "t.parquet")
    assert known.which(hp.load_dataset(tmp_path / "t.parquet").X).all()


def test_people_are_known_by_their_ids(known, people, strangers):
    assert known.which_people(people.groups).all()
    assert not known.which_people(strangers.groups).any()
    assert not known.which_people(np.array(["", ""])).any()


def test_missed_hands_are_nobody(known, missed, people):
    assert known.which(missed).tolist() == [False]
    assert SeenHands.of(hp.Landmarks.concat([people.X, missed])).hands == known.hands


def test_it_is_small_and_names_nobody(known, people):
    document = json.dumps(known.to_dict())
    assert len(document) < 9 * len(people)
    assert not any(subject in document for subject in people.groups if len(subject) > 3)
    assert SeenHands.from_dict(json.loads(document)) == known


def test_other_hands_have_another_key(known, people):
    assert SeenHands.of(people.X[1:]).key != known.key


def test_of_very_many_hands_an_even_sample_is_kept(people, monkeypatch):
    monkeypatch.setattr(seen, "_MOST", 100)
    some = SeenHands.of(people.X, people.groups)
    assert len(some.hands) == 100
    assert not some.whole
    assert some.which(people.X).mean() == pytest.approx(0.2, abs=0.02)


@pytest.mark.parametrize(
    "odd",
    [
        None,
        [],
        {},
        {"key": "00" * 8, "hands": "", "people": "", "whole": 1},
        {"key": "00" * 8, "hands": "AAAA", "people": "", "whole": True},
        {"key": "zz", "hands": "", "people": "", "whole": True},
        {"key": "00", "hands": "AAAA", "people": "", "whole": True},
        {"key": "00", "hands": "?", "people": "", "whole": True},
        {"key": "00", "hands": 5, "people": "", "whole": True},
        {"key": 5, "hands": "", "people": "", "whole": True},
        {"key": "00" * 65, "hands": "", "people": "", "whole": True},
    ],
)
def test_what_is_damaged_is_refused(odd):
    with pytest.raises((KeyError, TypeError, ValueError)):
        SeenHands.from_dict(odd)


def test_motions_are_known_again_as_hands_are():
    known = SeenHands.of(hp.Motions([circle(), line()]), np.array(["ann", "bob"]))
    assert known.which(hp.Motions([line(), line(9), circle()])).tolist() == [True, False, True]
    assert known.which_people(np.array(["bob", "cid"])).tolist() == [True, False]
    assert SeenHands.of(hp.Motions([circle()])).key != known.key
