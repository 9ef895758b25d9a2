"""The shop window: what the README shows runs as printed, and its numbers are real."""

import json
import re
from pathlib import Path

import pytest

import handpose as hp

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_example_runs_as_printed(number, monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    exec(compile(EXAMPLES[number], f"README example {number}", "exec"), {})
    assert capsys.readouterr().out.strip()


def test_the_example_of_a_photo_recognises_the_three(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    exec(next(example for example in EXAMPLES if "3/render0.jpg" in example), {})
    assert re.fullmatch(r"3 (1\.0|0\.9\d?) Left\n", capsys.readouterr().out)


def test_quoted_accuracy_is_what_the_library_measures():
    quoted = float(re.search(r"^svm +geometry +(0\.\d{4})", README, re.MULTILINE)[1])
    hands, labels, subjects = hp.load_dataset("sign_language_digits")
    measured = hp.cross_validate(hp.make_model("svm"), hands, labels, groups=subjects)
    assert measured.accuracy == pytest.approx(quoted, abs=0.001)


def test_relative_links_and_pictures_exist():
    targets = re.findall(r"\]\((?!http)([^)#]+)\)", README)
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_version_is_in_the_changelog():
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## [{hp.__version__}]" in changelog


def test_quoted_numbers_of_video_are_those_of_the_benchmark():
    results = json.loads((ROOT / "benchmarks/results/temporal.json").read_text())
    smoothing, clips = results["smoothing"]["rows"], results["clips"]["rows"]["all"]
    rows = {
        "jitter": [f"{smoothing[name]['jitter %']:.2f} %" for name in ("raw", "filtered")],
        "lag": [f"{smoothing[name]['lag ms']:.0f} ms" for name in ("raw", "filtered")],
        "label changes": [f"{clips[f'changes/s {name}']:.1f}" for name in ("raw", "debounced")],
    }
    for name, (raw, steady) in rows.items():
        (line,) = re.findall(rf"^\| {name} .*$", README, re.MULTILINE)
        assert line.endswith(f"| {raw} | {steady} |")
    loop = results["loop"]["rows"]
    names = ("read, recognise, draw", "extractor alone", "MediaPipe alone")
    whole, alone, theirs = (f"{loop[name]['median_ms']:.1f}" for name in names)
    assert f"takes {whole} ms from file to picture ({alone} ms of it" in README
    assert f"takes\n{theirs} ms for that alone" in README
