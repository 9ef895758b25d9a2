"""Pictures that a network learns quickly: a bright and a dark blob on grey."""

import numpy as np

from handpose.containers.skeletons import Skeleton

PAIR = Skeleton("pair", ("LIGHT", "DARK"), ((0, 1),))


def blobs(count=60, size=32, seed=0):
    """Images (n, size, size) and points (n, 2, 2) in pixels."""
    rng = np.random.default_rng(seed)
    points = rng.uniform(0.2, 0.8, (count, 2, 2)) * size
    y, x = np.mgrid[:size, :size] + 0.5
    images = np.full((count, size, size), 128.0)
    for k, light in enumerate((100, -100)):
        away = np.hypot(x - points[:, k, :1, None], y - points[:, k, 1:, None])
        images += light * np.exp(-((away / (size / 10)) ** 2))
    return (images + rng.normal(0, 3, images.shape)).clip(0, 255).astype(np.uint8), points
