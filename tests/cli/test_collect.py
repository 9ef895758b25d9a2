"""``handpose collect``, without a display."""

import pytest

import handpose as hp
from handpose.datasets.rendered_clips import read_clip


@pytest.fixture
def collect(run, tmp_path):
    def collect(label, *arguments, clip="gestures", subject="anna"):
        path = read_clip(clip).path
        return run(
            "collect", tmp_path / "mine", path, "--label", label, "--subject", subject,
            "--no-window", *arguments,
        )  # fmt: skip

    return collect


def test_samples_become_a_data_set_that_a_model_learns(collect, run, tmp_path):
    first = collect("moving", "--count", "6", clip="moving")
    assert first.code == 0
    assert "moving by anna, samples: " in first.out
    assert collect("counting", "--count", "6").code == 0
    table = hp.read_table(tmp_path / "mine" / "landmarks.parquet")
    assert set(table.y) == {"moving", "counting"}
    assert set(table.groups) == {"anna"}
    assert table.X.detected.all()
    ran = run("train", tmp_path / "mine", "-o", tmp_path / "mine.handpose", "--no-validate")
    assert ran.code == 0
    assert "2 gestures" in ran.out


def test_it_stops_at_the_count_and_goes_on_from_there(collect, tmp_path):
    assert "counting by anna, samples: 2 (2 new)" in collect("counting", "--count", "2").out
    again = collect("counting", "--count", "4")
    assert "counting by anna, samples: 4 (2 new)" in again.out
    assert len(list((tmp_path / "mine" / "counting").glob("*.jpg"))) == 4


def test_near_duplicates_are_passed_over_and_counted(collect):
    ran = collect("open", clip="still")
    assert ran.code == 0
    assert "open by anna, samples: 1 (1 new)" in ran.out
    assert "turn, tilt or move your hand" in ran.out


def test_a_source_without_a_hand_is_an_error_and_leaves_nothing(run, tmp_path, picture):
    picture("frames/0.png", 200, 200)
    ran = run(
        "collect", tmp_path / "mine", tmp_path / "frames", "--label", "fist", "--subject", "a",
        "--no-window",
    )  # fmt: skip
    assert ran.code == 1
    assert "no sample of fist was kept" in ran.complaints[0]
    assert not (tmp_path / "mine").exists()


@pytest.mark.parametrize("missing", ["--label", "--subject"])
def test_a_name_that_nobody_can_be_asked_for_is_an_error(run, tmp_path, missing):
    given = {"--label": "fist", "--subject": "anna"}
    given.pop(missing)
    options = [word for pair in given.items() for word in pair]
    ran = run("collect", tmp_path / "mine", read_clip("still").path, "--no-window", *options)
    assert ran.code == 1
    assert f"{missing} is missing" in ran.complaints[0]


def test_a_bad_label_is_one_line(collect):
    ran = collect("a/b")
    assert ran.code == 1
    assert "'a/b' cannot be part of a file name" in ran.complaints[0]


def test_takes_of_motions_become_a_data_set_that_a_model_learns(run, tmp_path):
    def take(label, clip):
        return run(
            "collect", tmp_path / "mine", read_clip(clip).path, "--motion", "--label", label,
            "--subject", "anna", "--seconds", "1", "--count", "3", "--no-window",
        )  # fmt: skip

    first = take("rest", "still")
    assert first.code == 0
    assert "rest by anna, takes: 3 (3 new)" in first.out
    assert "--motion --label ANOTHER_MOTION" in first.out
    assert take("shift", "moving").code == 0
    table = hp.read_table(tmp_path / "mine" / "landmarks.parquet")
    assert sorted(table.y) == ["rest"] * 3 + ["shift"] * 3
    assert all(900 < motion.duration_ms < 1100 for motion in table.X)
    ran = run("train", tmp_path / "mine", "-o", tmp_path / "mine.handpose", "--no-validate")
    assert ran.code == 0
    assert hp.load_model(tmp_path / "mine.handpose").takes_motions


def test_takes_and_photos_need_folders_of_their_own(collect):
    assert collect("moving", "--count", "2", clip="moving").code == 0
    ran = collect("moving", "--motion", clip="moving")
    assert ran.code == 1
    assert "holds pictures of still gestures; videos of motions need a folder" in ran.complaints[0]
