"""Fetching from local copies. Nothing here opens a network connection."""

import csv
import errno
import json
import shutil
import zipfile

import numpy as np
import pytest

import handpose as hp
from handpose import fetch_dataset, load_dataset
from handpose.cli.contact_sheet import contact_sheet
from handpose.datasets import DATASETS, photo_folder
from handpose.datasets import fetch as fetch_module
from handpose.datasets.places import fetched_folder, shipped_folder
from tests.at_once import at_once


@pytest.fixture
def three(monkeypatch, tmp_path, rendered_folder):
    """Shrinks `sign_language_digits` to three pictures; gives a folder with their originals."""
    shipped, originals = tmp_path / "shipped", tmp_path / "repository-123" / "Dataset"
    rows = (rendered_folder / "manifest.csv").read_text().splitlines()[:4]
    shipped.mkdir()
    (shipped / "manifest.csv").write_text("\n".join(rows))
    for row in rows[1:]:
        path = row.split(",")[0]
        (originals / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(rendered_folder / path, originals / path)
    monkeypatch.setattr(fetch_module, "shipped_folder", lambda name: shipped)
    return originals.parent


def zipped(folder, path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*")):
            archive.write(file, file.relative_to(folder.parent))
    return path


def files(folder):
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


@pytest.mark.parametrize("kind", ["folder", "zip"])
def test_photos_are_copied_wherever_they_lie_in_the_source(three, cache, tmp_path, kind):
    source = three if kind == "folder" else zipped(three, tmp_path / "archive.zip")
    counts = []
    folder = fetch_dataset(
        "sign_language_digits", path=source, progress=lambda *count: counts.append(count)
    )
    assert folder == fetched_folder("sign_language_digits")
    assert files(folder) == ["0/render0.jpg", "0/render1.jpg", "0/render2.jpg", "manifest.csv"]
    assert counts == [(1, 3), (2, 3), (3, 3)]
    assert photo_folder("sign_language_digits") == folder
    assert list(folder.parent.iterdir()) == [folder]  # no scratch is left


def test_fetching_again_replaces_what_is_there(three, cache):
    folder = fetch_dataset("sign_language_digits", path=three)
    (folder / "0" / "render0.jpg").write_bytes(b"damaged")
    (folder / "stray.txt").touch()
    fetch_dataset("sign_language_digits", path=three)
    assert "stray.txt" not in files(folder)
    assert (folder / "0/render0.jpg").read_bytes() == (three / "Dataset/0/render0.jpg").read_bytes()


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        ("byte", r"0/render1\.jpg has SHA-256 .*, expected 6698"),
        ("absent", r"lacks 0/render1\.jpg"),
    ],
)
def test_one_wrong_byte_or_one_missing_photo_is_refused_and_nothing_is_left(
    three, cache, damage, message
):
    photo = three / "Dataset" / "0" / "render1.jpg"
    content = bytearray(photo.read_bytes())
    content[500] ^= 1
    photo.write_bytes(content) if damage == "byte" else photo.unlink()
    with pytest.raises(hp.DatasetError, match=message):
        fetch_dataset("sign_language_digits", path=three)
    assert files(cache) == []
    assert list((cache / "datasets").iterdir()) == []


@pytest.mark.parametrize("name", ["absent.zip", "text.zip", "damaged.zip"])
def test_a_source_that_cannot_be_read_is_refused(three, cache, tmp_path, name):
    path = tmp_path / name
    if name == "text.zip":
        path.write_text("not a zip")
    elif name == "damaged.zip":
        content = bytearray(zipped(three, path).read_bytes())
        start = content.index(b"render0.jpg") + 60
        content[start : start + 300] = bytes(300)
        path.write_bytes(content)
    with pytest.raises(hp.DatasetError, match=f"{name}: not a folder or a readable zip"):
        fetch_dataset("sign_language_digits", path=path)
    assert files(cache) == []


