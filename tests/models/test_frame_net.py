"""The network that tells in which motion each frame of a stream lies."""

import numpy as np
import pytest

import handpose as hp
from handpose.containers.motion import Motion, Motions
from handpose.errors import ModelFileError
from handpose.models.frame_net import FrameForm, FrameNet
from handpose.models.frame_net.net import AHEAD, HISTORY, LEAST_CHANCE
from handpose.models.frame_net.reading import STEP_MS, at_steps, channels
from tests.motions import carried, changed

torch = pytest.importorskip("torch")
FORM = FrameForm(1, 21, 2)
LABELS = ("left", "right")


@pytest.fixture(scope="module")
def network():
    """A network of random weights, in torch and in numpy."""
    from handpose.models.frame_net.network import FrameNetwork

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        made = FrameNetwork(np.full(FORM.channels, 0.5, np.float32), 16, 7, 0.2)
        made(torch.randn(8, 200, FORM.channels))  # its normalisation has seen something
    made.eval()
    return made, FrameNet(LABELS, FORM, made.arrays())


@pytest.fixture(scope="module")
def net(network):
    return network[1]


@pytest.fixture(scope="module")
def stream(people):
    """Eight seconds of a hand that keeps its size, and is away for a while."""
    rng = np.random.default_rng(0)
    hand = np.asarray(people.X.points[0, :, :2], np.float64)
    way = np.cumsum(rng.normal(0, 4.0, (240, 1, 2)), axis=0)
    points = hand + way
    points[100:130] = np.nan
    return Motion(points, np.arange(240) * STEP_MS, "Right")


def test_numpy_and_torch_agree(network, stream):
    made, net = network
    wanted = np.arange(len(stream)) * STEP_MS
    points, seen = at_steps(stream, FORM, wanted)
    read = channels(points[None], seen[None])
    with torch.inference_mode():
        logits = made(torch.from_numpy(read)).softmax(1)[0].T.numpy()
    thirds = logits[:, 1:].reshape(-1, 2, 3).sum(2)
    assert np.allclose(np.exp(net(stream)), np.maximum(thirds, LEAST_CHANCE), atol=1e-5)


def test_frames_are_told_alike_alone_and_together(net, stream):
    together = net(stream)
    for frame in (0, 5, 60, 110, 239):
        assert np.allclose(net(stream, np.array([frame])), together[[frame]], atol=1e-4)


def test_a_frame_is_told_by_what_surrounds_it(net, stream):
    """Four seconds before and 100 ms after: what lies farther away does not matter."""
    frame = 200
    cut = stream[frame - HISTORY : frame + AHEAD + 1]
    here, there = net(stream, np.array([frame])), net(cut, np.array([HISTORY]))
    assert np.allclose(here, there, atol=1e-4)
    shorter = net(cut[:-1], np.array([HISTORY]))
    assert not np.allclose(here, shorter, atol=1e-4)


def test_place_and_size_do_not_matter(net, stream):
    moved = changed(stream, lambda points: 3 * points + 500)
    assert np.allclose(net(moved), net(stream), atol=1e-3)


def test_a_left_hand_that_goes_the_same_way_is_told_alike(net, stream):
    middles = stream.points[..., [0, 5, 17], :].mean(-2, keepdims=True)
    points = stream.points.copy()
    points[..., 0] = 2 * middles[..., 0] - points[..., 0]
    left = Motion(points, stream.timestamps_ms, "Left")
    assert np.allclose(net(left), net(stream), atol=1e-3)


def test_frames_per_second_hardly_matter(net, stream):
    """On straight ways, twice as many frames are the same stream."""
    times = np.arange(0, stream.timestamps_ms[-1] + 1e-6, STEP_MS / 2)
    points = stream.points[:100]
    dense = np.empty((199, *points.shape[1:]), np.float32)
    dense[::2], dense[1::2] = points, (points[1:] + points[:-1]) / 2
    found = net(Motion(dense, times[:199], "Right"))[::2]
    assert np.allclose(found, net(stream[:100]), atol=1e-3)


def test_a_stream_without_a_hand_is_told_too(net):
    nothing = Motion(np.full((5, 1, 21, 2), np.nan), np.arange(5) * STEP_MS)
    assert np.isfinite(net(nothing)).all()


