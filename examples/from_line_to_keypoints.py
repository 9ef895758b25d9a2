"""From a line through points to a network that places 21 points on a hand, step by step.

    python examples/from_line_to_keypoints.py [--quick] [--out hand.keypoints]

Needs torch (pip install "handpose[torch]") and nothing else: the pictures ship with handpose. It
takes a minute on two cores and prints as it goes.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np
import torch

import handpose as hp
from handpose.containers.skeletons import HAND
from handpose.datasets import photo_folder
from handpose.keypoint_net import KeypointNet, PointAugmentation
from handpose.keypoint_net.networks import make_network
from handpose.networks.pictures import Picture
from handpose.networks.regions import crops, hand_regions

SIDE = 96
NEW_SUBJECT = "render5"
"""The imaginary person that is tested on."""


def fit_line(x: np.ndarray, y: np.ndarray, rate: float, steps: int) -> tuple[float, float, float]:
    """Slope, intercept and mean squared error after some steps of gradient descent."""
    slope, intercept = 0.0, 0.0
    for _ in range(steps):
        wrong = slope * x + intercept - y
        slope -= rate * 2 * (wrong * x).mean()
        intercept -= rate * 2 * wrong.mean()
    return slope, intercept, float(np.square(slope * x + intercept - y).mean())


def a_line() -> None:
    print("1. A line, y = 3 x + 1, found by gradient descent with three learning rates")
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, 200)
    y = 3 * x + 1 + rng.normal(0, 0.1, 200)
    for rate, verdict in ((0.001, "too small"), (0.3, "right"), (1.1, "too large")):
        slope, intercept, error = fit_line(x, y, rate, steps=100)
        print(
            f"   rate {rate:<6} y = {slope:.3g} x + {intercept:.3g}   error {error:.3g}: {verdict}"
        )


def dense(x: np.ndarray, weights: np.ndarray, biases: np.ndarray) -> np.ndarray:
    """(n, inputs) to (n, outputs): every output is a line through every input."""
    return x @ weights.T + biases


def a_dense_layer() -> None:
    print("2. A dense layer, from all pixels to 21 points, written out")
    layer = torch.nn.Linear(SIDE * SIDE, 2 * len(HAND))
    x = np.random.default_rng(0).uniform(size=(2, SIDE * SIDE)).astype(np.float32)
    ours = dense(x, layer.weight.detach().numpy(), layer.bias.detach().numpy())
    np.testing.assert_allclose(ours, layer(torch.from_numpy(x)).detach().numpy(), atol=1e-4)
    count = (SIDE * SIDE + 1) * 2 * len(HAND)
    assert count == sum(p.numel() for p in layer.parameters())
    print(f"   {SIDE} x {SIDE} pixels -> {ours.shape[1]} numbers, {count:,} parameters; as torch's")


def convolution(image: np.ndarray, kernels: np.ndarray, biases: np.ndarray) -> np.ndarray:
    """(inputs, h, w) to (outputs, h - k + 1, w - k + 1): one small dense layer at every place."""
    side = kernels.shape[-1]
    windows = np.lib.stride_tricks.sliding_window_view(image, (side, side), axis=(1, 2))
    return np.einsum("iyxab,oiab->oyx", windows, kernels) + biases[:, None, None]


def a_convolution() -> None:
    print("3. A convolution, 6 kernels of 5 x 5, written out")
    layer = torch.nn.Conv2d(1, 6, 5)
    image = np.random.default_rng(0).uniform(size=(1, SIDE, SIDE)).astype(np.float32)
    ours = convolution(image, layer.weight.detach().numpy(), layer.bias.detach().numpy())
    np.testing.assert_allclose(ours, layer(torch.from_numpy(image)).detach().numpy(), atol=1e-4)
    assert ours.shape == (6, SIDE - 5 + 1, SIDE - 5 + 1)
    assert sum(p.numel() for p in layer.parameters()) == (5 * 5 * 1 + 1) * 6
    print(f"   {image.shape} -> {ours.shape}, {(5 * 5 * 1 + 1) * 6} parameters; as torch's")


def a_network() -> None:
    print('4. Three convolutions, pooling and a dense layer: the preset "tiny"')
    network = make_network("tiny", channels=1, size=SIDE, points=len(HAND))
    x, total = torch.zeros(1, 1, SIDE, SIDE), 0
    for layer in [*network.features, network.linear]:
        x = layer(x)
        count = sum(p.numel() for p in layer.parameters())
        total += count
        print(f"   {type(layer).__name__:<10} -> {'x'.join(map(str, x.shape[1:])):<10} {count:>7,}")
    kernels = (5 * 5 * 1 + 1) * 6 + (5 * 5 * 6 + 1) * 16 + (3 * 3 * 16 + 1) * 32
    assert total == kernels + (32 * 9 * 9 + 1) * 42
    print(f"   {'in all':<24} {total:>7,}")


def hand_crops() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Grey upright crops of the 60 rendered hands, their points in pixels, and the subjects."""
    data = hp.load_dataset("rendered_hands")
    folder = photo_folder("rendered_hands")
    points = data.X.points[..., :2].astype(float)
    regions = hand_regions(points)
    squares, inside = [], []
    for i, path in enumerate(data.paths):
        square = crops(Picture(hp.read_image(folder / path)), regions[i : i + 1], SIDE)[0]
        squares.append(cv2.cvtColor(square, cv2.COLOR_RGB2GRAY))
        turned = (points[i] - regions.centre[i]) @ regions.axes[i]
        inside.append((turned / regions.side[i] + 0.5) * SIDE)
    return np.array(squares), np.array(inside), data.groups


def trained_nets(quick: bool) -> KeypointNet:
    print("5. Trained on 50 rendered hands of five persons, tested on the ten of a sixth")
    images, points, subjects = hand_crops()
    new = subjects == NEW_SUBJECT
    mean = np.broadcast_to(points[~new].mean(0), points[new].shape)
    print(f"   the mean hand        {error_percent(mean, points[new]):5.1f} % of the hand")
    for preset, epochs in (("tiny", 100), ("small", 150)):
        net = KeypointNet(
            preset,
            skeleton=HAND,
            epochs=3 if quick else epochs,
            batch_size=16,
            learning_rate=3e-3,
            augment=PointAugmentation(shift=0.05),
            validation_fraction=0,
        )
        if preset == "tiny":
            found = net.find_learning_rate(images[~new], points[~new], steps=60)
            print(f"   the finder suggests a learning rate of {found.suggestion:.1g} for tiny")
        net.fit(images[~new], points[~new])
        error = error_percent(net.predict(images[new]), points[new])
        print(f"   {preset:<8} {len(net.history_):>3} epochs  {error:5.1f} %", flush=True)
    return net


def error_percent(found: np.ndarray, true: np.ndarray) -> float:
    """Mean distance, in percent of the longer side of the hand's box."""
    box = np.ptp(true, axis=1).max(-1)
    return float((np.linalg.norm(found - true, axis=-1).mean(1) / box).mean() * 100)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="train for three epochs only")
    parser.add_argument("--out", type=Path, default=Path("hand.keypoints"))
    options = parser.parse_args()
    a_line()
    a_dense_layer()
    a_convolution()
    a_network()
    net = trained_nets(options.quick)
    path = net.save(options.out)
    print(f"6. Saved ({path.stat().st_size / 1e6:.1f} MB). On your camera:")
    print(f"   handpose live --extractor {path}")


if __name__ == "__main__":
    main()
