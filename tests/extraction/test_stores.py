"""Photos and tables in a store: fsspec's own one in memory, and folders of parts on a disk."""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

import handpose as hp
from handpose.datasets.parts import NOTES
from handpose.datasets.places import shipped_folder
from handpose.extraction import extract_folder, outputs
from handpose.extraction.work import CHUNK
from handpose.system.stores import place_of

N = 3 * CHUNK + 5
BUCKET = "memory://bucket"


@pytest.fixture
def photos(tmp_path):
    """`N` pictures of two labels by three people, as the manifest says."""
    root, lines = tmp_path / "photos", ["path,label,subject"]
    for i in range(N):
        name = f"{('fist', 'palm')[i % 2]}/{i:03}.png"
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (20, 30), (0 if i % 5 == 0 else 1 + i, 3, i)).save(root / name)
        lines.append(f"{name},{name[:4]},p{i % 3}")
    (root / "manifest.csv").write_text("\n".join(lines), encoding="utf-8")
    return root


@pytest.fixture
def bucket(photos):
    """The photos in memory: ``memory://bucket/photos``."""
    fsspec = pytest.importorskip("fsspec", reason='pip install "handpose[stores]"')
    store = fsspec.filesystem("memory")
    store.store.clear()
    store.pseudo_dirs[:] = [""]
    store.put(str(photos), "/bucket/photos", recursive=True)
    yield store
    store.store.clear()


def extract(source, table, **more):
    return extract_folder(source, table, extractor="fake", n_jobs=1, **more)


def assert_same(found, expected):
    assert found.paths.tolist() == expected.paths.tolist()
    assert found.y.tolist() == expected.y.tolist()
    assert found.groups.tolist() == expected.groups.tolist()
    assert (found.name, found.provenance) == (expected.name, expected.provenance)
    np.testing.assert_array_equal(found.X.points, expected.X.points)


@pytest.mark.parametrize("table", ["table.parquet", "rows"])
@pytest.mark.parametrize("stored", [True, False])
def test_a_table_in_a_store_or_in_parts_is_that_of_the_folder(
    fake, bucket, photos, tmp_path, table, stored
):
    expected = hp.read_table(extract(photos, tmp_path / "alone.parquet").path)
    target = f"{BUCKET}/{table}" if stored else tmp_path / table
    summary = extract(f"{BUCKET}/photos", target)
    assert_same(hp.read_table(target), expected)
    assert_same(hp.load_dataset(target), expected)
    assert str(summary.path) == str(place_of(target))
    assert str(summary) == str(extract(photos, tmp_path / "again.parquet"))
    left = {path.split("/")[2] for path in bucket.find("/bucket")} - {"photos"}
    assert left == ({table} if stored else set())


def test_an_address_of_a_disk_is_a_path(fake, bucket, photos, tmp_path):
    summary = extract(photos.as_uri(), (tmp_path / "rows").as_uri())
    assert summary.path == tmp_path / "rows"
    extract(photos, tmp_path / "alone.parquet")
    assert_same(hp.read_table(tmp_path / "rows"), hp.read_table(tmp_path / "alone.parquet"))


@pytest.mark.parametrize("target", [f"{BUCKET}/table.parquet", f"{BUCKET}/rows", "rows"])
def test_a_run_that_was_stopped_goes_on_from_its_parts(fake, bucket, tmp_path, target):
    target = target if "://" in target else tmp_path / target
    fake.stop_after = 2 * CHUNK + 3
    with pytest.raises(KeyboardInterrupt):
        extract(f"{BUCKET}/photos", target)
    with pytest.raises(hp.DatasetError, match="no such file"):
        hp.read_table(target)
    fake.stop_after, fake.images_seen = None, 0
    extract(f"{BUCKET}/photos", target)
    assert fake.images_seen == N - 2 * CHUNK
    assert len(hp.read_table(target)) == N
    fake.images_seen = 0
    extract(f"{BUCKET}/photos", target)
    assert fake.images_seen == (0 if target != f"{BUCKET}/table.parquet" else N)


def test_a_photo_that_changes_is_done_again_and_its_old_part_goes(fake, bucket, photos):
    extract(f"{BUCKET}/photos", f"{BUCKET}/rows")
    Image.new("RGB", (20, 30)).save(photos / "palm" / "001.png")
    bucket.put_file(str(photos / "palm" / "001.png"), "/bucket/photos/palm/001.png")
    fake.images_seen = 0
    extract(f"{BUCKET}/photos", f"{BUCKET}/rows")
    assert fake.images_seen == CHUNK
    assert not hp.read_table(f"{BUCKET}/rows").X.detected[1]
    assert len(bucket.ls("/bucket/rows")) == len(range(0, N, CHUNK)) + 1


def test_a_table_in_parts_stays_where_none_of_new_photos_can_be_read(fake, photos, tmp_path):
    extract(photos, tmp_path / "rows")
    before = hp.read_table(tmp_path / "rows")
    for path in photos.glob("*/*.png"):
        path.write_text("no picture")
    with pytest.raises(hp.DatasetError, match="none of its"):
        extract(photos, tmp_path / "rows", listing=lambda _: None)
    assert_same(hp.read_table(tmp_path / "rows"), before)
    assert len(list((tmp_path / "rows").iterdir())) == len(range(0, N, CHUNK)) + 1


