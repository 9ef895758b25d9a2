"""Keypoint networks trained from scratch: faces with four points, hands with 21, and their speed.

python -m benchmarks.keypoint_net [--only PART ...] [--quick] [--data DIR]

Rendered hands need pyvista and the mesh's folder in HANDPOSE_HAND_MESH
(datasets/rendered_hands/README.md). The nets are left in the user's cache.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from sklearn.model_selection import GroupShuffleSplit

import handpose as hp
from benchmarks.keypoint_net.crops import photo_crops, rendered_crops
from benchmarks.keypoint_net.faces import points_in_pictures
from benchmarks.keypoint_net.pictures import draw_grid, without_pixels
from benchmarks.runner import HERE, Benchmark, MissingDataError, Setup, parts_of, run
from benchmarks.timing import interleaved, quartiles
from handpose.assets import HAND_NETWORKS, asset_path, cache_dir
from handpose.containers.skeletons import FACE4, HAND
from handpose.datasets import Dataset
from handpose.datasets.faces import NAME as FACES
from handpose.keypoint_net import KeypointNet, PointAugmentation
from handpose.keypoint_net.samples import as_network_takes
from handpose.networks.arithmetic import openvino
from handpose.networks.runtimes import choose_precision, choose_runtime, open_network

FACE_RECIPES: dict[str, dict[str, Any]] = {
    "tiny": {"learning_rate": 3e-3, "epochs": 60},
    "small": {"learning_rate": 2e-3, "epochs": 60},
}
"""Tried on 160 faces of the train split, trained on the other 645; never on the test split."""
HAND_RECIPE: dict[str, Any] = {
    "learning_rate": 2e-3,
    "epochs": 20,
    "augment": PointAugmentation(rotation=15, scale=1.15, shift=0.05),
}
TRAIN_RENDERS = {1: 500, 2: 500, 3: 500, 4: 500}
"""Seed and number of the rendered crops that are trained on."""
TEST_RENDERS = {90: 200}
HELD_OUT = 0.2
"""Share of the subjects of the photos that is tested on."""
JITTER_SEED = 1
TIMED, PATIENCE = 100, 10
"""Pictures that are timed, and seconds to wait for other processes to rest."""
DOCS = HERE.parent / "docs"
NETS = cache_dir() / "keypoint_nets"


def faces(setup: Setup) -> dict[str, Any]:
    """Faces of LFPW (805 trained on, 224 tested): mean distance of four points, in eye distances.

    A sixth of the training faces stops the training; one thread. *mean face* places every point
    where it is on average. The last two rows are of the same faces with a border around them,
    searched by MediaPipe's face network: *small, found* is "small" in the square that its eyes
    make, *the face network* its own four points, whose mouth and nose are defined differently;
    both count the faces that it found. *seeds* are the errors of three trainings.
    """
    train, test = _faces(setup, "trainset"), _faces(setup, "testset")
    mean = np.broadcast_to(train.y.mean(0), test.y.shape)
    rows = {"mean face": _face_row(mean, test)}
    for preset, recipe in FACE_RECIPES.items():
        start = time.process_time()
        seeds = range(1 if setup.quick else 3)
        nets = [_face_net(preset, _recipe(setup, recipe), train, seed) for seed in seeds]
        seconds = (time.process_time() - start) / len(nets)
        net, *_ = nets
        found = [_face_row(net.predict(test.X), test) for net in nets]
        rows[preset] = found[0] | {"seeds": ", ".join(str(row["error"]) for row in found)}
        rows[preset] |= {"parameters": _parameters(net), "epochs": len(net.history_)}
        rows[preset] |= {"cpu s": round(seconds)}
        _keep(setup, net, f"face4_{preset}")
    if not setup.quick:
        _draw_faces(net, test)
    return {"rows": rows | _found_rows(net, test)}


def _faces(setup: Setup, split: str) -> Dataset:
    return hp.load_dataset(FACES, path=setup.folder(FACES)).select(groups=[split])


def _renders(setup: Setup, numbers: dict[int, int]) -> Dataset:
    if setup.quick:
        numbers = dict.fromkeys(list(numbers)[:1], 20)
    return Dataset.concat(rendered_crops(count, seed) for seed, count in numbers.items())


def _recipe(setup: Setup, recipe: dict[str, Any]) -> dict[str, Any]:
    return recipe | {"epochs": 2} if setup.quick else recipe


def _kept(name: str) -> KeypointNet:
    """A net that another part left in the user's cache."""
    path = NETS / f"{name}.keypoints"
    if not path.is_file():
        raise MissingDataError(f"{path} is absent; measure the parts faces and hands first")
    return KeypointNet.load(path)


def _keep(setup: Setup, net: KeypointNet, name: str) -> None:
    """Leave a net in the user's cache, to be looked at live."""
    if not setup.quick:
        net.save(NETS / f"{name}.keypoints")


def _face_net(preset: str, recipe: dict[str, Any], train: Dataset, seed: int) -> KeypointNet:
    net = KeypointNet(preset, skeleton=FACE4, threads=1, random_state=seed, **recipe)
    return net.fit(train.X, train.y)


def _draw_faces(net: KeypointNet, test: Dataset) -> None:
    """Points for everybody, in docs; the photos beneath them, which may not be shown, in the
    cache."""
    found = net.predict(test.X)
    for images, path in (
        (without_pixels(test.X), DOCS / "keypoint_net_faces.png"),
        (test.X, NETS / "faces.png"),
    ):
        draw_grid(images, test.y, found, FACE4, path)


