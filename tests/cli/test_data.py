import shutil

import pytest
from PIL import Image

import handpose as hp


def test_lists_every_data_set_and_whether_it_is_here(run, cache, monkeypatch):
    monkeypatch.delenv("HANDPOSE_DATA", raising=False)
    ran = run("data", "list")
    assert ran.code == 0
    rows = {line.split()[0]: line for line in ran.out.splitlines() if line.strip()}
    assert set(hp.DATASETS) <= set(rows)
    assert rows["rendered_hands"].split()[:5] == [
        *("rendered_hands", "hands", "Apache-2.0", "here", "here")
    ]
    assert rows["sign_language_digits"].split()[3:5] == ["here", "fetch"]
    assert rows["asl_alphabet_landmarks"].split()[1:5] == ["hands", "CC0", "fetch", "none"]
    assert not cache.exists()


@pytest.mark.photos
def test_fetches_from_a_local_folder(run, cache, data_root):
    ran = run("data", "fetch", "hagrid_landmarks", "--from", data_root / "hagrid_landmarks")
    assert ran.code == 0
    assert ran.out == f"{cache / 'datasets' / 'hagrid_landmarks'}\n"
    assert len(hp.load_dataset("hagrid_landmarks")) == 2482


def test_a_source_that_lacks_a_photo_is_refused_and_nothing_is_kept(run, cache, tmp_path):
    (tmp_path / "source").mkdir()
    ran = run("data", "fetch", "sign_language_digits", "--from", tmp_path / "source")
    assert (ran.code, ran.out) == (1, "")
    (line,) = ran.complaints
    assert "lacks 0/IMG_1118.JPG, one of 2062 files" in line
    assert list((cache / "datasets").iterdir()) == []


def test_shows_examples_of_every_label(run, tmp_path):
    path = tmp_path / "grid.png"
    ran = run("data", "show", "rendered_hands", "-o", path, "--columns", 2)
    assert (ran.code, ran.out) == (0, f"{path}\n")
    with Image.open(path) as picture:
        assert picture.height > 10 * 100
        colours = len(picture.convert("RGB").getcolors(2**24))
    assert colours > 5000  # photos, not blank cells


def test_a_data_set_that_is_not_here_says_how_to_fetch_it(run, cache, monkeypatch, tmp_path):
    monkeypatch.delenv("HANDPOSE_DATA", raising=False)
    ran = run("data", "show", "sign_language_digits", "-o", tmp_path / "grid.png")
    assert ran.code == 1
    assert "handpose data fetch sign_language_digits" in ran.complaints[0]
    assert not (tmp_path / "grid.png").exists()


@pytest.mark.photos
def test_shows_landmarks_without_photos(run, cache, data_root, monkeypatch, tmp_path):
    monkeypatch.setenv("HANDPOSE_DATA", str(data_root))
    ran = run("data", "show", "hagrid_landmarks", "-o", tmp_path / "grid.png", "--columns", 1)
    assert ran.code == 0
    with Image.open(tmp_path / "grid.png") as picture:
        assert picture.height > 19 * 100


def test_folders_of_people_are_refused_until_a_manifest_says_what_they_are(run, photos, tmp_path):
    root = tmp_path / "people"
    for person in ("ann", "bob"):
        shutil.copytree(photos, root / person)
    refused = run("train", root, "-o", tmp_path / "m.handpose")
    assert refused.code == 1
    (line,) = refused.complaints
    remedy = f"handpose data manifest {root} --layout subject/label"
    assert remedy in line
    ran = run(*remedy.split()[1:])
    assert ran.code == 0
    assert ran.out == f"{root / 'manifest.csv'}: 12 added\n"
    assert "12 pictures, 3 labels (1 4, 5 4, 7 4), 2 subjects" in ran.err
    again = run("data", "manifest", root)
    assert again.code == 1
    assert "no picture to add" in again.complaints[0]
