from .assets import fetch_assets as fetch_assets
from .automl import GeneratedFeatures as GeneratedFeatures
from .automl import SearchError as SearchError
from .automl import SearchResult as SearchResult
from .automl import search as search
from .classifiers import CLASSIFIERS as CLASSIFIERS
from .classifiers import MLP as MLP
from .classifiers import SVM as SVM
from .classifiers import FewShot as FewShot
from .classifiers import Searched as Searched
from .classifiers import make_classifier as make_classifier
from .containers.bodies import Bodies as Bodies
from .containers.keypoints import Keypoints as Keypoints
from .containers.landmarks import Landmarks as Landmarks
from .containers.motion import Motion as Motion
from .containers.motion import Motions as Motions
from .containers.skeletons import (
    BODY as BODY,
)
from .containers.skeletons import (
    FACE4 as FACE4,
)
from .containers.skeletons import (
    HAND as HAND,
)
from .containers.skeletons import (
    HAND_CONNECTIONS as HAND_CONNECTIONS,
)
from .containers.skeletons import (
    BodyLandmark as BodyLandmark,
)
from .containers.skeletons import (
    HandLandmark as HandLandmark,
)
from .containers.skeletons import (
    Skeleton as Skeleton,
)
from .datasets import (
    DATASETS as DATASETS,
)
from .datasets import (
    Dataset as Dataset,
)
from .datasets import (
    fetch_dataset as fetch_dataset,
)
from .datasets import (
    list_images as list_images,
)
from .datasets import (
    read_table as read_table,
)
from .datasets import (
    write_table as write_table,
)
from .datasets.point_history import PointHistory as PointHistory
from .datasets.point_history import load_point_history as load_point_history
from .datasets.rendered_clips import CLIPS as CLIPS
from .datasets.rendered_clips import Clip as Clip
from .datasets.rendered_clips import read_clip as read_clip
from .drawing import annotate as annotate
from .errors import (
    AssetError as AssetError,
)
from .errors import (
    DatasetError as DatasetError,
)
from .errors import (
    EmbeddingWarning as EmbeddingWarning,
)
from .errors import (
    ExportError as ExportError,
)
from .errors import (
    HandposeError as HandposeError,
)
from .errors import (
    HandposeWarning as HandposeWarning,
)
from .errors import (
    ImageError as ImageError,
)
from .errors import (
    LandmarksError as LandmarksError,
)
from .errors import (
    MissingExtraError as MissingExtraError,
)
from .errors import (
    ModelFileError as ModelFileError,
)
from .errors import (
    ModelKindError as ModelKindError,
)
from .errors import (
    OptionError as OptionError,
)
from .errors import (
    ProvenanceWarning as ProvenanceWarning,
)
from .errors import (
    RandomSplitWarning as RandomSplitWarning,
)
from .errors import (
    SeenPeopleWarning as SeenPeopleWarning,
)
from .errors import (
    StoreError as StoreError,
)
from .errors import (
    UnknownNameError as UnknownNameError,
)
from .errors import (
    WorkerError as WorkerError,
)
from .evaluation import (
    Evaluation as Evaluation,
)
from .evaluation import (
    cross_validate as cross_validate,
)
from .evaluation import (
    evaluate_model as evaluate_model,
)
from .evaluation import (
    evaluate_open_set as evaluate_open_set,
)
from .evaluation import (
    evaluate_people as evaluate_people,
)
from .export import export_model as export_model
from .extraction import extract_folder as extract_folder
from .extraction import load_dataset as load_dataset
from .extractors import (
    EXTRACTORS as EXTRACTORS,
)
from .extractors import (
    Extractor as Extractor,
)
from .extractors import (
    make_extractor as make_extractor,
)
from .features import Augmentation as Augmentation
from .features import HandGeometry as HandGeometry
from .features import LandmarkFeatures as LandmarkFeatures
from .features.motion import MotionFeatures as MotionFeatures
from .images import Frame as Frame
from .images import VideoRecorder as VideoRecorder
from .images import frame_rate as frame_rate
from .images import read_frames as read_frames
from .images import read_image as read_image
from .keypoint_net import KeypointDetector as KeypointDetector
from .keypoint_net import KeypointNet as KeypointNet
from .models import ModelCard as ModelCard
from .models import learn_phases as learn_phases
from .models import load_model as load_model
from .models import personalize as personalize
from .models import save_model as save_model
from .models import with_nothing as with_nothing
from .models.gestures import GestureModel as GestureModel
from .models.making import make_model as make_model
from .pixels import EfficientNetClassifier as EfficientNetClassifier
from .recognition import (
    GestureRecognizer as GestureRecognizer,
)
from .recognition import (
    Recognition as Recognition,
)
from .recognition import (
    RecognizedHand as RecognizedHand,
)
from .recognition import (
    VideoRecognition as VideoRecognition,
)
from .recognition import (
    load_recognizer as load_recognizer,
)
from .recognition.finding import find_motions as find_motions
from .recognition.keypoint_video import KeypointFrame as KeypointFrame
from .recognition.keypoint_video import stream_keypoints as stream_keypoints
from .recognition.mediapipe_namer import MediaPipeNamer as MediaPipeNamer
from .recognition.motions import MotionRecognizer as MotionRecognizer
from .recognition.motions import RecognizedMotion as RecognizedMotion
from .recognition.spelling import Speller as Speller
from .temporal import GestureEvent as GestureEvent
from .temporal import GestureSequence as GestureSequence
from .temporal import GestureSequences as GestureSequences
from .temporal import HandLiveness as HandLiveness
from .temporal import HandMotion as HandMotion
from .temporal import OneEuroFilter as OneEuroFilter
from .temporal import Steadying as Steadying

__version__: str
