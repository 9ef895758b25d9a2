"""Every reader, and files that are damaged: it reads them or says in one line what is wrong.

``HANDPOSE_MUTATIONS`` is the number of damaged copies of each kind of file; thousands were read
once, with a limit on memory (see `_limited`).
"""

from __future__ import annotations

import csv
import json
import os
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import handpose as hp
from handpose.containers.skeletons import FACE4
from handpose.datasets import point_history
from handpose.datasets.gathered import ASL, HAGRID
from handpose.datasets.parquet import SCHEMA
from handpose.datasets.places import shipped_folder
from handpose.datasets.rendered import read_rendered_hands
from handpose.datasets.rendered_clips import read_clip_table
from handpose.datasets.table import to_arrow
from tests.mutations import mutations

COUNT = int(os.environ.get("HANDPOSE_MUTATIONS", "40"))
RNG = np.random.default_rng(0)


@pytest.fixture(scope="module", autouse=True)
def _limited():
    """With thousands of files, a reader may ask for two gigabytes beyond what is held."""
    if "HANDPOSE_MUTATIONS" not in os.environ or sys.platform != "linux":
        yield
        return
    import resource

    before = resource.getrlimit(resource.RLIMIT_AS)
    with open("/proc/self/statm") as file:
        held = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (held + 2**31, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_AS, before)


def table(folder, digits):
    hp.write_table(digits[::40], folder / "table.parquet")
    return folder / "table.parquet", hp.read_table


def annotations(folder, digits):
    path = folder / "a.json"
    image = {"labels": ["a"], "landmarks": [RNG.uniform(0, 1, (21, 2)).tolist()], "user_id": "u"}
    path.write_text(json.dumps({"one": image, "two": image}))
    return path, hp.load_dataset


def hagrid(folder, digits):
    path = folder / "hands.npz"
    np.savez(path, X=RNG.uniform(0, 1, (3, 21, 2)).astype("f4"), y=list("aba"), user=list("pqr"))
    return path, HAGRID.read


def asl(folder, digits):
    path = folder / "hands.npz"
    hands = RNG.uniform(0, 1, (2, 21, 3))
    np.savez_compressed(path, X=hands, y=list("AB"), frame=["frame_1.npy"] * 2)
    return path, ASL.read


def faces(folder, digits):
    path = folder / "faces_lfpw.npz"
    names = [name.lower() for name in FACE4.landmarks]
    images, points = np.zeros((3, 96, 96), np.uint8), np.ones((3, 4, 2))
    np.savez(path, images=images, points4=points, split=["trainset"] * 3, names4=names)
    return path, lambda path: hp.load_dataset("faces_lfpw", path=path)


def tracks(folder, digits):
    path = folder / point_history.TRACKS_FILE
    steps = np.arange(20)
    whole = np.stack([steps * 3 / 960, steps * 2 / 540], 1)
    windows = [[0, *(whole[i : i + 16] - whole[i]).ravel()] for i in range(4)]
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(windows)
    (folder / point_history.LABELS_FILE).write_text("Stop\nMove\n")
    return path, lambda _: hp.load_dataset("point_history", path=folder)


def track_labels(folder, digits):
    _, read = tracks(folder, digits)
    return folder / point_history.LABELS_FILE, read


def clip(folder, digits):
    path = folder / "still.csv"
    lines = (shipped_folder("rendered_clips") / "still.csv").read_text().splitlines()[:9]
    path.write_text("\n".join(lines))
    path.with_suffix(".mp4").touch()
    return path, read_clip_table


def keypoints(folder, digits):
    path = folder / "keypoints.csv"
    shipped = shipped_folder("rendered_hands")
    manifest = (shipped / "manifest.csv").read_text().splitlines()[:3]
    (folder / "manifest.csv").write_text("\n".join(manifest))
    path.write_text("\n".join((shipped / "keypoints.csv").read_text().splitlines()[:3]))
    for line in manifest[1:]:
        picture = folder / line.split(",")[0]
        picture.parent.mkdir(exist_ok=True)
        picture.write_bytes((shipped / line.split(",")[0]).read_bytes())
    return path, read_rendered_hands


def rendered_manifest(folder, digits):
    path, read = keypoints(folder, digits)
    return folder / "manifest.csv", lambda _: read(path)


KINDS = [
    table,
    annotations,
    hagrid,
    asl,
    faces,
    tracks,
    track_labels,
    clip,
    keypoints,
    rendered_manifest,
]


def read_damaged(path, read, count=COUNT, errors=hp.HandposeError):
    """Read damaged copies of a file; gives how many of them were refused."""
    sound, refused = path.read_bytes(), 0
    read(path)
    for number, content in enumerate(mutations(sound, count)):
        path.write_bytes(content)
        try:
            read(path)
        except errors as error:
            message = str(error)
            assert message.count("\n") == 0, f"copy {number}: {message}"
            refused += 1
        except Exception as error:
            raise AssertionError(f"copy {number}: {type(error).__name__}: {error}") from error
    return refused


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@pytest.mark.filterwarnings("ignore::handpose.HandposeWarning")
def test_a_damaged_file_is_read_or_refused_in_one_line(tmp_path, digits, kind):
    path, read = kind(tmp_path, digits)
    assert read_damaged(path, read) > 0


@pytest.mark.torch
def test_a_damaged_net_is_read_or_refused_in_one_line(tmp_path, face_net):
    path = tmp_path / "face.keypoints"
    path.write_bytes(face_net.read_bytes())
    assert read_damaged(path, hp.KeypointNet.load) > 0


