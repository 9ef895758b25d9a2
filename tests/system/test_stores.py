"""Paths of disks and of stores."""

import pickle
import sys
from pathlib import Path

import pytest

import handpose as hp
from handpose.system.stores import StorePath, local_copy, place_of, writing


@pytest.fixture
def store():
    fsspec = pytest.importorskip("fsspec", reason='pip install "handpose[stores]"')
    made = fsspec.filesystem("memory")
    made.store.clear()
    yield made
    made.store.clear()


def test_only_an_address_is_a_place_of_a_store(store, tmp_path):
    assert place_of("a/b") == Path("a/b")
    assert place_of(Path("a")) == Path("a")
    assert place_of("C:\\photos") == Path("C:\\photos")
    assert place_of("C://photos") == Path("C://photos")
    assert place_of((tmp_path / "a").as_uri()) == tmp_path / "a"
    stored = place_of("memory://bucket/photos")
    assert isinstance(stored, StorePath)
    assert place_of(stored) is stored
    assert (stored / "a.b.png").suffix == ".png"
    assert (stored / "a.png").with_name("c").parent.name == "photos"


def test_what_is_written_can_be_read_and_is_there_only_when_the_block_ends_well(store):
    place = place_of("memory://bucket/new/a.txt")
    with pytest.raises(FileNotFoundError), writing(place) as temporary:
        (temporary.parent / "absent").read_bytes()
    assert not place.exists()
    with writing(place) as temporary:
        temporary.write_text("é", encoding="utf-8")
    assert place.is_file()
    assert place.parent.is_dir()
    assert place.read_text() == "é"
    assert place.parent.names() == ["a.txt"]
    place.remove()
    assert not place.exists()


def test_a_copy_holds_the_files_that_are_there(store):
    store.pipe({"/bucket/a/1.txt": b"1", "/bucket/a/b/2.txt": b"2"})
    with local_copy(place_of("memory://bucket/a"), ["1.txt", "b/2.txt", "gone.txt"]) as here:
        files = [p.relative_to(here).as_posix() for p in here.rglob("*") if p.is_file()]
        assert sorted(files) == ["1.txt", "b/2.txt"]
    assert not here.exists()
    with (
        pytest.raises(ValueError, match="leads out"),
        local_copy(place_of("memory://bucket/a"), ["../../x"]),
    ):
        pass


def test_a_path_travels_to_workers_without_what_was_listed(store):
    store.pipe({f"/bucket/{i}.txt": b"1" for i in range(1000)})
    folder = place_of("memory://bucket")
    before = len(pickle.dumps(folder))
    assert len(folder.names()) == 1000
    assert len(pickle.dumps(folder)) == before
    assert (pickle.loads(pickle.dumps(folder)) / "3.txt").read_bytes() == b"1"


def test_a_stamp_changes_with_the_file(store):
    store.pipe_file("/bucket/a.txt", b"1")
    place = place_of("memory://bucket/a.txt")
    first = place.stamp()
    assert place.stamp() == first
    store.pipe_file("/bucket/a.txt", b"2")
    assert place.stamp() != first


def test_a_store_that_fails_or_is_unknown_is_one_line(store, monkeypatch):
    def refuse(*_, **__):
        raise RuntimeError("access denied\nrequest 12")

    monkeypatch.setattr(type(store), "find", refuse)
    with pytest.raises(hp.StoreError, match=r"^memory://.*bucket: access denied$"):
        place_of("memory://bucket").names()
    with pytest.raises(hp.StoreError, match=r"^nowhere://\.\.\.: .*nowhere"):
        place_of("nowhere://key:secret@bucket/photos")


def test_without_fsspec_the_extra_is_named_and_no_secret_is_shown(monkeypatch):
    monkeypatch.setitem(sys.modules, "fsspec", None)
    with pytest.raises(hp.MissingExtraError, match=r"s3://\.\.\..*handpose\[stores\]") as refused:
        place_of("s3://key:secret@bucket/photos")
    assert "secret" not in str(refused.value)
