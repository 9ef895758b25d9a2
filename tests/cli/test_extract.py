import pytest

import handpose as hp
from handpose.images import listing


def test_writes_a_table_and_counts(run, photos, tmp_path):
    table = tmp_path / "out" / "hands.parquet"
    ran = run("extract", photos, "-o", table, "--jobs", 1)
    assert ran.code == 0
    assert f"6 images: 6 hands found (100.0%), 0 missed -> {table}" in ran.out
    for label in "157":
        assert any(line.split() == [label, "2", "2", "0"] for line in ran.out.splitlines())
    data = hp.read_table(table)
    assert len(data) == 6
    assert data.label_names == ["1", "5", "7"]
    assert list(table.parent.iterdir()) == [table]


def test_a_bad_picture_is_named_and_the_others_are_done(run, photos, tmp_path):
    (photos / "5" / "broken.jpg").write_text("not a picture")
    ran = run("extract", photos, "-o", tmp_path / "t.parquet", "--jobs", 1)
    assert ran.code == 1
    (line,) = ran.complaints
    assert str(photos / "5" / "broken.jpg") in line
    assert "not an image" in line
    assert len(hp.read_table(tmp_path / "t.parquet")) == 6


def test_what_is_read_and_what_is_left_out_is_said(run, photos, tmp_path, monkeypatch):
    monkeypatch.setattr(listing, "heic_is_readable", lambda: False)
    (photos / "9").mkdir()
    (photos / "9" / "IMG_1.HEIC").touch()
    (photos / "5" / "clip.mov").touch()
    ran = run("extract", photos, "-o", tmp_path / "t.parquet", "--jobs", 1)
    assert ran.code == 1
    assert f"{photos}: 6 pictures, 3 labels (1 2, 5 2, 7 2)" in ran.err
    assert "left out: 1 video (5/clip.mov)" in ran.err
    heic, nothing = ran.complaints
    assert "left out: 1 HEIC photo (9/IMG_1.HEIC)" in heic
    assert 'pip install "handpose[heic]"' in heic
    assert nothing == f"handpose: {photos}: no picture is left in 9"
    assert len(hp.read_table(tmp_path / "t.parquet")) == 6


def test_landmarks_of_others_become_a_table(run, people, tmp_path):
    rows = [
        ",".join([label, *map(str, points[:, :2].ravel())])
        for label, points in zip(people.y[:5], people.X.points[:5], strict=True)
    ]
    (tmp_path / "hands.csv").write_text("\n".join(rows))
    ran = run("extract", tmp_path / "hands.csv", "-o", tmp_path / "t.parquet")
    assert ran.code == 0
    assert "5 rows, landmarks as they were" in ran.out
    ran = run("extract", tmp_path / "hands.csv", "-o", tmp_path / "t.parquet", "--effort", "fast")
    assert ran.code == 1
    assert "hands.csv holds landmarks, so effort would change nothing" in ran.complaints[0]
    assert hp.read_table(tmp_path / "t.parquet").y.tolist() == people.y[:5].tolist()


@pytest.mark.parametrize(
    "extractor", ["native", pytest.param("mediapipe", marks=pytest.mark.mediapipe)]
)
def test_the_extractor_can_be_chosen(run, photos, tmp_path, extractor):
    ran = run(
        "extract", photos, "-o", tmp_path / "t.parquet", "--extractor", extractor, "--jobs", 1
    )
    assert ran.code == 0
    assert hp.read_table(tmp_path / "t.parquet").provenance["name"] == extractor


def test_the_options_of_the_extractor_are_in_the_table(run, photos, tmp_path):
    chosen = ("--effort", "fast", "--min-confidence", 0.4, "--num-hands", 1)
    ran = run("extract", photos, "-o", tmp_path / "t.parquet", "--jobs", 1, *chosen)
    assert ran.code == 0
    options = hp.read_table(tmp_path / "t.parquet").provenance["options"]
    assert (options["effort"], options["min_detection_confidence"]) == ("fast", 0.4)
    assert options["num_hands"] == 1


