from dataclasses import fields

import numpy as np
import pytest

pytestmark = pytest.mark.torch
torch = pytest.importorskip("torch")

from handpose.classifiers.motion_net.augmentation import MotionAugmentation, augmented  # noqa: E402

NONE = {field.name: 0.0 for field in fields(MotionAugmentation)}


@pytest.fixture
def motions():
    torch.manual_seed(0)
    seen = (torch.rand(40, 32, 2) > 0.1).float()
    return torch.randn(40, 32, 2, 21, 3), seen, torch.ones(40, 6)


def test_nothing_asked_for_changes_nothing(motions):
    for before, after in zip(motions, augmented(*motions, MotionAugmentation(**NONE)), strict=True):
        np.testing.assert_allclose(after, before, atol=1e-5)


@pytest.mark.parametrize("name", sorted(set(NONE) - {"mix"}))
def test_each_setting_changes_something_by_itself(motions, name):
    found = augmented(*motions, MotionAugmentation(**{**NONE, name: 0.9}))
    assert any(
        (before - after).abs().max() > 0.1 for before, after in zip(motions, found, strict=True)
    )
    for tensor, before in zip(found, motions, strict=True):
        assert tensor.shape == before.shape
        assert torch.isfinite(tensor).all()


def test_turning_keeps_lengths(motions):
    points, _, _ = augmented(*motions, MotionAugmentation(**{**NONE, "turn": 30.0}))
    lengths = [torch.linalg.norm(p[..., 8, :] - p[..., 0, :], dim=-1) for p in (points, motions[0])]
    np.testing.assert_allclose(*lengths, rtol=1e-4)


def test_a_hand_is_never_hidden_altogether(motions):
    points, _, body = motions
    seen = torch.zeros(40, 32, 2)
    seen[:, 10:12] = 1
    _, left, _ = augmented(points, seen, body, MotionAugmentation(**{**NONE, "hide_hand": 1.0}))
    assert (left.sum((1, 2)) > 0).all()


def test_fingers_become_longer_and_palms_stay(motions):
    points, *_ = augmented(*motions, MotionAugmentation(**{**NONE, "fingers": 0.3}))
    palm = [0, 1, 5, 9, 13, 17]
    np.testing.assert_allclose(points[..., palm, :], motions[0][..., palm, :], atol=1e-5)
    (one, tip), (before, before_tip) = (
        [torch.linalg.norm(p[..., joint, :] - p[..., 5, :], dim=-1) for joint in (6, 8)]
        for p in (points, motions[0])
    )
    np.testing.assert_allclose(one / before, tip / before_tip, rtol=1e-3)
    assert (one / before).std(0).min() > 0.1


def test_drift_is_slow(motions):
    still = torch.zeros_like(motions[0])
    points, *_ = augmented(still, *motions[1:], MotionAugmentation(**{**NONE, "drift": 1.0}))
    assert points.diff(dim=1).abs().mean() < 0.3 * points.abs().mean()
