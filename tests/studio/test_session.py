"""Collecting, training and trying, without a page."""

import numpy as np
import pytest
from PIL import Image

import handpose as hp
from handpose.errors import DatasetError, ImageError
from handpose.images.saving import save_picture
from handpose.studio.frames import FrameHead
from handpose.studio.session import Studio
from tests.studio.conftest import PaintedExtractor, fill, jpeg, picture


def collect(studio, label="fist", subject="anna", **shown):
    return studio.frame(FrameHead(1, "collect", label, subject), jpeg(**shown))


def trained(studio):
    studio.train()
    studio.job.wait()
    assert studio.job.state["error"] == ""
    return studio.state()


def test_a_frame_with_something_new_is_on_the_disk_when_it_is_answered(studio):
    studio.add_gesture("fist")
    answer = collect(studio)
    assert answer["outcome"] == "KEPT"
    assert answer["kept"]["path"] == "fist/anna-0001.jpg"
    assert (studio.root / "fist/anna-0001.jpg").is_file()
    assert len(answer["hands"][0]["points"]) == 21
    assert collect(studio)["outcome"] == "TOO_SIMILAR"
    assert collect(studio, turn=3)["outcome"] == "KEPT"
    assert collect(studio, nothing=True)["outcome"] == "NO_HAND"
    assert len(studio.album) == 2


def test_a_removed_sample_may_be_taken_again(studio):
    studio.add_gesture("fist")
    path = collect(studio)["kept"]["path"]
    studio.remove([path])
    assert collect(studio)["outcome"] == "KEPT"
    studio.undo()
    assert len(studio.album) == 2


def test_a_gesture_that_nobody_added_is_refused(studio):
    with pytest.raises(DatasetError, match="no gesture 'palm'"):
        collect(studio, label="palm")


def test_training_tells_how_good_the_model_is_on_other_people(filled):
    state = trained(filled)
    found = state["findings"]
    assert found["apart"]
    assert found["subjects"] == 2
    assert 0 <= found["accuracy"] <= 1
    assert "by people whom it had not seen" in found["headline"]
    assert [person["name"] for person in found["people"]] != []
    assert np.sum(found["matrix"]["counts"]) == 36
    assert state["model"]["labels"] == ["fist", "one", "two"]
    curve = found["curve"]
    assert curve["right"] == sorted(curve["right"], reverse=True)
    assert hp.load_model(filled.root / "model.handpose").card.training["subjects"] == 2


def test_one_person_says_nothing_about_others(studio):
    fill(studio, people=("anna",))
    found = trained(studio)["findings"]
    assert not found["apart"]
    assert found["caveat"] == "Only one person: this says nothing about others."
    assert "of the same people" in found["headline"]
    assert found["interval"] is None


def test_mistakes_are_named_with_their_photos(filled):
    """A photo with the label of another gesture is a mistake of the model, or of the label."""
    album = filled.album
    wrong = [s.path for s in album.of("fist", "anna")][:2]
    filled.relabel(wrong, "one")
    worst = trained(filled)["findings"]["worst"]
    photos = {mistake["path"] for mistake in worst}
    assert {s.path for s in album.of("one", "anna")[-2:]} <= photos


def test_training_needs_two_gestures(studio):
    with pytest.raises(DatasetError, match="no pictures yet"):
        studio.train()
    studio.add_gesture("fist")
    collect(studio)
    with pytest.raises(DatasetError, match="at least two gestures"):
        studio.train()
    studio.add_gesture("one")
    collect(studio, turn=2)
    collect(studio, label="one", gesture=1)
    with pytest.raises(DatasetError, match="one has only one picture"):
        studio.train()


def test_trying_names_gestures_and_tells_when_they_begin(filled):
    trained(filled)
    filled.set_min_score(0.3)
    for number in range(12):
        answer = filled.frame(FrameHead(number, "try"), jpeg(gesture=1))
    hand = answer["hands"][0]
    assert set(hand["scores"]) == {"fist", "one", "two"}
    assert hand["gesture"] == "one"


def test_what_it_does_not_know_becomes_a_sample_with_one_call(filled, monkeypatch):
    trained(filled)
    filled.set_min_score(1.0)
    monkeypatch.setattr("handpose.studio.unknown._LASTING_MS", 0)
    filled.frame(FrameHead(1, "try"), jpeg(gesture=6))
    filled.frame(FrameHead(2, "try"), jpeg(gesture=6))
    (unknown,) = filled.state()["unknown"]
    assert filled.unknown_thumbnail(unknown["id"])[:2] == b"\xff\xd8"
    filled.add_gesture("six")
    filled.teach_unknown(unknown["id"], "six", "anna")
    assert len(filled.album.of("six", "anna")) == 1
    assert filled.state()["unknown"] == []
    with pytest.raises(DatasetError, match="no longer in the list"):
        filled.teach_unknown(unknown["id"], "six", "anna")


def test_the_threshold_goes_into_the_file(filled):
    trained(filled)
    filled.set_min_score(0.77)
    assert filled.state()["model"]["min_score"] == 0.77
    assert hp.load_model(filled.model_file()).min_score == 0.77
    with pytest.raises(ValueError, match="between 0 and 1"):
        filled.set_min_score(2)
    assert hp.load_model(filled.model_file()).min_score == 0.77


def test_a_model_is_still_there_when_the_studio_is_opened_again(filled, hands):
    trained(filled)
    with Studio(filled.root, lambda: PaintedExtractor(hands)) as again:
        again.open()
        assert again.state()["model"]["labels"] == ["fist", "one", "two"]
        assert again.findings() == {}


