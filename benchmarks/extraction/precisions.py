"""Part: which precision is fastest on this processor, alone and beside 8 bits."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import numpy as np

from benchmarks.runner import Setup
from benchmarks.timing import interleaved, quartiles
from handpose.assets import HAND_NETWORKS, PALM_NETWORK, asset_path
from handpose.extractors.native.hands import INPUT_SIZE
from handpose.networks import runtimes
from handpose.networks.arithmetic import has_amx
from handpose.networks.views import COARSE, FINE

NETWORKS = ((PALM_NETWORK, COARSE), (PALM_NETWORK, FINE), (HAND_NETWORKS["full"], INPUT_SIZE))
VARIANTS = {
    "int8 beside bf16": ("int8", "bf16"),
    "int8 beside f32": ("int8", "f32"),
    "bf16": ("bf16", "bf16"),
    "f32": ("f32", "f32"),
}


def precisions(setup: Setup) -> dict[str, Any]:
    """One thread of OpenVINO, asked in turn: ratio of the times to those of f32, their median."""
    rows = {}
    for file, side in NETWORKS:
        image = np.random.default_rng(0).integers(0, 255, (1, side, side, 3), np.uint8)
        calls = {}
        for name, (precision, beside) in VARIANTS.items():
            with patch.object(runtimes, "float_precision", lambda beside=beside: beside):
                options = ("openvino", 1, precision)
                network = runtimes.open_network(asset_path(file), *options, sides=(side,))
                network(image)  # compiled here
            calls[name] = lambda _, network=network, image=image: network(image)
        inputs = list(range(setup.few(200)))
        times, _, undisturbed = interleaved(calls, inputs, 1, setup.patience)
        base = np.array(times["f32"])
        for name, seconds in times.items():
            ratio = round(float(np.median(np.array(seconds) / base)), 2)
            row = {**quartiles(seconds), "to f32": ratio, "undisturbed": undisturbed}
            rows[f"{file} {side}, {name}"] = row
    return {"amx": has_amx(), "rows": rows}
