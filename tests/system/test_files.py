import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from handpose.errors import HandposeError
from handpose.system.files import check_writable, remove_left_over, replacing


def test_the_file_appears_when_the_block_ends_well(tmp_path):
    path = tmp_path / "new" / "file.txt"
    with replacing(path) as temporary:
        temporary.write_text("whole")
        assert not path.exists()
        assert temporary.parent == path.parent  # a rename, not a copy
    assert path.read_text() == "whole"
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_after_an_error_the_old_file_stays_and_nothing_else(tmp_path, error):
    path = tmp_path / "file.txt"
    path.write_text("old")

    def write_and_fail():
        with replacing(path) as temporary:
            temporary.write_text("half")
            raise error

    with pytest.raises(error):
        write_and_fail()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_writers_at_the_same_time_do_not_share_a_temporary_file(tmp_path):
    path = tmp_path / "file.txt"
    with replacing(path) as first, replacing(path) as second:
        assert first != second
        first.write_text("first")
        second.write_text("second")
    assert path.read_text() == "first"


@pytest.mark.parametrize("name", ["file.txt", "old.txt", "new/folder/file.txt", "new/../file.txt"])
def test_asking_whether_a_file_can_be_written_leaves_nothing(tmp_path, monkeypatch, name):
    (tmp_path / "old.txt").write_text("old")
    check_writable(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    check_writable(Path(name))
    assert list(tmp_path.iterdir()) == [tmp_path / "old.txt"]
    assert (tmp_path / "old.txt").read_text() == "old"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("folder", "Is a directory"),
        ("old.txt/file.txt", "Not a directory"),
        ("old.txt/new/file.txt", "Not a directory"),
        ("folder/" + "x" * 250, "name too long"),
        ("new/" + "x" * 250, "name too long"),
    ],
)
def test_a_file_that_cannot_be_written_is_one_line_and_leaves_nothing(tmp_path, name, reason):
    (tmp_path / "old.txt").write_text("old")
    (tmp_path / "folder").mkdir()
    with pytest.raises(HandposeError, match=f"cannot be written .*{reason}.*name another"):
        check_writable(tmp_path / name)
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["folder", "old.txt"]


def test_a_folder_that_may_not_be_written_to_is_refused(tmp_path):
    tmp_path.chmod(0o500)
    try:
        if os.access(tmp_path, os.W_OK):
            pytest.skip("this user may write everywhere")
        with pytest.raises(HandposeError, match="Permission denied"):
            check_writable(tmp_path / "file.txt")
    finally:
        tmp_path.chmod(0o700)


KILLED = """
import os, sys
from pathlib import Path
from handpose.system.files import replacing
with replacing(Path(sys.argv[1])) as temporary:
    temporary.write_text("half")
    os.kill(os.getpid(), 9)
"""


def killed_while_writing(path):
    done = subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False)
    assert done.returncode < 0
    (left,) = path.parent.glob(f".{path.name}.*.tmp")
    return left


@pytest.mark.skipif(os.name == "nt", reason="kills with a signal")
def test_what_a_killed_process_left_is_removed_by_the_next_that_writes_the_file(tmp_path):
    path = tmp_path / "file.txt"
    other = killed_while_writing(tmp_path / "other.txt")
    killed_while_writing(path)
    with replacing(path) as temporary:
        temporary.write_text("whole")
    assert sorted(tmp_path.iterdir()) == [other, path]


@pytest.mark.skipif(os.name == "nt", reason="kills with a signal")
@pytest.mark.parametrize("name", ["file.txt", "new/folder/file.txt"])
def test_what_a_process_left_that_was_killed_while_it_asked_is_removed(tmp_path, name):
    """Killed at once, `handpose train -o` left a folder that nothing removed."""
    killed = (
        "import os, pathlib, sys\n"
        "from handpose.system.files import check_writable\n"
        "pathlib.Path.touch = lambda *_: os.kill(os.getpid(), 9)\n"
        "pathlib.Path.unlink = lambda *_, **__: os.kill(os.getpid(), 9)\n"
        "check_writable(pathlib.Path(sys.argv[1]))\n"
    )
    done = subprocess.run([sys.executable, "-c", killed, str(tmp_path / name)], check=False)
    assert done.returncode < 0
    assert list(tmp_path.iterdir())
    check_writable(tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_a_file_that_another_writer_has_open_is_not_left_over(tmp_path):
    path = tmp_path / "file.txt"
    with replacing(path) as first:
        first.write_text("first")
        remove_left_over(path)
        assert first.read_text() == "first"


def test_files_of_others_are_never_left_over(tmp_path):
    names = [".file.txt.backup.tmp", "file.txt.0123abcd.tmp", ".file.txt.0123abcd.tmp.d"]
    for name in names[:2]:
        (tmp_path / name).touch()
    (tmp_path / names[2]).mkdir()
    with replacing(tmp_path / "file.txt") as temporary:
        temporary.touch()
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([*names, "file.txt"])


def test_a_link_is_replaced_and_what_it_leads_to_stays(tmp_path):
    target, link = tmp_path / "target.txt", tmp_path / "link.txt"
    target.write_text("precious")
    link.symlink_to(target)
    with replacing(link) as temporary:
        temporary.write_text("new")
    assert (target.read_text(), link.read_text()) == ("precious", "new")
    assert not link.is_symlink()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
@pytest.mark.parametrize("linked", [False, True])
def test_a_device_or_a_pipe_is_refused_and_stays(tmp_path, linked):
    """As root, `-o /dev/null` put a file in the place of the device."""
    pipe = path = tmp_path / "pipe"
    os.mkfifo(pipe)
    if linked:
        path = tmp_path / "link"
        path.symlink_to(pipe)
    with pytest.raises(HandposeError, match="name another file"):
        check_writable(path)
    with pytest.raises(HandposeError, match="name another file"), replacing(path):
        pass
    assert pipe.is_fifo()
    assert path.is_symlink() == linked


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EFBIG, errno.EIO])
def test_a_disk_that_takes_no_more_is_one_line_with_the_files_name(tmp_path, code):
    path = tmp_path / "file.txt"

    def write():
        with replacing(path) as temporary:
            temporary.write_text("half")
            raise OSError(code, os.strerror(code))

    with pytest.raises(HandposeError, match=rf"file\.txt: cannot be written \({os.strerror(code)}"):
        write()
    assert list(tmp_path.iterdir()) == []


def test_an_error_of_another_file_stays_what_it_is(tmp_path):
    def write():
        with replacing(tmp_path / "file.txt"):
            (tmp_path / "absent").read_text()

    with pytest.raises(FileNotFoundError, match="absent"):
        write()
