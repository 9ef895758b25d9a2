"""Tables of motions."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import handpose as hp
from handpose import Dataset, read_table, write_table
from handpose.containers.motion import Motion, Motions
from handpose.datasets.parquet import MOTION_SCHEMA
from handpose.datasets.table import to_arrow
from tests.motions import circle

RNG = np.random.default_rng(0)


@pytest.fixture
def dataset():
    """A track, one hand, two hands of which one is often missing, and a motion with a body."""
    hand = RNG.uniform(0, 300, (9, 21, 3)).astype(np.float32)
    both = RNG.uniform(0, 300, (6, 2, 21, 2))
    both[2:, 0] = np.nan
    body = RNG.uniform(0, 300, (9, 5, 2))
    body[0] = np.nan
    times = np.cumsum(RNG.uniform(20, 40, 9))
    motions = [
        circle(),
        Motion(hand, times, "Left"),
        Motion(both, times[:6]),
        Motion(hand / 7, times, "Right", body=body),
    ]
    return Dataset(
        Motions(motions),
        y=["circle", "wave", "more", "ä"],
        groups=["p", "p", "q", ""],
        paths=["a.mp4", "b.mp4", "c.mp4", "d.mp4"],
        name="toy",
        provenance={"name": "fake"},
    )


@pytest.fixture
def path(tmp_path):
    return tmp_path / "motions.parquet"


def test_motions_come_back_as_they_were(dataset, path):
    write_table(dataset, path)
    back = hp.load_dataset(path)
    for name in ("y", "groups", "paths"):
        assert getattr(back, name).tolist() == getattr(dataset, name).tolist()
    assert (back.name, back.provenance) == ("toy", {"name": "fake"})
    for motion, expected in zip(back.X, dataset.X, strict=True):
        np.testing.assert_array_equal(motion.points, expected.points)
        np.testing.assert_array_equal(motion.timestamps_ms, expected.timestamps_ms)
        assert motion.handedness == expected.handedness
        assert (motion.body is None) == (expected.body is None)
    np.testing.assert_array_equal(next(iter(back.X[3])).body, next(iter(dataset.X[3])).body)


def test_no_motions_come_back(dataset, path):
    write_table(dataset[[]], path)
    back = read_table(path)
    assert len(back) == 0
    assert isinstance(back.X, Motions)


def test_what_is_neither_hands_nor_motions_is_refused(path):
    images = Dataset(np.zeros((2, 96, 96)), ["a", "b"], name="faces")
    with pytest.raises(hp.DatasetError, match="faces: a table holds Landmarks or Motions, not nda"):
        write_table(images, path)
    assert not path.exists()


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("hands", 3, "row 0 is not a motion"),
        ("hands", 0, "row 0 is not a motion: it has no times"),
        ("axes", 5, "row 0 is not a motion"),
        ("landmarks", [1.0] * 5, "row 0 is not a motion"),
        ("landmarks", None, "row 0 is not a motion: it has no times"),
        ("timestamps_ms", [3.0, 2.0, 1.0], "row 0 is not a motion"),
        ("body", [1.0], "row 0 is not a motion"),
        ("handedness", "Both", "row 0 is not a motion: handedness must be"),
    ],
)
def test_a_row_that_is_not_a_motion_is_named(dataset, path, column, value, message):
    columns = {name: to_arrow(dataset)[name].to_pylist() for name in MOTION_SCHEMA.names}
    columns[column][0] = value
    arrays = [pa.array(columns[field.name], field.type) for field in MOTION_SCHEMA]
    pq.write_table(pa.Table.from_arrays(arrays, schema=MOTION_SCHEMA), path)
    with pytest.raises(hp.DatasetError, match=message) as caught:
        read_table(path)
    assert str(caught.value).startswith(str(path))


@pytest.mark.parametrize("column", ["label", "hands", "landmarks"])
def test_a_column_that_may_not_be_absent_is_named(dataset, path, column):
    pq.write_table(to_arrow(dataset).drop_columns(column), path)
    with pytest.raises(hp.DatasetError, match=f"lacks the columns {column};"):
        read_table(path)
