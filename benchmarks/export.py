"""Exported models: are they the same, how large are they, how long does a hand take?

python -m benchmarks.export [--only PART ...] [--quick]

Every model is trained on the shipped digits, exported, and run by ONNX Runtime and LiteRT on the
same landmarks as in Python.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from copy import copy
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

import handpose as hp
from benchmarks.runner import Benchmark, Setup, parts_of, run
from benchmarks.timing import interleaved
from handpose.assets import HAND_NETWORKS, PALM_NETWORK, asset_path
from handpose.datasets import photo_folder
from handpose.export.hands import LEFT, RIGHT, UNKNOWN
from handpose.export.model import described
from handpose.export.network_files import onnx_network, sized_network
from handpose.export.onnx_file import onnx_file
from handpose.export.pipeline import HAND_OUTPUTS, PALM_OUTPUTS
from handpose.export.task_file import task_file
from handpose.export.tflite_file import tflite_file
from handpose.features import PRESETS
from handpose.models.threshold import threshold_of
from handpose.networks.views import COARSE, FINE
from handpose.system.extras import require

QUICK = {
    "gbdt": {"max_iter": 5},
    "random_forest": {"n_estimators": 10},
    "extra_trees": {"n_estimators": 10},
    "searched": {"search_epochs": 1, "epochs": 1},
}
EVERY = 4
"""Models that are compared learn every fourth digit, so that most hands are new to them."""
TIMED = 300
"""Hands whose time is measured."""
NEAR = 1e-5
"""Difference of a probability up to which two answers count as equal."""
AT_ONCE = 256

Answers = tuple[NDArray[np.integer], NDArray[np.float32], NDArray[np.bool_]]
"""Label, probabilities and none."""


class Exported(NamedTuple):
    """A model and its files."""

    model: hp.GestureModel
    onnx: bytes
    tflite: bytes


def exported(model: hp.GestureModel) -> Exported:
    """A model with its files."""
    found = described(model)
    return Exported(model, onnx_file(found.graph, found.metadata), tflite_file(found.graph))


@cache
def trained(name: str, features: str, every: int, setup: Setup) -> hp.GestureModel:
    """A classifier on every so many digits, with the defaults."""
    digits = hp.load_dataset("sign_language_digits")[:: 8 if setup.quick else every]
    settings = QUICK.get(name, {}) if setup.quick else {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = hp.make_model(name, features=features, **settings)
        return model.fit(digits.X, digits.y, groups=digits.groups)


def without_none(model: hp.GestureModel) -> hp.GestureModel:
    """The same model, that takes every hand for one of its gestures."""
    bare = copy(model)
    bare.known_ = None
    return bare


def same(setup: Setup) -> dict[str, Any]:
    """ONNX files in ONNX Runtime beside Python, trained on a quarter of the digits, asked about all
    2,062 (one without a hand) and about 2,482 hands of HaGRID, which show other gestures: the share
    of equal labels, the share of equal answers that there is no gesture, the greatest difference
    of a probability, and the share of hands with a difference above 0.00001."""
    rows = {}
    for name in hp.CLASSIFIERS:
        for preset in PRESETS:
            setup.report(f"{name} on {preset}")
            rows[f"{name}, {preset}"] = _compared(
                exported(trained(name, preset, EVERY, setup)), setup
            )
    return {"rows": rows}


def lite(setup: Setup) -> dict[str, Any]:
    """TFLite files of the same models in LiteRT, features ``geometry``, on the digits, one hand at
    a time; columns as above."""
    hands = _digits(setup)[: setup.few(2062)]
    rows = {}
    for name in hp.CLASSIFIERS:
        setup.report(name)
        files = exported(trained(name, "geometry", EVERY, setup))
        run_one = _lite(files.tflite)
        answers = [run_one(row) for row in _rows(hands)]
        found = tuple(np.concatenate(parts) for parts in zip(*answers, strict=True))
        rows[name] = {"kb": _kb(files.tflite)} | _differences(files.model, hands, found, "")
    return {"rows": rows}


def one_hand(setup: Setup) -> dict[str, Any]:
    """Milliseconds from landmarks to gesture, one hand at a time and in one thread: Python, ONNX
    Runtime and LiteRT in turn, features ``geometry``, trained on all digits. Models that "know
    none" tell gestures that nobody taught; the others were made with ``none=None``. ``nodes`` are
    the operations in a file."""
    hands = _digits(setup)
    rows = _rows(hands[hands.detected][: setup.few(TIMED)])
    table = {}
    for knows_none in (False, True):
        for name in hp.CLASSIFIERS:
            model = trained(name, "geometry", 1, setup)
            files = exported(model if knows_none else without_none(model))
            title = f"{name}, knows none" if knows_none else name
            setup.report(title)
            calls: dict[str, Callable[[Any], Any]] = {
                "python": lambda row, model=files.model: model.gesture_scores(row[0]),
                "onnx": _onnx(files.onnx),
                "tflite": _lite(files.tflite),
            }
            seconds, _, undisturbed = interleaved(calls, rows, patience=setup.patience / 10)
            medians = {f"{way} ms": _median(times) for way, times in seconds.items()}
            sizes = {"onnx_kb": _kb(files.onnx), "tflite_kb": _kb(files.tflite)}
            sizes |= {"onnx_nodes": _nodes(files.onnx), "tflite_nodes": _operators(files.tflite)}
            table[title] = {**sizes, **medians, "undisturbed": undisturbed}
    return {"rows": table}


def task(setup: Setup) -> dict[str, Any]:
    """A ``.task`` in MediaPipe's own GestureRecognizer, on the rendered hands that ship: labels
    and probabilities beside those of the model on the landmarks that MediaPipe gives."""
    require("mediapipe", "the part task", "mediapipe")
    import mediapipe
    from mediapipe.tasks.python import BaseOptions, vision

    rendered = hp.load_dataset("rendered_hands")
    paths = rendered.paths[:: 6 if setup.quick else 1]
    rows = {}
    for name in ("svm", "mlp", "few_shot"):
        model = trained(name, "geometry", EVERY, setup)
        file = task_file(model)
        options = vision.GestureRecognizerOptions(BaseOptions(model_asset_buffer=file))
        found, equal, apart = 0, 0, [0.0]
        with vision.GestureRecognizer.create_from_options(options) as recognizer:
            for path in paths:
                image = hp.read_image(photo_folder("rendered_hands") / path)
                result = recognizer.recognize(
                    mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=image)
                )
                hands = hp.Landmarks.from_mediapipe(result, image.shape[1::-1])
                if not len(hands):
                    continue
                want = model.gesture_scores(hands)[0]
                best = str(model.classes_[want.argmax()])
                said = result.gestures[0][0]
                found += 1
                equal += said.category_name == best
                apart.append(abs(said.score - float(want.max())))
        rows[name] = {
            "kb": _kb(file),
            "pictures": len(paths),
            "found": found,
            "same label": equal / max(found, 1),
            "greatest difference": f"{max(apart):.0e}",
        }
    return {"rows": rows}


def networks(setup: Setup) -> dict[str, Any]:
    """The pretrained networks as ONNX in ONNX Runtime beside the originals in LiteRT, on random
    images: greatest difference of an output, relative to its largest value."""
    rows = {}
    hands = [(name, HAND_OUTPUTS, 224) for name in HAND_NETWORKS.values()]
    palms = [(PALM_NETWORK, PALM_OUTPUTS, side) for side in (FINE, COARSE)]
    rng = np.random.default_rng(setup.seed)
    for name, outputs, side in palms + hands:
        file = asset_path(name).read_bytes()
        converted = onnx_network(file, outputs)
        session = _session(converted)
        interpreter = _interpreter(sized_network(file, side) if side == COARSE else file)
        worst = 0.0
        for _ in range(setup.few(20)):
            image = rng.random((1, side, side, 3), dtype=np.float32)
            interpreter.set_tensor(interpreter.get_input_details()[0]["index"], image)
            interpreter.invoke()
            for got, told in zip(
                session.run(None, {"image": image}), interpreter.get_output_details(), strict=True
            ):
                want = interpreter.get_tensor(told["index"]).reshape(got.shape)
                worst = max(worst, float(np.abs(got - want).max() / np.abs(want).max()))
        rows[f"{name}, {side} px"] = {
            "tflite_kb": _kb(file),
            "onnx_kb": _kb(converted),
            "difference": f"{worst:.0e}",
        }
    return {"rows": rows}


def _compared(files: Exported, setup: Setup) -> dict[str, Any]:
    run_many = _onnx(files.onnx)
    row: dict[str, Any] = {"kb": _kb(files.onnx)}
    hagrid = setup.landmarks("hagrid_landmarks").X[: setup.few(10_000)]
    for title, hands in (("digits", _digits(setup)), ("hagrid", hagrid)):
        parts = [run_many((hands[i : i + AT_ONCE],)) for i in range(0, len(hands), AT_ONCE)]
        found = tuple(np.concatenate(column) for column in zip(*parts, strict=True))
        row |= _differences(files.model, hands, found, f" {title}")
    return row


def _differences(
    model: hp.GestureModel, hands: hp.Landmarks, found: tuple[NDArray[Any], ...], title: str
) -> dict[str, Any]:
    label, probabilities, none = found
    want, there = model.gesture_scores(hands), hands.detected
    apart = np.abs(probabilities - want).max(1)
    sure = (want.max(1) >= threshold_of(model)) & there
    return {
        f"same label{title}": float((label == want.argmax(1)).mean()),
        f"same none{title}": float((none.astype(bool) == ~sure).mean()),
        f"difference{title}": f"{apart.max():.0e}",
        f"above 1e-5{title}": float((apart > NEAR).mean()),
    }


def _digits(setup: Setup) -> hp.Landmarks:
    hands = hp.load_dataset("sign_language_digits").X
    return hands[:: 20 if setup.quick else 1]


def _rows(hands: hp.Landmarks) -> list[tuple[hp.Landmarks]]:
    return [(hands[i],) for i in range(len(hands))]


def _given(hands: hp.Landmarks) -> dict[str, NDArray[np.float32]]:
    sides = [hands.handedness == "Left", hands.handedness == "Right"]
    side = np.select(sides, [LEFT, RIGHT], UNKNOWN).astype(np.float32)
    return {"points": hands.points, "side": side}


def _session(file: bytes) -> Any:
    require("onnxruntime", "this benchmark", "export")
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])


def _onnx(file: bytes) -> Callable[[Any], Answers]:
    session = _session(file)
    kept: dict[int, Any] = {}

    def answer(row: tuple[hp.Landmarks]) -> Answers:
        key = id(row[0])
        if key not in kept:  # what Python needs to hand them over is no part of the model
            kept[key] = row[0], _given(row[0])
        return tuple(session.run(None, kept[key][1]))

    return answer


def _interpreter(file: bytes) -> Any:
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_content=file, num_threads=1)
    interpreter.allocate_tensors()
    return interpreter


def _lite(file: bytes) -> Callable[[Any], Answers]:
    interpreter = _interpreter(file)
    inputs = {told["name"]: told["index"] for told in interpreter.get_input_details()}
    outputs = [told["index"] for told in interpreter.get_output_details()]
    kept: dict[int, Any] = {}

    def answer(row: tuple[hp.Landmarks]) -> Answers:
        key = id(row[0])
        if key not in kept:
            kept[key] = row[0], _given(row[0])
        for name, value in kept[key][1].items():
            interpreter.set_tensor(inputs[name], value)
        interpreter.invoke()
        return tuple(interpreter.get_tensor(index) for index in outputs)

    return answer


def _median(seconds: list[float]) -> float:
    return round(float(np.median(seconds)) * 1e3, 4)


def _nodes(file: bytes) -> int:
    """Operations of an ONNX file."""
    import onnx

    return len(onnx.load_from_string(file).graph.node)


def _operators(file: bytes) -> int:
    """Operations of a TFLite file."""
    from ai_edge_litert import schema_py_generated as schema

    return int(schema.Model.GetRootAs(file, 0).Subgraphs(0).OperatorsLength())


def _kb(file: bytes) -> int:
    return round(len(file) / 1e3)


BENCHMARK = Benchmark(
    "export",
    parts_of(same, lite, one_hand, task, networks),
    shown={"one_hand": "svm|mlp"},
)

if __name__ == "__main__":
    run(BENCHMARK)
