"""The pretrained networks as ONNX and for other sides: the same numbers as from LiteRT."""

import numpy as np
import pytest

from handpose.assets import HAND_NETWORKS, PALM_NETWORK, asset_path
from handpose.export.network_files import onnx_network, sized_network
from handpose.export.pipeline import HAND_OUTPUTS, PALM_OUTPUTS
from handpose.networks.views import COARSE, FINE

pytestmark = [pytest.mark.export, pytest.mark.litert]

NETWORKS = [
    (PALM_NETWORK, PALM_OUTPUTS, (FINE, COARSE)),
    (HAND_NETWORKS["full"], HAND_OUTPUTS, (224,)),
    (HAND_NETWORKS["lite"], HAND_OUTPUTS, (224,)),
]


def by_litert(file, image):
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_content=file, num_threads=1)
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], image)
    interpreter.invoke()
    return [interpreter.get_tensor(x["index"]) for x in interpreter.get_output_details()]


@pytest.mark.parametrize(("name", "outputs", "sides"), NETWORKS, ids=["palm", "full", "lite"])
def test_onnx_gives_the_numbers_of_the_original(name, outputs, sides):
    import onnxruntime

    file = asset_path(name).read_bytes()
    converted = onnx_network(file, outputs)
    assert len(converted) < 1.02 * len(file)  # weights keep their 16 bits
    session = onnxruntime.InferenceSession(converted, providers=["CPUExecutionProvider"])
    assert [x.name for x in session.get_outputs()] == list(outputs)
    rng = np.random.default_rng(0)
    for side in sides:
        images = rng.random((2, side, side, 3), dtype=np.float32)
        found = session.run(None, {"image": images})
        of_side = file if side == max(sides) else sized_network(file, side)
        for row in range(2):
            for got, want in zip(found, by_litert(of_side, images[row : row + 1]), strict=True):
                close = 1e-4 * max(1, np.abs(want).max())
                assert np.abs(got[row : row + 1] - want.reshape(1, *got.shape[1:])).max() < close
