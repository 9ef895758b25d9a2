"""White is what an image holds, not what its type could hold."""

import cv2
import numpy as np
import pytest
from PIL import Image

import handpose as hp
from handpose.images import as_rgb, read_frames, read_image
from handpose.images.depth import as_bytes, white_of

RAMP = np.tile(np.linspace(0, 1, 64), (32, 1))
"""From black to white."""
EIGHT = np.round(RAMP * 255).astype(np.uint8)


@pytest.mark.parametrize("dtype", [np.uint16, np.int16, np.uint32, np.int32, np.int64, np.uint64])
@pytest.mark.parametrize("bits", [8, 10, 12, 14, 15])
def test_whole_numbers_are_scaled_by_the_bits_in_use(dtype, bits):
    image = np.round(RAMP * (2**bits - 1)).astype(dtype)
    expected = EIGHT / 2 if bits == 15 else EIGHT  # there are cameras of 16 bits, none of 15
    np.testing.assert_allclose(as_bytes(image), expected, atol=1)
    np.testing.assert_allclose(as_rgb(image)[..., 1], expected, atol=1)


@pytest.mark.parametrize("bits", [16, 24, 32])
def test_more_bits_than_a_camera_has_are_scaled_too(bits):
    image = np.round(RAMP * (2**bits - 1)).astype(np.int64)
    np.testing.assert_allclose(as_bytes(image), EIGHT, atol=1)
    with pytest.raises(hp.ImageError, match="up to 32 bits, but the largest here is 1"):
        as_bytes(image << 40 - bits)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("white", [1, 255])
def test_floats_up_to_one_and_up_to_255_give_the_bytes_they_came_from(dtype, white):
    image = (EIGHT.astype(np.float64) / 255 * white).astype(dtype)
    np.testing.assert_array_equal(as_bytes(image), EIGHT)


@pytest.mark.parametrize(
    ("brightest", "white"),
    [(0.01, 1), (1.02, 1.02), (4, 4), (15.9, 15.9), (17, 255), (256, 1023), (4000, 4095)],
)
def test_the_white_of_floats(brightest, white):
    """Dark ones stay dark; above 1 they are an HDR image's, above 16 as whole numbers."""
    assert white_of(RAMP * brightest) == pytest.approx(white, rel=0.01)


def test_bools_are_black_and_white():
    np.testing.assert_array_equal(as_bytes(RAMP > 0.5), np.where(RAMP > 0.5, 255, 0))


@pytest.mark.parametrize("dtype", [np.uint16, np.int32, np.float32, bool])
def test_black_is_black(dtype):
    assert not as_rgb(np.zeros((20, 20, 3), dtype)).any()


def test_a_hot_pixel_is_white_and_darkens_nothing():
    image = np.round(np.tile(RAMP, (10, 4)) * 4095).astype(np.uint16)
    image[3, 3] = 65535
    seen = as_bytes(image)
    assert seen[3, 3] == 255
    assert np.median(seen) == pytest.approx(127, abs=4)


def test_a_dark_image_of_16_bits_is_not_taken_for_one_of_less():
    image = np.round(np.tile(RAMP, (10, 4)) * 900).astype(np.uint16)
    image[::8, ::8] = 60_000  # highlights, more than hot pixels
    assert white_of(image) == 65535


def test_what_is_no_number_is_black_and_what_is_infinite_white():
    image = np.tile(RAMP, (10, 4)).astype(np.float32)
    image[0, :3] = np.nan, np.inf, -np.inf
    assert as_bytes(image)[0, :3].tolist() == [0, 255, 0]
    with pytest.raises(hp.ImageError, match="no finite number"):
        as_bytes(np.full((20, 20), np.nan))


def test_negative_values_that_resampling_leaves_are_black_and_others_are_refused():
    assert as_bytes(RAMP - 0.04)[0, 0] == 0
    for image in (RAMP * 2 - 1, (RAMP * 255 - 128).astype(np.int16)):
        with pytest.raises(hp.ImageError, match=r"start at 0, but the least here is -1"):
            as_rgb(image)


