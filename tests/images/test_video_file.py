import subprocess
import sys

import numpy as np
import pytest

import handpose as hp
from handpose.images import read_frames
from handpose.images.video_file import CODECS, VideoFile
from tests.images.pictures import numbered, numbers_of


@pytest.mark.parametrize("suffix", sorted(CODECS))
@pytest.mark.parametrize("fps", [0.5, 7.3, 29.97, 240])
def test_frames_come_back_in_order(tmp_path, suffix, fps, capfd):
    path = tmp_path / f"a{suffix}"
    file = VideoFile(path, fps)
    for number in range(40):
        file.write(numbered(number))
    assert not path.exists()
    file.finish()
    assert numbers_of(read_frames(path)) == list(range(40))
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("a.mkv", r"a\.mkv: a video is written as \.avi, \.mp4, \.webm, not as \.mkv"),
        ("a", "a: .* not as a file without suffix"),
        ("there.mp4", r"there\.mp4: cannot be written \(Is a directory\)"),
        ("file/a.mp4", r"a\.mp4: cannot be written \((Not a directory|File exists)\)"),
    ],
)
def test_a_place_that_cannot_be_written_to_is_refused_at_once(tmp_path, name, message):
    (tmp_path / "there.mp4").mkdir()
    (tmp_path / "file").write_text("")
    with pytest.raises(hp.ImageError, match=message) as caught:
        VideoFile(tmp_path / name, 30)
    assert "\n" not in str(caught.value)


def test_what_opencv_cannot_write_is_refused_and_leaves_nothing(tmp_path):
    file = VideoFile(tmp_path / "a.mp4", 30)
    with pytest.raises(hp.ImageError, match=r"OpenCV cannot write mp4v of 2x9000.*\.avi, \.webm"):
        file.write(np.zeros((9000, 2, 3), np.uint8))
    assert list(tmp_path.iterdir()) == []


def test_a_video_that_a_killed_process_left_is_removed_and_one_being_written_is_not(tmp_path):
    code = (
        "import os, sys, numpy as np\n"
        "from pathlib import Path\n"
        "from handpose.images.video_file import VideoFile\n"
        "file = VideoFile(Path(sys.argv[1]), 30)\n"
        "file.write(np.zeros((8, 8, 3), np.uint8)); os._exit(9)\n"
    )
    path = tmp_path / "a.mp4"
    subprocess.run([sys.executable, "-c", code, str(path)], check=False)
    (left,) = tmp_path.iterdir()
    first = VideoFile(path, 30)
    assert not left.exists()
    first.write(np.zeros((8, 8, 3), np.uint8))
    second = VideoFile(path, 30)
    second.write(np.zeros((8, 8, 3), np.uint8))
    first.finish()
    second.finish()
    assert list(tmp_path.iterdir()) == [path]


@pytest.fixture
def fill_the_disk(run_python):
    """Write 60 frames where no file may be larger than 60 kB; gives all that is said."""
    code = (
        "import os, resource, signal, sys\n"
        "import numpy as np, handpose as hp\n"
        "from pathlib import Path\n"
        "from handpose.images.video_file import VideoFile\n"
        "os.dup2(1, 2)\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))\n"
        "noise = np.random.default_rng(0).integers(0, 255, (96, 128, 3), np.uint8)\n"
        "file = VideoFile(Path(sys.argv[1]), 30)\n"
        "for i in range(60): file.write(np.roll(noise, i * 7, 0))\n"
        "try: file.finish()\n"
        "except hp.ImageError as error: print(error)\n"
    )
    return lambda path: run_python(code, path)


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on the size of files there")
@pytest.mark.parametrize("suffix", [".avi", ".webm"])
def test_on_a_full_disk_the_start_is_kept_and_the_loss_is_told(fill_the_disk, tmp_path, suffix):
    path = tmp_path / f"a{suffix}"
    assert fill_the_disk(path) == [f"{path}: only the start could be written; is the disk full?"]
    assert [child.name for child in tmp_path.iterdir()] == [path.name]
    assert 1 <= len(list(read_frames(path))) < 60


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on the size of files there")
def test_what_cannot_be_played_is_not_left_behind(fill_the_disk, tmp_path):
    path = tmp_path / "a.mp4"
    assert fill_the_disk(path) == [f"{path}: could not be written; is the disk full?"]
    assert list(tmp_path.iterdir()) == []
