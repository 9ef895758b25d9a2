"""Extracting folders. `fake` finds nothing in a picture whose first pixel is black."""

import os
import shutil
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import handpose as hp
from handpose.extraction import ExtractionSummary, extract_folder, work
from handpose.extraction.work import CHUNK
from handpose.extractors import EXTRACTORS, PHOTO_OPTIONS
from handpose.images import listing
from tests.at_once import at_once

N = 3 * CHUNK + 5


def write_picture(path, brightness):
    """One that no other is equal to, of its name; the first pixel says what `fake` finds."""
    path.parent.mkdir(parents=True, exist_ok=True)
    picture = Image.new("RGB", (40, 30), (brightness,) * 3)
    picture.putpixel((39, 29), tuple(path.stem.encode()[-3:]))
    picture.save(path)


@pytest.fixture
def photos(tmp_path):
    """`N` pictures of fist and palm by two people; every fifth shows no hand."""
    root = tmp_path / "photos"
    rows = ["path,label,subject"]
    for i in reversed(range(N)):  # the manifest's order is not the alphabet's
        label = ("fist", "palm")[i % 2]
        write_picture(root / label / f"{i:03}.png", 0 if i % 5 == 0 else 50 + i)
        rows.append(f"{label}/{i:03}.png,{label},p{i % 3}")
    (root / "manifest.csv").write_text("\n".join(rows))
    return root


def extract(photos, table, **more):
    return extract_folder(photos, table, extractor="fake", n_jobs=1, **more)


@pytest.fixture
def table(tmp_path):
    return tmp_path / "out" / "table.parquet"


def test_every_picture_is_a_row_in_the_manifests_order(fake, photos, table):
    extract(photos, table)
    data = hp.read_table(table)
    assert [int(path[-7:-4]) for path in data.paths] == list(reversed(range(N)))
    assert [path.split("/")[0] for path in data.paths] == data.y.tolist()
    assert data.groups.tolist() == [f"p{i % 3}" for i in reversed(range(N))]
    assert (data.X.image_size == [40, 30]).all()
    assert data.name == "photos"


def test_a_miss_is_a_row_without_a_hand_and_of_two_hands_the_surer_is_kept(fake, photos, table):
    extract(photos, table)
    data = hp.read_table(table)
    assert data.X.detected.tolist() == [i % 5 != 0 for i in reversed(range(N))]
    assert set(data.X.handedness[data.X.detected]) == {"Right"}
    np.testing.assert_allclose(data.X.score[data.X.detected], 0.9)
    assert np.isnan(data.X.points[~data.X.detected]).all()


def test_the_summary_counts_found_and_missed_for_each_label(fake, photos, table):
    summary = extract(photos, table)
    assert summary.path == table
    assert summary.labels == ["fist", "palm"]
    assert summary.missed == {"fist": len(range(0, N, 10)), "palm": len(range(5, N, 10))}
    assert summary.found.total() + summary.missed.total() == N
    assert str(summary).startswith(f"{N} images: 42 hands found (79.2%), 11 missed")
    assert "0.0%" in str(ExtractionSummary(table))


def test_second_hands_are_counted_and_labels_that_mostly_have_two_are_named(fake, photos, table):
    summary = extract(photos, table)
    assert summary.two_hands == summary.found
    assert "42 show a second hand, the surer one was taken; most of label fist, palm do" in str(
        summary
    )
    one = ExtractionSummary(table, Counter(a=4, b=4), two_hands=Counter(a=1))
    assert str(one).endswith("0 missed; 1 show a second hand, the surer one was taken")


def test_what_is_left_out_is_told_before_the_work(fake, photos, table, monkeypatch):
    monkeypatch.setattr(listing, "heic_is_readable", lambda: False)
    (photos / "manifest.csv").unlink()
    (photos / "fist" / "a.HEIC").touch()
    (photos / "palm" / "clip.mp4").touch()
    told = []
    summary = extract(
        photos, table, listing=lambda pictures: told.append((pictures, fake.images_seen))
    )
    (pictures, seen) = told[0]
    assert seen == 0
    assert len(pictures.items) == N
    assert any("1 video (palm/clip.mp4)" in note for note in pictures.notes)
    assert summary.unreadable == pictures.unreadable
    assert "fist/a.HEIC" in summary.unreadable[0]
    assert not summary.complete


def test_without_a_listener_what_is_left_out_is_a_warning(fake, photos, table):
    (photos / "wave").mkdir()
    write_picture(photos / "wave" / "999.png", 77)
    with pytest.warns(
        hp.HandposeWarning, match=r"1 picture \(wave/999\.png\) that manifest\.csv does"
    ):
        assert extract(photos, table).complete


def test_photos_are_looked_at_for_as_many_hands_as_when_they_are_recognised():
    assert {name: options["num_hands"] for name, options in PHOTO_OPTIONS.items()} == dict.fromkeys(
        EXTRACTORS, 2
    )


def test_the_table_notes_its_extractor(fake, photos, table):
    extract(photos, table, version=7)
    provenance = hp.read_table(table).provenance
    assert provenance == {"name": "fake", "options": {"version": 7}, "networks": {}}


