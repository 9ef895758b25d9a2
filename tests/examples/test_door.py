"""The door: opens to its challenge and sequence, and is shut whatever else happens."""

import numpy as np
import pytest

import handpose as hp
from benchmarks.door.acting import people, seen_of
from examples.door.door import watch
from tests.examples.conftest import CHALLENGE, GESTURES, SEQUENCE, moved


def test_it_opens_to_its_sequence_for_a_while(visit, right, shows):
    door = visit(open_s=3)
    assert door.see(right) == ["show 1 2, then your sequence", "open"]
    assert door.bolt.is_open
    assert door.events("attempt", "opened", "refused") == ["attempt", "opened"]
    door.clock.now += 3
    later = [moved(frame, 60_000) for frame in right[-3:]]
    assert door.see(later)[0].startswith("show")
    assert not door.bolt.is_open
    assert door.bolt.opened == 1


def test_it_stays_shut_for_one_wrong_gesture(visit, wrong):
    door = visit()
    said = door.see(wrong)
    assert "open" not in said
    assert said[1] == "wait 2 s"
    assert door.reasons == [["sequence"]]
    assert not door.bolt.opened


@pytest.mark.parametrize(
    "shown",
    [
        SEQUENCE,
        (*CHALLENGE, *SEQUENCE[:3]),
        (*CHALLENGE, *SEQUENCE, "9"),
        CHALLENGE,
        (*CHALLENGE, *SEQUENCE[::-1]),
        (*SEQUENCE, *CHALLENGE),
    ],
)
def test_less_more_and_other_orders_do_not_open(visit, shows, shown):
    door = visit()
    door.see(shows(*shown))
    assert not door.bolt.opened


def test_who_does_not_show_the_challenge_learns_nothing_and_costs_nothing(visit, shows):
    """A passer-by does not lock the door, and no other challenge can be waited for."""
    door = visit()
    door.see(shows("5", "1", *SEQUENCE))
    assert door.events("attempt", "refused") == []
    assert tuple(door.challenge) == CHALLENGE


def test_each_attempt_draws_another_challenge(visit, wrong, right):
    door = visit()
    door.see(wrong)
    assert door.events("challenge") == ["challenge"] * 2
    door.ask()
    door.see(right)
    assert door.events("challenge") == ["challenge"] * 4
    assert door.bolt.opened


def test_five_failures_lock_it_and_the_right_sequence_waits_too(visit, wrong, right):
    door = visit()
    waits = []
    for _ in range(5):
        door.ask()
        said = door.see(wrong)
        waits.append(next(words for words in said if words.startswith("wait")))
    assert waits == ["wait 2 s", "wait 4 s", "wait 8 s", "wait 16 s", "wait 900 s"]
    door.ask(after_s=800)
    assert {words[:4] for words in door.see(right)} == {"wait"}
    assert not door.bolt.opened


def test_what_is_shown_while_it_waits_does_not_count_later(visit, wrong, right):
    door = visit()
    door.see(wrong)
    door.ask(after_s=0)
    half = len(right) // 2
    door.see(right[:half], step=0)
    door.clock.now += 100
    door.see(right[half:])
    assert not door.bolt.opened
    assert door.events("attempt") == ["attempt"]


def test_failures_survive_a_restart_and_the_wait_begins_anew(visit, wrong, right):
    door = visit()
    door.see(wrong)
    challenge = door.challenge
    door.clock.now += 1.9
    door.restart()
    assert door.door.see(right[0]) == "wait 2 s"
    assert door.challenge == challenge, "another one cannot be had by a restart"


def test_an_attempt_that_was_interrupted_counts(visit, right):
    """The power is cut after the attempt was noted, before anything else."""
    door = visit()
    append = door.log.append

    def cut(event, **facts):
        if event in ("opened", "refused"):
            raise KeyboardInterrupt
        append(event, **facts)

    door.log.append = cut
    with pytest.raises(KeyboardInterrupt):
        door.see(right)
    door.restart()
    assert not door.bolt.opened
    assert door.door.see(right[0]) == "wait 2 s"


def test_success_forgets_the_failures(visit, wrong, right):
    door = visit()
    door.see(wrong)
    door.ask()
    assert door.see(right)[-1] == "open"
    door.restart()
    assert door.door.see(right[0]).startswith("show")