def test_a_folder_without_images_is_refused_and_nothing_is_written(run, tmp_path):
    (tmp_path / "empty").mkdir()
    ran = run("extract", tmp_path / "empty", "-o", tmp_path / "out" / "t.parquet")
    assert ran.code == 1
    (line,) = ran.complaints
    assert "no images in it; expected empty/LABEL/IMAGE" in line
    assert not (tmp_path / "out").exists()


def test_a_table_that_could_not_be_written_is_refused_before_the_work(run, photos, tmp_path):
    (tmp_path / "folder.parquet").mkdir()
    ran = run("extract", photos, "-o", tmp_path / "folder.parquet", "--jobs", 1)
    assert ran.code == 1
    (line,) = ran.complaints
    assert "folder.parquet: cannot be written (Is a directory)" in line
    assert sorted(p.name for p in tmp_path.iterdir()) == ["folder.parquet", "photos"]


def test_a_folder_of_videos_becomes_a_table_of_motions(run, tmp_path, monkeypatch):
    (tmp_path / "clips" / "still").mkdir(parents=True)
    clip = hp.read_clip("still").path
    (tmp_path / "clips" / "still" / "a.mp4").write_bytes(clip.read_bytes())
    (tmp_path / "clips" / "still" / "b.mp4").write_bytes(b"no video")
    ran = run("extract", tmp_path / "clips", "-o", tmp_path / "t.parquet", "--jobs", 1)
    assert ran.code == 1
    (line,) = ran.complaints
    assert "b.mp4" in line
    assert "2 videos, 1 label (still 2)" in ran.err
    assert "1 videos: 1 with a hand (100.0%), 1 unreadable" in ran.out
    data = hp.read_table(tmp_path / "t.parquet")
    (motion,) = data.X
    assert (motion.n_hands, len(motion), motion.handedness) == (1, 120, "Right")
    assert motion.seen.mean() > 0.95


@pytest.mark.parametrize("name", ["table.csv", "table.parquet.txt"])
def test_a_table_under_another_suffix_is_refused_before_the_work(run, photos, tmp_path, name):
    ran = run("extract", photos, "-o", tmp_path / name, "--jobs", 1)
    assert ran.code == 1
    assert "written as .parquet" in ran.complaints[0]
    assert not (tmp_path / name).exists()


def test_a_name_without_a_suffix_is_a_folder_of_parts_that_other_commands_read(
    run, photos, tmp_path
):
    ran = run("extract", photos, "-o", tmp_path / "rows", "--jobs", 1)
    assert (ran.code, ran.complaints) == (0, [])
    assert f"-> {tmp_path / 'rows'}" in ran.out
    assert sorted(hp.read_table(tmp_path / "rows").paths) == sorted(
        path.relative_to(photos).as_posix() for path in photos.glob("*/*.jpg")
    )
    assert run("extract", tmp_path / "rows", "-o", tmp_path / "one.parquet").code == 0
    assert hp.read_table(tmp_path / "one.parquet").paths.tolist() == (
        hp.read_table(tmp_path / "rows").paths.tolist()
    )
    ran = run("extract", tmp_path / "rows", "-o", tmp_path / "again")
    assert ran.code == 1
    assert "go into one table" in ran.complaints[0]


@pytest.mark.stores
def test_photos_and_tables_may_be_in_a_store(run, photos, tmp_path):
    import fsspec

    store = fsspec.filesystem("memory")
    store.put(str(photos), "/cli/photos", recursive=True)
    ran = run("extract", "memory://cli/photos", "-o", "memory://cli/rows", "--jobs", 1)
    assert (ran.code, ran.complaints) == (0, [])
    assert len(hp.load_dataset("memory://cli/rows")) == 6
    assert run("train", "memory://cli/rows", "-o", tmp_path / "m.handpose").code == 0
    ran = run("extract", "memory://cli/gone", "-o", tmp_path / "t.parquet")
    assert ran.code == 1
    assert "no such folder" in ran.complaints[0]
    ran = run("extract", "nowhere://bucket", "-o", tmp_path / "t.parquet")
    assert ran.code == 1
    assert "nowhere" in ran.complaints[0]