def test_an_unreadable_picture_is_named_and_the_others_are_done(fake, photos, table):
    (photos / "fist" / "004.png").write_text("not a picture")
    (photos / "palm" / "007.png").unlink()
    summary = extract(photos, table)
    assert sorted(path for path, _ in summary.errors) == ["fist/004.png", "palm/007.png"]
    reasons = dict(summary.errors)
    assert "004.png: not an image" in reasons["fist/004.png"]
    assert "007.png: no such file" in reasons["palm/007.png"]
    assert len(hp.read_table(table)) == N - 2
    assert "2 unreadable" in str(summary)


def test_progress_goes_from_nothing_to_all(fake, photos, table):
    seen = []
    extract(photos, table, progress=lambda *counts: seen.append(counts))
    assert seen[0] == (0, N)
    assert seen[-1] == (N, N)
    assert seen == sorted(seen)


def test_nothing_but_the_table_is_left(fake, photos, table):
    extract(photos, table)
    assert list(table.parent.iterdir()) == [table]


def test_a_killed_run_goes_on_where_it_was(fake, photos, table):
    fake.stop_after = 2 * CHUNK + 3
    with pytest.raises(KeyboardInterrupt):
        extract(photos, table)
    assert not table.exists()
    fake.stop_after, fake.images_seen = None, 0
    seen = []
    extract(photos, table, progress=lambda *counts: seen.append(counts))
    assert fake.images_seen == N - 2 * CHUNK
    assert seen[0] == (2 * CHUNK, N)
    assert list(table.parent.iterdir()) == [table]
    resumed = hp.read_table(table)
    extract(photos, table.with_name("whole.parquet"))
    whole = hp.read_table(table.with_name("whole.parquet"))
    np.testing.assert_array_equal(resumed.X.points, whole.X.points)
    assert resumed.paths.tolist() == whole.paths.tolist()


@pytest.mark.parametrize("change", ["picture", "label", "extractor"])
def test_a_killed_run_does_not_take_over_what_has_changed(fake, photos, table, change):
    fake.stop_after = CHUNK + 3
    with pytest.raises(KeyboardInterrupt):
        extract(photos, table)
    fake.stop_after, fake.images_seen = None, 0
    first = f"{('fist', 'palm')[(N - 1) % 2]}/{N - 1:03}.png"  # in the first chunk
    options = {}
    if change == "picture":
        write_picture(photos / first, 0)
        os.utime(photos / first, ns=(1, 1))
    elif change == "label":
        manifest = photos / "manifest.csv"
        manifest.write_text(manifest.read_text().replace(f"{first},fist", f"{first},wave"))
    else:
        options = {"version": 2}
    extract(photos, table, **options)
    assert fake.images_seen == N
    data = hp.read_table(table)
    assert data.X.detected[0] == (change != "picture")
    assert data.y[0] == ("wave" if change == "label" else "fist")


def test_when_no_picture_can_be_read_nothing_is_left(fake, tmp_path, table):
    for i in range(3):
        (tmp_path / "photos" / "fist").mkdir(parents=True, exist_ok=True)
        (tmp_path / "photos" / "fist" / f"{i}.jpg").write_text("not a picture")
    with pytest.raises(hp.DatasetError, match=r"of its 3 pictures can be read \(.*0\.jpg: not"):
        extract(tmp_path / "photos", table)
    assert list(table.parent.iterdir()) == []


@pytest.mark.parametrize("root", ["absent", "empty"])
def test_a_folder_without_pictures_is_refused_before_anything_is_written(
    fake, tmp_path, table, root
):
    (tmp_path / "empty" / "fist").mkdir(parents=True)
    with pytest.raises(hp.DatasetError, match=f"{root}: no "):
        extract(tmp_path / root, table)
    assert not table.parent.exists()


def test_an_unknown_extractor_is_refused_before_anything_is_written(photos, table):
    with pytest.raises(hp.UnknownNameError, match="mediapipe"):
        extract_folder(photos, table, extractor="nobody")
    assert not table.parent.exists()


def test_worker_processes_make_the_same_table_as_one(tmp_path, rendered_folder, rendered):
    root = tmp_path / "renders"
    for path in rendered.paths[::3]:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(rendered_folder / path, root / path)
    work._extractor.cache_clear()
    tables = [tmp_path / f"{jobs}.parquet" for jobs in (1, 2)]
    summaries = [extract_folder(root, table, n_jobs=j) for j, table in enumerate(tables, start=1)]
    one, two = (hp.read_table(table) for table in tables)
    assert len(one) == 20
    assert one.X.detected.sum() >= 18
    np.testing.assert_array_equal(one.X.points, two.X.points)
    assert one.paths.tolist() == two.paths.tolist()
    assert summaries[0].found == summaries[1].found


