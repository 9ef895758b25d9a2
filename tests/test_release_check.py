"""The check-list of a release finds what would be wrong with one."""

import io
import tarfile
import zipfile

import pytest

from scripts import release_check
from scripts.release_check import NEEDED, ROOT, CheckError, changelog, contents, sources, use


@pytest.fixture
def wheel(tmp_path):
    """Write a wheel with these files beside all that are needed: ``wheel(extra="x")``."""

    def write(without=(), **files):
        tracked = release_check._output(["git", "ls-files", "handpose"]).split()
        with zipfile.ZipFile(tmp_path / "handpose-1-py3-none-any.whl", "w") as archive:
            for name in sorted({*NEEDED, *tracked} - set(without)):
                archive.writestr(name, "")
            for name, content in files.items():
                archive.writestr(name, content)
        return tmp_path

    if not (ROOT / ".git").exists():
        pytest.skip("not a clone")
    return write


def test_a_wheel_with_all_that_belongs_there_passes(wheel):
    assert contents(wheel()).endswith("files")


@pytest.mark.parametrize(
    ("without", "files", "said"),
    [
        (["handpose/py.typed"], {}, "lacks handpose/py.typed"),
        (["handpose/splits.py"], {}, "lacks handpose/splits.py"),
        ([], {"tests/test_docs.py": ""}, "has tests/test_docs.py"),
        ([], {"handpose/x.py": f"open('{ROOT}/a')"}, "knows this folder in handpose/x.py"),
        ([], {"handpose/x.bin": bytes(21_000_000)}, "larger than 20 MB"),
    ],
)
def test_a_wheel_that_lacks_or_holds_something_is_named(wheel, without, files, said):
    with pytest.raises(CheckError, match=said):
        contents(wheel(without, **files))


def test_an_sdist_that_lacks_a_file_is_named(tmp_path):
    if not (ROOT / ".git").exists():
        pytest.skip("not a clone")
    with tarfile.open(tmp_path / "handpose-1.tar.gz", "w:gz") as archive:
        archive.addfile(tarfile.TarInfo("handpose-1/handpose/__init__.py"), io.BytesIO())
    with pytest.raises(CheckError, match=r"lacks \d+ files, such as benchmarks/README.md"):
        sources(tmp_path)


@pytest.mark.parametrize(
    ("log", "said"),
    [
        ("## [0.9.9] - 2026-01-01\n", "the changelog 0.9.9"),
        ("## [{version}] - unreleased\n", "write the date"),
    ],
)
def test_a_changelog_that_is_not_ready_is_named(tmp_path, monkeypatch, log, said):
    from handpose import __version__

    (tmp_path / "handpose").mkdir()
    (tmp_path / "handpose" / "__init__.py").write_text(f'__version__ = "{__version__}"\n')
    (tmp_path / "CHANGELOG.md").write_text(log.format(version=__version__))
    monkeypatch.setattr(release_check, "ROOT", tmp_path)
    with pytest.raises(CheckError, match=said):
        changelog()
    (tmp_path / "CHANGELOG.md").write_text(f"## [{__version__}] - 2026-01-01\n")
    assert changelog() == __version__


def test_an_answer_that_is_not_the_right_one_fails(tmp_path, monkeypatch):
    monkeypatch.setattr(release_check, "_output", lambda *a, **k: "no hand\n")
    with pytest.raises(CheckError, match="no hand"):
        use(tmp_path / "python", tmp_path, "recognises")
