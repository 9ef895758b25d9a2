"""Installers and a wheel of nothing. Real installers ask a folder, or a server on this machine."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import threading
import zipfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec

import pytest

import handpose as hp
from handpose.system import wheels
from handpose.system.wheels import Wheel, bring

WHEEL = Wheel("handpose-toy", "0.10.21", python="3.11", platform="manylinux_2_28_x86_64")
NAME = "handpose_toy-0.10.21-cp311-cp311-manylinux_2_28_x86_64.whl"
MEMBER = "handpose_toy/palm.tflite"

needs_pip = pytest.mark.skipif(find_spec("pip") is None, reason="this environment has no pip")
needs_uv = pytest.mark.skipif(shutil.which("uv") is None, reason="uv is not on the path")


@pytest.fixture
def links(tmp_path, monkeypatch):
    """A folder with the wheel; installers know no other place, and nothing of the user's."""
    path = tmp_path / "links" / NAME
    path.parent.mkdir()
    info = "handpose_toy-0.10.21.dist-info"
    members = {
        MEMBER: "palm",
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: handpose-toy\nVersion: 0.10.21\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: false\n"
        "Tag: cp311-cp311-manylinux_2_28_x86_64\n",
    }
    members[f"{info}/RECORD"] = "".join(f"{name},,\n" for name in [*members, f"{info}/RECORD"])
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    for variable in [name for name in os.environ if name.startswith(("PIP_", "UV_"))]:
        monkeypatch.delenv(variable)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_DISABLE_PIP_VERSION_CHECK", "1")
    monkeypatch.setenv("UV_NO_CONFIG", "1")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv-cache"))
    return path.parent


@pytest.fixture
def index(links, tmp_path):
    """Address of a package index on this machine that has the wheel."""
    page = tmp_path / "server" / "simple" / "handpose-toy"
    page.mkdir(parents=True)
    shutil.copy(links / NAME, page)
    digest = hashlib.sha256((links / NAME).read_bytes()).hexdigest()
    (page / "index.html").write_text(f'<!DOCTYPE html><a href="{NAME}#sha256={digest}">{NAME}</a>')
    handler = partial(_Quiet, directory=tmp_path / "server")
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/simple"
        server.shutdown()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def use_only(monkeypatch, pip=False, uv=False, elsewhere=None):
    which = {"uv": shutil.which("uv") if uv else None, "pip": elsewhere}
    monkeypatch.setattr(shutil, "which", which.get)
    monkeypatch.setattr(wheels, "is_installed", lambda name: pip)


@needs_pip
def test_pip_takes_it_from_the_users_folder_of_wheels(links, tmp_path, monkeypatch):
    use_only(monkeypatch, pip=True)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(links))
    found = bring(WHEEL, tmp_path)
    assert found.read_bytes() == (links / NAME).read_bytes()


@needs_pip
def test_pip_takes_it_from_the_users_index(index, links, tmp_path, monkeypatch):
    use_only(monkeypatch, pip=True)
    monkeypatch.setenv("PIP_INDEX_URL", index)
    assert bring(WHEEL, tmp_path).read_bytes() == (links / NAME).read_bytes()


@needs_uv
def test_uv_takes_it_from_the_users_index(index, tmp_path, monkeypatch):
    use_only(monkeypatch, uv=True)
    monkeypatch.setenv("UV_DEFAULT_INDEX", index)
    assert (bring(WHEEL, tmp_path) / MEMBER).read_text() == "palm"


@needs_pip
def test_a_pip_elsewhere_on_the_path_will_do(links, tmp_path, monkeypatch):
    elsewhere = tmp_path / "pip"
    elsewhere.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m pip "$@"\n')
    elsewhere.chmod(0o755)
    use_only(monkeypatch, elsewhere=str(elsewhere))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(links))
    assert bring(WHEEL, tmp_path).name == NAME


@pytest.mark.slow
@pytest.mark.skipif(find_spec("ensurepip") is None, reason="this Python has no ensurepip")
def test_where_there_is_no_installer_a_pip_is_made_for_it(links, tmp_path, monkeypatch):
    use_only(monkeypatch)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(links))
    assert bring(WHEEL, tmp_path).name == NAME


@needs_pip
def test_each_installer_says_in_one_line_why_it_could_not(links, tmp_path, monkeypatch):
    failing = tmp_path / "uv"
    failing.write_text(
        "#!/bin/sh\nprintf '  \\303\\227 No solution\\n    because\\n' >&2\nexit 1\n"
    )
    failing.chmod(0o755)
    monkeypatch.setattr(shutil, "which", {"uv": str(failing)}.get)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(hp.AssetError, match=r"pip: ERROR: No matching.*; uv: No solution because$"):
        bring(WHEEL, tmp_path)


def test_what_cannot_be_run_is_named(tmp_path, monkeypatch):
    use_only(monkeypatch, elsewhere=str(tmp_path / "absent"))
    with pytest.raises(hp.AssetError, match="absent cannot be run"):
        bring(WHEEL, tmp_path)