def test_a_cached_table_is_made_once_and_anew_when_a_picture_changes(fake, photos, cache):
    (photos / "palm" / "007.png").write_text("not a picture")
    first = extract_folder(photos, extractor="fake", n_jobs=1)
    assert cache in first.path.parents
    assert fake.images_seen == N - 1
    again = extract_folder(photos, extractor="fake", n_jobs=1)
    assert fake.images_seen == N - 1
    assert again == first
    write_picture(photos / "palm" / "007.png", 90)
    changed = extract_folder(photos, extractor="fake", n_jobs=1)
    assert fake.images_seen == 2 * N - 1
    assert changed.path != first.path
    assert changed.errors == []


@pytest.mark.parametrize("damage", ["cut", "without notes"])
def test_a_cached_table_that_is_damaged_is_made_again(fake, photos, cache, damage):
    first = extract_folder(photos, extractor="fake", n_jobs=1)
    if damage == "cut":
        first.path.write_bytes(first.path.read_bytes()[:-40])
    else:  # as earlier versions wrote them
        hp.write_table(hp.read_table(first.path), first.path)
    assert extract_folder(photos, extractor="fake", n_jobs=1) == first
    assert fake.images_seen == 2 * N


def test_a_folder_of_photos_is_a_data_set(fake, photos, cache):
    seen = []
    data = hp.load_dataset(
        photos, extractor="fake", n_jobs=1, progress=lambda *counts: seen.append(counts)
    )
    assert (len(data), data.name, data.label_names) == (N, "photos", ["fist", "palm"])
    assert data.X.detected.tolist() == [i % 5 != 0 for i in reversed(range(N))]
    assert seen[-1] == (N, N)
    again = hp.load_dataset(str(photos), extractor="fake", n_jobs=1)
    assert fake.images_seen == N
    np.testing.assert_array_equal(again.X.points, data.X.points)


def test_a_cached_table_is_made_anew_with_other_options(fake, photos, cache):
    for version in (1, 2, 1):
        data = hp.load_dataset(photos, extractor="fake", n_jobs=1, version=version)
        assert data.provenance["options"] == {"version": version}
    assert fake.images_seen == 2 * N


def test_options_of_an_extractor_are_refused_where_landmarks_were_found_already():
    with pytest.raises(hp.DatasetError, match="rendered_hands holds landmarks, so effort would"):
        hp.load_dataset("rendered_hands", effort="thorough")


def test_what_a_folder_of_photos_lacks_is_a_warning_each(fake, photos, cache):
    write_picture(photos / "wave" / "999.png", 77)
    (photos / "palm" / "007.png").write_text("not a picture")
    (photos / "fist" / "004.png").unlink()
    with pytest.warns(hp.HandposeWarning) as caught:
        data = hp.load_dataset(photos, extractor="fake", n_jobs=1)
    assert len(data) == N - 2
    messages = sorted(str(warning.message) for warning in caught)
    assert len(messages) == 3
    assert "fist/004.png: no such file" in messages[0]
    assert "palm/007.png: not an image" in messages[1]
    assert "1 picture (wave/999.png) that manifest.csv does not list" in messages[2]
    assert {Path(warning.filename).name for warning in caught} == {"test_loading.py"}


def test_a_folder_without_photos_says_what_is_expected(tmp_path):
    with pytest.raises(hp.DatasetError, match=r"no images in it; expected .*/LABEL/IMAGE"):
        hp.load_dataset(tmp_path)


def test_old_arguments_warn_and_work(fake, photos, table):
    with pytest.warns(DeprecationWarning, match="handpose 0.3; use ") as caught:
        extract_folder(root=photos, table=table, extractor="fake", jobs=1, options={"version": 7})
    assert hp.read_table(table).provenance["options"] == {"version": 7}
    messages = sorted(str(warning.message) for warning in caught)
    assert [message.partition(" is")[0] for message in messages] == [
        "extract_folder(options={...})",
        "the argument jobs of extract_folder",
        "the argument root of extract_folder",
    ]
    assert {Path(warning.filename).name for warning in caught} == {"test_loading.py"}


RUN = """
from handpose.extractors import EXTRACTORS
from handpose.extraction import extract_folder
from tests.extractors.fake import FakeExtractor
EXTRACTORS["fake"] = "tests.extractors.fake:FakeExtractor"
detect = FakeExtractor.detect
FakeExtractor.detect = lambda self, image: time.sleep(0.004) or detect(self, image)
root, table = sys.argv[3:]
together()
if table:
    summary = extract_folder(root, table, extractor="fake", n_jobs=1)
else:
    summary = extract_folder(root, extractor="fake", n_jobs=1)
print(FakeExtractor.images_seen, summary.path)
"""


def test_processes_that_extract_the_same_folder_at_once_all_end_well(photos, table, tmp_path):
    said = at_once(3, tmp_path / "place", RUN, photos, table)
    assert len(hp.read_table(table)) == N
    assert list(table.parent.iterdir()) == [table]
    assert any("table.parquet: another process is writing it; waiting" in err for _, err in said)


def test_one_of_several_processes_makes_a_cached_table_for_all(photos, cache, tmp_path):
    said = at_once(3, tmp_path / "place", RUN, photos, "")
    seen, paths = zip(*[out.split() for out, _ in said], strict=True)
    assert sorted(map(int, seen)) == [0, 0, N]
    assert len(set(paths)) == 1
    assert len(hp.read_table(paths[0])) == N
