"""Folders of videos. `moving` finds a hand at each bright spot; blue ones are left hands."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

import handpose as hp
from handpose.containers.motion import Motion
from handpose.extraction import extract_folder, work
from handpose.extraction.clips import as_one_hand, follow, shows_both
from handpose.extractors import EXTRACTORS
from tests.extractors.fake import FakeExtractor
from tests.images.pictures import write_video

N = 8
QUIET = {"listing": lambda pictures: None}


class Moving(FakeExtractor):
    """Finds a right hand in a frame that is red on its left, a left one if blue on its right."""

    def detect(self, image):
        FakeExtractor.images_seen += 1
        red, blue = image[20:40, :20, 0].mean() > 128, image[20:40, -20:, 2].mean() > 128
        sides = ["Right"] * int(red) + ["Left"] * int(blue)
        points = [np.full((21, 3), 10 if side == "Right" else 50) for side in sides]
        if not sides:
            return hp.Landmarks.empty()
        return hp.Landmarks(
            np.array(points) + np.arange(21)[:, None] + FakeExtractor.images_seen,
            handedness=sides,
            handedness_score=[0.9] * len(sides),
            score=[0.9] * len(sides),
            image_size=[(64, 64)] * len(sides),
        )


@pytest.fixture
def moving(monkeypatch, cache):
    monkeypatch.setitem(EXTRACTORS, "moving", "tests.extraction.test_clips:Moving")
    monkeypatch.setattr(FakeExtractor, "images_seen", 0)
    work._extractor.cache_clear()
    yield Moving
    work._extractor.cache_clear()


def frames(*, right=(), left=(), n=N):
    pictures = np.zeros((n, 64, 64, 3), np.uint8)
    pictures[list(right), :, :20, 0] = 255
    pictures[list(left), :, -20:, 2] = 255
    return pictures


def clip(root, name, **shown):
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    write_video(root / name, frames(**shown))


@pytest.fixture
def clips(tmp_path):
    """Four clips: three of a right hand, one without any."""
    root = tmp_path / "clips"
    clip(root, "wave/a.avi", right=range(N))
    clip(root, "wave/b.avi", right=range(2, 7))
    clip(root, "stop/c.avi", right=range(N), left=[3])
    clip(root, "stop/d.avi")
    return root


def test_a_folder_of_videos_gives_motions(moving, clips):
    with pytest.warns(hp.HandposeWarning, match=r"^stop/d\.avi: no hand in this video$") as caught:
        data = hp.load_dataset(clips, extractor="moving", n_jobs=1)
    assert caught[0].filename == __file__
    assert len(caught) == 1
    assert data.paths.tolist() == ["stop/c.avi", "stop/d.avi", "wave/a.avi", "wave/b.avi"]
    assert data.y.tolist() == ["stop", "stop", "wave", "wave"]
    assert data.X.detected.tolist() == [True, False, True, True]
    assert [motion.n_hands for motion in data.X] == [1] * 4
    assert [len(motion) for motion in data.X] == [N] * 4
    (last,) = data.X[3]
    assert np.flatnonzero(last.seen[:, 0]).tolist() == [2, 3, 4, 5, 6]
    assert last.handedness == "Right"
    np.testing.assert_allclose(np.diff(last.timestamps_ms), 1000 / 30, atol=1)
    assert (data.name, data.provenance["name"]) == ("clips", "fake")


def test_motions_are_extracted_once(moving, clips):
    with pytest.warns(hp.HandposeWarning, match="no hand"):
        first = hp.load_dataset(clips, extractor="moving", n_jobs=1)
    with pytest.warns(hp.HandposeWarning, match="no hand"):
        again = hp.load_dataset(clips, extractor="moving", n_jobs=1)
    assert moving.images_seen == 4 * N
    for one, two in zip(first.X, again.X, strict=True):
        np.testing.assert_array_equal(one.points, two.points)


def test_a_label_that_needs_both_hands_keeps_them(moving, tmp_path):
    root = tmp_path / "signs"
    for name in ("more/a.avi", "more/b.avi"):
        clip(root, name, right=range(N), left=range(1, N))
    clip(root, "yes/c.avi", right=range(N))
    summary = extract_folder(root, tmp_path / "t.parquet", extractor="moving", n_jobs=1)
    assert str(summary) == "3 videos: 3 with a hand (100.0%); two hands in label more"
    assert summary.two_hands == {"more": 2}
    data = hp.read_table(summary.path)
    assert [motion.n_hands for motion in data.X] == [2, 2, 2]
    (sign,) = data.X[0]
    assert sign.seen.sum(0).tolist() == [N - 1, N]


def test_a_video_that_cannot_be_read_is_named_and_the_others_are_done(moving, clips, tmp_path):
    (clips / "wave" / "b.avi").write_bytes(b"not a video")
    write_video(clips / "wave" / "one.avi", frames(right=[0], n=1))
    summary = extract_folder(clips, tmp_path / "t.parquet", extractor="moving", n_jobs=1)
    reasons = dict(summary.errors)
    assert set(reasons) == {"wave/b.avi", "wave/one.avi"}
    assert reasons["wave/one.avi"].endswith("one.avi: one frame; a motion needs at least 2")
    assert not summary.complete
    assert summary.without_hand == ["stop/d.avi"]
    assert str(summary) == "3 videos: 2 with a hand (66.7%), 2 unreadable"
    assert hp.read_table(summary.path).paths.tolist() == ["stop/c.avi", "stop/d.avi", "wave/a.avi"]


def test_a_killed_run_goes_on_with_the_next_video(moving, clips, tmp_path, monkeypatch):
    def killed(extractor, path, every):
        if path.name == "a.avi":
            raise KeyboardInterrupt
        return follow(extractor, path, every)

    monkeypatch.setattr(work, "follow", killed)
    with pytest.raises(KeyboardInterrupt):
        extract_folder(clips, tmp_path / "t.parquet", extractor="moving", n_jobs=1)
    monkeypatch.setattr(work, "follow", follow)
    extract_folder(clips, tmp_path / "t.parquet", extractor="moving", n_jobs=1)
    assert moving.images_seen == 4 * N


def test_among_photos_videos_are_left_out(fake, clips, picture, tmp_path, cache):
    picture(clips / "wave" / "photo.png")
    with pytest.warns(hp.HandposeWarning, match="left out: 4 videos"):
        data = hp.load_dataset(clips, extractor="fake", n_jobs=1)
    assert data.paths.tolist() == ["wave/photo.png"]
    assert isinstance(data.X, hp.Landmarks)


def test_a_hand_that_was_taken_for_the_other_in_some_frames_is_one_hand():
    points = np.full((6, 2, 21, 3), np.nan)
    points[:4, 1] = 5.0
    points[[3, 4], 0] = 9.0
    motion = as_one_hand(Motion(points, np.arange(6) * 30))
    assert motion.handedness == "Right"
    assert motion.points[:5, 0, 0, 0].tolist() == [5, 5, 5, 5, 9]
    assert motion.seen[:, 0].tolist() == [True] * 5 + [False]


@pytest.mark.parametrize(("both", "expected"), [(0, False), (2, False), (3, True), (6, True)])
def test_two_hands_are_those_of_half_of_the_frames(both, expected):
    points = np.full((8, 2, 21, 3), np.nan)
    points[:6, 1] = 5.0
    points[:both, 0] = 9.0
    assert shows_both(Motion(points, np.arange(8) * 30)) is expected
    assert not shows_both(Motion(np.full((2, 2, 21, 3), np.nan), [0, 30]))


class Flipping(FakeExtractor):
    """Finds one left hand in every frame, and takes it for a right one in the fifth."""

    def detect(self, image):
        FakeExtractor.images_seen += 1
        points = np.full((1, 21, 3), 30) + np.arange(21)[:, None]
        side = "Right" if FakeExtractor.images_seen == 5 else "Left"
        return hp.Landmarks(points, handedness=[side], handedness_score=[0.8])


def test_a_hand_that_is_taken_for_the_other_for_a_frame_stays_in_its_slot(tmp_path, monkeypatch):
    monkeypatch.setattr(FakeExtractor, "images_seen", 0)
    clip(tmp_path, "clip.mp4")
    seen = follow(Flipping(), tmp_path / "clip.mp4").seen
    assert seen.sum(0).tolist() == [N, 0]


@pytest.fixture
def mixed(clips):
    """The clips, and a photo with a right hand beside them."""
    Image.fromarray(frames(right=[0], n=1)[0]).save(clips / "wave" / "photo.png")
    return clips


def test_frames_of_videos_are_rows_beside_photos(moving, mixed, tmp_path):
    table = tmp_path / "t.parquet"
    summary = extract_folder(mixed, table, extractor="moving", videos="stills", every=3, n_jobs=1)
    data = hp.read_table(table)
    assert isinstance(data.X, hp.Landmarks)
    rows = dict(zip(data.paths.tolist(), data.X.detected.tolist(), strict=True))
    assert rows == {
        **{f"stop/c.avi#frame={i}&track=0": True for i in (0, 3, 6)},
        **{f"stop/d.avi#frame={i}": False for i in (0, 3, 6)},
        **{f"wave/a.avi#frame={i}&track=0": True for i in (0, 3, 6)},
        **{"wave/b.avi#frame=0": False},
        **{f"wave/b.avi#frame={i}&track=0": True for i in (3, 6)},
        "wave/photo.png": True,
    }
    assert data.y.tolist() == [path.split("/")[0] for path in data.paths]
    assert (data.X.image_size == 64).all()
    assert summary.two_hands == {"stop": 1}
    assert str(summary).startswith("13 images: 9 hands found")
    assert moving.images_seen == 4 * 3 + 1


def test_a_hand_keeps_its_track_where_the_surest_hand_changes(moving, tmp_path, monkeypatch):
    clip(tmp_path / "clips", "wave/a.avi", right=range(N), left=range(3, N))
    detect = Moving.detect

    def left_is_surer(self, image):
        hands = detect(self, image)
        return replace(hands, score=np.where(hands.handedness == "Left", 0.95, 0.9))

    monkeypatch.setattr(Moving, "detect", left_is_surer)
    table = tmp_path / "t.parquet"
    extract_folder(tmp_path / "clips", table, extractor="moving", videos="stills", n_jobs=1)
    data = hp.read_table(table)
    tracks = [path.partition("&track=")[2] for path in data.paths]
    assert tracks == ["0"] * 3 + ["1"] * (N - 3)
    assert data.X.handedness.tolist() == ["Right"] * 3 + ["Left"] * (N - 3)


def test_videos_beside_photos_can_be_motions_and_of_fewer_frames(moving, mixed, tmp_path):
    told = []
    summary = extract_folder(
        mixed,
        tmp_path / "t.parquet",
        extractor="moving",
        videos="motions",
        every=2,
        n_jobs=1,
        listing=lambda pictures: told.extend(pictures.notes),
    )
    assert told == ["left out: 1 picture (wave/photo.png)"]
    assert summary.videos
    motions = hp.read_table(summary.path).X
    assert [len(motion) for motion in motions] == [N // 2] * 4
    (first,) = motions[0]
    np.testing.assert_allclose(np.diff(first.timestamps_ms), 2000 / 30, atol=1.5)


def test_a_manifest_of_photos_and_videos_gives_what_is_asked_for(moving, mixed, tmp_path):
    rows = ["path,label,subject", "wave/photo.png,wave,anna", "wave/a.avi,wave,ben"]
    (mixed / "manifest.csv").write_text("\n".join(rows))
    found = {}
    for videos in (None, "motions", "stills"):
        table = tmp_path / f"{videos}.parquet"
        with pytest.warns(hp.HandposeWarning, match="left out"):
            extract_folder(mixed, table, extractor="moving", videos=videos, every=4, n_jobs=1)
        data = hp.read_table(table)
        found[videos] = list(zip(data.paths.tolist(), data.groups.tolist(), strict=True))
    photo = ("wave/photo.png", "anna")
    frames_of = [(f"wave/a.avi#frame={i}&track=0", "ben") for i in (0, 4)]
    assert found == {
        None: [photo],
        "motions": [("wave/a.avi", "ben")],
        "stills": [photo, *frames_of],
    }


def test_other_frames_are_other_cached_tables(moving, mixed):
    tables = [
        extract_folder(mixed, extractor="moving", videos=videos, every=every, n_jobs=1, **QUIET)
        for videos, every in (("stills", 1), ("stills", 2), ("motions", 1), ("motions", 2))
    ]
    assert len({summary.path for summary in tables}) == 4


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"videos": "still"}, r"unknown kind of videos 'still' \(did you mean 'stills'"),
        ({"every": 0}, "every must be 1 or more, but got 0"),
        ({"videos": "motions", "every": 20}, "none of its 4 videos .*a motion needs at least 2"),
    ],
)
def test_what_is_no_choice_of_frames_is_told(moving, mixed, tmp_path, wrong, said):
    table = tmp_path / "t.parquet"
    with pytest.raises(hp.HandposeError, match=said):
        extract_folder(mixed, table, extractor="moving", n_jobs=1, **QUIET, **wrong)
