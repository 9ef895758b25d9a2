"""``handpose recognize`` with motions: events of videos, takes of tables, spelled text."""

import json

import numpy as np
import pytest

import handpose as hp
from handpose.datasets.rendered_clips import read_clip
from tests.motions import FRAME_MS, circle, examples, line
from tests.recognition.test_finding import scene


@pytest.fixture(scope="module")
def motions_file(tmp_path_factory):
    """A model of tracks; rest is no gesture."""
    X, y = examples(0)
    model = hp.make_model("logistic", features="motion")
    model.fit(X, np.where(y == "rest", "no_gesture", y))
    return model.save(tmp_path_factory.mktemp("motions") / "tracks.handpose")


@pytest.fixture
def takes(tmp_path):
    """A table of two takes, one of them with two motions, and one without any."""
    X = [scene(circle(24)), scene(line(24, to=(0.4, 0.1)), circle(24, turns=-1)), scene()]
    path = tmp_path / "takes.parquet"
    hp.write_table(hp.Dataset(hp.Motions(X), ["a", "b", "c"], paths=["a/1", "b/1", ""]), path)
    return path


def test_takes_of_a_table_become_events(run, takes, motions_file):
    ran = run("recognize", takes, "--motions", motions_file, "--json")
    assert ran.code == 0
    events = [json.loads(text) for text in ran.out.splitlines()]
    assert [(e["source"], e["take"], e["gesture"]) for e in events] == [
        (str(takes), "a/1", "clockwise"),
        (str(takes), "b/1", "line"),
        (str(takes), "b/1", "anticlockwise"),
    ]
    assert all(e["kind"] == "motion" and e["event"] == "ended" for e in events)
    assert 0 < events[0]["started_ms"] < events[0]["ended_ms"] < 110 * FRAME_MS


def test_without_json_events_are_a_table(run, takes, motions_file):
    ran = run("recognize", takes, "--motions", motions_file)
    source, heading, *rows = ran.out.splitlines()
    assert source == f"{takes}:"
    assert heading.split() == ["take", "kind", "shown", "from", "s", "to", "s", "score", "hand"]
    assert len(rows) == 3
    assert "clockwise" in rows[0]


def test_a_video_with_events_tells_them_instead_of_frames(run, motions_file):
    path = read_clip("moving").path
    ran = run("recognize", path, "--motions", motions_file, "--events", "--json")
    assert ran.code == 0
    events = [json.loads(text) for text in ran.out.splitlines()]
    assert {e["kind"] for e in events} == {"gesture", "motion"}
    assert all(e["source"] == str(path) and e["ended_ms"] is not None for e in events)
    plain = run("recognize", path, "--motions", motions_file, "--json").out.splitlines()
    frames = [json.loads(text) for text in plain]
    assert len(frames) == 210
    told = [e["gesture"] for f in frames for e in f["events"] if e["event"] == "started"]
    assert sorted(told) == sorted(e["gesture"] for e in events)


def test_what_cannot_be_searched_is_one_line(run, takes, motions_file, table, photos, tmp_path):
    ran = run("recognize", takes)
    assert ran.code == 1
    assert "holds takes of motions; name a model: --motions FILE" in ran.complaints[0]
    ran = run("recognize", table, "--motions", motions_file)
    assert ran.code == 1
    assert "holds still hands, but takes of motions are expected" in ran.complaints[0]
    photo = next(photos.glob("*/*.jpg"))
    ran = run("recognize", photo, "--events")
    assert ran.code == 1
    assert "a photo has no events; leave out --events" in ran.complaints[0]
    ran = run("recognize", photo, "--words", tmp_path / "none.txt")
    assert ran.code == 2
    assert "--words is for --spell" in ran.complaints[0]


def test_a_take_that_does_not_fit_is_named_and_the_others_are_done(run, motions_file, tmp_path):
    whole = hp.Motion(np.random.default_rng(0).uniform(0, 1, (40, 21, 2)), np.arange(40) * FRAME_MS)
    data = hp.Dataset(hp.Motions([whole, scene(circle(24))]), ["a", "b"], paths=["a/1", "b/1"])
    hp.write_table(data, tmp_path / "mixed.parquet")
    ran = run("recognize", tmp_path / "mixed.parquet", "--motions", motions_file, "--json")
    assert ran.code == 1
    assert ", a/1: the model was trained on motions of 1 point" in ran.complaints[0]
    assert json.loads(ran.out)["gesture"] == "clockwise"