def test_a_download_that_fails_says_what_else_can_be_done(cache, monkeypatch):
    monkeypatch.setattr("pooch.retrieve", lambda *_, **__: (_ for _ in ()).throw(OSError("no net")))
    with pytest.raises(hp.DatasetError) as caught:
        fetch_dataset("sign_language_digits")
    message = str(caught.value)
    assert "no net" in message
    assert DATASETS["sign_language_digits"].archive in message
    assert "handpose data fetch sign_language_digits --from FILE_OR_FOLDER" in message
    assert list((cache / "datasets").iterdir()) == []


def test_a_download_is_taken_from_the_pinned_commit(three, cache, monkeypatch, tmp_path):
    archive = zipped(three, tmp_path / "archive.zip")
    asked = []

    def retrieve(url, known_hash, fname, path):
        asked.append(url)
        return shutil.copy(archive, path / fname)

    monkeypatch.setattr("pooch.retrieve", retrieve)
    assert len(files(fetch_dataset("sign_language_digits"))) == 4
    assert asked[0].endswith("4b09433ef9d5c60602e8805bb54b8aa2428527f8.zip")


def test_an_unknown_data_set_lists_the_known_ones():
    with pytest.raises(hp.UnknownNameError, match="rendered_hands"):
        fetch_dataset("digits")


def test_what_ships_needs_no_fetching(cache, rendered_folder):
    assert fetch_dataset("rendered_hands") == rendered_folder
    assert not cache.exists()


@pytest.mark.photos
def test_the_real_photos_are_the_pinned_ones(cache, data_root):
    folder = fetch_dataset("sign_language_digits", path=data_root / "sign_language_digits")
    assert len(files(folder)) == 2063
    with (folder / "manifest.csv").open(newline="") as file:
        assert len({row["subject"] for row in csv.DictReader(file)}) == 222


FETCHED = [name for name, source in DATASETS.items() if source.archive]
SIZES = {
    "sign_language_digits": (2062, 10, 222),
    "hagrid_landmarks": (2482, 19, 1215),
    "asl_alphabet_landmarks": (10508, 26, 0),
    "rendered_hands": (60, 10, 6),
    "point_history": (4451, 4, 63),
    "rendered_clips": (8, 3, 7),
    "faces_lfpw": (1029, 0, 2),
}


@pytest.mark.photos
@pytest.mark.parametrize("name", SIZES)
def test_every_data_set_is_fetched_loaded_and_shown(cache, data_root, monkeypatch, name):
    if name == "faces_lfpw":  # must not be fetched
        monkeypatch.setenv("HANDPOSE_DATA", str(data_root))
    else:
        monkeypatch.delenv("HANDPOSE_DATA", raising=False)
    folder = fetch_dataset(name, path=data_root / name)
    data = load_dataset(name)
    assert (len(data), len(data.label_names), data.n_subjects) == SIZES[name]
    assert data.name == name
    sheet = contact_sheet(name, columns=1)
    assert len(sheet.getcolors(2**24)) > 100
    if name in FETCHED:
        assert folder == fetched_folder(name)
        assert list(folder.parent.iterdir()) == [folder]


@pytest.mark.photos
@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("hagrid_landmarks", "folder"),
        ("hagrid_landmarks", "zip"),
        ("asl_alphabet_landmarks", "folder"),
    ],
)
def test_landmarks_are_gathered_from_the_originals(cache, data_root, tmp_path, name, kind):
    table = data_root / name / DATASETS[name].file
    source = tmp_path / "repository-1"
    ORIGINALS[name](table, source)
    if kind == "zip":
        source = zipped(source, tmp_path / "archive.zip")
    fetch_dataset(name, path=source)
    assert len(load_dataset(name)) == SIZES[name][0]
    assert files(cache) == [f"datasets/{name}/{DATASETS[name].file}"]


