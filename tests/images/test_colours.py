import numpy as np

from handpose.images.colours import swap_red_and_blue


def test_red_and_blue_change_places_in_an_array_of_its_own():
    picture = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
    swapped = swap_red_and_blue(picture[:, ::-1])
    np.testing.assert_array_equal(swapped, picture[:, ::-1, ::-1])
    assert swapped.flags.c_contiguous
    assert not np.shares_memory(swapped, picture)
