import numpy as np
import pytest

from handpose.keypoint_net.augmentation import PointAugmentation

torch = pytest.importorskip("torch")
from handpose.keypoint_net.augment_points import augmented, moved_points  # noqa: E402

pytestmark = pytest.mark.torch
STILL = {"rotation": 0, "scale": 1, "shift": 0, "mirror": 0}
DULL = {"brightness": 0, "contrast": 0, "noise": 0}


def dots(points, size=64):
    """One picture a point, which is bright there; (n, 1, size, size)."""
    y, x = np.mgrid[:size, :size] + 0.5
    away = np.hypot(x - points[:, None, :1] * size, y - points[:, None, 1:] * size)
    return torch.from_numpy(255 * np.exp(-((away / 3) ** 2))[:, None]).float()


def brightest(pixels):
    """Centre of mass, relative."""
    size = pixels.shape[-1]
    y, x = np.mgrid[:size, :size] + 0.5
    weights = pixels[:, 0].numpy()
    total = weights.sum((1, 2))
    return np.stack([(weights * x).sum((1, 2)), (weights * y).sum((1, 2))], -1) / total[:, None]


@pytest.mark.parametrize(
    "change",
    [{"rotation": 40}, {"scale": 1.5}, {"shift": 0.15}, {"mirror": 1}, {"mirror": 0.5}],
)
def test_points_move_with_the_picture(change):
    torch.manual_seed(0)
    points = np.random.default_rng(0).uniform(0.35, 0.65, (40, 2))
    settings = PointAugmentation(**STILL | DULL | change)
    pixels, moved = augmented(
        dots(points), torch.from_numpy(points)[:, None].float(), settings, (0,)
    )
    np.testing.assert_allclose(brightest(pixels) / 64, moved[:, 0].numpy(), atol=0.01)
    assert np.abs(moved[:, 0].numpy() - points).max() > 0.05


def test_a_mirror_image_swaps_left_and_right_by_the_skeletons_map():
    points = torch.tensor([[[0.2, 0.3], [0.9, 0.4], [0.5, 0.6]]])
    settings = PointAugmentation(**STILL | DULL | {"mirror": 1})
    pixels = torch.arange(64.0).reshape(1, 1, 8, 8)
    flipped, moved = augmented(pixels, points, settings, (1, 0, 2))
    assert torch.allclose(flipped, pixels.flip(-1))
    assert torch.allclose(moved, torch.tensor([[[0.1, 0.4], [0.8, 0.3], [0.5, 0.6]]]))


def test_a_quarter_turn_worked_out_by_hand():
    placement = torch.tensor([[[0.0, -1.0, 0.0], [1.0, 0.0, 0.0]]])  # new (0, -1) shows old (1, 0)
    moved = moved_points(torch.tensor([[[1.0, 0.5]]]), placement)
    assert torch.allclose(moved, torch.tensor([[[0.5, 0.0]]]), atol=1e-6)


def test_a_point_that_leaves_the_picture_keeps_its_place_beyond_the_border():
    placement = torch.tensor([[[0.5, 0.0, 0.0], [0.0, 0.5, 0.0]]])  # twice as large
    moved = moved_points(torch.tensor([[[0.9, 0.5]]]), placement)
    assert torch.allclose(moved, torch.tensor([[[1.3, 0.5]]]))


def test_light_and_noise_leave_points_alone_and_pixels_in_range():
    torch.manual_seed(0)
    points = torch.rand(20, 3, 2)
    settings = PointAugmentation(**STILL | {"brightness": 0.5, "contrast": 0.5, "noise": 20})
    pixels = torch.rand(20, 3, 16, 16) * 255
    lit, same = augmented(pixels, points, settings, (0, 1, 2))
    assert torch.allclose(same, points, atol=1e-6)
    assert lit.min() >= 0
    assert lit.max() <= 255
    assert (lit - pixels).abs().mean() > 10