def test_photos_and_videos_are_taken_too(studio, tmp_path):
    studio.add_gesture("fist")
    save_picture(Image.fromarray(picture(turn=2)), tmp_path / "one.png")
    assert studio.upload(tmp_path / "one.png", "fist", "ben") == {"kept": 1, "passed": {}}
    assert studio.upload(tmp_path / "one.png", "fist", "ben")["kept"] == 0
    (tmp_path / "text.mp4").write_text("this is no video")
    with pytest.raises(ImageError, match=r"text\.mp4"):
        studio.upload(tmp_path / "text.mp4", "fist", "ben")


def test_thumbnails_are_small_jpegs_of_samples_only(filled):
    assert filled.thumbnail("fist/anna-0001.jpg")[:2] == b"\xff\xd8"
    with pytest.raises(DatasetError, match="no such picture"):
        filled.thumbnail("../../etc/passwd")


def test_a_folder_that_cannot_be_used_is_told(tmp_path, hands):
    root = tmp_path / "mine"
    root.mkdir()
    (root / "manifest.csv").write_text("nonsense\n1\n")
    (root / "a").mkdir()
    save_picture(Image.fromarray(picture()), root / "a" / "x.jpg")
    with Studio(root, lambda: PaintedExtractor(hands)) as studio:
        studio.open()
        state = studio.state()
        assert not state["ready"]
        assert "needs the columns path,label" in state["error"]


WAYS = {"wave": (0, 3, 0, 3), "turn": (0, 1, 2, 3)}


def record(studio, label, subject="anna", takes=1, gesture=0):
    """Takes of a hand that turns as `WAYS` says, at ten frames a second; the last answer."""
    answers = []
    while sum(answer["kept"] is not None for answer in answers) < takes:
        step = len(answers) % 4
        shown = {"gesture": gesture, "turn": WAYS[label][step], "person": subject == "ben"}
        answers.append(studio.frame(FrameHead(1, "take", label, subject), jpeg(**shown)))
        assert len(answers) < 60 * takes
    studio.frame(FrameHead(1), jpeg())  # the recording ends
    return answers


@pytest.fixture
def paced(studio, monkeypatch):
    """A studio whose clock goes on by a tenth of a second a frame."""

    def now():
        studio._last_ms += 100
        return studio._last_ms

    monkeypatch.setattr(studio, "_now", now)
    return studio


def test_a_later_state_has_a_greater_version(paced):
    first = paced.state()["version"]
    paced.add_gesture("wave", moving=True)
    assert first < paced.state()["version"] < paced.state()["version"]


def test_a_take_is_on_the_disk_when_it_is_answered(paced):
    with pytest.raises(DatasetError, match="no motion 'wave'"):
        paced.frame(FrameHead(1, "take", "wave", "anna"), jpeg())
    paced.add_gesture("wave", moving=True)
    assert not paced.album.labels
    answers = record(paced, "wave")
    assert answers[0]["waiting"] > 1
    assert max(answer["recorded"] for answer in answers) == 1
    assert answers[-1]["kept"]["path"] == "wave/anna-0001.mp4"
    takes = paced.moves.takes.root
    assert takes.name == "mine-motions"
    assert (takes / "wave/anna-0001.mp4").is_file()
    assert (takes / "manifest.csv").read_text().splitlines()[1] == "wave/anna-0001.mp4,wave,anna"
    (card,) = paced.state()["motions"]
    assert (card["name"], card["count"]) == ("wave", 1)
    assert paced.thumbnail("wave/anna-0001.mp4")[:2] == b"\xff\xd8"
    paced.remove(["wave/anna-0001.mp4"])
    assert paced.state()["motions"][0]["count"] == 0
    paced.undo()
    assert (takes / "wave/anna-0001.mp4").is_file()


def test_a_take_without_a_hand_is_not_kept(paced):
    paced.add_gesture("wave", moving=True)
    answers = [
        paced.frame(FrameHead(1, "take", "wave", "anna"), jpeg(nothing=True)) for _ in range(40)
    ]
    assert [a["outcome"] for a in answers if a["outcome"]] == ["NO_HAND"]
    assert paced.state()["motions"][0]["count"] == 0


def test_motions_are_trained_tried_and_taken_away(paced, hands):
    for label in WAYS:
        paced.add_gesture(label, moving=True)
        for subject in ("anna", "ben"):
            record(paced, label, subject, takes=3)
    state = trained(paced)
    found = state["motion_findings"]
    assert found["samples"] == 12
    assert found["subjects"] == 2
    assert "motions by people whom it had not seen" in found["headline"]
    assert set(WAYS) <= set(state["model"]["motions"])
    assert state["model"]["labels"] == []
    answer = paced.frame(FrameHead(1, "try"), jpeg(turn=2))
    assert set(answer["hands"][0]) == {"points", "side", "motion"}
    assert paced.live._recognizer.model is None  # no other model works unseen
    assert hp.load_model(paced.model_file(moving=True)).takes_motions
    with pytest.raises(DatasetError, match="no model yet"):
        paced.model_file()
    with Studio(paced.root, lambda: PaintedExtractor(hands)) as again:
        again.open()
        assert again.state()["model"]["motions"] == state["model"]["motions"]
        assert [card["count"] for card in again.state()["motions"]] == [6, 6]


def test_a_motion_needs_a_second_one(paced):
    paced.add_gesture("wave", moving=True)
    record(paced, "wave")
    with pytest.raises(DatasetError, match="at least two motions"):
        paced.train()
