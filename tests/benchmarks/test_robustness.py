"""The part on spoilt photos, with contenders that need no network, on rendered hands."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from benchmarks.keypoints_or_pixels.part import Setup

from benchmarks.keypoints_or_pixels import robustness
from benchmarks.keypoints_or_pixels.corruptions import CORRUPTIONS
from benchmarks.keypoints_or_pixels.photos import Photos
from benchmarks.keypoints_or_pixels.robustness import CLEAN, Condition, some_of, spoilt_photos
from handpose.images import read_image

CONDITIONS = [CLEAN, Condition("noisy", 25), Condition("rotated", 45)]


@pytest.fixture(scope="module")
def photos(rendered, rendered_folder):
    paths = np.array([str(rendered_folder / path) for path in rendered.paths])
    people = np.array([f"p{i % 6}" for i in range(len(paths))])
    return Photos(paths, rendered.X, rendered.y, people)


@pytest.fixture(scope="module")
def setup(tmp_path_factory):
    return Setup(Path("absent"), tmp_path_factory.mktemp("work"), quick=True, jobs=1)


@pytest.fixture(scope="module")
def few(photos):
    return photos[np.array([0, 20, 40])]


@pytest.fixture(scope="module")
def spoilt(few, setup, tmp_path_factory):
    return spoilt_photos(few, CONDITIONS, tmp_path_factory.mktemp("spoilt"), setup)


def test_every_condition_has_every_photo_in_order(spoilt, few):
    assert len(spoilt) == len(CONDITIONS) * len(few)
    assert spoilt.labels.tolist() == few.labels.tolist() * len(CONDITIONS)
    assert spoilt.subjects.tolist() == few.subjects.tolist() * len(CONDITIONS)
    assert len(set(spoilt.paths.tolist())) == len(spoilt)


def test_clean_photos_are_kept_to_the_last_bit_and_the_others_not(spoilt, few):
    for row, path in enumerate(few.paths):
        original = read_image(path)
        same = [
            np.array_equal(read_image(spoilt.paths[row + len(few) * i]), original) for i in range(3)
        ]
        assert same == [True, False, False]


def test_hands_are_those_of_the_spoilt_photos(spoilt, few):
    from handpose.extractors import make_extractor

    with make_extractor("native", threads=1) as extractor:
        found = extractor.detect(read_image(spoilt.paths[-1]))
    assert spoilt.hands.detected[-1] == (len(found) > 0)
    if len(found):
        np.testing.assert_allclose(spoilt.hands.points[-1], found.points[0], atol=0.02)


def test_the_same_seed_spoils_alike_and_another_does_not(spoilt, few, setup, tmp_path_factory):
    again = spoilt_photos(few, CONDITIONS, tmp_path_factory.mktemp("again"), setup)
    for a, b in zip(spoilt.paths, again.paths, strict=True):
        assert np.array_equal(read_image(a), read_image(b))
    np.testing.assert_array_equal(spoilt.hands.points, again.hands.points)
    other = Setup(setup.data, setup.work, quick=True, seed=1, jobs=1)
    noisy = spoilt_photos(few, CONDITIONS[1:2], tmp_path_factory.mktemp("other"), other)
    assert not np.array_equal(read_image(noisy.paths[0]), read_image(spoilt.paths[len(few)]))


def test_some_photos_are_spread_over_all_labels(photos, setup, monkeypatch):
    monkeypatch.setattr(robustness, "QUICK_PHOTOS", 20)
    some = some_of(photos, setup)
    assert len(some) == 20
    assert set(some.labels) == set(photos.labels)
    assert len(set(some.paths.tolist())) == 20
    assert len(some_of(photos[np.arange(5)], setup)) == 5


class Fake:
    """Right about photos whose file name says so."""

    features = "of nothing"
    code = ()
    settings: dict[str, str] = {}  # noqa: RUF012

    def __init__(self, name, side, wrong):
        self.name, self.side, self.classifier = name, side, name
        self.wrong = wrong

    def require(self):
        pass

    def fit(self, photos, seed):
        self.trained_on = set(photos.subjects.tolist())
        return self

    def predict(self, photos):
        assert not self.trained_on & set(photos.subjects.tolist())
        bad = np.array([self.wrong in path for path in photos.paths.tolist()])
        return np.where(bad, "", photos.labels)


@pytest.fixture(scope="module")
def result(photos, setup):
    with pytest.MonkeyPatch.context() as patch:
        people = np.isin(photos.subjects, ["p0", "p1"])
        splits = [(np.flatnonzero(~people), np.flatnonzero(people))]
        patch.setattr(robustness, "digits_and_folds", lambda setup: (photos, splits))
        patch.setattr(robustness, "QUICK_PHOTOS", 3)
        patch.setattr(robustness, "QUICK_CORRUPTIONS", ("noisy", "shrunk"))
        fakes = [Fake("A", "keypoints", "noisy-40"), Fake("EfficientNet, B", "pixels", "shrunk")]
        patch.setattr(robustness, "Keypoints", lambda: fakes[0])
        patch.setattr(robustness, "pixel_contenders", lambda setup: fakes[1:])
        yield robustness.measure(setup)


def test_a_row_for_each_strength_with_every_contender(result):
    rows = result.tables["strengths"].rows
    assert [row["corruption"] for row in rows] == ["noisy"] * 5 + ["shrunk"] * 5
    assert [row["strength"] for row in rows[:5]] == [0, *CORRUPTIONS["noisy"].strengths]
    assert [row["A"] for row in rows] == [1, 1, 1, 1, 0, 1, 1, 1, 1, 1]
    assert [row["EfficientNet, B"] for row in rows] == [1] * 6 + [0] * 4
    assert len({tuple(row) for row in rows}) == 1
    assert all(0 <= row["hands_found"] <= 1 for row in rows)


def test_the_summary_is_the_mean_over_strengths(result):
    rows = {row["corruption"]: row for row in result.tables["corruptions"].rows}
    assert [rows[name]["A"] for name in ("none", "noisy", "shrunk")] == [1, 0.75, 1]
    assert [rows[n]["EfficientNet, B"] for n in ("none", "noisy", "shrunk")] == [1, 1, 0]


def test_accuracies_are_exact_and_the_notes_say_how_they_came_about(result):
    assert result.exact
    assert any("clean photos" in note for note in result.notes)


def test_plots_are_drawn_from_the_tables(result, tmp_path):
    pytest.importorskip("matplotlib")
    drawn = robustness.PART.draw(result.tables)
    assert set(drawn) == {"robustness", "robustness_noisy", "robustness_shrunk"}
    for name, draw in drawn.items():
        draw(tmp_path / f"{name}.png")
        assert read_image(tmp_path / f"{name}.png").shape[1] > 500


def test_file_names_of_conditions_have_no_spaces():
    folders = {Condition(n, s).folder for n, c in CORRUPTIONS.items() for s in c.strengths}
    assert len(folders) == 4 * len(CORRUPTIONS)
    assert not any(" " in folder for folder in folders)
