"""Hands that were found before are named as a recogniser names them."""

import numpy as np

import handpose as hp
from handpose.recognition.naming import named


def test_hands_are_named_from_a_score_on(model, strangers):
    hands = hp.Landmarks.concat([strangers.X[:20], hp.Landmarks.missing([(100, 100)])])
    scores = model.gesture_scores(hands).max(1)
    middle = float(np.median(scores))
    result = named(model, hands, middle)
    assert result.min_score == middle
    assert [name is not None for name in result.gestures] == [
        *(scores[:20] >= middle).tolist(),
        False,
    ]
    assert np.isnan(result.scores[20])


def test_no_hands_have_no_names(model):
    assert named(model, hp.Landmarks.empty(), 0.5).gestures == ()
