import pytest

import handpose as hp


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


@pytest.mark.parametrize("extractor", hp.EXTRACTORS)
def test_the_extractor_can_be_chosen(run, photos, tmp_path, extractor):
    ran = run(
        "extract", photos, "-o", tmp_path / "t.parquet", "--extractor", extractor, "--jobs", 1
    )
    assert ran.code == 0
    assert hp.read_table(tmp_path / "t.parquet").provenance["name"] == extractor


def test_a_folder_without_images_is_refused_and_nothing_is_written(run, tmp_path):
    (tmp_path / "empty").mkdir()
    ran = run("extract", tmp_path / "empty", "-o", tmp_path / "out" / "t.parquet")
    assert ran.code == 1
    (line,) = ran.complaints
    assert "no images in it; expected empty/LABEL/IMAGE" in line
    assert not (tmp_path / "out").exists()


def test_a_table_that_could_not_be_written_is_refused_before_the_work(run, photos, tmp_path):
    (tmp_path / "folder").mkdir()
    ran = run("extract", photos, "-o", tmp_path / "folder", "--jobs", 1)
    assert ran.code == 1
    (line,) = ran.complaints
    assert "folder: cannot be written (Is a directory)" in line
    assert sorted(p.name for p in tmp_path.iterdir()) == ["folder", "photos"]
