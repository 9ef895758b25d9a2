import numpy as np
import pytest
from PIL import Image

import handpose as hp
from handpose.images.saving import check_picture_file, save_picture

NOISE = Image.fromarray(np.random.default_rng(0).integers(0, 255, (30, 40, 3), np.uint8))
SUFFIXES = [".bmp", ".gif", ".jpeg", ".JPG", ".png", ".tif", ".tiff", ".webp"]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_suffix_decides_the_format(tmp_path, suffix):
    path = tmp_path / "new" / f"a{suffix}"
    check_picture_file(path)
    save_picture(NOISE, path)
    assert hp.read_image(path).shape == (30, 40, 3)
    assert list(path.parent.iterdir()) == [path]


def test_options_reach_pillow(tmp_path):
    for quality in (10, 95):
        save_picture(NOISE, tmp_path / f"{quality}.jpg", quality=quality)
    assert (tmp_path / "10.jpg").stat().st_size < (tmp_path / "95.jpg").stat().st_size / 2


@pytest.mark.parametrize("act", [check_picture_file, lambda path: save_picture(NOISE, path)])
@pytest.mark.parametrize("name", ["a.txt", "a"])
def test_another_suffix_is_refused_with_the_known_ones(tmp_path, act, name):
    with pytest.raises(hp.ImageError, match=rf"{name}: a picture is written as \.bmp, .*\.webp"):
        act(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_link_is_replaced_and_what_it_leads_to_stays(tmp_path):
    (tmp_path / "precious").write_text("precious")
    (tmp_path / "a.jpg").symlink_to(tmp_path / "precious")
    save_picture(NOISE, tmp_path / "a.jpg")
    assert (tmp_path / "precious").read_text() == "precious"
    assert not (tmp_path / "a.jpg").is_symlink()