@pytest.mark.parametrize(
    "form", [FrameForm(1, 1, 2), FrameForm(1, 21, 3), FrameForm(2, 21, 2), FrameForm(2, 1, 3)]
)
def test_channels_are_as_many_as_the_form_says(form):
    points = np.random.default_rng(0).normal(0, 1, (2, 9, form.hands, form.points, form.axes))
    seen = np.ones((2, 9, form.hands), bool)
    assert channels(points.astype(np.float32), seen).shape == (2, 9, form.channels)


@pytest.fixture(scope="module")
def takes(people):
    """A hand that goes right or left while it opens, by three people."""
    rng = np.random.default_rng(0)
    X, y, groups = [], [], []
    for i in range(24):
        hand = np.asarray(people.X.points[i % 3, :, :2], np.float64)
        to = rng.uniform(250, 350) * (1 if i % 2 else -1)
        X.append(carried(hand, n=int(rng.integers(18, 30)), by=(to, 0.0), opening=80.0))
        y.append("right" if i % 2 else "left")
        groups.append(f"p{i % 3}")
    return hp.Dataset(Motions(X), y, groups)


@pytest.fixture(scope="module")
def taught(takes):
    model = hp.make_model("motion_net", features="motion", epochs=1, networks=1).fit(*takes)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("handpose.models.frame_net.training.EPOCHS", 8)
        patch.setattr("handpose.models.frame_net.training.FEWEST_BATCHES", 30)
        return hp.learn_phases(model, takes)


def test_a_motion_net_learns_what_each_frame_shows(taught, takes):
    net = taught.phases_.frame_net
    assert net.labels == LABELS
    right = []
    for motion, label in zip(takes.X, takes.y, strict=True):
        logs = net(motion)
        assert logs.shape == (len(motion), 2)
        right.append(np.mean(logs.argmax(1) == LABELS.index(label)))
    assert np.mean(right) > 0.8


def test_other_classifiers_learn_none(takes):
    model = hp.make_model("logistic", features="motion").fit(*takes)
    assert hp.learn_phases(model, takes).phases_.frame_net is None


def test_a_file_keeps_it(taught, takes, tmp_path):
    loaded = hp.load_model(hp.save_model(taught, tmp_path / "m.handpose"))
    motion = next(iter(takes.X))
    kept, net = loaded.phases_.frame_net, taught.phases_.frame_net
    assert kept.labels == net.labels
    assert np.array_equal(kept(motion), net(motion))


def test_a_personal_model_keeps_it_and_may_know_more(taught, takes, tmp_path):
    mine = hp.personalize(taught, takes.X[:4], ["wave", "wave", *takes.y[2:4]])
    loaded = hp.load_model(hp.save_model(mine, tmp_path / "m.handpose"))
    assert loaded.phases_.frame_net.labels == LABELS
    assert "wave" in loaded.classes_


@pytest.mark.parametrize(
    ("name", "array", "message"),
    [
        ("labels", np.array([0, 7]), "labels must lie between 0 and 1"),
        ("labels", np.array([0, 0]), "stands twice"),
        ("stem_bias", np.zeros((2, 2), np.float32), "lacks labels or a width"),
        ("head_bias", np.zeros(3, np.float32), "head_bias must have 7 entries"),
        ("wide_weight", np.zeros((1, 5, 16, 16), np.float32), "wide_weight must have 5 entries"),
        ("scale", np.zeros(FORM.channels, np.float32), "scale must lie between"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(net, name, array, message):
    arrays = {**net.to_arrays(LABELS), name: array}
    with pytest.raises(ValueError, match=message):
        FrameNet.from_arrays(arrays, classes=LABELS, form=FORM)


def test_a_file_whose_network_is_of_other_hands_is_refused(taught, net, tmp_path):
    own = taught.phases_.frame_net
    taught.phases_.frame_net = FrameNet(net.labels, FORM, net._arrays | {"scale": np.ones(3)})
    try:
        with pytest.raises(ModelFileError):
            hp.load_model(hp.save_model(taught, tmp_path / "m.handpose"))
    finally:
        taught.phases_.frame_net = own


def test_learning_twice_gives_the_same(takes):
    model = hp.make_model("motion_net", features="motion", epochs=1, networks=1).fit(*takes)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("handpose.models.frame_net.training.EPOCHS", 1)
        patch.setattr("handpose.models.frame_net.training.FEWEST_BATCHES", 2)
        one, other = (hp.learn_phases(model, takes).phases_.frame_net for _ in range(2))
    assert np.array_equal(one(next(iter(takes.X))), other(next(iter(takes.X))))
