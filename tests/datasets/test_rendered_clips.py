import csv
import shutil
from functools import lru_cache
from itertools import groupby

import numpy as np
import pytest

import handpose as hp
from handpose.containers.skeletons import HandLandmark as H
from handpose.datasets.places import shipped_folder
from handpose.datasets.rendered_clips import CLIPS, read_clip, read_clip_table

SIZE = (640, 480)
STILL = ("still", "moving", "gestures", "crossing", "leaving")
"""Clips that show no motion."""
PALM = [H.WRIST, H.INDEX_FINGER_MCP, H.PINKY_MCP]


@pytest.fixture(scope="module")
def clips():
    return {name: read_clip(name) for name in CLIPS}


@lru_cache(maxsize=1)
def frames_of(name):
    """Every frame of a clip; those of all clips are 1.8 GB."""
    return list(hp.read_frames(read_clip(name).path))


@pytest.fixture
def copy(tmp_path):
    """A copy of one clip: its table."""
    for suffix in (".csv", ".mp4"):
        shutil.copy(shipped_folder("rendered_clips") / f"still{suffix}", tmp_path)
    return tmp_path / "still.csv"


def spans(values):
    """Runs of equal values: (value, length)."""
    return [(value, len(list(run))) for value, run in groupby(values)]


def palms(clip):
    """Centres of the palms, shape (frames, hands, 2)."""
    return clip.points[:, :, PALM, :2].mean(2)


def palm_length(clip, hand):
    """From the wrist to the middle finger's knuckle, shape (frames,)."""
    bone = clip.points[:, hand, H.MIDDLE_FINGER_MCP, :2] - clip.points[:, hand, H.WRIST, :2]
    return np.linalg.norm(bone, axis=1)


@pytest.mark.parametrize("name", CLIPS)
def test_the_video_has_the_frames_of_the_table(clips, name):
    clip = clips[name]
    assert clip.name == name
    assert clip.path.name == f"{name}.mp4"
    assert [f.timestamp_ms for f in frames_of(name)] == clip.timestamps_ms.tolist()
    assert {f.rgb.shape[1::-1] for f in frames_of(name)} == {SIZE}
    assert clip.timestamps_ms.tolist() == [
        round(1000 * k / clip.fps) for k in range(len(frames_of(name)))
    ]


@pytest.mark.parametrize("name", CLIPS)
def test_the_arrays_agree_with_each_other(clips, name):
    clip = clips[name]
    n_frames, n_hands = len(clip.timestamps_ms), len(clip.handedness)
    assert clip.points.shape == (n_frames, n_hands, 21, 3)
    assert clip.visible.shape == clip.gestures.shape == clip.motions.shape == (n_frames, n_hands)
    inside = ((clip.points[..., :2] >= 0) & (clip.points[..., :2] <= SIZE)).all(-1).mean(-1)
    np.testing.assert_allclose(clip.visible, inside, atol=0.006)
    np.testing.assert_array_equal(np.isnan(clip.points).all((2, 3)), clip.visible == 0)
    assert (clip.points[clip.visible > 0, H.WRIST, 2] == 0).all()
    for shown in (clip.gestures, clip.motions):
        assert (shown[clip.visible == 0] == None).all()  # noqa: E711
    assert set(clip.gestures.ravel()) <= {*"0123456789", None}


@pytest.mark.parametrize("name", CLIPS)
def test_the_thumb_is_on_the_side_of_the_handedness(clips, name):
    """All palms face the camera: a right hand's thumb is then on the picture's right."""
    clip = clips[name]
    thumb_side = clip.points[:, :, H.INDEX_FINGER_MCP, 0] - clip.points[:, :, H.PINKY_MCP, 0]
    for side, across in zip(clip.handedness, thumb_side.T, strict=True):
        assert (np.sign(across[~np.isnan(across)]) == (1 if side == "Right" else -1)).all()


@pytest.mark.parametrize("name", [name for name in CLIPS if name != "crossing"])
def test_the_hand_is_where_the_table_says(clips, extractor, name):
    """A hand that points is narrow, and moves: 0.09 of its box."""
    clip, near = clips[name], 0.1 if name == "circles" else 0.08
    for k in range(0, len(frames_of(name)), 30):
        if clip.visible[k, 0] == 1:
            (found,) = extractor.detect(frames_of(name)[k].rgb).points[:, :, :2]
            truth = clip.points[k, 0, :, :2]
            distance = np.linalg.norm(found - truth, axis=1).mean()
            assert distance < near * np.ptp(truth, axis=0).max()


