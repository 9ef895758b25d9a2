import subprocess
import sys

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

import handpose as hp
from handpose.containers.skeletons import Skeleton
from handpose.keypoint_net import KeypointNet

from .blobs import PAIR, blobs

QUICK = {"skeleton": PAIR, "size": 32, "epochs": 2, "threads": 1}


@pytest.fixture(scope="module")
def data():
    return blobs()


@pytest.fixture(scope="module")
def fitted(data):
    pytest.importorskip("torch")
    return KeypointNet("small", **QUICK).fit(*data)


def weights(net):
    return {name: values.numpy() for name, values in net.network_.state_dict().items()}


def assert_same_network(first, second):
    one, other = weights(first), weights(second)
    assert one.keys() == other.keys()
    for name in one:
        np.testing.assert_array_equal(one[name], other[name], err_msg=name)


def without_seconds(history):
    return [{k: v for k, v in epoch.items() if k != "seconds"} for epoch in history]


@pytest.mark.torch
def test_the_constructor_only_stores():
    net = KeypointNet(preset="nonsense", size=-1)
    assert net.get_params()["preset"] == "nonsense"
    assert clone(net).size == -1
    with pytest.raises(NotFittedError):
        net.predict(np.zeros((1, 96, 96), np.uint8))


@pytest.mark.torch
def test_it_learns_where_blobs_are(data):
    images, points = blobs(300, seed=1)
    net = KeypointNet("small", **QUICK | {"epochs": 6, "augment": None}).fit(images, points)
    test_images, test_points = data
    apart = np.linalg.norm(net.predict(test_images) - test_points, axis=-1)
    assert apart.mean() < 2  # of 32 pixels; the middle of the picture is 7.4 away
    assert net.score(test_images, test_points) == pytest.approx(-apart.mean() / 32, rel=1e-4)


@pytest.mark.torch
@pytest.mark.parametrize("preset", ["tiny", "small"])
def test_one_seed_gives_one_network(preset, data):
    images, points = data
    net = KeypointNet(preset, **QUICK).fit(images, points)
    np.random.default_rng().normal()
    assert_same_network(net, clone(net).fit(images, points))
    other = clone(net).set_params(random_state=1).fit(images, points)
    assert without_seconds(other.history_) != without_seconds(net.history_)


@pytest.mark.torch
def test_predictions_are_in_pixels_of_the_given_pictures(fitted, data):
    images, _ = data
    found = fitted.predict(images)
    large = images.repeat(2, axis=1).repeat(3, axis=2)  # 64 x 96: shrunk, it is the same again
    np.testing.assert_allclose(fitted.predict(large), found * (3, 2), atol=1e-3)
    colour = np.repeat(images[..., None], 3, axis=3)
    np.testing.assert_allclose(fitted.predict(colour), found, atol=0.05)


@pytest.mark.torch
def test_a_batch_gives_what_its_pictures_give_alone(fitted, data):
    images = data[0][:5]
    alone = np.concatenate([fitted.predict(image[None]) for image in images])
    np.testing.assert_allclose(fitted.predict(images), alone, atol=1e-3)
    assert fitted.predict(images[:0]).shape == (0, 2, 2)


@pytest.mark.torch
def test_no_gradients_are_kept_and_torch_is_left_as_it_was(fitted, data):
    torch = pytest.importorskip("torch")
    state, threads = torch.get_rng_state(), torch.get_num_threads()
    KeypointNet("tiny", **QUICK).fit(*data)
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.get_num_threads() == threads
    assert not fitted.network_.training
    assert not [m for m in fitted.network_.modules() if isinstance(m, torch.nn.BatchNorm2d)]


@pytest.mark.torch
def test_rgb_pictures_can_be_learnt(data):
    images, points = data
    colour = np.stack([images, 255 - images, images], -1)
    net = KeypointNet("tiny", **QUICK | {"channels": 3}).fit(colour, points)
    assert net.predict(colour).shape == points.shape
    assert net.predict(images).shape == points.shape


@pytest.mark.torch
def test_held_out_groups_are_never_trained_on_and_the_best_epoch_is_kept(data, monkeypatch):
    training = pytest.importorskip("handpose.keypoint_net.training")
    images, points = data
    people = np.repeat(np.arange(12), 5)
    seen, loss = set(), training.PointTask.loss

    def watched(task, network, rows):
        seen.update(rows.tolist())
        return loss(task, network, rows)

    monkeypatch.setattr(training.PointTask, "loss", watched)
    net = KeypointNet("tiny", **QUICK | {"epochs": 4}).fit(images, points, groups=people)
    assert seen == set(net.train_rows_.tolist())
    assert not set(people[net.train_rows_]) & set(people[net.held_out_rows_])
    rows = net.held_out_rows_
    best = min(epoch["held_out_error"] for epoch in net.history_)
    assert -net.score(images[rows], points[rows]) == pytest.approx(best, rel=1e-3)


@pytest.mark.torch
def test_training_stops_when_held_out_pictures_get_no_better(data):
    images, points = data
    shuffled = np.random.default_rng(0).permutation(points)
    settings = QUICK | {"epochs": 40, "patience": 1, "learning_rate": 0.01}
    assert len(KeypointNet("tiny", **settings).fit(images, shuffled).history_) < 40
    everything = QUICK | {"patience": 1, "validation_fraction": 0}
    net = KeypointNet("tiny", **everything).fit(images, shuffled)
    assert len(net.history_) == 2
    assert "held_out_error" not in net.history_[0]


