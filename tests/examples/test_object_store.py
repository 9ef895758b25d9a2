"""Photos in an object store: fsspec's own one in memory."""

import numpy as np
import pytest
from PIL import Image

import handpose as hp

fsspec = pytest.importorskip("fsspec", reason='pip install "handpose[distributed]"')

from examples import object_store  # noqa: E402


@pytest.fixture
def photos(fake, monkeypatch, tmp_path):
    """Twelve pictures in memory and in a folder; of two people, as the manifest says."""
    store = fsspec.filesystem("memory")
    store.store.clear()
    store.pseudo_dirs[:] = [""]
    lines = ["path,label,subject"]
    for i in range(12):
        name = f"{('fist', 'palm')[i % 2]}/{i:02}.png"
        (tmp_path / "photos" / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (20, 30), (1 + i, 3, i)).save(tmp_path / "photos" / name)
        lines.append(f"{name},{name[:4]},{('anna', 'ben')[i % 3 > 0]}")
    (tmp_path / "photos" / "manifest.csv").write_text("\n".join(lines), encoding="utf-8")
    store.put(str(tmp_path / "photos"), "/bucket/photos", recursive=True)
    extract = hp.extract_folder
    with_fake = lambda *a, **k: extract(*a, extractor="fake", n_jobs=1, **k)  # noqa: E731
    monkeypatch.setattr(hp, "extract_folder", with_fake)
    return store, tmp_path / "photos"


def read(store, tmp_path):
    store.get_file("/bucket/table.parquet", str(tmp_path / "got.parquet"))
    return hp.read_table(tmp_path / "got.parquet")


def test_the_table_is_that_of_the_folder_and_a_finished_shard_is_not_done_again(
    photos, fake, tmp_path
):
    store, folder = photos
    address = "memory://bucket/photos", "memory://bucket/table.parquet"
    assert not object_store.extract(*address, shard=5, share=(1, 2))
    assert not store.exists("/bucket/table.parquet")
    assert fake.images_seen == 5
    assert object_store.extract(*address, shard=5)
    assert fake.images_seen == 12
    expected = hp.read_table(hp.extract_folder(folder, tmp_path / "alone.parquet").path)
    expected = expected[np.argsort(expected.paths)]
    found = read(store, tmp_path)
    assert found.paths.tolist() == expected.paths.tolist()
    assert found.y.tolist() == expected.y.tolist()
    assert found.groups.tolist() == expected.groups.tolist()
    np.testing.assert_array_equal(found.X.points, expected.X.points)
    assert found.provenance == expected.provenance
    assert sorted(store.ls("/bucket", detail=False)) == ["/bucket/photos", "/bucket/table.parquet"]