def test_without_a_log_it_stays_shut(visit, right):
    door = visit()

    def full(event, **facts):
        raise OSError("No space left on device")

    door.log.append = full
    with pytest.raises(OSError, match="space"):
        door.see(right)
    assert not door.bolt.opened


def test_a_clock_that_goes_back_shuts_it_and_lets_it_wait_again(visit, wrong, right):
    door = visit()
    door.see(right)
    assert door.bolt.is_open
    door.clock.now -= 3600
    assert door.door.see(moved(right[-1], 50)) != "open"
    assert not door.bolt.is_open
    assert door.log.records[-1]["reason"] == "the clock went back"


def test_a_clock_that_goes_back_ends_no_wait(visit, wrong):
    door = visit(waits_s=(60,))
    door.see(wrong)
    door.clock.now -= 30
    assert door.door.see(moved(wrong[-1], 50)) == "wait 60 s"


def test_frames_that_were_lost_end_the_attempt(visit, right):
    door = visit(max_gap_ms=400)
    gone = len(right) // 2
    door.see([*right[:gone], *(moved(frame, 500) for frame in right[gone:])])
    assert not door.bolt.opened
    assert door.events("attempt") == []


def test_low_confidence_is_refused(visit, right):
    door = visit(min_score=0.9999)
    door.see(right)
    assert door.reasons == [["score"]]
    assert not door.bolt.opened


def test_too_slow_is_refused(visit, right):
    door = visit(total_ms=3000)
    door.see(right)
    assert door.reasons == [["limits"]]


def test_the_log_tells_no_gesture_of_an_attempt(visit, wrong):
    door = visit()
    door.see(wrong)
    told = [r for r in door.log.records if r["event"] != "challenge"]
    assert not any("gestures" in record for record in told)


def test_stills_of_the_right_gestures_in_the_right_order_do_not_open(visit, digits_model, somebody):
    """A slide show of landmarks that do not tremble, and jump from one gesture to the next."""
    frames = somebody.shows((*CHALLENGE, *SEQUENCE), np.random.default_rng(0))
    held, hold, change = [], 12, 6
    for number in range(6):
        held += [frames[number * (hold + change)]] * (hold + change)
    tail = [hp.Landmarks.empty()] * 40
    door = visit()
    door.see(seen_of(digits_model, held + tail))
    assert door.reasons == [["not alive"]]
    assert not door.bolt.opened


class Source:
    """Frames, and then whatever a camera may do."""

    def __init__(self, recognizer, seen, error):
        self._seen, self._error = seen, error

    def stream(self, source):
        def frames():
            yield from self._seen
            if self._error is not None:
                raise self._error

        return Closed(frames())


class Closed:
    def __init__(self, frames):
        self._frames = frames

    def __enter__(self):
        return self._frames

    def __exit__(self, *error):
        self._frames.close()


@pytest.mark.parametrize(
    "error", [None, hp.ImageError("camera 0: lost"), ZeroDivisionError(), KeyboardInterrupt()]
)
def test_however_the_camera_ends_the_door_is_shut(visit, right, error):
    door = visit()
    source = Source(None, right, error)
    if error is None:
        watch(source, 0, door.door, lambda _: None)
    else:
        with pytest.raises(type(error)):
            watch(source, 0, door.door, lambda _: None)
    assert not door.bolt.is_open
    assert door.log.records[-1]["event"] == "failed"


def test_a_crash_in_what_tells_people_shuts_it(visit, right):
    door = visit()

    def crash(message):
        raise RuntimeError("no screen")

    with pytest.raises(RuntimeError):
        watch(Source(None, right, None), 0, door.door, crash)
    assert not door.bolt.is_open


def test_random_sequences_do_not_open(visit, digits_model, digits):
    """Six of the thousand that `benchmarks.door` tries."""
    rng = np.random.default_rng(11)
    door = visit(waits_s=(0.0,) * 100)
    crowd = people(digits)
    for number in range(6):
        shown = rng.choice(GESTURES, 4).tolist()
        assert tuple(shown) != SEQUENCE
        seen = seen_of(digits_model, crowd[number].shows([*door.challenge, *shown], rng))
        door.see([moved(frame, 100_000 * (number + 1)) for frame in seen])
    assert len(door.events("attempt")) >= 4
    assert not door.bolt.opened
