import subprocess
import sys
import tracemalloc
import warnings

import cv2
import numpy as np
import pytest
from PIL import Image

import handpose as hp
from handpose.images import as_rgb, read_frames, read_image, stills, to_rgb
from tests.mutations import outcomes

QUARTERS = np.kron(
    np.array([[[250, 20, 20], [20, 250, 20]], [[20, 20, 250], [240, 240, 20]]], np.uint8),
    np.ones((24, 32, 1), np.uint8),
)
"""Red, green / blue, yellow; 64 x 48: no rotation or mirror image of it is equal to it."""

TRANSPOSED_BY = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
"""EXIF orientation to what the camera did to the upright picture."""


def stored(path, array, **save):
    Image.fromarray(array).save(path, **save)
    return path


SHARPEST = {"quality": 100, "subsampling": 0}


@pytest.mark.parametrize(("orientation", "transposed"), TRANSPOSED_BY.items())
@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif", ".webp", ".avif", ".jfif"])
def test_every_exif_orientation_gives_the_same_upright_picture(
    tmp_path, orientation, transposed, suffix
):
    exif = Image.Exif()
    exif[0x0112] = orientation
    upright = Image.fromarray(QUARTERS)
    as_taken = upright if transposed is None else upright.transpose(transposed)
    path = tmp_path / f"photo{suffix}"
    as_taken.save(
        path, exif=exif, **(SHARPEST if suffix in (".jpg", ".jfif") else {"quality": 100})
    )
    rgb = read_image(path)
    assert rgb.shape == QUARTERS.shape
    assert np.abs(rgb.astype(int) - QUARTERS).mean() < 6  # edges blur in WebP and AVIF


def test_an_rgb_picture_comes_back_exactly_and_can_be_written_to(tmp_path):
    rgb = read_image(str(stored(tmp_path / "a.png", QUARTERS)))
    assert rgb.dtype == np.uint8
    assert rgb.flags.c_contiguous
    assert rgb.flags.writeable
    np.testing.assert_array_equal(rgb, QUARTERS)


RAMP = np.tile(np.arange(0, 256, 4, dtype=np.uint8), (32, 1))


@pytest.mark.parametrize(
    ("mode", "suffix"), [("L", "png"), ("L", "jpg"), ("L", "tif"), ("P", "png"), ("P", "gif")]
)
def test_grey_and_palette_become_rgb(tmp_path, mode, suffix):
    path = tmp_path / f"a.{suffix}"
    Image.fromarray(RAMP).convert(mode).save(path)
    rgb = read_image(path)
    np.testing.assert_allclose(rgb, np.repeat(RAMP[..., None], 3, 2), atol=3)


def test_one_bit_becomes_black_and_white(tmp_path):
    path = tmp_path / "a.png"
    Image.fromarray(RAMP > 128).save(path)
    np.testing.assert_array_equal(read_image(path)[..., 1], np.where(RAMP > 128, 255, 0))


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparent_becomes_white_and_half_transparent_half_white(tmp_path, mode):
    black = np.zeros((32, 32, 4), np.uint8)
    black[:, 8:16, 3] = 128
    black[:, 16:, 3] = 255
    path = tmp_path / "a.png"
    Image.fromarray(black).convert(mode).save(path)
    rgb = read_image(path)
    assert (rgb[:, :8] == 255).all()
    np.testing.assert_allclose(rgb[:, 8:16], 127, atol=1)
    assert (rgb[:, 16:] == 0).all()


def test_a_transparent_palette_colour_becomes_white(tmp_path):
    picture = Image.new("P", (32, 32), 0)
    picture.putpalette([200, 0, 0, 0, 0, 200])
    picture.paste(1, (16, 0, 32, 32))
    picture.save(tmp_path / "a.png", transparency=0)
    rgb = read_image(tmp_path / "a.png")
    assert rgb[0, 0].tolist() == [255, 255, 255]
    assert rgb[0, 31].tolist() == [0, 0, 200]