def write_annotations(npz, folder):
    """The rows of the table as HaGRID's own JSON files, one a label."""
    with np.load(npz) as file:
        points, labels, users = file["X"], file["y"], file["user"]
    (folder / "ann_train_val").mkdir(parents=True)
    for label in np.unique(labels):
        images = {
            f"{label}-{i}": {
                "labels": [str(label)],
                "landmarks": [points[i].astype(float).tolist()],
                "user_id": str(users[i]),
            }
            for i in np.flatnonzero(labels == label)
        }
        (folder / "ann_train_val" / f"{label}.json").write_text(json.dumps(images))


def write_frames(npz, folder):
    """The rows of the table as the signer's own files, one a hand."""
    with np.load(npz) as file:
        points, labels, names = file["X"], file["y"], file["frame"]
    for label in np.unique(labels):
        (folder / "data" / "raw_gestures" / label).mkdir(parents=True)
    for hand, label, name in zip(points, labels, names, strict=True):
        np.save(folder / "data" / "raw_gestures" / label / name, hand.reshape(63))


def test_every_data_set_that_is_fetched_is_gathered_or_has_a_manifest():
    for name in FETCHED:
        manifest = (shipped_folder(name) / "manifest.csv").is_file()
        assert manifest == (DATASETS[name].gather is None)


ORIGINALS = {"hagrid_landmarks": write_annotations, "asl_alphabet_landmarks": write_frames}


@pytest.mark.photos
@pytest.mark.parametrize("name", ORIGINALS)
def test_one_changed_landmark_is_refused_and_nothing_is_left(cache, data_root, tmp_path, name):
    with np.load(data_root / name / f"{name}.npz") as file:
        arrays = dict(file)
    arrays["X"][7, 3, 1] += 1e-3
    np.savez(tmp_path / f"{name}.npz", **arrays)
    with pytest.raises(hp.DatasetError, match="not those of the pinned commit; nothing was kept"):
        fetch_dataset(name, path=tmp_path)
    assert files(cache) == []


@pytest.mark.photos
def test_clips_are_fetched_and_followed(cache, data_root, fake, monkeypatch):
    monkeypatch.delenv("HANDPOSE_DATA", raising=False)
    folder = fetch_dataset("gesture_clips", path=data_root / "gesture_clips")
    assert len(files(folder)) == 13
    data = load_dataset("gesture_clips", extractor="fake", n_jobs=1)
    assert data.name == "gesture_clips"
    assert data.y.tolist() == sorted(path.stem for path in folder.glob("*.gif"))
    assert all(motion.n_hands == 2 and len(motion) > 10 for motion in data.X)


def test_what_may_not_be_fetched_says_from_where_it_is(cache, monkeypatch):
    monkeypatch.delenv("HANDPOSE_DATA", raising=False)
    with pytest.raises(hp.DatasetError, match=r"get it from https://github.*/sdm_face_alignment"):
        fetch_dataset("faces_lfpw")


FETCH = """
import handpose as hp
together()
print(hp.fetch_dataset("point_history", path=sys.argv[3]))
"""


@pytest.mark.photos
def test_processes_that_fetch_the_same_data_set_all_end_well(cache, data_root, tmp_path):
    at_once(3, tmp_path / "place", FETCH, data_root / "point_history")
    assert [name.rpartition("/")[2] for name in files(cache)] == [
        *("manifest.csv", "point_history.csv", "point_history_classifier_label.csv")
    ]


def test_what_a_killed_process_left_is_removed(three, cache):
    left = fetched_folder("sign_language_digits").parent / ".sign_language_digits-x1"
    left.mkdir(parents=True)
    (left / "archive.zip").touch()
    fetch_dataset("sign_language_digits", path=three)
    assert not left.exists()


def test_a_full_disk_is_not_called_a_damaged_archive(three, cache, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(fetch_module, "_copy", full)
    archive = zipped(three, tmp_path / "archive.zip")
    with pytest.raises(hp.HandposeError, match=r"sign_language_digits: cannot be written \(No spa"):
        fetch_dataset("sign_language_digits", path=archive)
