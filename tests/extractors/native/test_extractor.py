import os
import pickle
import subprocess
import sys
import threading
from dataclasses import replace

import numpy as np
import pytest
from joblib import Parallel, delayed

from handpose.errors import UnknownNameError
from handpose.extractors import make_extractor
from handpose.extractors.base import Extractor
from handpose.extractors.native import NativeExtractor, finder
from handpose.extractors.native.finder import Candidates, confidence, palm_evidence
from handpose.extractors.native.hands import Hands
from handpose.extractors.native.palms import COARSE, FINE
from handpose.networks.regions import Regions
from handpose.system.extras import is_installed
from tests.extractors.native.conftest import error


def pasted(images, gap=40):
    """Images of one height side by side on grey."""
    blank = np.full((images[0].shape[0], gap, 3), 128, np.uint8)
    return np.hstack([part for image in images for part in (blank, image)])


def test_it_is_an_extractor_by_name(networks):
    with make_extractor("native", num_hands=2) as extractor:
        assert isinstance(extractor, Extractor)
        provenance = extractor.provenance
    assert provenance["name"] == "native"
    assert provenance["options"]["num_hands"] == 2
    assert sorted(provenance["networks"]) == [
        "hand_landmark_full.tflite",
        "palm_detection_full.tflite",
    ]


@pytest.mark.litert
def test_how_fast_it_runs_is_no_part_of_provenance(networks):
    fast = NativeExtractor(runtime="openvino", precision="f32")
    slow = NativeExtractor(runtime="litert", threads=1, precision="f32")
    assert fast.provenance == slow.provenance
    other = NativeExtractor(runtime="openvino", precision="int8")
    assert fast.provenance != other.provenance


def test_landmarks_lie_on_rendered_hands(extractor, rendered):
    errors = []
    for path, image, exact, handedness in rendered:
        hands = extractor.detect(image)
        assert len(hands) == 1, path
        assert hands.handedness[0] == handedness, path
        assert hands.points[0, 0, 2] == 0
        assert 0.5 < hands.score[0] <= 1
        errors.append(error(hands, exact))
    assert np.mean(errors) < 0.045  # MediaPipe 1.2.2: 0.049


def test_depth_has_the_scale_of_pixels(extractor, rendered):
    slopes = [
        np.polyfit(extractor.detect(image).points[0, :, 2], exact[:, 2], 1)[0]
        for _, image, exact, _ in rendered
    ]
    assert np.median(slopes) == pytest.approx(1, abs=0.2)


def test_a_second_pass_is_made_only_where_the_region_was_wrong(rendered):
    with NativeExtractor(threads=1, effort="fast") as extractor:  # one look at each image
        found, passes = extractor._open(), []

        def counted(crops):
            passes.append(len(crops))
            return found.hand_network(crops)

        extractor._finder = replace(found, hand_network=counted)
        for _, image, _, _ in rendered:
            extractor.detect(image)
    assert len(rendered) < sum(passes) < 2 * len(rendered)


def test_a_turned_image_turns_landmarks_and_world(extractor, rendered):
    image = rendered[0][1]
    upright, turned = extractor.detect(image), extractor.detect(np.rot90(image).copy())
    palm = np.linalg.norm(upright.points[0, 9, :2] - upright.points[0, 0, :2])
    x, y = upright.points[0, :, :2].T
    apart = np.linalg.norm(turned.points[0, :, :2] - np.stack([y, image.shape[1] - x], 1), axis=1)
    assert apart.mean() < 0.1 * palm
    x, y, z = upright.world[0].T
    np.testing.assert_allclose(turned.world[0], np.stack([y, -x, z], 1), atol=0.02)


def test_mirrored_names_the_other_hand(rendered):
    image = rendered[0][1]
    with NativeExtractor(threads=1) as plain, NativeExtractor(threads=1, mirrored=True) as mirrored:
        a, b = plain.detect(image), mirrored.detect(image)
        c = mirrored.detect(image[:, ::-1].copy())
    assert a.handedness[0] != b.handedness[0]
    assert a.handedness[0] == c.handedness[0]
    np.testing.assert_array_equal(a.points, b.points)


def test_two_hands_are_two_and_not_found_twice(rendered):
    both = pasted([rendered[0][1], rendered[-1][1]])
    with NativeExtractor(num_hands=4, threads=1) as extractor:
        hands = extractor.detect(both)
        assert len(hands) == 2
        assert (np.diff(hands.score) <= 0).all()
        assert np.ptp(hands.boxes()[:, 0]) > 200
    with NativeExtractor(threads=1) as extractor:
        assert len(extractor.detect(both)) == 1


