"""``.task`` files: a model inside MediaPipe's own GestureRecognizer.

MediaPipe finds the hand and its landmarks, an "embedder" makes feature vectors of them, and a
classifier names them. Both are written from the description of the model, so that programs on
Android, iOS, in browsers and in Python need nothing of handpose.
"""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Mapping, Sequence
from io import SEEK_END, BytesIO
from typing import Any

import numpy as np

from handpose.assets import HAND_NETWORKS, PALM_NETWORK, asset_path
from handpose.containers.labels import NO_GESTURE_LABELS
from handpose.containers.landmarks import N_LANDMARKS
from handpose.errors import ExportError
from handpose.export.graph import Graph
from handpose.export.hands import LEFT, RIGHT, vectors
from handpose.export.model import gesture_scores, parts
from handpose.export.tflite_file import tflite_file
from handpose.features import LandmarkFeatures
from handpose.models.gestures import GestureModel
from handpose.system.extras import require

NONE = "None"
"""MediaPipe's word for a hand that shows no gesture."""

_METADATA, _IDENTIFIER, _PARSER = "TFLITE_METADATA", b"M001", "1.0.0"
_LABELS = "labels.txt"

_ALIGNED = 16
_HEADER, _FIELD = 30, 4
"""Bytes before the name of a member in a zip, and before the content of an extra field."""
_PADDING = 0xD935
"""Extra field of a zip that stands for padding (as Android's zipalign writes it)."""
_SAMPLE = np.random.default_rng(0).uniform(0, 1, (1, N_LANDMARKS, 3)).astype(np.float32)


def task_file(model: GestureModel, network: str = "full") -> bytes:
    """A model as a ``gesture_recognizer.task`` of MediaPipe, networks included.

    Its scores are those of the model; the least score of a gesture is an option of MediaPipe's
    recogniser. A label that means "no gesture" becomes ``"None"``.

    Raises
    ------
    ExportError
        If a part of the model, or a label of several lines, cannot be exported.
    MissingExtraError
        If mediapipe is not installed.
    AssetError
        If the networks cannot be found or fetched.
    """
    require("mediapipe", "exporting .task", "mediapipe")
    features, classifier = parts(model)
    if not isinstance(features, LandmarkFeatures):
        raise ExportError(
            "a .task names still hands, but this is a model of motions; write .onnx or .tflite"
        )
    embedder, size = _embedder(features)
    labels = [NONE if str(x) in NO_GESTURE_LABELS else str(x) for x in model.classes_]
    odd = [label for label in labels if len(label.splitlines()) != 1]
    if odd:
        raise ExportError(f"the label {odd[0]!r} does not fit into a line of a .task; rename it")
    named = _classifier(classifier, size, model)
    palm, hand = (asset_path(name) for name in (PALM_NETWORK, HAND_NETWORKS[network]))
    landmarker = {
        "hand_detector.tflite": palm.read_bytes(),
        "hand_landmarks_detector.tflite": hand.read_bytes(),
    }
    recognizer = {
        "gesture_embedder.tflite": embedder,
        "custom_gesture_classifier.tflite": _labelled(named, labels),
        "canned_gesture_classifier.tflite": _labelled(_silent(size), [NONE, "unused"]),
    }
    return _bundle(
        {
            "hand_landmarker.task": _bundle(landmarker),
            "hand_gesture_recognizer.task": _bundle(recognizer),
        }
    )


def _embedder(features: Any) -> tuple[bytes, int]:
    """From what MediaPipe gives to feature vectors, and how many numbers they have.

    Landmarks come relative to the wrist and scaled, which the features do not see. MediaPipe 1.2
    passes the probability of the other side than its result names.
    """
    graph = Graph()
    points = graph.input("hand", _SAMPLE)
    handedness = graph.input("handedness", np.zeros((1, 1), np.float32))
    world = graph.input("world_hand", _SAMPLE)
    is_left = (handedness * -1.0).greater(-0.5).reshape()
    side = is_left.where(np.float32(LEFT), np.float32(RIGHT))
    found, _ = vectors(points, side, features)
    unused = world.reshape(-1).part(0, 1) * 0.0  # an input that nothing reads is dropped
    graph.outputs = {"embedding": found + unused}
    return tflite_file(graph), found.shape[1]


def _classifier(classifier: Any, size: int, model: GestureModel) -> bytes:
    graph = Graph()
    embedding = graph.input("embedding", _embedding(size))
    graph.outputs = {"probabilities": gesture_scores(embedding, classifier, model)}
    return tflite_file(graph)


def _silent(size: int) -> bytes:
    """MediaPipe asks for a classifier of its own gestures too: this one knows none."""
    graph = Graph()
    embedding = graph.input("embedding", _embedding(size))
    graph.outputs = {"probabilities": embedding.part(0, 2) * 0.0 + np.array([[1, 0]], np.float32)}
    return tflite_file(graph)


def _embedding(size: int) -> Any:
    return np.random.default_rng(0).uniform(0, 1, (1, size)).astype(np.float32)


def _labelled(file: bytes, labels: Sequence[str]) -> bytes:
    """A classifier with its labels, as MediaPipe looks for them: a zip behind the file."""
    import flatbuffers
    from ai_edge_litert import schema_py_generated as schema

    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(file, 0))
    entry, buffer = schema.MetadataT(), schema.BufferT()
    buffer.data = np.frombuffer(_described_labels(), np.uint8)
    entry.name, entry.buffer = _METADATA, len(model.buffers)
    model.buffers.append(buffer)
    model.metadata = [entry]
    builder = flatbuffers.Builder(len(file))
    builder.Finish(model.Pack(builder), b"TFL3")
    return _bundle({_LABELS: "\n".join(labels).encode()}, bytes(builder.Output()))


def _described_labels() -> bytes:
    """That there is a file of labels for the entries of the one output."""
    import flatbuffers
    from mediapipe.tasks.metadata import metadata_schema_py_generated as schema

    def tensor(name: str) -> Any:
        made = schema.TensorMetadataT()
        made.name, made.content = name, schema.ContentT()
        made.content.contentPropertiesType = schema.ContentProperties.FeatureProperties
        made.content.contentProperties = schema.FeaturePropertiesT()
        return made

    labels, graph = schema.AssociatedFileT(), schema.SubGraphMetadataT()
    labels.name, labels.type = _LABELS, schema.AssociatedFileType.TENSOR_AXIS_LABELS
    scores = tensor("score")
    scores.associatedFiles = [labels]
    graph.inputTensorMetadata, graph.outputTensorMetadata = [tensor("embedding")], [scores]
    model = schema.ModelMetadataT()
    model.name, model.subgraphMetadata, model.minParserVersion = "handpose", [graph], _PARSER
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), _IDENTIFIER)
    return bytes(builder.Output())


def _bundle(members: Mapping[str, bytes], before: bytes = b"") -> bytes:
    """A zip, behind these bytes, that MediaPipe reads in place.

    Nothing is compressed, and members begin at multiples of `_ALIGNED`, as weights must.
    """
    stream = BytesIO(before)
    stream.seek(0, SEEK_END)
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_STORED) as archive:
        for name, content in members.items():
            entry = zipfile.ZipInfo(name)
            start = stream.tell() + _HEADER + len(name) + _FIELD
            padding = bytes(-start % _ALIGNED)
            entry.extra = struct.pack("<HH", _PADDING, len(padding)) + padding
            archive.writestr(entry, content)
    return stream.getvalue()