def test_still_does_not_move_but_its_grain_does(clips):
    assert (np.ptp(clips["still"].points, axis=0) == 0).all()
    change = frames_of("still")[50].rgb.astype(int) - frames_of("still")[60].rgb
    assert 0.2 < change.std() < 5


def test_moving_grows_from_slow_to_fast(clips):
    clip = clips["moving"]
    step = np.linalg.norm(np.diff(palms(clip)[:, 0], axis=0), axis=1)
    speed = step * clip.fps / palm_length(clip, 0).mean()
    assert speed[:60].max() < 1.5
    assert speed.max() == pytest.approx(3.7, abs=0.1)
    assert (clip.visible == 1).all()


def test_gestures_shows_seven_digits_for_a_while_each(clips):
    clip = clips["gestures"]
    shown = spans(clip.gestures[:, 0])
    assert "".join(digit for digit, _ in shown if digit) == "1234509"
    for digit, length in shown:
        assert length / clip.fps == pytest.approx(0.9 if digit else 0.35, abs=0.05)


def test_crossing_hands_change_places_twice(clips):
    clip = clips["crossing"]
    first, second = palms(clip)[:, :, 0].T
    assert [ahead for ahead, _ in spans(first > second)] == [False, True, False]
    apart = np.abs(first - second) / palm_length(clip, 0)
    assert apart[[0, 90, -1]].min() > 2
    assert clip.handedness.tolist() == ["Right", "Left"]
    assert [set(shown) for shown in clip.gestures.T] == [{"5"}, {"2"}]


def test_the_first_of_the_crossing_hands_is_in_front(clips):
    """The pale palm is never hidden; where the palms meet, it hides the dark one."""
    centres = palms(clips["crossing"]).astype(int)
    brightness = np.array(
        [
            [frame.rgb[y - 3 : y + 4, x - 3 : x + 4].mean() for x, y in hands]
            for frame, hands in zip(frames_of("crossing"), centres, strict=True)
        ]
    )
    near, far = brightness.T
    assert near.min() > far[0] + 50
    assert far.max() > near.min()


def test_leaving_is_gone_for_a_blink_and_for_longer(clips):
    clip = clips["leaving"]
    runs = spans(clip.visible[:, 0] > 0)
    assert [here for here, _ in runs] == [True, False, True, False, True]
    seconds = [length / clip.fps for _, length in runs]
    assert seconds[1] == pytest.approx(0.3, abs=0.05)
    assert seconds[3] == pytest.approx(1.6, abs=0.05)
    assert min(seconds[::2]) > 1


@pytest.mark.parametrize("name", STILL)
def test_the_other_clips_show_no_motion(clips, name):
    assert set(clips[name].motions.ravel()) == {None}


def test_a_swipe_goes_the_persons_own_way_and_faster_than_the_hand_goes_between(clips):
    """The picture is not mirrored: the person's left is its right. Only being raised is as fast."""
    clip = clips["swipes"]
    own_way = {
        "swipe_left": (1, 0),
        "swipe_right": (-1, 0),
        "swipe_up": (0, -1),
        "swipe_down": (0, 1),
    }
    lengths = palm_length(clip, 0)
    size = np.median(lengths[clip.visible[:, 0] == 1])
    speed = np.linalg.norm(np.diff(palms(clip)[:, 0], axis=0), axis=1)
    names, top_speeds, first = [], [], 0
    for name, length in spans(clip.motions[:, 0]):
        way = palms(clip)[first : first + length, 0]
        if name is not None:
            names.append(name)
            along, across = np.abs(way[-1] - way[0])[[0, 1] if own_way[name][0] else [1, 0]]
            assert np.dot(way[-1] - way[0], own_way[name]) == along > 10 * across
            assert 1.5 * size < along < 4 * size
            assert length / clip.fps == pytest.approx(0.35, abs=0.13)
            top_speeds.append(speed[first : first + length - 1].max())
        first += length
    assert names == [f"swipe_{way}" for way in ("left", "right", "down", "up", "right", "left")]
    swiping = np.array([name is not None for name in clip.motions[:, 0]])
    between = ~swiping[1:] & ~swiping[:-1] & (clip.timestamps_ms[1:] > 1000)
    assert speed[between].max() < 0.7 * min(top_speeds)