@pytest.mark.parametrize("size", [(16, 16), (600, 20), (20, 600), (480, 640)])
def test_no_hand_is_no_rows(extractor, size):
    assert len(extractor.detect(np.full((*size, 3), 90, np.uint8))) == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"num_hands": 0}, "num_hands must be a whole number from 1 up, but got 0"),
        ({"threads": 1.5}, "threads must be a whole number"),
        ({"min_detection_confidence": 1}, "must be above 0 and below 1, but got 1"),
        ({"effort": "through"}, "did you mean 'thorough'"),
        ({"network": "heavy"}, "known: full, lite"),
        ({"runtime": "onnx"}, "known: auto, litert, openvino"),
        ({"runtime": "openvino", "precision": "f16"}, "known: auto, bf16, f32"),
    ],
)
def test_wrong_options_say_what_is_allowed(networks, options, message):
    with pytest.raises((ValueError, UnknownNameError), match=message):
        NativeExtractor(**options)


def judged(presence, palm_score, side):
    points = np.zeros((1, 21, 3))
    hands = Hands(points, points, np.array([presence]), np.ones(1))
    score = np.array([palm_score])
    regions = Regions(np.zeros((1, 2)), np.ones(1), np.zeros(1))
    return confidence(hands, Candidates(regions, score, palm_evidence(score, side)))


def test_confidence_weighs_both_networks():
    assert judged(0.5, 0.5, FINE) == pytest.approx(0.5)
    assert judged(0.9, 0.5, FINE) == pytest.approx(0.9)
    assert judged(0.5, 0.9, FINE) == pytest.approx(1 / (1 + 9**-finder.PALM_WEIGHT))


def test_a_palm_seen_coarsely_is_better_evidence():
    expected = 1 / (1 + np.exp(-finder.COARSE_EVIDENCE))
    assert judged(0.5, 0.5, COARSE) == pytest.approx(expected)


# --- video ------------------------------------------------------------------------------------


class Counted:
    def __init__(self, network):
        self.network, self.calls, self.sides = network, 0, network.sides

    def __call__(self, images):
        self.calls += 1
        return self.network(images)


@pytest.fixture
def counted(networks):
    """An extractor and its palm network, which counts."""
    from dataclasses import replace

    with NativeExtractor(threads=1) as extractor:
        opened = extractor._open()
        palm, hand = Counted(opened.palm_network), Counted(opened.hand_network)
        extractor._finder = replace(opened, palm_network=palm, hand_network=hand)
        yield extractor, palm, hand


def test_a_followed_hand_costs_one_run_of_one_network(counted, rendered):
    extractor, palm, hand = counted
    image = rendered[0][1]
    first = extractor.detect_for_video(image, 0)
    looked = hand.calls
    assert palm.calls == 1
    for frame in range(1, 6):
        shifted = np.roll(image, 4 * frame, axis=1)
        hands = extractor.detect_for_video(shifted, 33 * frame)
    assert palm.calls == 1
    assert hand.calls == looked + 5
    moved = (hands.points - first.points)[0, :, :2].mean(0)
    np.testing.assert_allclose(moved, [20, 0], atol=5)


def test_a_lost_hand_is_searched_and_found_again(counted, rendered):
    extractor, palm, _ = counted
    image, empty = rendered[0][1], np.full_like(rendered[0][1], 90)
    found = [
        len(extractor.detect_for_video(frame, 33 * i))
        for i, frame in enumerate([image, empty, empty, empty, image, image, image])
    ]
    assert found[:4] == [1, 0, 0, 0]
    assert found[-1] == 1
    assert 4 <= palm.calls <= 6


def test_two_hands_keep_their_rows(rendered):
    both = pasted([rendered[0][1], rendered[-1][1]])
    with NativeExtractor(num_hands=2, threads=1) as extractor:
        frames = [extractor.detect_for_video(np.roll(both, 3 * i, 1), i) for i in range(6)]
    assert [len(hands) for hands in frames] == [2] * 6
    centres = np.array([hands.points[:, 9, 0] for hands in frames])
    assert (np.abs(np.diff(centres, axis=0)) < 20).all()


def test_timestamps_grow_until_reset(extractor):
    blank = np.zeros((64, 64, 3), np.uint8)
    extractor.reset()
    extractor.detect_for_video(blank, 100)
    with pytest.raises(ValueError, match="must grow"):
        extractor.detect_for_video(blank, 100)
    extractor.reset()
    extractor.detect_for_video(blank, 0)


