"""What the numbers say, in plain words: each sentence is chosen by comparing numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.keypoints_or_pixels.contenders import FineTunedPixels, Keypoints
from handpose.models.gestures import DEFAULT_FEATURES

Document = Mapping[str, Any]
Row = Mapping[str, Any]

KEYPOINTS, PIXELS, EVEN = "keypoints", "pixels", ""
DEFAULT = Keypoints().name
FEW = "10"
"""Photos of each gesture that count as few."""
SURE = 0.05
"""P values below it tell two apart: of paired sign-flip tests over people, and where several are
looked at, of Holm's adjustment of them."""


@dataclass(frozen=True)
class Verdict:
    """Who is ahead in one respect.

    Attributes
    ----------
    winner : {"keypoints", "pixels", ""}
        ``""`` where the difference is not clear.
    sentence : str
    """

    winner: str
    sentence: str


def verdicts(document: Document) -> list[Verdict]:
    """A sentence for each respect that was measured."""
    found = [
        *_on_digits(document),
        *_with_few(document),
        *_elsewhere(document),
        *_on_hard_pictures(document),
        *_on_spoilt_pictures(document),
        *_in_time(document),
    ]
    return found


def headline(document: Document) -> str:
    """The answer in a sentence."""
    found = verdicts(document)
    wins, losses = (sum(v.winner == side for v in found) for side in (KEYPOINTS, PIXELS))
    if not found:
        return "Not enough was measured to say whether keypoints or pixels are better."
    counted = (
        f"ahead in {max(wins, losses)} of {len(found)} respects, behind in {min(wins, losses)}"
    )
    if wins > losses:
        return f"Classify the keypoints: they are {counted}."
    if losses > wins:
        return f"Classify the pixels: they are {counted}."
    return f"Neither side is ahead: each wins {wins} of {len(found)} respects."


def which_classifier(document: Document) -> str:
    """The classifiers that no paired test tells from the best, on the default features."""
    rows = rows_of(document, "accuracy", "classifiers")
    rows = [
        row
        for row in rows
        if row["side"] == KEYPOINTS
        and row["features"] == DEFAULT_FEATURES
        and not row.get("knows_people")
    ]
    if not rows:
        return ""
    first = max(rows, key=lambda row: row["accuracy"])
    pairs = rows_of(document, "accuracy", "behind_the_best")
    p_of = {p["contender"]: p["holm_p"] for p in pairs if p["best"] == first["contender"]}
    tested = [row for row in rows if row["contender"] in p_of]
    equal, behind = (
        [
            f"`{row['classifier']}` ({row['accuracy']:.3f})"
            for row in tested
            if (p_of[row["contender"]] < SURE) is sure
        ]
        for sure in (False, True)
    )
    text = f"Of the classifiers, `{first['classifier']}` names most digits right"
    text += f" ({first['accuracy']:.3f})"
    if equal:
        text += f"; {_listed(equal)} cannot be told apart from it"
    if behind:
        text += f"; {_listed(behind)} {'is' if len(behind) == 1 else 'are'} behind"
    return f"{text}."


def rows_of(document: Document, part: str, table: str) -> list[Row]:
    """Rows of a table; none where it was not measured."""
    found = document["parts"].get(part, {}).get("tables", {}).get(table, {})
    return list(found.get("rows", []))


def default_row(rows: Sequence[Row]) -> Row | None:
    """The library's default model."""
    return next((row for row in rows if row.get("contender") == DEFAULT), None)


def best_pixels(rows: Sequence[Row], column: str = "accuracy") -> Row | None:
    """The better of the pixel models."""
    pixels = [row for row in rows if row.get("side") == PIXELS]
    return max(pixels, key=lambda row: row[column], default=None)


def _on_digits(document: Document) -> Iterator[Verdict]:
    rows = rows_of(document, "accuracy", "classifiers")
    ours, theirs = default_row(rows), best_pixels(rows)
    pair = pair_of(document, "accuracy", theirs)
    if not ours or not theirs or not pair:
        return
    yield Verdict(
        _apart(pair),
        f"On new people's digits, {_both(ours, theirs)}: {ours['wrong']} against {theirs['wrong']} "
        f"of {ours['photos']} photos wrong ({_certainty(pair['sign_flip_p'])}).",
    )


def _with_few(document: Document) -> Iterator[Verdict]:
    everything = rows_of(document, "few_samples", "few_samples")
    few = [row for row in everything if row["samples"] == FEW]
    ours, theirs = default_row(few), best_pixels(few, "mean")
    if not ours or not theirs:
        return
    all_of_it = best_pixels([row for row in everything if row["samples"] == "all"], "mean")
    text = f"From {FEW} photos of each gesture, {_both(ours, theirs, 'mean')}"
    mine = [row for row in everything if row["contender"] == ours["contender"]]
    enough = [row for row in mine if all_of_it and row["mean"] >= all_of_it["mean"]]
    if enough and all_of_it:
        all_photos = f"all {all_of_it['photos_per_gesture']:.0f}"
        text += f"; {_photos(enough[0])} is as good on keypoints as {all_photos} on pixels"
    yield Verdict(_apart(pair_of(document, "few_samples", theirs, samples=FEW)), f"{text}.")