def test_circles_are_drawn_each_way_at_two_paces(clips):
    """Clockwise as the person sees it is anticlockwise in the picture, whose y goes down."""
    clip = clips["circles"]
    tip = clip.points[:, 0, H.INDEX_FINGER_TIP, :2].astype(float)
    rounds, first = [], 0
    for name, length in spans(clip.motions[:, 0]):
        if name is not None:
            way = tip[first : first + length]
            angles = np.unwrap(np.arctan2(*(way - (way.min(0) + way.max(0)) / 2).T[::-1]))
            rounds.append((name, round((angles[-1] - angles[0]) / (2 * np.pi))))
            assert length / clip.fps == pytest.approx(1.8, abs=0.05)
        first += length
    assert rounds == [
        ("Clockwise", -3),
        ("Counter Clockwise", 3),
        ("Clockwise", -2),
        ("Counter Clockwise", 2),
    ]
    assert clip.visible[-1, 0] == 0


def test_the_clips_are_small():
    files = [f for f in shipped_folder("rendered_clips").iterdir() if f.suffix in (".csv", ".mp4")]
    assert sorted(f.stem for f in files) == sorted([*CLIPS, *CLIPS])
    assert sum(f.stat().st_size for f in files) < 6_000_000


def test_an_unknown_name_lists_the_clips():
    with pytest.raises(hp.HandposeError, match=r"unknown clip 'moveing' \(did you mean 'moving'"):
        read_clip("moveing")


def test_a_copy_reads_the_same(copy, clips):
    again = read_clip_table(copy)
    np.testing.assert_array_equal(again.points, clips["still"].points)
    assert again.path == copy.with_suffix(".mp4")


@pytest.mark.parametrize("suffix", [".csv", ".mp4"])
def test_a_missing_file_is_a_data_set_error(copy, suffix):
    copy.with_suffix(suffix).unlink()
    with pytest.raises(hp.DatasetError, match=r"still\.csv: the clip is not whole"):
        read_clip_table(copy)


@pytest.mark.parametrize(
    ("row", "column", "value", "reason"),
    [
        (0, "frame", "number", "columns must be frame"),
        (1, "frame", "7", "frame by frame"),
        (1, "hand", "1", "hand by hand"),
        (1, "hand", "-1", "hand by hand"),
        (9, "hand", "1000000000", "hand by hand"),
        (9, "timestamp_ms", "0", "must grow"),
        (9, "timestamp_ms", "soon", "soon"),
        (9, "handedness", "Left", "throughout"),
        (9, "x7", "", "whole or missing"),
        (9, "y7", "inf", "whole or missing"),
        (9, "z7", "deep", "deep"),
    ],
)
def test_a_damaged_cell_is_a_data_set_error(copy, row, column, value, reason):
    with copy.open(newline="") as file:
        rows = list(csv.reader(file))
    rows[row][rows[0].index(column)] = value
    with copy.open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    with pytest.raises(hp.DatasetError, match=reason):
        read_clip_table(copy)


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda content: b"", "columns must be"),
        (lambda content: content[: content.index(b"\n") + 1], "must have rows"),
        (lambda content: content[:-40], "cells in each"),
        (lambda content: b"\xff" + content, "not whole"),
    ],
)
def test_a_damaged_table_is_a_data_set_error(copy, damage, reason):
    copy.write_bytes(damage(copy.read_bytes()))
    with pytest.raises(hp.DatasetError, match=reason):
        read_clip_table(copy)


def test_the_clips_are_a_data_set_of_motions():
    data = hp.load_dataset("rendered_clips")
    assert len(data) == 8
    assert set(data.groups.tolist()) == set(CLIPS)
    clip = read_clip("crossing")
    crossing = data.select(groups=["crossing"])
    assert crossing.y.tolist() == ["5", "2"]
    for hand, motion in enumerate(crossing.X):
        np.testing.assert_array_equal(motion.points[:, 0], clip.points[:, hand])
        assert motion.handedness == clip.handedness[hand]
    assert data.y[data.groups == "gestures"].tolist() == [""]
    assert not next(iter(data.select(groups=["leaving"]).X)).seen.all()
