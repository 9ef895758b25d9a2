import os
import threading

import cv2

from handpose.images.quiet import no_standard_error, quiet

LOG = cv2 if hasattr(cv2, "setLogLevel") else cv2.utils.logging


def test_the_level_comes_back_after_the_last_of_the_blocks():
    before = LOG.getLogLevel()
    entered, leave = threading.Event(), threading.Event()

    def other():
        with quiet():
            entered.set()
            leave.wait(5)

    thread = threading.Thread(target=other)
    with quiet():
        thread.start()
        entered.wait(5)
        assert LOG.getLogLevel() == 0
    assert LOG.getLogLevel() == 0
    leave.set()
    thread.join()
    assert LOG.getLogLevel() == before


def test_the_environment_is_left_as_it_was(monkeypatch):
    monkeypatch.delenv("OPENCV_FFMPEG_LOGLEVEL", raising=False)
    with quiet():
        assert os.environ["OPENCV_FFMPEG_LOGLEVEL"] == "-8"
    assert "OPENCV_FFMPEG_LOGLEVEL" not in os.environ
    monkeypatch.setenv("OPENCV_FFMPEG_LOGLEVEL", "32")
    with quiet():
        assert os.environ["OPENCV_FFMPEG_LOGLEVEL"] == "32"
    assert os.environ["OPENCV_FFMPEG_LOGLEVEL"] == "32"


def test_who_asks_for_the_messages_of_ffmpeg_gets_them(monkeypatch):
    monkeypatch.delenv("OPENCV_FFMPEG_LOGLEVEL", raising=False)
    monkeypatch.setenv("OPENCV_FFMPEG_DEBUG", "1")
    with quiet():
        assert "OPENCV_FFMPEG_LOGLEVEL" not in os.environ


def test_standard_error_is_silent_only_within_the_block(capfd):
    os.write(2, b"before ")
    with no_standard_error():
        os.write(2, b"within ")
    os.write(2, b"after")
    assert capfd.readouterr().err == "before after"


def test_a_damaged_video_says_nothing_besides_its_error(run_python, tmp_path):
    (tmp_path / "a.mp4").write_bytes(b"not a video")
    code = (
        "import os, sys, handpose as hp\n"
        "os.dup2(1, 2)\n"
        "try:\n    next(hp.read_frames(sys.argv[1]))\n"
        "except hp.ImageError:\n    print('error')\n"
    )
    assert run_python(code, tmp_path / "a.mp4") == ["error"]
