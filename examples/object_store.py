"""Landmarks of photos in an object store: copy a shard, find its hands, throw the copy away.

    python examples/object_store.py s3://bucket/photos s3://bucket/table.parquet

Any address that fsspec knows will do: pip install fsspec, and s3fs, gcsfs or adlfs for your store.
Photos lie as PHOTOS/LABEL/PHOTO; PHOTOS/manifest.csv says who is in them, if it is there. This
machine holds one shard at a time. The tables of finished shards lie in TABLE.parts until all are
there, so that a run that was stopped goes on. Several machines share the work with
--share NUMBER/MACHINES; the last one to finish makes the table.
"""

from __future__ import annotations

import argparse
import csv
import io
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

import fsspec
import numpy as np

import handpose as hp
from handpose.images import IMAGE_SUFFIXES

MANIFEST = "manifest.csv"
COLUMNS = ("y", "groups", "paths")


def extract(photos: str, table: str, shard: int = 2000, share: tuple[int, int] = (0, 1)) -> bool:
    """Make the parts of a share, and the table if all parts are there; says whether it is."""
    source, root = fsspec.core.url_to_fs(photos)
    target, path = fsspec.core.url_to_fs(table)
    names, people = list_photos(source, root), read_people(source, root)
    shards = [names[i : i + shard] for i in range(0, len(names), shard)]
    parts = [
        f"{path}.parts/{i:05}-of-{len(shards):05}-{len(names)}.parquet" for i in range(len(shards))
    ]
    for number, part in enumerate(parts):
        if number % share[1] == share[0] and not target.exists(part):
            with TemporaryDirectory() as scratch:
                made = extract_shard(source, root, shards[number], people, Path(scratch))
                upload(target, made, part)
            print(f"{number + 1} of {len(shards)} shards")
    if not all(target.exists(part) for part in parts):
        return False
    with TemporaryDirectory() as scratch:
        upload(target, join(target, parts, Path(scratch)), path)
    target.rm(f"{path}.parts", recursive=True)
    return True


def list_photos(store: Any, root: str) -> list[str]:
    """Paths of the photos below a folder, sorted, relative to it."""
    found = (PurePosixPath(path) for path in store.find(root))
    below = PurePosixPath(store._strip_protocol(root))
    return sorted(str(p.relative_to(below)) for p in found if p.suffix.lower() in IMAGE_SUFFIXES)


def read_people(store: Any, root: str) -> dict[str, dict[str, str]]:
    """The rows of the manifest by path; empty where there is none."""
    path = f"{root}/{MANIFEST}"
    if not store.exists(path):
        return {}
    text = store.cat_file(path).decode("utf-8-sig")
    return {row["path"]: row for row in csv.DictReader(io.StringIO(text))}


def extract_shard(
    store: Any, root: str, names: Sequence[str], people: dict[str, dict[str, str]], scratch: Path
) -> Path:
    """The table of some photos, which are copied to this machine for as long as it takes."""
    folder, table = scratch / "photos", scratch / "shard.parquet"
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
    store.get([f"{root}/{name}" for name in names], [str(folder / name) for name in names])
    rows = [people[name] for name in names if name in people]
    if rows:
        with (folder / MANIFEST).open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    for name, reason in hp.extract_folder(folder, table).errors:
        print(f"{name}: {reason.replace(str(folder), root)}")
    return table


def join(store: Any, parts: Sequence[str], scratch: Path) -> Path:
    """One table of the tables of all shards."""
    read = []
    for part in parts:
        store.get_file(part, str(scratch / "part.parquet"))
        read.append(hp.read_table(scratch / "part.parquet"))
    if any(one.provenance != read[0].provenance for one in read):
        raise SystemExit(
            "machines had other versions of handpose; install the same and start again"
        )
    columns = [np.concatenate([getattr(one, name) for one in read]) for name in COLUMNS]
    hands = hp.Landmarks.concat(one.X for one in read)
    data = hp.Dataset(hands, *columns, name="photos", provenance=read[0].provenance)
    table = scratch / "table.parquet"
    hp.write_table(data[np.argsort(data.paths)], table)
    return table


def upload(store: Any, made: Path, path: str) -> None:
    """Put a file under a name of its own first: what has its final name is whole."""
    store.makedirs(str(PurePosixPath(path).parent), exist_ok=True)
    store.put_file(str(made), f"{path}.new")
    store.mv(f"{path}.new", path)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("photos")
    parser.add_argument("table")
    parser.add_argument("--shard", type=int, default=2000, help="photos that are copied at a time")
    parser.add_argument("--share", default="0/1", metavar="NUMBER/MACHINES", help="from 0")
    options = parser.parse_args()
    number, machines = map(int, options.share.split("/"))
    whole = extract(options.photos, options.table, options.shard, (number, machines))
    print(options.table if whole else "this share is done; others are at work")


if __name__ == "__main__":
    main()