# --- resources --------------------------------------------------------------------------------


def test_threads_may_share_an_extractor(extractor, rendered):
    images = [image for _, image, _, _ in rendered[:6]]
    expected = [extractor.detect(image).points for image in images]
    wrong = []

    def work(order):
        for i in order:
            if not np.array_equal(extractor.detect(images[i]).points, expected[i]):
                wrong.append(i)

    threads = [
        threading.Thread(target=work, args=(np.random.default_rng(seed).permutation(6),))
        for seed in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def in_worker(image):
    with NativeExtractor(threads=1) as extractor:
        return extractor.detect(image).points


def test_workers_of_joblib_find_the_same(extractor, rendered):
    images = [image for _, image, _, _ in rendered[:2]]
    found = Parallel(2)(delayed(in_worker)(image) for image in images)
    for image, points in zip(images, found, strict=True):
        np.testing.assert_array_equal(points, extractor.detect(image).points)


def test_close_twice_and_go_on(networks, rendered):
    extractor = NativeExtractor(threads=1)
    first = extractor.detect(rendered[0][1])
    extractor.close()
    extractor.close()
    np.testing.assert_array_equal(extractor.detect(rendered[0][1]).points, first.points)


def test_it_travels_by_pickle_without_its_networks(extractor, rendered):
    extractor.detect(rendered[0][1])
    again = pickle.loads(pickle.dumps(extractor))
    assert again.provenance == extractor.provenance
    assert len(again.detect(rendered[0][1])) == 1


@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="reads Linux's /proc")
def test_memory_stays_over_many_frames(extractor, rendered):
    def resident():
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1])

    images = [image for _, image, _, _ in rendered[:5]] + [np.full((300, 400, 3), 90, np.uint8)]
    extractor.reset()
    for frame in range(900):
        extractor.detect_for_video(images[frame // 7 % len(images)], frame)
        if frame == 200:
            before = resident()
    assert resident() < 1.05 * before


ALONE = """
import sys
events = []
network = ("socket.", "urllib.", "http.", "ftplib.", "subprocess.", "os.fork", "os.posix_spawn")
sys.addaudithook(lambda event, _: events.append(event) if event.startswith(network) else None)
import numpy as np
from handpose.extractors import make_extractor
for runtime in sys.argv[1:]:
    with make_extractor("native", runtime=runtime) as extractor:
        extractor.detect(np.full((200, 200, 3), 90, np.uint8))
assert "mediapipe" not in sys.modules
assert not events, events
"""


def test_it_opens_no_connection_and_says_nothing(networks, tmp_path):
    # In a process of its own, because importing OpenVINO alone would report to its makers.
    done = subprocess.run(
        [sys.executable, "-c", ALONE, "auto", *["litert"] * is_installed("ai_edge_litert")],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
        env=os.environ | {"HOME": str(tmp_path)},
    )
    said = done.stderr.replace("INFO: Created TensorFlow Lite XNNPACK delegate for CPU.\n", "")
    assert (done.returncode, done.stdout, said) == (0, "", "")
    assert not list(tmp_path.iterdir())


# --- photos -----------------------------------------------------------------------------------


@pytest.mark.photos
@pytest.mark.parametrize(
    ("dataset", "step", "share"),
    [
        ("sign_language_digits", 21, 0.97),  # 99.9 % of all, one of these is 1 %
        ("hagrid_sample", 6, 0.9),
        ("rock_paper_scissors", 24, 0.7),
    ],
)
def test_hands_are_found_in_photos(extractor, photos, dataset, step, share):
    found = [len(extractor.detect(image)) for image in photos(dataset, step)]
    assert np.mean(found) >= share


@pytest.mark.photos
def test_palms_of_the_digit_five_are_right_hands(extractor, photos):
    hands = [extractor.detect(image) for image in photos(["sign_language_digits", "5"][0], 21)]
    sides = [hand.handedness[0] for hand in hands]
    assert sides == ["Right"] * len(hands)


def test_hands_are_found_where_red_and_blue_were_exchanged(extractor, rendered):
    """Without other colours, 14 of 20 such hands."""
    swapped = [np.ascontiguousarray(image[..., ::-1]) for _, image, _, _ in rendered[::2]]
    found = sum(len(extractor.detect(image)) > 0 for image in swapped)
    assert found >= 0.9 * len(swapped)
