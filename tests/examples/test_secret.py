"""The secret: hashed with a salt, compared whole."""

import hashlib
import json

import pytest

from examples.door import secret as module
from examples.door.policy import Policy, State
from examples.door.secret import Secret

SEQUENCE = ("2", "5", "0", "5")
CHEAP = 16


def test_only_the_sequence_matches():
    secret = Secret.of(SEQUENCE, CHEAP)
    assert secret.matches(SEQUENCE)
    wrong = [(), SEQUENCE[:3], (*SEQUENCE, "5"), SEQUENCE[::-1], ("2", "5", "0", "4"), ("2505",)]
    assert not any(secret.matches(other) for other in wrong)


def test_what_is_kept_does_not_tell_the_sequence_or_that_two_are_equal():
    one, other = Secret.of(SEQUENCE, CHEAP), Secret.of(SEQUENCE, CHEAP)
    assert one.salt != other.salt
    assert one.key != other.key
    kept = json.dumps(one.to_dict())
    assert Secret.from_dict(json.loads(kept)) == one
    assert not any(json.dumps(list(SEQUENCE[:n])) in kept for n in range(1, 5))


def test_it_is_slow_to_guess(monkeypatch):
    asked = {}
    monkeypatch.setattr(hashlib, "scrypt", lambda *_, **options: asked.update(options) or b"")
    Secret.of(SEQUENCE)
    assert asked["n"] * asked["r"] * 128 >= 16 * 2**20
    assert len(asked["salt"]) == 16


def test_comparison_takes_equally_long_whatever_is_wrong(monkeypatch):
    compared = []
    monkeypatch.setattr(module.hmac, "compare_digest", lambda a, b: compared.append((a, b)))
    secret = Secret.of(SEQUENCE, CHEAP)
    for other in ((), ("2", "5", "0", "4"), ("9",) * 16):
        secret.matches(other)
    assert {len(a) for a, _ in compared} == {len(secret.key)}
    assert len(compared) == 3


@pytest.mark.parametrize("weak", [(), ("1", "2", "3"), ("1", "2", "1", "2")])
def test_a_sequence_that_is_easy_to_guess_is_refused(weak):
    with pytest.raises(ValueError, match="at least 4 gestures, 3 of them different"):
        Secret.of(weak, CHEAP)


def test_waits_rise_and_the_fifth_failure_locks_out():
    policy = Policy()
    waits = [policy.wait_s(failures) for failures in range(40)]
    assert waits[:7] == [0, 2, 4, 8, 16, 900, 1800]
    assert waits == sorted(waits)
    assert waits[-1] == policy.longest_s


def test_challenges_cannot_be_foreseen():
    drawn = {tuple(Policy().drawn(list("0123456789"))) for _ in range(500)}
    assert len(drawn) > 80
    assert all(first != second for first, second in drawn)
    assert Policy(challenge=0).drawn(["1", "2"]) == []


def test_the_log_is_the_memory():
    events = ["started", "challenge", "attempt", "refused", "challenge", "attempt"]
    state = State()
    for event in events:
        state = state.after({"event": event, "gestures": ["1", "2"]})
    assert state == State(2)
    assert state.after({"event": "challenge", "gestures": ["3"]}) == State(2, ("3",))
    assert state.after({"event": "opened"}).failures == 0
    assert state.after({"event": "reset"}).failures == 0
