"""Pictures into squares, and how training varies them."""

import numpy as np
import pytest

import handpose as hp
from handpose.pixels import PixelAugmentation
from handpose.pixels.pictures import FILL, batches_of_squares, square, squares

STILL = PixelAugmentation((1, 1), 1, 0, 0, 0, 0, 0, 0)


def test_the_whole_picture_stays_undistorted_between_grey_bars():
    rgb = np.full((40, 80, 3), 200, np.uint8)
    out = square(rgb, 32)
    assert out.shape == (32, 32, 3)
    assert (out[8:24] == 200).all()
    assert (out[:8] == FILL).all()
    assert (out[24:] == FILL).all()
    upright = square(rgb.transpose(1, 0, 2), 32)
    np.testing.assert_array_equal(upright, out.transpose(1, 0, 2))


def test_a_square_of_the_right_size_is_left_alone():
    rgb = np.random.default_rng(0).integers(0, 255, (32, 32, 3), dtype=np.uint8)
    np.testing.assert_array_equal(square(rgb, 32), rgb)


def test_paths_arrays_and_stacks_give_the_same(picture):
    paths = [picture(f"{i}.png", seed=i) for i in range(3)]
    arrays = [hp.read_image(path) for path in paths]
    expected = squares(paths, 24)
    assert expected.shape == (3, 24, 24, 3)
    assert expected.dtype == np.uint8
    for same in (list(map(str, paths)), np.array(list(map(str, paths))), arrays, np.stack(arrays)):
        np.testing.assert_array_equal(squares(same, 24), expected)
    np.testing.assert_array_equal(np.concatenate([*batches_of_squares(paths, 24, 2)]), expected)


@pytest.mark.parametrize(
    ("pictures", "message"),
    [
        ("hand.jpg", "a list of paths .* but got 'hand.jpg'"),
        (7, "but got int"),
        ([], "the list is empty"),
        (np.zeros((32, 32, 3), np.uint8), r"\(n, height, width, 3\), but got \(32, 32, 3\)"),
        ([np.zeros((32, 32, 3), complex)], "floats, but got complex128"),
        ([np.zeros((32, 32, 2), np.uint8)], r"but got \(32, 32, 2\)"),
        (["nowhere.jpg"], "nowhere.jpg: no such file"),
    ],
)
def test_bad_input_is_one_line(pictures, message):
    with pytest.raises(hp.ImageError, match=message):
        squares(pictures, 24)


def test_grey_pictures_are_taken_as_colours():
    grey = np.arange(32 * 32, dtype=np.uint8).reshape(32, 32)
    np.testing.assert_array_equal(squares([grey], 24), squares([np.dstack([grey] * 3)], 24))


@pytest.fixture
def augmented():
    return pytest.importorskip("handpose.pixels.augment_pixels").augmented


@pytest.fixture
def pixels():
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    coarse = torch.rand(4, 3, 6, 6) * 255
    return torch.nn.functional.interpolate(coarse, 48, mode="bilinear")


@pytest.mark.torch
def test_no_augmentation_changes_nothing(augmented, pixels):
    assert (augmented(pixels, STILL) - pixels).abs().max() < 0.01


@pytest.mark.torch
def test_a_flip_is_the_mirror_image_and_never_happens_unasked(augmented, pixels):
    flipped = augmented(pixels, PixelAugmentation((1, 1), 1, 0, 1, 0, 0, 0, 0))
    assert (flipped - pixels.flip(3)).abs().max() < 0.01
    assert PixelAugmentation().flip == 0


@pytest.mark.torch
def test_a_quarter_of_the_area_magnifies_twice(augmented):
    torch = pytest.importorskip("torch")
    ramp = torch.arange(64.0).expand(8, 3, 64, 64)
    out = augmented(ramp, PixelAugmentation((0.25, 0.25), 1, 0, 0, 0, 0, 0, 0))
    steps = out.diff(dim=3)
    torch.testing.assert_close(steps, torch.full_like(steps, 0.5), atol=0.01, rtol=0)
    assert out.min() >= 0  # the cut never leaves the picture
    assert out.max() <= 63


@pytest.mark.torch
def test_a_turn_moves_the_edge_and_keeps_the_middle(augmented):
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    bar = torch.zeros(16, 3, 65, 65)
    bar[:, :, 30:35] = 255
    out = augmented(bar, PixelAugmentation((1, 1), 1, 40, 0, 0, 0, 0, 0))
    assert (out[:, 0, 32, 32] > 250).all()
    ends = out[:, 0, :, 60].argmax(1)
    assert ends.min() < 25
    assert ends.max() > 40


@pytest.mark.torch
def test_light_differs_between_pictures_and_stays_in_range(augmented, pixels):
    torch = pytest.importorskip("torch")
    same = pixels[:1].expand(8, 3, 48, 48)
    out = augmented(same, PixelAugmentation((1, 1), 1, 0, 0, brightness=0.5, contrast=0.5))
    assert len(out.mean((1, 2, 3)).unique()) == 8
    assert out.min() >= 0
    assert out.max() <= 255
    assert out.is_contiguous(memory_format=torch.channels_last)