@pytest.mark.torch
def test_a_damaged_header_of_a_net_is_read_or_refused_in_one_line(tmp_path, face_net):
    """Most of a file is numbers; here the header alone is damaged."""
    sound = face_net.read_bytes()
    size = int.from_bytes(sound[:8], "little")
    path, net = tmp_path / "header", tmp_path / "face.keypoints"
    path.write_bytes(sound[8 : 8 + size])

    def read(path):
        header = path.read_bytes()
        net.write_bytes(len(header).to_bytes(8, "little") + header + sound[8 + size :])
        return hp.KeypointNet.load(net)

    assert read_damaged(path, read) > 0


def test_a_damaged_journal_is_read_or_refused_in_one_line(tmp_path):
    pytest.importorskip("optuna")
    from handpose.automl.studies import Studies

    path = tmp_path / "journal.log"
    studies = Studies(path, "data", 0)
    for part in ("features", "architecture"):
        study = studies.study(part)
        trial = study.ask()
        trial.suggest_float("x", 0, 1)
        study.tell(trial, 0.5)
        studies.remember(part, "note", {"a": [1]})

    def read(path):
        studies = Studies(path, "data", 0)
        for part in ("features", "architecture"):
            studies.study(part).get_trials()
            studies.recall(part, "note")

    assert read_damaged(path, read) > 0


@pytest.mark.torch
def test_a_damaged_checkpoint_is_read_or_refused_in_one_line(tmp_path):
    torch = pytest.importorskip("torch")
    from handpose.training.checkpoints import Progress, load_checkpoint, save_checkpoint

    weights = {"w": torch.zeros(3)}
    state = torch.random.get_rng_state()
    path = tmp_path / "checkpoint"
    progress = Progress(1, 0, 0.5, [{"loss": 0.5}], weights, weights, {"lr": 0.1}, state)
    save_checkpoint(path, progress, "run")
    assert read_damaged(path, lambda path: load_checkpoint(path, "run", "a net")) > 0


def nested(depth):
    return "[" * depth + "]" * depth


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("detected", [[True], [False]]),
        ("detected", ["yes", "perhaps"]),
        ("label", [["a"], ["b"]]),
        ("label", [{"a": 1}, {"a": 2}]),
        ("score", ["high", "low"]),
        ("width", [2**40, 1]),
        ("width", [0.5, 1.5]),
        ("landmarks", [1.0, 2.0]),
        ("landmarks", ["1", "2"]),
        ("landmarks", [["a"] * 63, ["b"] * 63]),
        ("landmarks", [[[0.0] * 3] * 21] * 2),
        ("world", [{"x": 1.0}, {"x": 2.0}]),
        ("handedness", [1, 2]),
        ("subject", [[1], [2]]),
        ("path", [b"\xff", b"\xfe"]),
    ],
)
def test_a_column_of_something_else_is_refused_by_its_name(tmp_path, people, column, values):
    columns = {name: to_arrow(people[:2])[name] for name in SCHEMA.names}
    columns[column] = pa.array(values)
    pq.write_table(pa.table(columns), tmp_path / "table.parquet")
    with pytest.raises(hp.DatasetError, match=rf"table\.parquet: .*{column}") as caught:
        hp.read_table(tmp_path / "table.parquet")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "note",
    [nested(100_000), '{"name": ["a"], "extractor": [1]}', '{"name": 7, "extractor": {"name": 7}}'],
)
def test_a_note_of_something_else_is_ignored(tmp_path, people, note):
    rows = to_arrow(people[:2]).replace_schema_metadata({b"handpose": note.encode()})
    pq.write_table(rows, tmp_path / "table.parquet")
    data = hp.read_table(tmp_path / "table.parquet")
    assert (data.name, data.provenance) == ("table", {})


def test_a_column_that_stands_twice_is_refused(tmp_path, people):
    rows = to_arrow(people[:2])
    rows = rows.append_column("label", rows["label"])
    pq.write_table(rows, tmp_path / "table.parquet")
    with pytest.raises(hp.DatasetError, match="has 2 columns named label"):
        hp.read_table(tmp_path / "table.parquet")


def test_a_table_that_claims_any_number_of_rows_is_refused(tmp_path, people, monkeypatch):
    monkeypatch.setattr("handpose.datasets.parquet.MOST_ROWS", 2)
    hp.write_table(people[:3], tmp_path / "table.parquet")
    with pytest.raises(hp.DatasetError, match="has 3 rows, but at most 2 are read"):
        hp.read_table(tmp_path / "table.parquet")


def test_arrays_of_objects_are_never_unpickled(tmp_path):
    objects = np.array([{}], object)
    np.savez(tmp_path / "faces_lfpw.npz", images=objects, points4=objects, split=["trainset"])
    with pytest.raises(hp.DatasetError, match="not the expected npz"):
        hp.load_dataset("faces_lfpw", path=tmp_path)
    np.savez(tmp_path / "hands.npz", X=objects, y=["a"], user=["p"])
    with pytest.raises(hp.DatasetError, match="not the expected npz"):
        HAGRID.read(tmp_path / "hands.npz")


def test_a_column_whose_name_is_no_text_is_refused(tmp_path, people):
    path = tmp_path / "table.parquet"
    hp.write_table(people[:2], path)
    path.write_bytes(path.read_bytes().replace(b"handedness_score", b"handedness_sc\xed\xed\xed"))
    with pytest.raises(hp.DatasetError, match=r"table\.parquet: not a readable Parquet table"):
        hp.read_table(path)
