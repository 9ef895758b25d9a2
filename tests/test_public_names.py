import ast
import zipfile
from pathlib import Path

import pytest

import handpose as hp

PACKAGE = Path(hp.__file__).parent

PUBLIC = [
    "Augmentation",
    "BODY",
    "Bodies",
    "BodyLandmark",
    "CLASSIFIERS",
    "CLIPS",
    "Clip",
    "DATASETS",
    "Dataset",
    "DatasetError",
    "EXTRACTORS",
    "EfficientNetClassifier",
    "EmbeddingWarning",
    "Evaluation",
    "ExportError",
    "Extractor",
    "FACE4",
    "FewShot",
    "Frame",
    "GeneratedFeatures",
    "GestureEvent",
    "GestureModel",
    "GestureRecognizer",
    "GestureSequence",
    "GestureSequences",
    "HAND",
    "HAND_CONNECTIONS",
    "HandLiveness",
    "HandMotion",
    "HandGeometry",
    "HandLandmark",
    "HandposeError",
    "HandposeWarning",
    "ImageError",
    "KeypointDetector",
    "KeypointFrame",
    "KeypointNet",
    "Keypoints",
    "Landmarks",
    "MLP",
    "SVM",
    "LandmarkFeatures",
    "LandmarksError",
    "MissingExtraError",
    "MediaPipeNamer",
    "ModelCard",
    "ModelFileError",
    "ModelKindError",
    "Motion",
    "MotionFeatures",
    "MotionRecognizer",
    "Motions",
    "OneEuroFilter",
    "OptionError",
    "AssetError",
    "PointHistory",
    "ProvenanceWarning",
    "RandomSplitWarning",
    "SeenPeopleWarning",
    "Recognition",
    "RecognizedHand",
    "RecognizedMotion",
    "SearchError",
    "SearchResult",
    "Searched",
    "Skeleton",
    "Speller",
    "Steadying",
    "UnknownNameError",
    "VideoRecognition",
    "VideoRecorder",
    "StoreError",
    "WorkerError",
    "annotate",
    "cross_validate",
    "evaluate_model",
    "evaluate_open_set",
    "export_model",
    "evaluate_people",
    "extract_folder",
    "fetch_assets",
    "fetch_dataset",
    "find_motions",
    "frame_rate",
    "learn_phases",
    "list_images",
    "load_dataset",
    "load_model",
    "load_point_history",
    "load_recognizer",
    "make_classifier",
    "make_extractor",
    "make_model",
    "personalize",
    "read_clip",
    "read_frames",
    "read_image",
    "read_table",
    "save_model",
    "search",
    "stream_keypoints",
    "with_nothing",
    "write_table",
]


def test_the_public_names_are_these_and_no_others():
    assert sorted(hp.__all__) == sorted(PUBLIC)


@pytest.mark.parametrize("name", PUBLIC)
def test_each_public_name_can_be_had(name):
    assert getattr(hp, name) is not None
    assert name in dir(hp)


def test_type_checkers_are_told_the_same_names():
    stub = ast.parse((PACKAGE / "__init__.pyi").read_text(encoding="utf-8"))
    told = {
        alias.asname: node.module
        for node in stub.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert told == hp._MODULES


def test_names_are_found_in_an_archive_without_the_stub(tmp_path, run_python):
    """As in an app that PyInstaller has made: code without files, and no ``__init__.pyi``."""
    archive = tmp_path / "app.zip"
    with zipfile.ZipFile(archive, "w") as app:
        for path in PACKAGE.rglob("*.py"):
            app.write(path, path.relative_to(PACKAGE.parent))
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "import handpose as hp; print(hp.__file__)\n"
        "print(hp.Landmarks.empty().shape, hp.make_classifier('svm').__class__.__name__)"
    )
    place, made = run_python(code, archive)
    assert place.startswith(str(archive))
    assert made == "(0, 21, 3) SVM"


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no_such_name"):
        hp.no_such_name  # noqa: B018


def test_the_version_is_a_release_number():
    assert all(part.isdigit() for part in hp.__version__.split("."))