def test_alpha_has_a_white_of_its_own():
    image = np.dstack([RAMP * 4095] * 3 + [np.full_like(RAMP, 65535)]).astype(np.uint16)
    np.testing.assert_allclose(as_rgb(image)[..., 0], EIGHT, atol=1)
    image[:, :32, 3] = 0
    assert (as_rgb(image)[:, :32] == 255).all()


@pytest.mark.parametrize("dtype", [complex, object, "U1", "datetime64[s]"])
def test_what_is_no_number_at_all_is_refused(dtype):
    with pytest.raises(hp.ImageError, match="bytes, other whole numbers or floats, but got"):
        as_rgb(np.zeros((20, 20), dtype))


@pytest.mark.parametrize("suffix", ["png", "tif", "pgm"])
def test_grey_files_of_16_bits_are_scaled_by_what_they_hold(tmp_path, suffix):
    path = tmp_path / f"a.{suffix}"
    assert cv2.imwrite(str(path), np.round(RAMP * 4095).astype(np.uint16))
    np.testing.assert_allclose(read_image(path), np.dstack([EIGHT] * 3), atol=1)


@pytest.mark.parametrize("suffix", ["png", "tif", "ppm"])
@pytest.mark.parametrize("channels", [3, 4])
def test_colour_files_of_16_bits_are_too(tmp_path, suffix, channels, capfd):
    if (suffix, channels) == ("ppm", 4):
        pytest.skip("has no alpha")
    grey = RAMP * 4095
    bgra = np.dstack([grey, grey / 2, grey / 4, np.full_like(grey, 65535)]).astype(np.uint16)
    path = tmp_path / f"a.{suffix}"
    assert cv2.imwrite(str(path), bgra[..., :channels])
    capfd.readouterr()
    expected = np.dstack([EIGHT / 4, EIGHT / 2, EIGHT])
    np.testing.assert_allclose(read_image(path), expected, atol=1)
    assert capfd.readouterr() == ("", "")


def test_a_turned_file_of_16_bits_is_upright(tmp_path):
    path = tmp_path / "a.tif"
    image = np.dstack([RAMP * 4095, RAMP * 0, RAMP * 0]).astype(np.uint16)
    assert cv2.imwrite(str(path), image[..., ::-1])
    _set_orientation(path, 6)  # to be shown turned right
    np.testing.assert_allclose(read_image(path)[..., 0], np.rot90(EIGHT, -1), atol=1)


def _set_orientation(path, orientation):
    """Add an entry to the only directory of a little-endian TIFF file, behind its end."""
    data = bytearray(path.read_bytes())
    assert data[:4] == b"II*\0"
    start = int.from_bytes(data[4:8], "little")
    count = int.from_bytes(data[start : start + 2], "little")
    entries = [bytes(data[start + 2 + 12 * i : start + 14 + 12 * i]) for i in range(count)]
    entry = b"".join(
        n.to_bytes(k, "little") for n, k in ((0x0112, 2), (3, 2), (1, 4), (orientation, 4))
    )
    entries = sorted([*entries, entry], key=lambda e: int.from_bytes(e[:2], "little"))
    data += b"\0" * (len(data) % 2)
    data[4:8] = len(data).to_bytes(4, "little")
    data += len(entries).to_bytes(2, "little") + b"".join(entries) + b"\0" * 4
    path.write_bytes(data)


def test_float_files_are_scaled_by_what_they_hold(tmp_path):
    for white in (1, 255):
        Image.fromarray((RAMP * white).astype(np.float32)).save(tmp_path / "a.tif")
        np.testing.assert_allclose(read_image(tmp_path / "a.tif")[..., 0], EIGHT, atol=1)


def test_frames_are_scaled_too():
    (frame,) = read_frames([np.round(RAMP * 1023).astype(np.uint16)])
    np.testing.assert_allclose(frame.rgb[..., 0], EIGHT, atol=1)


def test_a_hand_is_found_in_12_bits_as_in_8(rendered_folder):
    rgb = read_image(rendered_folder / "5/render0.jpg")
    with hp.make_extractor() as extractor:
        expected = extractor.detect(rgb)
        found = extractor.detect(np.round(rgb / 255 * 4095).astype(np.uint16))
    assert len(found) == len(expected) == 1
    np.testing.assert_allclose(found.points, expected.points, atol=0.01)
