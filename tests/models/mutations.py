"""Seeded mutations of model files, and what must come of them.

Usage: python -m tests.models.mutations COUNT [SEED]    (a gigabyte of memory is the limit)
"""

from __future__ import annotations

import copy
import io
import json
import random
import resource
import sys
import tempfile
import warnings
from collections import Counter
from itertools import chain
from pathlib import Path

import numpy as np

import handpose as hp
from handpose.classifiers import NEED_TORCH
from handpose.models.archive import decode_array
from tests.crafted_files import members, written
from tests.models.format1.make import FOUR, PINCH, TWO, asked
from tests.motions import examples
from tests.quick_fits import FEW_COLUMNS, QUICK

ODD = [
    None, True, False, 0, 1, -1, 2, 3, 10**9, -(10**9), 2**31, 2**63, 10**30, 0.5, -0.0, 1e300,
    1e-300, float("nan"), float("inf"), "", "x", "svm", "knn", "auto", "distance", [], [[]], {},
    {"tuple": []}, {"pairs": [[1, 2]]}, "\ud800", "a" * 5000, "angles+" * 40,
]  # fmt: skip
NUMBERS = [
    0,
    1,
    -1,
    2,
    255,
    2**31 - 1,
    -(2**31),
    2**62,
    0.5,
    1e-300,
    1e30,
    -1e30,
    1e12,
    np.nan,
    np.inf,
]


def small_models():
    """A model of every classifier, and of every kind of features and labels."""
    for name in hp.CLASSIFIERS:
        if name in NEED_TORCH:  # read, not fitted: that takes longer and needs torch
            yield hp.load_model(Path(__file__).parent / "format1" / f"{name}.handpose")
            continue
        features = FEW_COLUMNS.get(name, "angles")
        model = hp.make_model(name, features=features, augmentation=None, **QUICK.get(name, {}))
        yield model.fit(FOUR.X, FOUR.y)
    features = hp.GeneratedFeatures(["angles", "fingertips"], [PINCH], depth=True)
    two = hp.make_model("svm", features=features, augmentation=hp.Augmentation(copies=1))
    yield two.fit(TWO.X, TWO.y.astype(int))


def models_of_motions():
    """Of one hand and of two, with each kind of classifier that is quick to fit."""
    motions, labels = examples(0, n=4)
    yield hp.make_model("svm", features="motion").fit(motions, labels)
    pairs = [hp.Motion(np.repeat(m.points, 2, axis=1), m.timestamps_ms) for m in motions]
    yield hp.make_model("knn", features=hp.MotionFeatures("statistics")).fit(pairs, labels)


def sources(folder):
    """Sound files of both formats."""
    made = [
        hp.save_model(model, folder / f"sound{i}.handpose")
        for i, model in enumerate(chain(small_models(), models_of_motions()))
    ]
    return made + sorted((Path(__file__).parent / "format1").glob("*.handpose"))


