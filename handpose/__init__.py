"""handpose: pixels become landmarks, landmarks become vectors, vectors become a gesture.

Each public name is imported when it is first used, so that ``import handpose`` itself stays fast.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_PLACES: dict[str, tuple[str, ...]] = {
    "assets": ("fetch_assets",),
    "automl": (
        "GeneratedFeatures",
        "SearchError",
        "SearchResult",
        "search",
    ),
    "classifiers": (
        "CLASSIFIERS",
        "FewShot",
        "MLP",
        "SVM",
        "Searched",
        "make_classifier",
    ),
    "pixels": ("EfficientNetClassifier",),
    "datasets": (
        "DATASETS",
        "Dataset",
        "fetch_dataset",
        "list_images",
        "read_table",
        "write_table",
    ),
    "datasets.point_history": (
        "PointHistory",
        "load_point_history",
    ),
    "datasets.rendered_clips": (
        "CLIPS",
        "Clip",
        "read_clip",
    ),
    "drawing": ("annotate",),
    "errors": (
        "AssetError",
        "DatasetError",
        "EmbeddingWarning",
        "ExportError",
        "HandposeError",
        "HandposeWarning",
        "ImageError",
        "LandmarksError",
        "MissingExtraError",
        "OptionError",
        "ModelFileError",
        "ModelKindError",
        "ProvenanceWarning",
        "RandomSplitWarning",
        "SeenPeopleWarning",
        "StoreError",
        "UnknownNameError",
        "WorkerError",
    ),
    "evaluation": (
        "Evaluation",
        "cross_validate",
        "evaluate_model",
        "evaluate_open_set",
        "evaluate_people",
    ),
    "export": ("export_model",),
    "extractors": (
        "EXTRACTORS",
        "Extractor",
        "make_extractor",
    ),
    "extraction": (
        "extract_folder",
        "load_dataset",
    ),
    "keypoint_net": (
        "KeypointDetector",
        "KeypointNet",
    ),
    "features": (
        "Augmentation",
        "HandGeometry",
        "LandmarkFeatures",
    ),
    "features.motion": ("MotionFeatures",),
    "images": (
        "Frame",
        "VideoRecorder",
        "frame_rate",
        "read_frames",
        "read_image",
    ),
    "recognition.keypoint_video": (
        "KeypointFrame",
        "stream_keypoints",
    ),
    "containers.bodies": ("Bodies",),
    "containers.keypoints": ("Keypoints",),
    "containers.landmarks": ("Landmarks",),
    "models": (
        "ModelCard",
        "learn_phases",
        "load_model",
        "personalize",
        "save_model",
        "with_nothing",
    ),
    "models.gestures": ("GestureModel",),
    "models.making": ("make_model",),
    "containers.motion": ("Motion", "Motions"),
    "recognition.motions": (
        "MotionRecognizer",
        "RecognizedMotion",
    ),
    "recognition.mediapipe_namer": ("MediaPipeNamer",),
    "recognition.finding": ("find_motions",),
    "recognition.spelling": ("Speller",),
    "recognition": (
        "GestureRecognizer",
        "Recognition",
        "RecognizedHand",
        "VideoRecognition",
        "load_recognizer",
    ),
    "containers.skeletons": (
        "BODY",
        "FACE4",
        "HAND",
        "HAND_CONNECTIONS",
        "BodyLandmark",
        "HandLandmark",
        "Skeleton",
    ),
    "temporal": (
        "GestureEvent",
        "GestureSequence",
        "GestureSequences",
        "HandLiveness",
        "HandMotion",
        "OneEuroFilter",
        "Steadying",
    ),
}
"""Public names by the module that has them. ``__init__.pyi`` has the same, for type checkers."""

_OLD = {
    "MotionModel": ("models.gestures", "GestureModel"),
    "make_motion_model": ("models.making", "make_motion_model"),
}
"""Public names of earlier versions that warn: the module and the name there."""

_MODULES = {name: module for module, names in _PLACES.items() for name in names}

__all__ = sorted(_MODULES)  # noqa: PLE0605


def __getattr__(name: str) -> Any:
    if name in _OLD:
        module, now = _OLD[name]
        if name != now:
            warn = import_module(f"{__name__}.system.deprecation").warn_renamed
            warn(f"handpose.{name}", f"handpose.{now}")
        return getattr(import_module(f"{__name__}.{module}"), now)
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
