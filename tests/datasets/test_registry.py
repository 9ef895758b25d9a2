import hashlib

import numpy as np
import pytest

import handpose as hp
from benchmarks.few_shot_draws import frame_numbers
from handpose import DATASETS, load_dataset
from handpose.datasets import photo_folder
from handpose.datasets.places import fetched_folder, shipped_folder
from handpose.datasets.registry import find_file


def test_the_shipped_digits_are_whole_and_small(digits):
    assert len(digits) == 2062
    assert digits.n_subjects == 222
    assert digits.label_names == list("0123456789")
    assert digits.has_subjects
    assert digits.X.detected.mean() > 0.985
    assert set(digits.X.handedness[digits.X.detected]) <= {"Left", "Right"}
    assert find_file(DATASETS[digits.name]).stat().st_size < 2**20


def test_the_shipped_digits_name_the_photos_of_the_manifest_and_their_extractor(digits):
    manifest = shipped_folder(digits.name) / "manifest.csv"
    listed = [line.split(",")[0] for line in manifest.read_text().splitlines()[1:]]
    assert digits.paths.tolist() == listed
    assert digits.provenance["name"] in hp.EXTRACTORS
    assert all(len(digest) == 64 for digest in digits.provenance["networks"].values())
    larger = (digits.X.image_size != 100).any(1)
    assert digits.paths[larger].tolist() == ["7/IMG_5874.JPG", "7/IMG_5935.JPG", "7/IMG_5978.JPG"]


def test_landmarks_of_the_shipped_digits_lie_near_their_photo(digits):
    middle = digits.X.normalized()[digits.X.detected][..., :2].mean(1)
    assert (middle > 0.1).all()
    assert (middle < 0.9).all()


def test_an_unknown_data_set_lists_the_known_ones():
    with pytest.raises(hp.UnknownNameError, match=r"'sign_digits'.*rendered_hands"):
        load_dataset("sign_digits")


def test_a_table_is_loaded_by_its_path(strangers, tmp_path):
    hp.write_table(strangers, tmp_path / "table.parquet")
    assert load_dataset(str(tmp_path / "table.parquet")).y.tolist() == strangers.y.tolist()
    with pytest.raises(hp.DatasetError, match=r"absent\.parquet: no such file"):
        load_dataset(tmp_path / "absent.parquet")


def test_what_is_not_on_this_machine_says_how_to_fetch_it(cache, monkeypatch):
    monkeypatch.delenv("HANDPOSE_DATA", raising=False)
    with pytest.raises(hp.DatasetError, match=r"photos are not .* data fetch sign_language"):
        photo_folder("sign_language_digits")
    assert not cache.exists()


PINNED = {
    "hagrid_landmarks": "0c782487f8922692cd99a71780dacda1100e34e0ec13912aa411cb3de1c339a4",
    "asl_alphabet_landmarks": "0149e07b16ae6bfc867584b97f28c12dea8837fb642d21b8789ba6711d230c25",
}
"""SHA-256 of the hands at the pinned commits, whatever their order."""


@pytest.mark.parametrize("name", PINNED)
def test_the_shipped_tables_hold_the_originals_bit_for_bit(name):
    data = load_dataset(name)
    points, names = data.X.points, [path.rpartition("/")[2] for path in data.paths]
    if name == "hagrid_landmarks":
        assert not points[..., 2].any()
        points, names = points[..., :2], data.groups
    rows = zip(points, data.y, names, strict=True)
    content = [p.astype("<f4").tobytes() + f"{label}\0{name}".encode() for p, label, name in rows]
    assert hashlib.sha256(b"".join(sorted(content))).hexdigest() == PINNED[name]
    assert (data.X.image_size == 1).all()
    assert set(data.X.handedness) == {""}
    assert data.name == name
    assert data.provenance["name"] != "native"


def test_the_letters_are_recordings_without_a_gap():
    data = load_dataset("asl_alphabet_landmarks")
    assert not data.has_subjects
    for letter in data.label_names:
        frames = np.sort(frame_numbers(data[data.y == letter]))
        np.testing.assert_array_equal(frames, np.arange(len(frames)))


def test_what_ships_takes_less_than_three_megabytes_of_landmarks():
    tables = [shipped_folder(name) / "landmarks.parquet" for name in DATASETS]
    assert sum(path.stat().st_size for path in tables if path.is_file()) < 3 * 2**20


def test_a_known_data_set_may_lie_elsewhere(tmp_path, people):
    hp.write_table(people[:7], tmp_path / "landmarks.parquet")
    for path in (tmp_path, tmp_path / "landmarks.parquet"):
        assert len(load_dataset("sign_language_digits", path=path)) == 7
    with pytest.raises(hp.DatasetError, match=r"gone\.parquet: no such file"):
        load_dataset("sign_language_digits", path=tmp_path / "gone.parquet")
    with pytest.raises(hp.UnknownNameError, match=r"known: .*hagrid_landmarks"):
        load_dataset("digit", path=tmp_path)


def test_photos_are_found_where_they_were_fetched(cache, picture):
    folder = fetched_folder("sign_language_digits")
    assert cache in folder.parents
    picture(folder / "0" / "IMG_1118.JPG")
    assert photo_folder("sign_language_digits") == folder


@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        ("hagrid_landmarks", hp.DatasetError, "landmarks only"),
        ("nothing", hp.UnknownNameError, "known"),
    ],
)
def test_a_data_set_without_photos_says_so(name, error, message):
    with pytest.raises(error, match=message):
        photo_folder(name)


@pytest.mark.parametrize("name", DATASETS)
def test_every_data_set_names_its_licence_and_source(name):
    source = DATASETS[name]
    assert source.licence
    assert source.summary
    assert source.homepage
    assert source.kind in ("hands", "motions", "faces", "clips")
    assert source.archive == "" or source.archive.startswith("https://github.com/")
    assert source.name == name
    assert (shipped_folder(name) / "README.md").is_file()