def test_where_a_store_fails_another_worker_tries(fake, bucket, monkeypatch):
    get, calls = type(bucket).get_file, []

    def fails_at_first(self, path, *more, **options):
        calls.append(path)
        if calls.count(path) == 1 and path.endswith("020.png"):
            raise RuntimeError("slow down")
        return get(self, path, *more, **options)

    monkeypatch.setattr(type(bucket), "get_file", fails_at_first)
    with pytest.raises(hp.StoreError, match=r"020\.png: slow down"):
        extract(f"{BUCKET}/photos", f"{BUCKET}/rows")
    calls.clear()
    with ThreadPoolExecutor(2) as pool:
        extract_folder(f"{BUCKET}/photos", f"{BUCKET}/rows", extractor="fake", executor=pool)
    assert sum(path.endswith("020.png") for path in calls) == 2
    assert not any(path.endswith("000.png") for path in calls)  # of a part that was finished
    assert len(hp.read_table(f"{BUCKET}/rows")) == N


def test_parts_that_stay_are_larger_and_not_too_large(tmp_path, bucket):
    table, parts = (outputs.Output(tmp_path / name) for name in ("t.parquet", "rows"))
    stored = outputs.Output(place_of(f"{BUCKET}/t.parquet"))
    assert [table.chunk(n) for n in (10, 10_000, 10**6)] == [16, 16, 16]
    assert [parts.chunk(n) for n in (10, 10_000, 10**6)] == [16, 156, 512]
    assert stored.chunk(10**6) == 512


def test_a_photo_that_cannot_be_read_is_named_by_its_address(fake, bucket):
    bucket.pipe_file("/bucket/photos/fist/000.png", b"no picture")
    bucket.rm("/bucket/photos/fist/002.png")
    summary = extract(f"{BUCKET}/photos", f"{BUCKET}/table.parquet")
    (damaged, why), (absent, reason) = summary.errors
    assert (damaged, absent) == ("fist/000.png", "fist/002.png")
    assert why.startswith("memory://")
    assert "/bucket/photos/fist/000.png" in why
    assert "no such file" in reason
    assert len(hp.read_table(f"{BUCKET}/table.parquet")) == N - 2


def test_hidden_files_and_names_that_lead_out_are_no_photos(fake, bucket):
    for name in ("fist/.hidden.png", ".trash/fist/1.png", "../../etc/1.png"):
        bucket.store[f"/bucket/photos/{name}"] = bucket.store["/bucket/photos/fist/000.png"]
    bucket.rm("/bucket/photos/manifest.csv")
    pictures = hp.datasets.read_folder(f"{BUCKET}/photos")
    assert len(pictures.items) == N
    assert {item.label for item in pictures.items} == {"fist", "palm"}


def test_the_default_table_of_a_store_is_in_the_cache_and_made_once(fake, bucket):
    first = hp.load_dataset(f"{BUCKET}/photos", extractor="fake", n_jobs=1)
    assert fake.images_seen == N == len(first)
    assert_same(hp.load_dataset(f"{BUCKET}/photos", extractor="fake", n_jobs=1), first)
    assert fake.images_seen == N


def test_a_folder_with_other_files_is_no_place_for_parts(fake, photos):
    before = sorted(photos.rglob("*"))
    with pytest.raises(hp.DatasetError, match=r"holds other files, such as fist; name a new"):
        extract(photos, photos)
    assert sorted(photos.rglob("*")) == before


def test_motions_are_one_table(fake, photos, tmp_path):
    (photos / "manifest.csv").unlink()
    shutil.copy(shipped_folder("rendered_clips") / "still.mp4", photos / "fist")
    with pytest.raises(hp.DatasetError, match=r"name it rows\.parquet"):
        extract(photos, tmp_path / "rows", videos="motions", listing=lambda _: None)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda notes: notes.write_text("{", encoding="utf-8"), "not the notes of a table"),
        (lambda notes: notes.write_text("[]", encoding="utf-8"), "not the notes of a table"),
        (lambda notes: notes.write_bytes(b"\xff{}"), "not the notes of a table"),
        (lambda notes: renamed(notes, ["../alone.parquet"]), "leads out of the folder"),
        (lambda notes: renamed(notes, ["gone.parquet"]), "gone.parquet"),
        (lambda notes: renamed(notes, []), "names no part"),
        (lambda notes: renamed(notes, [3]), "not the notes of a table"),
    ],
)
def test_damaged_notes_are_refused_in_one_line(fake, photos, tmp_path, change, reason):
    extract(photos, tmp_path / "alone.parquet")
    extract(photos, tmp_path / "rows")
    change(tmp_path / "rows" / NOTES)
    with pytest.raises(hp.DatasetError, match=reason) as refused:
        hp.load_dataset(tmp_path / "rows")
    assert "\n" not in str(refused.value)


def renamed(notes, parts):
    document = json.loads(notes.read_text(encoding="utf-8"))
    notes.write_text(json.dumps({**document, "parts": parts}), encoding="utf-8")


def test_a_damaged_part_is_named(fake, photos, tmp_path, bucket):
    extract(photos, f"{BUCKET}/rows")
    part = next(path for path in bucket.find("/bucket/rows") if path.endswith(".parquet"))
    bucket.pipe_file(part, b"no table")
    with pytest.raises(hp.DatasetError, match=r"memory://.*rows.*not a readable Parquet table"):
        hp.read_table(f"{BUCKET}/rows")
