"""Takes of a motion, cut from a camera or a video."""

import numpy as np
import pytest

import handpose as hp
from handpose.datasets.sample_folder import SampleFolder
from handpose.recognition.takes import TakeOutcome, TakeRecorder
from tests.extractors.fake import FakeExtractor

STEP = 40


def frames(shades):
    """One frame each 40 ms; a black one shows no hand."""
    return [hp.Frame(np.full((40, 50, 3), s, np.uint8), i, STEP * i) for i, s in enumerate(shades)]


@pytest.fixture
def folder(tmp_path):
    return SampleFolder(tmp_path / "mine", "wave", "anna", videos=True)


def outcomes(recorder, shades):
    states = [recorder.offer(frame) for frame in frames(shades)]
    return [state.outcome for state in states if state.outcome]


def test_a_source_is_cut_into_takes_of_one_length(folder):
    with TakeRecorder(folder, FakeExtractor(), seconds=0.4, fps=25) as recorder:
        assert outcomes(recorder, [90] * 32) == [TakeOutcome.KEPT] * 3
        assert len(recorder) == 3
    lengths = [len(list(hp.read_frames(path))) for path in folder.samples()]
    assert lengths == [10, 10, 10]


def test_there_is_a_pause_before_each_take(folder):
    with TakeRecorder(folder, FakeExtractor(), seconds=0.4, pause_s=0.2, fps=25) as recorder:
        states = [recorder.offer(frame) for frame in frames([90] * 30)]
    waiting = [state.waiting_s > 0 for state in states]
    assert waiting == [True] * 5 + [False] * 10 + [True] * 5 + [False] * 10
    assert states[0].waiting_s == pytest.approx(0.2)
    assert states[14].recorded == 1


def test_a_take_with_hardly_a_hand_is_not_kept(folder):
    with TakeRecorder(folder, FakeExtractor(), seconds=0.4, fps=25) as recorder:
        assert outcomes(recorder, [0] * 8 + [90] * 12) == [TakeOutcome.NO_HAND, TakeOutcome.KEPT]
    assert len(folder.samples()) == 1


def test_settings_are_checked(folder):
    with pytest.raises(ValueError, match="0 seconds"):
        TakeRecorder(folder, FakeExtractor(), seconds=0)
