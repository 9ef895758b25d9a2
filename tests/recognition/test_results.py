"""What a result gives: JSON, a table, an annotated picture, a notebook's preview."""

import io
import sys
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

import handpose as hp
from tests.recognition.test_video import FRAME, Script


@pytest.fixture(scope="module")
def recognizer(model):
    with hp.GestureRecognizer("native", model) as recognizer:
        yield recognizer


@pytest.fixture(scope="module")
def path(rendered_folder):
    """A picture of a hand that shows a 5."""
    return rendered_folder / "5/render0.jpg"


@pytest.fixture(scope="module")
def result(recognizer, path):
    return recognizer.recognize(path)


BLANK = np.full((120, 160, 3), 90, np.uint8)


def test_the_picture_has_the_hand_and_its_caption(result, path):
    drawn, plain = result.annotate(), hp.read_image(path)
    (hand,) = result
    assert hand.caption == f"5  {hand.score:.2f}"
    np.testing.assert_array_equal(drawn, hp.annotate(plain, result.hands, [hand.caption]))
    assert result.image == path  # a file is not kept in memory


def test_another_picture_can_be_drawn_on(result, path):
    dark = np.zeros_like(hp.read_image(path))
    drawn = result.annotate(dark)
    assert drawn.any()
    assert not dark.any()
    np.testing.assert_array_equal(drawn, result.annotate(Image.fromarray(dark)))


def test_a_rejected_hand_has_a_question_mark(model, strangers):
    with hp.GestureRecognizer("native", model, min_score=1.0) as strict:
        result = strict.classify(strangers.X[:1])
    assert result[0].gesture is None
    assert result[0].caption == "?"


def test_hands_without_an_image_cannot_be_drawn(recognizer, strangers):
    result = recognizer.classify(strangers.X[:1])
    with pytest.raises(hp.HandposeError, match=r"use annotate\(image\)"):
        result.annotate()
    assert result._repr_jpeg_() is None


def test_a_notebook_shows_a_small_picture_and_one_line(result, recognizer):
    preview = Image.open(io.BytesIO(result._repr_jpeg_()))
    assert preview.format == "JPEG"
    assert max(preview.size) <= 800
    assert repr(result) == f"Recognition({result[0].handedness} 5 {result[0].score:.2f})"
    assert repr(recognizer.recognize(BLANK)) == "Recognition(no hand)"


def test_a_table_has_a_row_for_each_hand(result, recognizer):
    pandas = pytest.importorskip("pandas")
    table = result.to_pandas()
    document = result.to_dict()["hands"][0]
    assert len(table) == 1
    assert table.loc[0, "gesture"] == "5"
    assert table.loc[0, "score"] == document["score"]
    found = table.loc[0, ["PINKY_TIP_x", "PINKY_TIP_y", "PINKY_TIP_z"]].tolist()
    assert found == document["landmarks"][20]
    nothing = recognizer.recognize(BLANK).to_pandas()
    assert (len(nothing), list(nothing)) == (0, list(table))
    assert len(pandas.concat([table, nothing, table])) == 2


def test_a_table_of_a_video_has_frames_and_track_ids(model, strangers):
    pytest.importorskip("pandas")
    hands = [strangers.X[:2], hp.Landmarks.empty()]
    with hp.GestureRecognizer(Script(hands), model) as recognizer:
        first, second = (r.to_pandas() for r in recognizer.stream([FRAME] * 2, fps=25))
    assert list(first)[:2] == ["frame", "timestamp_ms"]
    assert first["track_id"].tolist() == [0, 1]
    assert list(second) == list(first)


def test_without_pandas_the_extra_is_named(result, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    monkeypatch.setattr("handpose.system.extras.find_spec", lambda name: None)
    with pytest.raises(hp.MissingExtraError, match=r'to_pandas.*pip install "handpose\[pandas\]"'):
        result.to_pandas()


# --- videos ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def frames(model, strangers):
    """Results of a hand that holds a gesture for six frames, and then is gone."""
    hands = strangers.X.mirrored()
    assert set(hands.handedness) == {"Left"}
    sure = model.gesture_scores(hands).max(1) > 0.9
    hand = hands[np.flatnonzero(sure & (strangers.y == "5"))[:1]]
    script = Script([hand] * 6 + [hp.Landmarks.empty()])
    with hp.GestureRecognizer(script, model) as recognizer:
        return list(recognizer.stream([BLANK] * 7))


def test_a_frame_is_drawn_with_its_steady_gesture(frames):
    before, shown = frames[0], frames[5]
    assert (before.steady_gestures, shown.steady_gestures) == ((None,), ("5",))
    (hand,) = shown.shown()
    assert (hand.gesture, hand.title) == ("5", "left hand")
    assert set(hand.scores) == set(shown.labels)
    assert max(hand.scores, key=hand.scores.get) == "5"
    picture = shown.annotate()
    assert picture.shape == (360, 480, 3)
    assert (picture != before.annotate()).any()
    np.testing.assert_array_equal(frames[6].annotate(), np.full((360, 480, 3), 90))


def test_words_can_be_written_on_a_frame(frames):
    plain = frames[6].annotate()
    for place, rows, columns in (
        ("status", slice(0, 40), slice(0, 240)),
        ("hint", slice(0, 40), slice(240, 480)),
        ("banner", slice(300, 360), slice(0, 480)),
    ):
        changed = (frames[6].annotate(**{place: "words"}) != plain).any(2)
        assert changed[rows, columns].any()
        assert changed.sum() == changed[rows, columns].sum()


def test_a_mirrored_view_has_the_hand_on_the_other_side(frames):
    def middle(picture):
        return np.flatnonzero((picture[:250] != 90).any((0, 2))).mean()

    plain, mirrored = (middle(frames[0].annotate(mirror=m)) for m in (False, True))
    assert plain + mirrored == pytest.approx(479, abs=3)


def test_how_sure_each_point_is_stands_in_json_and_in_the_table(recognizer, result):
    scores = np.linspace(0, 1, 21, dtype=np.float32)[None]
    known = recognizer.classify(replace(result.hands, point_scores=scores))
    assert known.to_dict()["hands"][0]["point_scores"] == pytest.approx(scores[0], abs=1e-4)
    unknown = recognizer.classify(replace(result.hands, point_scores=scores * np.nan))
    assert unknown.to_dict()["hands"][0]["point_scores"] is None
    pytest.importorskip("pandas")
    table = known.to_pandas()
    assert (table.loc[0, "WRIST_score"], table.loc[0, "PINKY_TIP_score"]) == (0, 1)
    assert unknown.to_pandas()["WRIST_score"].isna().all()


def test_a_hand_taken_for_the_other_one_for_a_frame_keeps_its_side(model, strangers):
    hand = hp.Landmarks(strangers.X.points[strangers.y == "5"][:1], handedness=["Left"])
    flipped = replace(hand, handedness=["Right"])
    hands = [hand] * 6 + [flipped] * 2 + [hand] * 4
    with hp.GestureRecognizer(Script(hands), model, min_score=0.5) as recognizer:
        shown = list(recognizer.stream([FRAME] * len(hands), fps=25))
    assert [result[0].handedness for result in shown] == ["Left"] * 12
    assert {event.handedness for result in shown for event in result.events} <= {"Left"}
    scores = np.array([result.scores[0] for result in shown])
    np.testing.assert_allclose(scores, scores[0], atol=1e-6)
