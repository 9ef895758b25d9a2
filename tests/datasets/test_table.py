from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import handpose as hp
from handpose import Dataset, Landmarks, read_table, write_table
from handpose.datasets.parquet import SCHEMA, read_notes, write_tables
from handpose.datasets.table import to_arrow


@pytest.fixture
def dataset(strangers, missed):
    """Thirty hands with every field set, and a miss."""
    part = strangers[:30]
    return Dataset(
        Landmarks.concat([part.X, missed]),
        y=[*part.y, "é"],
        groups=[*part.groups, ""],
        paths=[*part.paths, "fist/ü.png"],
        name="toy",
        provenance={"name": "fake", "networks": {"a": "b"}},
    )


@pytest.fixture
def path(tmp_path):
    return tmp_path / "new folder" / "table.parquet"


def changed(path, dataset, change):
    """Write the table after `change` has had its columns."""
    columns = {name: to_arrow(dataset)[name] for name in SCHEMA.names}
    change(columns)
    path.parent.mkdir(exist_ok=True)
    pq.write_table(pa.table(columns), path)
    return path


def test_what_is_written_is_read(dataset, path):
    write_table(dataset, path)
    back = read_table(path)
    assert back.y.tolist() == dataset.y.tolist()
    assert back.groups.tolist() == dataset.groups.tolist()
    assert back.paths.tolist() == dataset.paths.tolist()
    assert (back.name, back.provenance) == ("toy", dataset.provenance)
    hands, expected = back.X, dataset.X
    np.testing.assert_array_equal(hands.handedness, expected.handedness)
    np.testing.assert_array_equal(hands.handedness_score, expected.handedness_score)
    np.testing.assert_array_equal(hands.score, expected.score)
    np.testing.assert_array_equal(hands.image_size, expected.image_size)
    np.testing.assert_array_equal(hands.detected, expected.detected)
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("unit", [1.0, 0.01, 1e-6, 1e6, 2**-20])
def test_landmarks_of_every_unit_come_back_as_they_were(dataset, path, unit):
    hands = dataset.X
    scaled = Landmarks((hands.points + 0.0031) * unit, world=hands.world / 3 * unit)
    write_table(Dataset(scaled, dataset.y), path)
    back = read_table(path).X
    np.testing.assert_array_equal(back.points, scaled.points)
    np.testing.assert_array_equal(back.world, scaled.world)


def test_mediapipe_users_normalised_landmarks_come_back_as_they_were(people, path):
    normalised = Landmarks(people.X.normalized(), image_size=np.ones((len(people), 2)))
    write_table(Dataset(normalised, people.y), path)
    np.testing.assert_array_equal(read_table(path).X.points, normalised.points)


@pytest.mark.photos
@pytest.mark.parametrize("name", ["hagrid_landmarks", "asl_alphabet_landmarks"])
def test_a_known_data_set_comes_back_as_it_was(monkeypatch, data_root, path, name):
    monkeypatch.setenv("HANDPOSE_DATA", str(data_root))
    known = hp.load_dataset(name)
    write_table(known, path)
    back = read_table(path)
    np.testing.assert_array_equal(back.X.points, known.X.points)
    np.testing.assert_array_equal(back.X.image_size, known.X.image_size)
    assert (back.name, back.provenance) == (known.name, known.provenance)


@pytest.mark.photos
def test_a_model_of_a_written_table_is_the_model_of_the_data_set(monkeypatch, data_root, path):
    monkeypatch.setenv("HANDPOSE_DATA", str(data_root))
    hagrid = hp.load_dataset("hagrid_landmarks")
    train, test = hagrid[::4], hagrid[1::4]
    write_table(train, path)
    models = [
        hp.make_model("svm", augmentation=None).fit(data.X, data.y)
        for data in (train, read_table(path))
    ]
    before, after = (model.predict(test.X) for model in models)
    np.testing.assert_array_equal(after, before)
    assert (after == test.y).mean() > 0.9


def test_tables_of_earlier_versions_are_read_by_every_pyarrow(dataset, path):
    """Their lists were of a fixed size, and of a missed hand they were null."""

    def fixed(columns):
        for name in ("landmarks", "world"):
            columns[name] = pa.array(columns[name].to_pylist(), pa.list_(pa.float32(), 63))

    changed(path, dataset, fixed)
    np.testing.assert_array_equal(read_table(path).X.points, dataset.X.points)
    np.testing.assert_array_equal(read_table(path).X.world, dataset.X.world)


def test_no_list_of_a_table_is_of_a_fixed_size(dataset, path):
    """Up to version 25 pyarrow writes such lists, and cannot read them where one is null."""
    write_table(dataset, path)
    schema = pq.read_schema(path)
    assert all(schema.field(name).type == pa.list_(pa.float32()) for name in ("landmarks", "world"))


def test_a_table_without_rows_and_of_misses_alone(path, missed):
    write_table(Dataset(Landmarks.empty(), []), path)
    assert len(read_table(path)) == 0
    write_table(Dataset(missed, ["fist"]), path)
    assert read_table(path).X.detected.tolist() == [False]