def mutated(content, rng):
    """Another file, by one of several kinds of damage."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # numbers that become others are meant to
        return _mutated(content, rng)


def _mutated(content, rng):
    kind = rng.choice(["bytes", "cut", "member", "array", "array", "json", "json", "inside"])
    if kind == "bytes":
        changed = bytearray(content)
        for _ in range(rng.choice([1, 1, 2, 8, 64])):
            changed[rng.randrange(len(changed))] = rng.randrange(256)
        return bytes(changed)
    if kind == "cut":
        start = rng.choice([0, 0, rng.randrange(len(content))])
        return content[start : rng.randrange(start, len(content) + 1)]
    contents = members(io.BytesIO(content))
    if "estimator.skops" in contents and kind != "member":
        inner = members(io.BytesIO(contents["estimator.skops"]))
        contents["estimator.skops"] = packed(damaged(inner, kind, rng))
        return packed(contents)
    return packed(damaged(contents, kind, rng))


def packed(contents):
    buffer = io.BytesIO()
    written(buffer, contents)
    return buffer.getvalue()


def damaged(contents, kind, rng):
    """Members of which one is another."""
    name = rng.choice(sorted(contents))
    if kind == "member":
        change = rng.choice(["drop", "swap", "empty", "more"])
        if change == "drop":
            del contents[name]
        elif change == "swap":
            contents[name] = contents[rng.choice(sorted(contents))]
        else:
            contents[name] = b"" if change == "empty" else contents[name] + b"x"
        return contents
    if kind == "inside":
        changed = bytearray(contents[name])
        for _ in range(rng.choice([1, 3])):
            changed[rng.randrange(len(changed))] = rng.randrange(256)
        contents[name] = bytes(changed)
        return contents
    ending = ".json" if kind == "json" else ".npy"
    name = rng.choice(sorted(n for n in contents if n.endswith(ending)) or [name])
    if kind == "json":
        contents[name] = json.dumps(edited(json.loads(contents[name]), rng)).encode()
    else:
        buffer = io.BytesIO()
        np.save(buffer, other_array(decode_array(contents[name]), rng), allow_pickle=False)
        contents[name] = buffer.getvalue()
    return contents


def edited(document, rng):
    """JSON with one to three places changed."""
    document = copy.deepcopy(document)
    for _ in range(rng.choice([1, 1, 1, 3])):
        here, depth = document, rng.randrange(1, 14)
        while depth and isinstance(here, dict | list) and here:
            key = rng.choice(sorted(here)) if isinstance(here, dict) else rng.randrange(len(here))
            below = here[key]
            if depth == 1 or not isinstance(below, dict | list) or not below:
                change = rng.choice(["set", "set", "drop", "swap"])
                if change == "drop":
                    del here[key]
                elif change == "swap" and isinstance(here, dict):
                    here[key] = copy.deepcopy(here[rng.choice(sorted(here))])
                else:
                    here[key] = changed_text(below, rng)
                break
            here, depth = below, depth - 1
    return document


def changed_text(value, rng):
    """An odd value; a text that holds JSON may hold odd JSON."""
    odd = copy.deepcopy(rng.choice(ODD))  # it may be edited in its turn
    return json.dumps(odd) if isinstance(value, str) and rng.random() < 0.5 else odd


def other_array(array, rng):  # noqa: PLR0911
    """An array with another shape, type or content."""
    change = rng.choice(["value"] * 3 + ["type", "cut", "empty", "more", "turn", "zero", "huge"])
    if array.dtype.names and change in ("value", "zero"):
        array = array.copy()
        column = rng.choice(array.dtype.names)
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            value = np.array(rng.choice(NUMBERS)).astype(array.dtype[column])
        array[column][rng.randrange(len(array)) if len(array) else slice(0)] = value
        return array
    flat = array.ravel().copy()
    if change == "value" and flat.size and flat.dtype.kind in "fiu":
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            flat[rng.randrange(flat.size)] = np.array(rng.choice(NUMBERS)).astype(flat.dtype)
        return flat.reshape(array.shape)
    if change == "type" and not array.dtype.names:
        return array.astype(rng.choice(["<f8", "<i4", "<c16", "<U5", "|b1", ">f8", "<f2"]))
    if change == "cut" and array.ndim:
        axis = rng.randrange(array.ndim)
        return np.take(array, range(rng.randrange(array.shape[axis] + 1)), axis)
    if change == "empty" and array.ndim:
        return array[:0]
    if change == "more" and array.ndim:
        return np.concatenate([array, array])
    if change == "turn":
        return rng.choice([array.T, array[None], array.ravel()])
    if change == "huge" and array.ndim:
        return np.zeros((0, 2**30), array.dtype)
    return np.zeros_like(array)


def outcome(path, hands):
    """``"refused"`` or ``"read"``; anything else that happens is an error.

    Raises
    ------
    AssertionError
    """
    try:
        model = hp.load_model(path)
        card = model.card
    except hp.ModelFileError as error:
        message = str(error)
    else:
        check_sound(model, card, path, hands)
        return "read"
    assert "\n" not in message, repr(message)
    assert str(path) in message
    return "refused"


def check_sound(model, card, path, hands):
    """A model that was read predicts, and is saved as the same bytes again and again."""
    if model.takes_motions:
        hands = asked_motions(model.features_)
    probabilities = np.concatenate([model.predict_proba(hands[:1]), model.predict_proba(hands)])
    assert probabilities.shape == (1 + len(hands), len(model.classes_))
    assert np.isfinite(probabilities).all(), probabilities
    assert (probabilities >= 0).all()
    np.testing.assert_allclose(probabilities.sum(1), 1, atol=1e-6)
    assert model.predict(hands).shape == (len(hands),)
    again = hp.save_model(model, path.with_name("again.handpose"), card)
    twice = hp.load_model(again).save(path.with_name("twice.handpose"))
    assert again.read_bytes() == twice.read_bytes()


def asked_motions(features):
    """Motions of as many hands and points as features take."""
    points = np.random.default_rng(0).uniform(
        0, 100, (8, 12, features.n_hands_, features.n_points_, 2)
    )
    return hp.Motions(hp.Motion(each, np.arange(12) * 33) for each in points)


def run(count, seed, files, folder, say=lambda text: None):
    """Read `count` damaged files; gives how many were refused and read."""
    contents = [path.read_bytes() for path in files]
    hands, path, seen = asked(), folder / "mutated.handpose", Counter()
    warnings.simplefilter("error")
    for number in range(count):
        rng = random.Random(f"{seed} {number}")
        path.write_bytes(mutated(rng.choice(contents), rng))
        try:
            seen[outcome(path, hands)] += 1
        except Exception as error:
            kept = path.rename(folder / f"failed_{seed}_{number}.handpose")
            say(f"{number}: {type(error).__name__}: {str(error)[:300]} ({kept})")
            seen["failed"] += 1
    return dict(seen)


def main(count, seed=0):
    """Read damaged files within a gigabyte more than what is there before the first."""
    folder = Path(tempfile.mkdtemp())
    files = sources(folder)
    run(20, -1, files, folder)
    status = Path("/proc/self/status").read_text(encoding="ascii")
    now = int(status.partition("VmData:")[2].split()[0]) * 1024
    resource.setrlimit(resource.RLIMIT_DATA, (now + 2**30, now + 2**30))
    seen = run(count, seed, files, folder, lambda text: sys.stdout.write(f"{text}\n"))
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    sys.stdout.write(f"{seen}, {most} MB at most\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
