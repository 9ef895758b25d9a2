"""One concept for still gestures and motions: train, measure, save, load and recognise both."""

import re
import shutil

import pytest

import handpose as hp

STORY = """
import handpose as hp

data = hp.load_dataset("sign_language_digits")
model = hp.make_model("svm", features="geometry").fit(*data)
print(hp.cross_validate(model, data).summary())
model.save("digits.handpose")

swipes = hp.make_model("svm", features="motion").fit(*hp.load_dataset("point_history"))

recognizer = hp.load_recognizer("digits", motions=swipes, num_hands=2)
for hand in recognizer.recognize("photo.jpg"):
    print(hand.gesture, hand.score, hand.handedness)
for event in recognizer.events(SOURCE):
    print(event.gesture, event.started_ms, event.ended_ms)
"""
"""The first example of the project's design, as it was agreed; only the camera is a clip here."""


@pytest.mark.photos
def test_the_design_runs_as_printed(data_root, rendered_folder, tmp_path, monkeypatch, capsys):
    if not (data_root / "point_history").is_dir():
        pytest.skip("point_history is not in HANDPOSE_DATA")
    monkeypatch.setenv("HANDPOSE_DATA", str(data_root))
    monkeypatch.chdir(tmp_path)
    shutil.copy(rendered_folder / "3" / "render0.jpg", "photo.jpg")
    clip = rendered_folder.parent / "rendered_clips" / "gestures.mp4"
    exec(STORY, {"SOURCE": clip})
    printed = capsys.readouterr().out
    assert re.search(r"end to end +0\.99", printed)
    assert re.search(r"^3 0\.\d+ Left$", printed, re.MULTILINE)
    ends = re.findall(r"^(\w+) \d+ \d+$", printed, re.MULTILINE)
    assert {"2", "5"} <= set(ends)  # what the clip shows, each once it has ended
    assert hp.load_model("digits.handpose").predict(hp.Landmarks.missing([[4, 4]])).shape == (1,)