@pytest.mark.torch
def test_points_outside_the_picture_are_learnt(data):
    images, points = data
    net = KeypointNet("small", **QUICK | {"epochs": 12, "augment": None, "learning_rate": 0.01})
    net.fit(images, np.add(points, [32, 0]))  # a whole picture to the right
    assert net.predict(images)[..., 0].mean() > 40


class Killed(BaseException):
    pass


@pytest.mark.torch
@pytest.mark.parametrize("validation_fraction", [0, 0.3])
def test_a_killed_run_goes_on_and_ends_the_same(validation_fraction, data, tmp_path):
    settings = QUICK | {"epochs": 3, "validation_fraction": validation_fraction}
    whole = KeypointNet("small", **settings).fit(*data)
    steps = []

    def kill(done, total):
        if done == total // 3 + 1:  # in the second epoch
            raise Killed

    net = KeypointNet("small", **settings, checkpoint=tmp_path / "run.pt", progress=kill)
    with pytest.raises(Killed):
        net.fit(*data)
    net.set_params(progress=lambda *done: steps.append(done)).fit(*data)
    assert steps[0][0] == steps[0][1] // 3 + 1  # the second of three epochs, from its start
    assert_same_network(net, whole)
    assert without_seconds(net.history_) == without_seconds(whole.history_)


@pytest.mark.torch
def test_the_checkpoint_of_another_run_or_of_nothing_is_refused(data, tmp_path):
    images, points = data
    path = tmp_path / "run.pt"
    net = KeypointNet("tiny", **QUICK, checkpoint=path).fit(images, points)
    with pytest.raises(hp.ModelFileError, match="other data or parameters"):
        net.fit(images, points + 1)
    with pytest.raises(hp.ModelFileError, match="other data or parameters"):
        clone(net).set_params(learning_rate=0.1).fit(images, points)
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(hp.ModelFileError, match="not a checkpoint of KeypointNet"):
        net.fit(images, points)


@pytest.mark.torch
def test_a_rate_that_is_far_too_high_is_reported(data):
    net = KeypointNet("tiny", **QUICK | {"learning_rate": 1e30, "warmup_epochs": 0})
    with pytest.raises(hp.HandposeError, match=r"training diverged in epoch \d; lower learning"):
        net.fit(*data)


@pytest.mark.torch
def test_the_finder_suggests_a_rate_between_too_small_and_too_large(data):
    net = KeypointNet("small", **QUICK)
    found = net.find_learning_rate(*data, steps=40)
    assert len(found.rates) == len(found.losses) <= 40
    assert (np.diff(found.rates) > 0).all()
    assert 1e-5 < found.suggestion < 0.3
    assert found.losses[-1] > found.losses.min()
    assert not hasattr(net, "network_")
    again = net.find_learning_rate(*data, steps=40)
    np.testing.assert_array_equal(found.losses, again.losses)


@pytest.mark.torch
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"lowest": 1, "highest": 0.1}, "0 < lowest < highest"),
        ({"lowest": 0}, "lowest must be a number above 0"),
        ({"lowest": "a"}, "lowest must be a number above 0"),
        ({"highest": float("inf")}, "highest must be a number above 0"),
        ({"steps": 1}, "steps must be a whole number from 2"),
        ({"steps": 2.5}, "steps must be a whole number from 2"),
        ({"steps": 10**12}, "steps must be a whole number from 2 to 100000"),
    ],
)
def test_the_finder_refuses_odd_rates_and_steps(options, message, data):
    with pytest.raises(ValueError, match=message):
        KeypointNet("tiny", **QUICK).find_learning_rate(*data, **options)


@pytest.mark.torch
def test_bad_input_is_refused_in_one_line(fitted, data):
    images, points = data
    with pytest.raises(hp.LandmarksError, match="'pair'"):
        KeypointNet(**QUICK).fit(images, points[:, :1])
    with pytest.raises(hp.LandmarksError, match="NaN"):
        KeypointNet(**QUICK).fit(images, points * np.nan)
    with pytest.raises(hp.ImageError, match="must be uint8"):
        fitted.predict(images[0])
    with pytest.raises(hp.UnknownNameError, match="unknown preset 'large'"):
        KeypointNet("large", **QUICK).fit(images, points)
    with pytest.raises(ValueError, match="at least 2 images"):
        KeypointNet(**QUICK).fit(images[:2], points[:2])
    with pytest.raises(ValueError, match="size must be at least 32"):
        KeypointNet(**QUICK | {"size": 31}).fit(images, points)
    one_thing = Skeleton("blob", ("CENTRE",), ())
    assert KeypointNet("tiny", **QUICK | {"skeleton": one_thing}).fit(images, points[:, :1])


def test_without_torch_one_line_says_what_to_install():
    code = (
        "import sys\n"
        "class NoTorch:\n"
        "    def find_spec(name, *_):\n"
        "        if name.partition('.')[0] == 'torch': raise ImportError(name)\n"
        "sys.meta_path.insert(0, NoTorch)\n"
        "import numpy as np\n"
        "from handpose import MissingExtraError\n"
        "from handpose.keypoint_net import KeypointNet\n"
        "for act in (lambda: KeypointNet().fit(np.zeros((4, 96, 96), np.uint8), "
        "np.full((4, 4, 2), 48)), lambda: KeypointNet.load('x')):\n"
        "    try: act()\n"
        "    except MissingExtraError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    expected = 'KeypointNet needs an extra: pip install "handpose[torch]"'
    assert done.stdout.splitlines() == [expected, expected]