def test_many_small_tables_become_few_row_groups_in_order(dataset, path):
    tables = (to_arrow(dataset[[i % len(dataset)]]) for i in range(100))
    write_tables(tables, path, {"name": "many"})
    assert pq.ParquetFile(path).num_row_groups == 1
    assert read_table(path).paths[:31].tolist() == dataset.paths.tolist()
    assert len(read_table(path)) == 100


def test_the_file_notes_the_version_that_wrote_it(dataset, path):
    write_table(dataset, path)
    assert read_notes(path)["handpose"] == hp.__version__


def test_an_error_while_writing_leaves_the_old_table(dataset, path):
    write_table(dataset, path)
    before = path.read_bytes()

    def tables():
        yield to_arrow(dataset)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_tables(tables(), path, {})
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    "column", ["subject", "score", "handedness_score", "world", "point_scores"]
)
def test_a_column_that_may_be_absent(dataset, path, column):
    changed(path, dataset, lambda columns: columns.pop(column))
    back = read_table(path)
    np.testing.assert_allclose(back.X.points, dataset.X.points, atol=0.01)
    assert back.name == "table"  # the file's name, where nothing is noted
    assert back.provenance == {}
    empty = {"subject": back.groups == "", "world": np.isnan(back.X.world)}
    numbers = ("score", "handedness_score", "point_scores")
    empty |= {c: np.isnan(getattr(back.X, c)) for c in numbers}
    assert empty[column].all()


@pytest.mark.parametrize(
    "column", ["path", "label", "detected", "handedness", "width", "landmarks"]
)
def test_a_column_that_may_not_be_absent_is_named(dataset, path, column):
    changed(path, dataset, lambda columns: columns.pop(column))
    with pytest.raises(hp.DatasetError, match=f"lacks the columns {column}; make one with"):
        read_table(path)


def test_a_table_of_something_else_is_refused(path):
    path.parent.mkdir()
    pq.write_table(pa.table({"x": [1, 2]}), path)
    with pytest.raises(hp.DatasetError, match=r"table\.parquet: not a landmark table"):
        read_table(path)


@pytest.mark.parametrize("content", [b"", b"hello", b"PAR1" + bytes(50) + b"PAR1"])
def test_what_is_no_parquet_file_is_refused(path, content):
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(hp.DatasetError, match=r"table\.parquet: not a readable Parquet"):
        read_table(path)


def test_a_truncated_table_is_refused(dataset, path):
    write_table(dataset, path)
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(hp.DatasetError, match="not a readable Parquet"):
        read_table(path)


def test_a_missing_table_is_refused(path):
    with pytest.raises(hp.DatasetError, match=r"table\.parquet: no such file"):
        read_table(path)


def test_a_hand_that_is_detected_and_has_no_landmarks_is_refused(dataset, path):
    everything = pa.array([True] * len(dataset))
    changed(path, dataset, lambda columns: columns.update(detected=everything))
    with pytest.raises(hp.DatasetError, match="row 30 is detected but has no landmarks"):
        read_table(path)


def test_half_a_hand_is_refused(dataset, path):
    def halve(columns):
        rows = columns["landmarks"].to_pylist()
        rows[3][10] = None
        columns["landmarks"] = pa.array(rows, pa.list_(pa.float32(), 63))

    changed(path, dataset, halve)
    with pytest.raises(hp.DatasetError, match=r"table\.parquet: 1 of 31 hands .*row 3"):
        read_table(path)


@pytest.mark.parametrize("numbers", [62, 0])
def test_a_hand_of_other_than_63_numbers_is_refused(dataset, path, numbers):
    short = pa.array([[1.0] * numbers] * len(dataset))
    changed(path, dataset, lambda columns: columns.update(landmarks=short))
    with pytest.raises(hp.DatasetError, match="landmarks must hold"):
        read_table(path)


def test_a_handedness_that_is_none_is_refused(dataset, path):
    both = pa.array(["Both"] * len(dataset))
    changed(path, dataset, lambda columns: columns.update(handedness=both))
    with pytest.raises(hp.DatasetError, match=r"table\.parquet: handedness must be.*'Both'"):
        read_table(path)


def test_landmarks_of_a_hand_that_is_not_detected_do_not_count(dataset, path):
    nothing = pa.array([False] * len(dataset))
    changed(path, dataset, lambda columns: columns.update(detected=nothing))
    assert not read_table(path).X.detected.any()


@pytest.mark.parametrize("note", [b"not json", b"[1, 2]", b"\xff"])
def test_a_note_that_cannot_be_read_is_ignored(dataset, path, note):
    path.parent.mkdir()
    table = to_arrow(dataset).replace_schema_metadata({b"handpose": note})
    pq.write_table(table, path)
    assert read_table(path).name == "table"


def test_how_sure_the_points_are_comes_back(dataset, path):
    scores = np.linspace(0, 1, dataset.X.points[..., 0].size).reshape(-1, 21).astype(np.float32)
    scores[0], scores[1, 3] = np.nan, np.nan
    hands = replace(dataset.X, point_scores=scores)
    write_table(Dataset(hands, dataset.y), path)
    np.testing.assert_array_equal(read_table(path).X.point_scores, scores)
