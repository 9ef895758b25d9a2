import numpy as np
import pytest

import handpose as hp
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
    with pytest.raises(hp.DatasetError, match="run: handpose data fetch hagrid_landmarks"):
        load_dataset("hagrid_landmarks")
    with pytest.raises(hp.DatasetError, match=r"photos are not .* data fetch sign_language"):
        photo_folder("sign_language_digits")
    assert not cache.exists()


def test_a_data_set_is_found_in_the_folder_of_the_environment(cache, monkeypatch, tmp_path):
    points = np.random.default_rng(0).uniform(0, 1, (4, 21, 2))
    (tmp_path / "hagrid_landmarks").mkdir()
    np.savez(
        tmp_path / "hagrid_landmarks" / "hagrid_landmarks.npz",
        X=points,
        y=list("abab"),
        user=list("pqrs"),
    )
    monkeypatch.setenv("HANDPOSE_DATA", str(tmp_path))
    assert load_dataset("hagrid_landmarks").groups.tolist() == list("pqrs")


OURS = {"sign_language_digits", "rendered_hands", "rendered_clips"}
"""What our extractor found and what our scripts rendered."""


def test_only_landmarks_of_our_own_ship():
    root = shipped_folder("rendered_hands").parent
    shipped = {path.relative_to(root) for path in root.rglob("*") if path.is_file()}
    others = {path for path in shipped if path.parts[0] not in OURS}
    assert {path.name for path in others} <= {"README.md", "manifest.csv"}
    tables = [path.as_posix() for path in shipped if path.suffix in (".parquet", ".npz")]
    assert tables == ["sign_language_digits/landmarks.parquet"]


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
