import pytest

import handpose as hp

PUBLIC = [
    "Augmentation",
    "CLASSIFIERS",
    "CLIPS",
    "Clip",
    "DATASETS",
    "Dataset",
    "DatasetError",
    "EXTRACTORS",
    "EfficientNetClassifier",
    "Evaluation",
    "Extractor",
    "FACE4",
    "Frame",
    "GeneratedFeatures",
    "GestureEvent",
    "GestureModel",
    "GestureRecognizer",
    "HAND",
    "HAND_CONNECTIONS",
    "HandLandmark",
    "HandposeError",
    "HandposeWarning",
    "ImageError",
    "KeypointDetector",
    "KeypointFrame",
    "KeypointNet",
    "Keypoints",
    "Landmarks",
    "LandmarkFeatures",
    "LandmarksError",
    "MissingExtraError",
    "ModelCard",
    "ModelFileError",
    "Motion",
    "MotionFeatures",
    "MotionModel",
    "MotionRecognizer",
    "OneEuroFilter",
    "AssetError",
    "PointHistory",
    "ProvenanceWarning",
    "RandomSplitWarning",
    "Recognition",
    "RecognizedHand",
    "RecognizedMotion",
    "SearchError",
    "SearchResult",
    "Searched",
    "Skeleton",
    "Steadying",
    "UnknownNameError",
    "VideoRecognition",
    "VideoRecorder",
    "annotate",
    "cross_validate",
    "evaluate_model",
    "extract_folder",
    "fetch_assets",
    "fetch_dataset",
    "frame_rate",
    "list_images",
    "load_dataset",
    "load_model",
    "load_point_history",
    "load_recognizer",
    "make_classifier",
    "make_extractor",
    "make_model",
    "make_motion_model",
    "read_clip",
    "read_frames",
    "read_image",
    "read_table",
    "save_model",
    "search",
    "stream_keypoints",
    "write_table",
]


def test_the_public_names_are_these_and_no_others():
    assert sorted(hp.__all__) == sorted(PUBLIC)


@pytest.mark.parametrize("name", PUBLIC)
def test_each_public_name_can_be_had(name):
    assert getattr(hp, name) is not None
    assert name in dir(hp)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no_such_name"):
        hp.no_such_name  # noqa: B018


def test_the_version_is_a_release_number():
    assert all(part.isdigit() for part in hp.__version__.split("."))
