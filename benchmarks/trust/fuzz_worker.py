"""Reads damaged files, one after the other: a process that may crash or hang.

Usage: python -m benchmarks.trust.fuzz_worker KIND FIRST LAST SEED SECONDS FOLDER

It ends before LAST when the seconds are over. The number of the file that is being read stands in
FOLDER/at, what went wrong in FOLDER/faults.jsonl, and at the end the counts in FOLDER/counts.json.
File NUMBER is the same in every run with the same seed.
"""

from __future__ import annotations

import io
import json
import os
import pickle
import random
import sys
import time
import warnings
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

import handpose as hp
from benchmarks.trust.sound_files import KINDS, Sound
from tests.mutations import mutations

MEMORY = 2**31
"""Bytes beyond what is held before the first file; what needs more is a fault."""
WARM_UP = 60
LONGEST = 4096
"""Of files of random bytes."""
RUN = (
    *("os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.forkpty"),
    *("subprocess.Popen", "pickle.find_class", "socket.connect", "socket.bind"),
    *("socket.getaddrinfo", "exec"),
)
"""Events of Python that say: what a file holds was run, or led out of the process."""


class Bomb:
    """Makes a folder when it is unpickled."""

    def __init__(self, path: Path):
        self.path = path

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.path),)


def damaged(sounds: list[Sound], number: int, seed: int, bomb: Path) -> tuple[Sound, bytes]:
    """The file of a number: usually a sound one with changes, sometimes one of another kind."""
    rng = random.Random(f"{seed} {number}")
    sound = sounds[number % len(sounds)]
    way = rng.random()
    if way < 0.04:
        return sound, rng.randbytes(rng.randrange(LONGEST))
    if way < 0.08:  # the beginning of one, the end of another
        other = rng.choice(sounds).content
        cut = rng.randrange(len(sound.content) + 1)
        return sound, sound.content[:cut] + other[rng.randrange(len(other) + 1) :]
    if way < 0.10:
        return sound, rng.choice(_explosives(bomb))
    if sound.name.endswith(".handpose") and way < 0.8:
        from tests.models.mutations import mutated

        return sound, mutated(sound.content, rng)
    return sound, next(mutations(sound.content, 1, seed=rng.randrange(2**63)))


def _explosives(bomb: Path) -> list[bytes]:
    """Files that would make a folder if anybody unpickled them."""
    loaded = pickle.dumps(Bomb(bomb))
    arrays, archive = io.BytesIO(), io.BytesIO()
    objects = np.empty(1, object)
    objects[0] = Bomb(bomb)
    np.savez(arrays, X=objects, y=objects, hands=objects, session=objects, images=objects)
    with zipfile.ZipFile(archive, "w") as file:  # as torch writes them
        file.writestr("archive/data.pkl", loaded)
        file.writestr("archive/version", "3\n")
        file.writestr("estimator.skops", loaded)
    return [loaded, arrays.getvalue(), archive.getvalue()]


def read(sound: Sound, content: bytes, folder: Path) -> tuple[str, str]:
    """("read", ""), ("refused", line) or (name of the fault, what it says)."""
    path = _folder_of(sound, folder) / sound.name
    path.write_bytes(content)
    try:
        result = sound.read(path)
    except hp.HandposeError as error:
        message = str(error)
    except AssertionError as error:  # a model that was read and is not sound
        return "unsound", str(error)[:300]
    except Exception as error:
        return type(error).__name__, str(error)[:300]
    else:
        return ("refused" if isinstance(result, str) and result == "refused" else "read"), ""
    if "\n" in message:
        return "more than one line", message[:300]
    return "refused", ""


def _prepare(sounds: list[Sound], folder: Path) -> None:
    """Read every sound file, and some damaged ones: modules are loaded when they are needed."""
    for sound in sounds:
        own = _folder_of(sound, folder)
        for name, content in {sound.name: sound.content, **sound.beside}.items():
            (own / name).parent.mkdir(parents=True, exist_ok=True)
            (own / name).write_bytes(content)
        result = read(sound, sound.content, folder)
        if result[0] not in ("read", "refused"):  # old models may hold classes of others
            raise SystemExit(f"{sound.name}: the sound file is {result}")
    for number in range(WARM_UP):
        read(*damaged(sounds, number, -1, folder / "bomb"), folder)
    _removed(folder / "bomb")


