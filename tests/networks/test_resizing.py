"""The palm network at another side: the same weights, the same palms."""

import numpy as np
import pytest

from handpose.assets import PALM_NETWORK, asset_path
from handpose.extractors.native import NativeExtractor
from handpose.extractors.native.ladder import coarsely, narrow_margin
from handpose.extractors.native.palms import ANCHORS, COARSE, FINE, open_palm_network
from handpose.networks.pictures import Picture
from handpose.networks.regions import crops
from handpose.networks.resizing import resized_file

pytestmark = pytest.mark.usefixtures("networks")


@pytest.fixture(scope="module")
def palm_network(networks):
    pytest.importorskip("openvino")
    return open_palm_network("openvino", 1, "f32")


def test_every_side_has_its_anchors(palm_network):
    for side in (COARSE, FINE, COARSE):
        boxes, logits = palm_network(np.full((1, side, side, 3), 90, np.uint8))
        assert boxes.shape == (1, len(ANCHORS[side]), 18)
        assert logits.shape == (1, len(ANCHORS[side]), 1)


def test_at_its_own_side_it_is_the_network_of_the_file(palm_network):
    litert = pytest.importorskip("ai_edge_litert.interpreter")
    image = np.random.default_rng(0).integers(0, 255, (1, FINE, FINE, 3), dtype=np.uint8)
    palm_network(image[:, :COARSE, :COARSE].copy())  # there and back
    interpreter = litert.Interpreter(str(asset_path(PALM_NETWORK)))
    interpreter.allocate_tensors()
    place = interpreter.get_input_details()[0]["index"]
    interpreter.set_tensor(place, image.astype(np.float32) / 255)
    interpreter.invoke()
    for ours, output in zip(palm_network(image), interpreter.get_output_details(), strict=True):
        np.testing.assert_allclose(ours, interpreter.get_tensor(output["index"]), atol=2e-2)


def test_palms_are_found_coarsely_where_they_are_found_finely(palm_network, rendered):
    with NativeExtractor(runtime="openvino", precision="f32", threads=1) as extractor:
        finder = extractor._open()
        apart = []
        for _, image, _, _ in rendered:
            picture = Picture(image)
            size = image.shape[1], image.shape[0]
            regions = []
            for rung in (coarsely(narrow_margin), narrow_margin):
                (view,) = rung(*size)
                regions.append(finder.palms(picture, view, 1).regions(view.region))
            apart += regions[0].shift(regions[1]).tolist() if all(map(len, regions)) else []
    assert len(apart) == len(rendered)
    assert np.median(apart) < 0.25


def test_both_runtimes_see_the_same_coarsely(palm_network, rendered):
    pytest.importorskip("ai_edge_litert")
    litert = open_palm_network("litert", 1, "f32")
    assert litert.sides == palm_network.sides == (COARSE, FINE)
    for _, image, _, _ in rendered[:3]:
        picture = Picture(image)
        for rung in (coarsely(narrow_margin), narrow_margin, coarsely(narrow_margin)):
            (view,) = rung(picture.width, picture.height)
            square = crops(picture, view.region, view.side)
            for ours, theirs in zip(litert(square), palm_network(square), strict=True):
                assert ours.shape == theirs.shape
                np.testing.assert_allclose(ours, theirs, atol=2e-2)


def test_a_resized_file_differs_in_the_sizes_of_upsampled_layers_only(networks):
    pytest.importorskip("ai_edge_litert")
    file = asset_path(PALM_NETWORK).read_bytes()
    resized = resized_file(file, COARSE)
    assert len(resized) == len(file)
    changed = np.flatnonzero(np.frombuffer(file, np.uint8) != np.frombuffer(resized, np.uint8))
    assert sorted(file[i] for i in changed) == [12, 12, 24, 24]
    assert sorted(resized[i] for i in changed) == [8, 8, 16, 16]
    assert resized_file(resized_file(file, FINE), FINE) == file