def _elsewhere(document: Document) -> Iterator[Verdict]:
    rows = rows_of(document, "cross_camera", "contenders")
    ours, theirs = default_row(rows), best_pixels(rows)
    if ours and theirs:
        yield Verdict(
            _apart(pair_of(document, "cross_camera", theirs)),
            f"With other people before another camera, {_both(ours, theirs)}.",
        )


def _on_hard_pictures(document: Document) -> Iterator[Verdict]:
    rows = rows_of(document, "hard_pictures", "contenders")
    ours, theirs = default_row(rows), best_pixels(rows)
    if not ours or not theirs:
        return
    text = f"On pictures in the wild, {_both(ours, theirs)}"
    if ours["wrong"]:
        text += f"; {ours['missed']} of the {ours['wrong']} errors on keypoints are hands not found"
    yield Verdict(_apart(pair_of(document, "hard_pictures", theirs)), f"{text}.")


def _on_spoilt_pictures(document: Document) -> Iterator[Verdict]:
    rows = rows_of(document, "robustness", "corruptions")
    spoilt = [row for row in rows if row["corruption"] != "none"]
    columns = [name for name in (rows[0] if rows else {}) if name.startswith("EfficientNet")]
    if not spoilt or not columns:
        return
    ours = DEFAULT
    theirs = max(columns, key=lambda name: sum(row[name] for row in spoilt))
    names = [row["corruption"] for row in spoilt]
    pairs = {
        name: pair_of(document, "robustness", {"contender": theirs}, corruption=name)
        for name in (*names, "all")
    }
    better = [name for name in names if _apart(pairs[name]) == KEYPOINTS]
    worse = [name for name in names if _apart(pairs[name]) == PIXELS]
    means = [sum(row[name] for row in spoilt) / len(spoilt) for name in (ours, theirs)]
    text = f"On spoilt pictures, {_words(ours, means[0])}, {_words(theirs, means[1])} on average"
    if better:
        text += f"; keypoints are ahead when {_listed(better)}"
    if worse:
        text += f"; pixels are ahead when {_listed(worse)}"
    yield Verdict(_apart(pairs["all"]), f"{text}.")


def _in_time(document: Document) -> Iterator[Verdict]:
    ours = milliseconds_per_photo(document, DEFAULT)
    theirs = milliseconds_per_photo(document, FineTunedPixels.name)
    if ours is None or theirs is None:
        return
    even = max(ours, theirs) < 1.1 * min(ours, theirs)
    winner = EVEN if even else KEYPOINTS if ours < theirs else PIXELS
    yield Verdict(
        winner,
        f"A photo takes {ours:.1f} ms by keypoints (hand found, then named) and {theirs:.1f} ms by "
        "fine-tuned pixels, on one thread.",
    )


def cost_row(document: Document, table: str, contender: str) -> Row | None:
    """Row of the part on cost for a contender: keypoints are those of the native extractor."""
    classifier, _, _ = contender.partition(", ")
    pixels = classifier.startswith("EfficientNet")
    name = contender if pixels else f"native + {classifier}"
    rows = rows_of(document, "cost", table)
    return next((row for row in rows if row["recogniser"] == name), None)


def milliseconds_per_photo(document: Document, contender: str) -> float | None:
    """Median time from a decoded photo to its label, on one thread."""
    row = cost_row(document, "time", contender)
    return row["p50_ms"] if row else None


def pair_of(document: Document, part: str, pixels: Row | None, **more: str) -> Row | None:
    """The paired comparison of the default model with a pixel model; None where none was made."""
    rows = rows_of(document, part, "keypoints_against_pixels")
    wanted = {"keypoints": DEFAULT, "pixels": pixels and pixels["contender"], **more}
    return next((row for row in rows if wanted.items() <= row.items()), None)


def _apart(pair: Row | None) -> str:
    """Who is ahead by a paired test over people; nobody where there was none."""
    if pair is None or pair.get("holm_p", pair["sign_flip_p"]) >= SURE:
        return EVEN
    return KEYPOINTS if pair["difference"] > 0 else PIXELS


def _both(ours: Row, theirs: Row, column: str = "accuracy") -> str:
    first, second = (_words(row["contender"], row[column]) for row in (ours, theirs))
    return f"{first}, {second}"


def _words(contender: str, accuracy: float) -> str:
    classifier, _, features = contender.partition(", ")
    pixels = classifier.startswith("EfficientNet")
    return f"{f'pixels ({features})' if pixels else f'keypoints ({classifier})'} {accuracy:.3f}"


def _photos(row: Row) -> str:
    return f"{row['samples']} photo{'' if row['samples'] == '1' else 's'} of each"


def _certainty(p: float) -> str:
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