def _folder_of(sound: Sound, folder: Path) -> Path:
    return folder / sound.name.replace(".", "-")


def _removed(bomb: Path) -> bool:
    """Whether a bomb went off; it is ready for the next."""
    there = bomb.exists()
    if there:
        bomb.rmdir()
    return there


def _limit_memory() -> None:
    import resource

    status = Path("/proc/self/status").read_text(encoding="ascii")
    held = int(status.partition("VmData:")[2].split()[0]) * 1024
    resource.setrlimit(resource.RLIMIT_DATA, (held + MEMORY, held + MEMORY))


def main(kind: str, first: int, last: int, seed: int, seconds: int, folder: Path) -> None:
    """Read the files of these numbers, for so long at most."""
    warnings.simplefilter("error")
    warnings.simplefilter("ignore", hp.HandposeWarning)
    sounds = list(KINDS[kind]())
    scratch, bomb = folder / "files", folder / "bomb"
    scratch.mkdir(exist_ok=True)
    _prepare(sounds, scratch)
    heard: list[str] = []
    inside = str(scratch)

    def listen(event: str, arguments: tuple[Any, ...]) -> None:
        if event in RUN and not _is_import(event, arguments):
            heard.append(f"{event} {str(arguments[:1])[:100]}")
        elif event == "open" and _writes(arguments) and not str(arguments[0]).startswith(inside):
            heard.append(f"wrote {str(arguments[0])[:100]}")

    _limit_memory()
    counts: Counter[str] = Counter()
    slowest = 0.0
    left: list[str] = []
    sys.unraisablehook = lambda event: left.append(f"{event.exc_type.__name__}: {event.exc_value}")
    sys.addaudithook(listen)
    with (folder / "at").open("wb", buffering=0) as at, _appending(folder) as faults:
        heard.clear()
        until = time.monotonic() + seconds
        for number in range(first, last):
            if time.monotonic() > until:
                break
            os.pwrite(at.fileno(), f"{number:>10}".encode(), 0)
            sound, content = damaged(sounds, number, seed, bomb)
            heard.clear()
            left.clear()
            start = time.perf_counter()
            outcome, said = read(sound, content, scratch)
            slowest = max(slowest, time.perf_counter() - start)
            ran = heard + ["a bomb"] * _removed(bomb)
            if left:  # such as a file that stays open
                outcome, said = "after it", "; ".join(left)[:300]
            counts["files"] += 1
            if outcome in ("read", "refused"):
                counts[outcome] += 1
            else:
                counts["other exceptions"] += 1
                _note(faults, number, sound, outcome, said)
            if ran:
                counts["code run"] += 1
                _note(faults, number, sound, "code run", "; ".join(ran)[:300])
    result = {**counts, "slowest s": round(slowest, 2)}
    (folder / "counts.json").write_text(json.dumps(result))


def _appending(folder: Path) -> Any:
    return (folder / "faults.jsonl").open("a", encoding="utf-8", buffering=1)


def _note(file: Any, number: int, sound: Sound, what: str, said: str) -> None:
    fault = {"number": number, "file": sound.name, "what": what, "said": said}
    file.write(json.dumps(fault) + "\n")


def _is_import(event: str, arguments: tuple[Any, ...]) -> bool:
    """Whether a module that is installed is loaded, such as the codec of a text."""
    code = arguments[0] if event == "exec" else None
    places = (sys.prefix, sys.base_prefix, str(Path(hp.__file__).parent))
    return getattr(code, "co_name", "") == "<module>" and code.co_filename.startswith(places)


def _writes(arguments: tuple[Any, ...]) -> bool:
    flags = arguments[2] if len(arguments) > 2 else 0
    return isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:6]), Path(sys.argv[6]))
