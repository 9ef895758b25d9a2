"""Sound files of every kind that the library reads: what the fuzzer damages."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import cv2
import numpy as np
from PIL import Image

import handpose as hp
from handpose.cli.spelling import read_words
from handpose.containers.skeletons import FACE4
from handpose.datasets import photo_folder
from handpose.datasets.gathered import ASL, HAGRID
from handpose.datasets.landmark_files import read_landmark_file
from handpose.datasets.manifest import read_manifest
from handpose.datasets.parts import NOTES
from handpose.datasets.places import shipped_folder
from handpose.datasets.rendered import read_rendered_hands
from handpose.datasets.rendered_clips import read_clip_table
from handpose.images import frame_rate, read_frames, read_image
from handpose.system.extras import is_installed
from tests.images.pictures import ANIMATIONS, CODECS, OLD_CODECS, STILLS, encoded

RNG = np.random.default_rng(0)
NOISE = RNG.integers(0, 255, (24, 32, 3), dtype=np.uint8)
SMALL = [Image.fromarray(np.roll(NOISE, 5 * i, 1)) for i in range(3)]


@dataclass(frozen=True)
class Sound:
    """A file that can be read, and how.

    Attributes
    ----------
    name : str
        Of the file; it decides what the readers take it for.
    content : bytes
    read : callable (path)
    beside : dict of str to bytes
        Other files that must lie in the same folder.
    """

    name: str
    content: bytes
    read: Callable[[Path], object]
    beside: Mapping[str, bytes]


def images() -> Iterator[Sound]:
    """Pictures in every format that is read, animations and two photos of 480 x 600."""
    for suffix, save in STILLS.items():
        yield Sound(f"still.{suffix}", encoded(suffix, SMALL[:1], **save), read_image, {})
    for suffix in ANIMATIONS:
        yield Sound(f"moving.{suffix}", encoded(suffix, SMALL), _read_animation, {})
    turned = Image.Exif()
    turned[0x0112] = 6  # orientation: a quarter turn
    yield Sound("turned.jpg", encoded("jpg", SMALL[:1], exif=turned.tobytes()), read_image, {})
    palette = SMALL[0].convert("P")
    yield Sound("palette.png", encoded("png", [palette], transparency=3), read_image, {})
    deep = (NOISE.astype(np.uint16) * 257)[..., ::-1]
    for suffix in (".png", ".tiff"):
        ok, content = cv2.imencode(suffix, deep)
        assert ok
        yield Sound(f"deep{suffix}", content.tobytes(), read_image, {})
    if is_installed("pillow_heif"):
        import pillow_heif

        heif, buffer = pillow_heif.from_pillow(Image.fromarray(NOISE.repeat(3, 0))), io.BytesIO()
        heif.save(buffer)
        yield Sound("photo.heic", buffer.getvalue(), read_image, {})
    for name in ("3/render0.jpg", "5/render1.jpg"):
        photo = photo_folder("rendered_hands") / name
        yield Sound(f"photo{name[0]}.jpg", photo.read_bytes(), read_image, {})


def videos() -> Iterator[Sound]:
    """Short videos of every container that OpenCV can write here."""
    pictures = [np.kron(np.asarray(frame), np.ones((4, 4, 1), np.uint8)) for frame in SMALL]
    with TemporaryDirectory() as folder:
        for suffix, codec in (CODECS | OLD_CODECS).items():
            path = Path(folder) / f"clip{suffix}"
            size = pictures[0].shape[1::-1]
            writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*codec), 25, size)
            for picture in pictures:
                writer.write(picture)
            writer.release()
            if path.is_file() and path.stat().st_size:
                yield Sound(path.name, path.read_bytes(), _read_video, {})


def tables() -> Iterator[Sound]:
    """Parquet of hands and of motions, alone and in parts, CSV, JSON, arrays of every data set,
    lists of words."""
    digits = hp.load_dataset("sign_language_digits")
    with TemporaryDirectory() as scratch:
        table = Path(scratch) / "hands.parquet"
        hp.write_table(digits[::40], table)
        yield Sound(table.name, table.read_bytes(), hp.read_table, {})
        beside = {"a.parquet": table.read_bytes(), "b.parquet": table.read_bytes()}
        notes = json.dumps({"name": "hands", "parts": list(beside)}).encode()
        yield Sound(NOTES, notes, _read_parts, beside)
        yield Sound("a.parquet", table.read_bytes(), _read_parts, {**beside, NOTES: notes})
        moving = Path(scratch) / "moving.parquet"
        hp.write_table(_motions(), moving)
        yield Sound(moving.name, moving.read_bytes(), hp.read_table, {})
    hands = RNG.uniform(0, 1, (6, 21, 2)).round(4)
    rows = [",".join([str(i % 2), *map(str, hand.ravel())]) for i, hand in enumerate(hands)]
    yield _text("hands.csv", "\n".join(rows), read_landmark_file)
    names = [f"{axis}{i}" for i in range(21) for axis in "xyz"]
    rows = [",".join([*map(str, RNG.uniform(0, 1, 63).round(3)), "fist", "anna"]) for _ in range(4)]
    header = ",".join([*names, "label", "subject"])
    yield _text("named.csv", "\n".join([header, *rows]), read_landmark_file)
    image = {"labels": ["a"], "landmarks": [hands[0].tolist()], "user_id": "u"}
    yield _text("hagrid.json", json.dumps({"one": image, "two": image}), read_landmark_file)
    yield _text("words.txt", "hello\nworld\n", read_words)
    yield _text(
        "manifest.csv", "path,label,subject\na/1.jpg,a,anna\nb/2.jpg,b,ben\n", read_manifest
    )
    yield from _arrays()
    yield from _shipped()


def models() -> Iterator[Sound]:
    """Models of every classifier and of motions, of both formats that were written so far."""
    from tests.models.format1.make import asked
    from tests.models.mutations import outcome, sources

    hands = asked()
    with TemporaryDirectory() as folder:
        for number, path in enumerate(sources(Path(folder))):
            name = f"{number}.handpose"
            yield Sound(name, path.read_bytes(), lambda path: outcome(path, hands), {})


def keypoint_files() -> Iterator[Sound]:
    """A network of one's own, and the checkpoint of a training."""
    import torch

    from handpose.keypoint_net import KeypointNet
    from handpose.training.checkpoints import Progress, load_checkpoint, save_checkpoint
    from tests.drawn_faces import face_crops

    with TemporaryDirectory() as folder:
        path = Path(folder) / "face.keypoints"
        settings = {"size": 32, "epochs": 2, "threads": 1}
        net = KeypointNet("tiny", **settings, augment=None, validation_fraction=0)
        net.fit(*face_crops()).save(path)
        yield Sound(path.name, path.read_bytes(), hp.KeypointNet.load, {})
        weights, state = {"w": torch.zeros(3)}, torch.random.get_rng_state()
        progress = Progress(1, 0, 0.5, [{"loss": 0.5}], weights, weights, {"lr": 0.1}, state)
        save_checkpoint(path.with_name("run.checkpoint"), progress, "run")
        content = path.with_name("run.checkpoint").read_bytes()
        yield Sound("run.checkpoint", content, lambda p: load_checkpoint(p, "run", "a net"), {})


