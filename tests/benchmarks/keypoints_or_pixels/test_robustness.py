"""The part on spoilt photos, with contenders that need no network, on rendered hands."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.keypoints_or_pixels import robustness
from benchmarks.keypoints_or_pixels.contenders import Contender
from benchmarks.keypoints_or_pixels.corruptions import CORRUPTIONS
from benchmarks.keypoints_or_pixels.robustness import CLEAN, Condition, some_of, spoilt_photos
from benchmarks.runner import Setup
from handpose import Landmarks
from handpose.datasets import Dataset
from handpose.images import read_image

CONDITIONS = [CLEAN, Condition("noisy", 25), Condition("rotated", 45)]


@pytest.fixture(scope="module")
def photos(rendered, rendered_folder):
    paths = [str(rendered_folder / path) for path in rendered.paths]
    people = [f"p{i % 6}" for i in range(len(paths))]
    return Dataset(rendered.X, rendered.y, people, paths)


@pytest.fixture(scope="module")
def setup(tmp_path_factory):
    return Setup(Path("absent"), quick=True, work=tmp_path_factory.mktemp("work"))


@pytest.fixture(scope="module")
def few(photos):
    return photos[np.array([0, 20, 40])]


@pytest.fixture(scope="module")
def spoilt(few, setup, tmp_path_factory):
    return spoilt_photos(few, CONDITIONS, tmp_path_factory.mktemp("spoilt"), setup)


def test_every_condition_has_every_photo_in_order(spoilt, few):
    assert len(spoilt) == len(CONDITIONS) * len(few)
    assert spoilt.y.tolist() == few.y.tolist() * len(CONDITIONS)
    assert spoilt.groups.tolist() == few.groups.tolist() * len(CONDITIONS)
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
    assert spoilt.X.detected[-1] == (len(found) > 0)
    if len(found):
        np.testing.assert_allclose(spoilt.X.points[-1], found.points[0], atol=0.02)


def test_the_same_seed_spoils_alike_and_another_does_not(spoilt, few, tmp_path):
    originals = [read_image(path) for path in few.paths.tolist()]
    noisy = CONDITIONS[1]
    for seed in (0, 1):
        robustness._write(originals, noisy, tmp_path / str(seed), seed)
    for row, path in enumerate(spoilt.paths[len(few) : 2 * len(few)]):
        again, other = (read_image(tmp_path / str(seed) / f"{row:05}.png") for seed in (0, 1))
        assert np.array_equal(again, read_image(path))
        assert not np.array_equal(other, read_image(path))


def test_some_photos_are_spread_over_all_labels(photos, setup, monkeypatch):
    monkeypatch.setattr(robustness, "QUICK_PHOTOS", 20)
    some = some_of(photos, setup)
    assert len(some) == 20
    assert set(some.y) == set(photos.y)
    assert len(set(some.paths.tolist())) == 20
    assert len(some_of(photos[np.arange(5)], setup)) == 5


class Fake(Contender):
    """Right about photos whose file name does not say otherwise."""

    features = "fake"

    def __init__(self, classifier, side, wrong):
        self.side, self.classifier, self.wrong = side, classifier, wrong

    def fit(self, photos, seed):
        self.trained_on = set(photos.groups.tolist())
        return self

    def predict(self, photos):
        assert not self.trained_on & set(photos.groups.tolist())
        bad = np.array([self.wrong in path for path in photos.paths.tolist()])
        return np.where(bad, "", photos.y)


def unspoilt(photos, conditions, folder, setup):
    """In place of pictures: rows of files that are not there, with the hands of the photos."""
    return Dataset(
        Landmarks.concat([photos.X] * len(conditions)),
        photos.y.tolist() * len(conditions),
        photos.groups.tolist() * len(conditions),
        [f"{each.folder}/{row}.png" for each in conditions for row in range(len(photos))],
    )


@pytest.fixture(scope="module")
def result(photos, setup):
    with pytest.MonkeyPatch.context() as patch:
        people = np.isin(photos.groups, ["p0", "p1"])
        splits = [(np.flatnonzero(~people), np.flatnonzero(people))]
        patch.setattr(robustness, "digits_and_folds", lambda setup: (photos, splits))
        patch.setattr(robustness, "QUICK_PHOTOS", 3)
        patch.setattr(robustness, "spoilt_photos", unspoilt)
        patch.setattr(robustness, "QUICK_CORRUPTIONS", ("noisy", "shrunk"))
        fakes = [Fake("A", "keypoints", "noisy-40"), Fake("EfficientNet", "pixels", "shrunk")]
        patch.setattr(robustness, "Keypoints", lambda: fakes[0])
        patch.setattr(robustness, "pixel_contenders", lambda setup: fakes[1:])
        yield robustness.robustness(setup)


def test_a_row_for_each_strength_with_every_contender(result):
    rows = result["tables"]["strengths"]["rows"]
    assert [row["corruption"] for row in rows] == ["noisy"] * 5 + ["shrunk"] * 5
    assert [row["strength"] for row in rows[:5]] == [0, *CORRUPTIONS["noisy"].strengths]
    assert [row["A, fake"] for row in rows] == [1, 1, 1, 1, 0, 1, 1, 1, 1, 1]
    assert [row["EfficientNet, fake"] for row in rows] == [1] * 6 + [0] * 4
    assert len({tuple(row) for row in rows}) == 1
    assert all(0 <= row["hands_found"] <= 1 for row in rows)


def test_the_summary_is_the_mean_over_strengths(result):
    rows = {row["corruption"]: row for row in result["tables"]["corruptions"]["rows"]}
    assert [rows[name]["A, fake"] for name in ("none", "noisy", "shrunk")] == [1, 0.75, 1]
    assert [rows[n]["EfficientNet, fake"] for n in ("none", "noisy", "shrunk")] == [1, 1, 0]


def test_the_paired_tests_are_over_all_strengths_of_a_corruption(result):
    rows = result["tables"]["keypoints_against_pixels"]["rows"]
    difference = {row["corruption"]: row["difference"] for row in rows}
    assert difference == pytest.approx({"noisy": -0.25, "shrunk": 1, "all": 0.375})


@pytest.mark.plots
def test_a_panel_for_each_corruption_and_a_line_for_each_contender(result, tmp_path):
    (draw,) = robustness.plots(result["tables"]).values()
    noisy, shrunk = draw(tmp_path / "robustness.png").axes
    assert [axes.get_title("left") for axes in (noisy, shrunk)] == ["noisy", "shrunk"]
    assert [text.get_text() for text in noisy.texts] == ["hand found", "A, fake", "pixels, fake"]
    ours, theirs = (line.get_ydata().tolist() for line in noisy.lines[1:])
    assert (ours, theirs) == ([1, 1, 1, 1, 0], [1] * 5)
    assert [tick.get_text() for tick in noisy.get_xticklabels()] == ["clean", "5", "10", "20", "40"]


def test_file_names_of_conditions_have_no_spaces():
    folders = {Condition(n, s).folder for n, c in CORRUPTIONS.items() for s in c.strengths}
    assert len(folders) == 4 * len(CORRUPTIONS)
    assert not any(" " in folder for folder in folders)