def _found_rows(net: KeypointNet, test: Dataset) -> dict[str, Any]:
    ours, theirs = points_in_pictures(net, test)
    seen = np.isfinite(ours).all((1, 2))
    return {
        name: {**_face_row(points[seen], test[seen]), "found": f"{seen.sum()} of {len(test)}"}
        for name, points in (("small, found", ours), ("the face network", theirs))
    }


def _face_row(found: np.ndarray, test: Dataset) -> dict[str, Any]:
    eyes_apart = np.linalg.norm(test.y[:, 0] - test.y[:, 1], axis=-1)
    errors = np.linalg.norm(found - test.y, axis=-1) / eyes_apart[:, None]
    row = {"error": round(float(errors.mean()), 4)}
    row["share under 0.1"] = round(float((errors.mean(1) < 0.1).mean()), 3)
    return row | {
        name.lower(): round(float(error), 4)
        for name, error in zip(FACE4.landmarks, errors.mean(0), strict=True)
    }


def hands(setup: Setup) -> dict[str, Any]:
    """Hands, "small" on 96 x 96 grey crops: mean distance in percent of the hand's box.

    *photos* are those of people that were not trained on, against the landmarks of our own
    extractor (the teacher), in the region that these landmarks make and in one that is off by up to
    6 % and 12 degrees; *rendered* are new renders of the same mesh, against exact points. *mean
    hand* places every point where it is on average.
    """
    photos = photo_crops(setup.folder("sign_language_digits"), jitter_seed=0)
    train, test = _subjects_apart(photos.groups)
    tests = {
        "photos": photo_crops(setup.folder("sign_language_digits"))[test],
        "photos, region off": photo_crops(setup.folder("sign_language_digits"), JITTER_SEED)[test],
        "rendered": _renders(setup, TEST_RENDERS),
    }
    sources = {"photos": photos[train], "rendered": _renders(setup, TRAIN_RENDERS)}
    sources["both"] = Dataset.concat(sources.values())
    mean = sources["photos"].y.mean(0)
    rows: dict[str, dict[str, Any]] = {"mean hand": {}}
    rows["mean hand"] = {
        name: _percent(np.broadcast_to(mean, crops.y.shape), crops) for name, crops in tests.items()
    }
    for name, crops in sources.items():
        net = KeypointNet("small", skeleton=HAND, threads=1, **_recipe(setup, HAND_RECIPE))
        start = time.process_time()
        net.fit(crops.X, crops.y, groups=crops.groups)
        rows[name] = {"trained on": len(crops), "parameters": _parameters(net)}
        rows[name] |= {"cpu s": round(time.process_time() - start)}
        rows[name] |= {k: _percent(net.predict(v.X), v) for k, v in tests.items()}
        _keep(setup, net, f"hand_{name}")
    if not setup.quick:
        crops = tests["rendered"]
        found = net.predict(crops.X)
        draw_grid(crops.X, crops.y, found, HAND, DOCS / "keypoint_net_hands.png")
    return {"held-out subjects": len(set(tests["photos"].groups)), "rows": rows}


def _subjects_apart(subjects: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    splitter = GroupShuffleSplit(1, test_size=HELD_OUT, random_state=0)
    return next(splitter.split(subjects, groups=subjects))


def _percent(found: np.ndarray, crops: Dataset) -> float:
    box = np.ptp(crops.y, axis=1).max(-1)
    apart = np.linalg.norm(found - crops.y, axis=-1).mean(1)
    return round(float((apart / box).mean() * 100), 2)


def _parameters(net: KeypointNet) -> int:
    """Numbers in the network as it predicts, normalisation merged."""
    return sum(values.numel() for values in net.network_.parameters())


def speed(setup: Setup) -> dict[str, Any]:
    """One picture at a time, on one thread: all of `predict`, and the network alone in OpenVINO;
    medians in ms. The nets are those that the other parts left in the user's cache."""
    rows = {}
    for name in ("face4_tiny", "face4_small", "hand_both"):
        net = _kept(name)
        pictures = list(np.zeros((TIMED, 1, net.size, net.size), np.uint8))
        rows[name] = _medians({"predict": net.predict, "network": _in_openvino(net)}, pictures)
    rows["the teacher's landmark network"] = _teacher_milliseconds()
    return {"rows": rows}


def _in_openvino(net: KeypointNet) -> Callable[[np.ndarray], Any]:
    shape = (1, net.channels, net.size, net.size)
    with torch.inference_mode():
        model = openvino().convert_model(
            net.network_, example_input=torch.zeros(shape), input=shape
        )
    settings = {"INFERENCE_NUM_THREADS": 1, "INFERENCE_PRECISION_HINT": "f32"}
    request = openvino().Core().compile_model(model, "CPU", settings).create_infer_request()

    def call(images: np.ndarray) -> Any:
        return request.infer([as_network_takes(images, net.size, net.channels).astype(np.float32)])

    return call


def _teacher_milliseconds() -> dict[str, Any]:
    runtime = choose_runtime("auto")
    crops = list(np.zeros((TIMED, 1, 224, 224, 3), np.uint8))
    row = {}
    for precision in ("f32", choose_precision("auto", runtime)):
        network = open_network(asset_path(HAND_NETWORKS["full"]), runtime, 1, precision)
        name = f"network{'' if precision == 'f32' else ', ' + precision}"
        row |= _medians({name: network}, crops)
    return row


def _medians(
    calls: dict[str, Callable[[np.ndarray], Any]], inputs: list[np.ndarray]
) -> dict[str, float]:
    seconds, _, _ = interleaved(calls, inputs, patience=PATIENCE)
    return {name: quartiles(taken)["median_ms"] for name, taken in seconds.items()}


BENCHMARK = Benchmark(
    "keypoint_net", parts_of(faces, hands, speed), shown={"faces": "", "hands": ""}
)

if __name__ == "__main__":
    run(BENCHMARK)
