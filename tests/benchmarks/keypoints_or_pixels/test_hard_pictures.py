import csv

import pytest

from benchmarks.keypoints_or_pixels import hard_pictures
from benchmarks.keypoints_or_pixels.hard_pictures import apart, plots, read_split
from handpose import Landmarks
from handpose.datasets import Dataset
from handpose.errors import DatasetError
from tests.benchmarks.keypoints_or_pixels.conftest import stand_ins


@pytest.fixture
def found(photos, setup, monkeypatch):
    """Photos of a data set with a split; in every tenth no hand is found."""
    root = setup.data / "rock_paper_scissors"
    root.mkdir(parents=True)
    sizes = photos.X.image_size
    hands = Landmarks.concat(
        [
            photos.X[[i]] if i % 10 else Landmarks.missing([tuple(sizes[i])])
            for i in range(len(photos))
        ]
    )
    paths = [f"{label}/{row}.jpg" for row, label in enumerate(photos.y)]
    found = Dataset(hands, photos.y, photos.groups, [str(root / path) for path in paths])
    half = sorted(set(photos.groups.tolist()))[:15]
    with (root / "manifest.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["path", "label", "subject", "split"])
        for path, label, subject in zip(paths, photos.y, photos.groups, strict=True):
            rows.writerow([path, label, subject, "training" if subject in half else "testing"])
    monkeypatch.setattr(hard_pictures, "read_photos", lambda setup, name: found)
    monkeypatch.setattr(hard_pictures, "pixel_contenders", stand_ins)
    monkeypatch.setattr(hard_pictures, "QUICK_STEP", 1)
    monkeypatch.setattr(hard_pictures, "Keypoints", lambda *names: knn())
    return found


def knn():
    from benchmarks.keypoints_or_pixels.contenders import Keypoints

    return Keypoints("knn")


@pytest.mark.plots
@pytest.mark.usefixtures("found")
def test_errors_are_missed_or_named_wrong(setup, tmp_path):
    result = hard_pictures.hard_pictures(setup)
    tables = result["tables"]
    rows = tables["contenders"]["rows"]
    for row in rows:
        assert row["wrong"] == row["missed"] + row["named_wrong"]
        assert row["accuracy"] == pytest.approx(1 - row["wrong"] / row["photos"])
        assert bool(row["missed"]) == (row["side"] == "keypoints")
    found, not_found = tables["found_or_not"]["rows"]
    assert not_found["knn, geometry"] == 0
    assert found["knn, geometry"] > 0.95
    assert any("No clip is in both" in note for note in result["notes"])

    axes = plots(tables)["hard_pictures"](tmp_path / "hard.png").axes[0]
    bars = [bar.get_width() for bar in axes.patches]  # missed, then named wrong, for each
    errors = [first + second for first, second in zip(bars[::2], bars[1::2], strict=True)]
    assert sorted(errors) == pytest.approx(sorted(1 - row["accuracy"] for row in rows))


def test_clips_of_both_parts_are_not_learnt(photos):
    train, test, note = apart(photos[::2], photos[1::2])
    assert not set(train.groups) & set(test.groups)
    assert len(test) == len(photos[1::2])
    assert "left out" in note


def test_a_manifest_without_a_split_is_one_line(found, setup):
    folder = setup.folder("rock_paper_scissors")
    manifest = folder / "manifest.csv"
    manifest.write_text(manifest.read_text().replace("training", "validation"))
    with pytest.raises(DatasetError, match="column split with 'training' and 'testing'"):
        read_split(folder, found)