@pytest.mark.parametrize("suffix", ["png", "tif"])
def test_sixteen_bits_become_eight(tmp_path, suffix):
    deep = np.tile(np.linspace(0, 65535, 64).astype(np.uint16), (32, 1))
    assert cv2.imwrite(str(tmp_path / f"grey.{suffix}"), deep)
    grey = read_image(tmp_path / f"grey.{suffix}")
    np.testing.assert_allclose(grey, np.repeat(deep[..., None] / 257, 3, 2), atol=1)
    bgr = np.stack([deep // 4, deep // 2, deep], 2)
    assert cv2.imwrite(str(tmp_path / f"colour.{suffix}"), bgr)
    colour = read_image(tmp_path / f"colour.{suffix}")
    np.testing.assert_allclose(colour, bgr[..., ::-1] / 257, atol=1)


def test_a_cmyk_jpeg_becomes_rgb(tmp_path):
    path = tmp_path / "a.jpg"
    Image.fromarray(QUARTERS).convert("CMYK").save(path, **SHARPEST)
    assert np.abs(read_image(path).astype(int) - QUARTERS).max() < 12


def test_a_photo_with_a_second_picture_inside_is_its_first_picture(tmp_path):
    first, second = Image.fromarray(QUARTERS), Image.fromarray(QUARTERS[::-1])
    first.save(tmp_path / "a.jpg", format="MPO", save_all=True, append_images=[second], quality=95)
    with Image.open(tmp_path / "a.jpg") as image:
        assert image.n_frames == 2
    rgb = read_image(tmp_path / "a.jpg")
    assert np.abs(rgb[4, 4].astype(int) - QUARTERS[4, 4]).max() < 12


def truncated(path):
    stored(path, np.random.default_rng(0).integers(0, 255, (80, 80, 3), dtype=np.uint8))
    path.write_bytes(path.read_bytes()[:3000])


def animated(path):
    frames = [Image.fromarray(np.roll(QUARTERS, 9 * i, 1)) for i in range(4)]
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=40)


def halved(path):
    stored(path, QUARTERS)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


BAD = {
    "truncated.jpg": (truncated, "damaged image.*save it again"),
    "truncated.png": (truncated, "damaged image.*save it again"),
    "text.jpg": (lambda p: p.write_text("not a photo"), "not an image; expected one of .*jpg"),
    "empty.jpg": (lambda p: p.write_bytes(b""), "empty file"),
    "dot.png": (lambda p: stored(p, QUARTERS[:1, :1]), "1x1 pixels are too few.* 16"),
    "strip.png": (lambda p: Image.new("RGB", (30000, 10)).save(p), "30000x10 pixels.* 16"),
    "moving.gif": (animated, "animated, 4 frames.*--video.*save one frame"),
    "moving.png": (animated, "animated, 4 frames"),
    "moving.webp": (animated, "animated, 4 frames"),
    "moving.avif": (animated, "animated, 4 frames"),
    "page.jpg": (lambda p: p.write_text("<!DOCTYPE html>"), "web page, not the picture itself"),
    "half.avif": (halved, "damaged"),
    "absent.jpg": (lambda p: None, "no such file"),
    "folder.jpg": (lambda p: p.mkdir(), "a folder"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_image_is_one_line_that_names_the_file_and_the_remedy(tmp_path, name):
    make, message = BAD[name]
    make(tmp_path / name)
    with pytest.raises(hp.ImageError, match=message) as caught:
        read_image(tmp_path / name)
    assert str(tmp_path / name) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded(tmp_path, monkeypatch):
    path = stored(tmp_path / "large.png", QUARTERS)
    monkeypatch.setattr(stills, "MAX_PIXELS", 64 * 48 - 1)
    monkeypatch.setattr(stills, "image_to_rgb", lambda image: pytest.fail("it was decoded"))
    with pytest.raises(hp.ImageError, match=r"large\.png: more than .* megapixels; scale it down"):
        read_image(path)


@pytest.mark.parametrize("read", [read_image, lambda path: list(read_frames(path))])
def test_what_pillow_takes_for_an_attack_is_an_image_error(tmp_path, monkeypatch, read):
    path = stored(tmp_path / "bomb.gif", QUARTERS)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    with pytest.raises(hp.ImageError, match=r"bomb\.gif: more than .* megapixels"):
        read(path)


HEIC_START = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"


def test_a_heic_photo_without_the_extra_names_the_remedy_whatever_its_suffix(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    for name in ("a.HEIC", "a.jpg"):
        (tmp_path / name).write_bytes(HEIC_START)
        for read in (read_image, lambda path: list(read_frames(path))):
            with pytest.raises(
                hp.ImageError, match=r'HEIC photo; .*pip install "handpose\[heic\]"'
            ):
                read(tmp_path / name)


@pytest.mark.parametrize(("orientation", "transposed"), TRANSPOSED_BY.items())
def test_a_heic_photo_is_read_upright_with_the_extra(tmp_path, orientation, transposed):
    heif = pytest.importorskip("pillow_heif")
    upright = Image.fromarray(np.kron(QUARTERS, np.ones((2, 2, 1), np.uint8)))
    as_taken = heif.from_pillow(upright if transposed is None else upright.transpose(transposed))
    exif = Image.Exif()
    exif[0x0112] = orientation
    as_taken.info["exif"] = exif.tobytes()
    as_taken.save(tmp_path / "a.heic", quality=90)
    rgb = read_image(tmp_path / "a.heic")
    assert rgb.shape == (96, 128, 3)
    assert np.abs(rgb.astype(int) - np.asarray(upright)).mean() < 6


def test_a_damaged_heic_photo_is_read_or_refused(tmp_path):
    heif = pytest.importorskip("pillow_heif")
    path = tmp_path / "a.heic"
    heif.from_pillow(Image.fromarray(QUARTERS)).save(path)

    def read(damaged):
        path.write_bytes(damaged)
        read_image(path)

    assert outcomes(path.read_bytes(), 100, read) == {"read", "refused"}


def test_no_program_is_started_for_a_picture(tmp_path, monkeypatch):
    monkeypatch.setattr(subprocess, "Popen", lambda *a, **k: pytest.fail("a program was started"))
    eps = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 64 48\n%%EndComments\nshowpage\n"
    (tmp_path / "a.jpg").write_bytes(eps)
    with pytest.raises(hp.ImageError, match="PostScript drawing; save as JPEG or PNG"):
        read_image(tmp_path / "a.jpg")


@pytest.mark.parametrize("mode", ["I;16", "RGBA"])
def test_converting_takes_little_more_memory_than_the_picture(tmp_path, mode):
    Image.new(mode, (1500, 2000), 1).save(tmp_path / "a.png")
    tracemalloc.start()
    rgb = read_image(tmp_path / "a.png")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3 * rgb.nbytes


@pytest.mark.parametrize("suffix", ["jpg", "png", "gif", "tif", "bmp", "webp", "avif"])
def test_a_file_with_flipped_bytes_is_read_or_is_an_image_error(tmp_path, suffix):
    exif = Image.Exif()
    exif[0x0131] = "software"
    original = stored(
        tmp_path / f"a.{suffix}", QUARTERS, **({"exif": exif} if suffix in ("jpg", "png") else {})
    ).read_bytes()
    rng, path = np.random.default_rng(0), tmp_path / f"b.{suffix}"
    outcomes = set()
    for _ in range(150):
        damaged = bytearray(original)
        for position in rng.integers(0, min(len(damaged), 400), 4):
            damaged[position] = rng.integers(256)
        path.write_bytes(damaged)
        for read in (read_image, lambda p: list(read_frames(p))):
            try:
                read(path)
                outcomes.add("read")
            except hp.ImageError:
                outcomes.add("refused")
    assert "refused" in outcomes


@pytest.mark.parametrize(
    ("array", "message"),
    [
        ("photo.jpg", "an array or a PIL image, but got str; read_image"),
        (np.zeros((3, 20, 20), np.uint8), r"\(height, width\) for grey .* but got \(3, 20, 20\)"),
        (np.zeros(20, np.uint8), r"but got \(20,\)"),
        (np.zeros((20, 20, 2), np.uint8), r"but got \(20, 20, 2\)"),
        (np.zeros((20, 15, 3), np.uint8), "15x20 pixels are too few"),
        (np.zeros((15, 20), np.uint8), "20x15 pixels are too few"),
        (Image.new("L", (15, 20)), "PIL image: 15x20 pixels are too few"),
    ],
)
def test_what_is_not_an_image_is_refused(array, message):
    with pytest.raises(hp.ImageError, match=message):
        as_rgb(array)


def test_grey_and_transparent_arrays_become_rgb():
    grey = np.arange(400, dtype=np.uint8).reshape(20, 20)
    for array in (grey, grey[..., None]):
        np.testing.assert_array_equal(as_rgb(array), np.repeat(grey[..., None], 3, axis=2))
    rgb = np.dstack([grey, grey[::-1], grey.T])
    opaque = np.dstack([rgb, np.full_like(grey, 255)])
    np.testing.assert_array_equal(as_rgb(opaque), rgb)
    clear = np.dstack([rgb, np.zeros_like(grey)])
    np.testing.assert_array_equal(as_rgb(clear), np.full_like(rgb, 255))


@pytest.mark.parametrize("size", [(1200, 60), (60, 1200), (3000, 16)])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_very_long_pictures_keep_their_shape_and_values(tmp_path, size, dtype):
    grey = np.random.default_rng(0).integers(0, 256, size[::-1]).astype(dtype)
    assert cv2.imwrite(str(tmp_path / "a.png"), grey)
    for rgb in (read_image(tmp_path / "a.png"), as_rgb(grey), as_rgb(np.dstack([grey] * 3))):
        np.testing.assert_array_equal(rgb, np.dstack([grey] * 3))


def test_a_path_a_pil_image_and_an_array_are_the_same_image(tmp_path):
    turned = Image.fromarray(QUARTERS)
    turned.getexif()[0x0112] = 6  # to be shown turned right
    path = tmp_path / "turned.png"
    turned.save(path, exif=turned.getexif())
    expected = np.rot90(QUARTERS, -1)
    with Image.open(path) as opened:
        for image in (path, str(path), opened, turned, expected):
            np.testing.assert_array_equal(to_rgb(image), expected)


def test_an_rgb_view_becomes_contiguous():
    view = QUARTERS[:, ::-1]
    assert as_rgb(view).flags.c_contiguous
    np.testing.assert_array_equal(as_rgb(view), view)


def test_reading_leaves_the_warnings_as_they_were(tmp_path):
    before = list(warnings.filters)
    read_image(stored(tmp_path / "a.png", QUARTERS))
    assert warnings.filters == before