KINDS: dict[str, Callable[[], Iterator[Sound]]] = {
    "images": images,
    "videos": videos,
    "tables": tables,
    "models": models,
    "keypoint files": keypoint_files,
}


def _read_animation(path: Path) -> None:
    frame_rate(path)
    list(read_frames(path))


def _read_parts(path: Path) -> None:
    hp.read_table(path.parent)


def _read_video(path: Path) -> None:
    list(read_frames(path))
    frame_rate(path)


def _text(name: str, text: str, read: Callable[[Path], object]) -> Sound:
    return Sound(name, text.encode(), read, {})


def _motions() -> hp.Dataset:
    points = RNG.uniform(0, 100, (4, 12, 2, 21, 2))
    motions = hp.Motions(hp.Motion(each, np.arange(12) * 33) for each in points)
    return hp.Dataset(motions, list("abab"), list("ppqq"))


def _npz(name: str, read: Callable[[Path], object], **arrays: Any) -> Sound:
    content = io.BytesIO()
    np.savez_compressed(content, **arrays)
    return Sound(name, content.getvalue(), read, {})


def _arrays() -> Iterator[Sound]:
    hands = RNG.uniform(0, 1, (3, 21, 2)).astype("f4")
    yield _npz("hagrid.npz", HAGRID.read, X=hands, y=list("aba"), user=list("pqr"))
    hands = RNG.uniform(0, 1, (2, 21, 3))
    yield _npz("asl.npz", ASL.read, X=hands, y=list("AB"), frame=["frame_1.npy"] * 2)
    faces: dict[str, Any] = {
        "images": np.zeros((3, 96, 96), np.uint8),
        "points4": np.ones((3, 4, 2)),
    }
    names = [name.lower() for name in FACE4.landmarks]
    faces |= {"split": ["trainset"] * 3, "names4": names}
    yield _npz("faces_lfpw.npz", lambda path: hp.load_dataset("faces_lfpw", path=path), **faces)
    takes = {
        "hands": RNG.uniform(0.1, 0.9, (3, 30, 2, 21, 3)).astype(np.float32),
        "pose": RNG.uniform(0.5, 1, (3, 30, 25, 4)).astype(np.float16),
        "y": np.array(["a", "-", "space"]),
    }
    sessions, signers = np.array([0, 0, 3], np.int16), np.array([5, 5, 6])
    yield _npz("letters.npz", read_landmark_file, **takes, session=sessions)
    lengths = np.array([30, 12, 1])
    yield _npz("words.npz", read_landmark_file, **takes, length=lengths, signer=signers)
    ones = np.ones(2, int)
    joints = RNG.uniform(0, 1, (7, 22, 3))
    codes = {"gesture": ones, "finger": ones, "subject": ones, "trial": ones}
    two = {"length": np.array([3, 4])}
    yield _npz("shrec.npz", read_landmark_file, joints=joints, **two, **codes)
    track = {"points": joints[:, 0], "timestamps_ms": np.arange(7) * 33.0, "y": ["a", "b"]}
    yield _npz("midair.npz", read_landmark_file, **track, **two, subject=ones)


def _shipped() -> Iterator[Sound]:
    """Beginnings of the files that ship."""
    clips, hands = shipped_folder("rendered_clips"), shipped_folder("rendered_hands")
    lines = (clips / "still.csv").read_bytes().splitlines(keepends=True)[:9]
    yield Sound("still.csv", b"".join(lines), read_clip_table, {"still.mp4": b""})
    manifest = (hands / "manifest.csv").read_bytes().splitlines(keepends=True)[:3]
    names = [line.decode().split(",")[0] for line in manifest[1:]]
    beside = {name: (hands / name).read_bytes() for name in names}
    points = b"".join((hands / "keypoints.csv").read_bytes().splitlines(keepends=True)[:3])
    beside |= {"manifest.csv": b"".join(manifest)}
    yield Sound("keypoints.csv", points, read_rendered_hands, beside)
