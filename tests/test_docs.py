"""The documents: examples run as printed, links lead somewhere, numbers are those measured."""

import json
import re
import shlex
from pathlib import Path

import pytest

import handpose as hp
from handpose.cli import load_command
from scripts.check_site import faults

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
README, MEASURED, VIDEO = (
    (ROOT / name).read_text(encoding="utf-8")
    for name in ("README.md", "docs/measured.md", "docs/video.md")
)
EXAMPLE = re.compile(r"```python\n(.*?)```(?:\n\n```text\n(.*?)```)?", re.DOTALL)
"""Python, and what it prints if that follows."""
EXAMPLES = [
    pytest.param(*example.groups(), id=f"{page.stem}-{number}")
    for page in PAGES
    for number, example in enumerate(EXAMPLE.finditer(page.read_text(encoding="utf-8")))
]


NO_FAULT = ("files", "read", "refused", "read or refused", "slowest s")


FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
SHOWN = [
    pytest.param(kind, text, id=f"{page.stem}-{number}")
    for page in PAGES
    for number, (kind, text) in enumerate(FENCE.findall(page.read_text(encoding="utf-8")))
]


@pytest.mark.parametrize(("code", "printed"), EXAMPLES)
def test_example_runs_as_printed(code, printed, monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    exec(compile(code, "example", "exec"), {})
    found = capsys.readouterr().out
    assert found.strip()
    if printed:
        assert same_but_for_last_digits(found, printed)


@pytest.mark.parametrize(("kind", "text"), SHOWN)
def test_a_command_that_is_shown_has_these_options(kind, text):
    for line in text.splitlines() if not kind else ():
        if line.startswith("handpose "):
            _, name, *arguments = shlex.split(line.partition(";")[0], comments=True)
            command = load_command(name)
            if arguments and arguments[0] in getattr(command, "commands", {}):
                name, *arguments = arguments
                command = command.commands[name]
            with command.make_context(name, arguments):
                pass


@pytest.mark.parametrize(("kind", "text"), SHOWN)
def test_a_name_of_the_library_that_is_shown_exists(kind, text):
    names = re.findall(r"\bhp\.(\w+)", text)
    assert [name for name in names if not hasattr(hp, name)] == []


def test_the_reference_has_every_public_name_once():
    page = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^   (\w+)$", page, re.MULTILINE)) == sorted(hp.__all__)


def test_a_link_of_the_site_that_leads_nowhere_is_found(tmp_path):
    for folder in ("api", "_static"):
        (tmp_path / folder).mkdir()
    (tmp_path / "_static" / "macros.html").write_text('<a href="{{ of_the_theme }}">x</a>')
    (tmp_path / "index.html").write_text(
        '<link rel="stylesheet" href="https://fonts.example/a.css"><img src="logo.png">'
        '<a href="api/a.html#fit">good</a><a href="api/a.html#gone">bad</a><a href="b.html">bad</a>'
        '<a href="https://example.org">out</a><a href="#">top</a>'
    )
    (tmp_path / "api" / "a.html").write_text('<h1 id="fit">fit</h1><a href="../index.html">up</a>')
    assert faults(tmp_path) == [
        "index.html: loads https://fonts.example/a.css",
        "index.html: no such place: api/a.html#gone",
        "index.html: no such place: b.html",
        "index.html: no such place: logo.png",
    ]


def same_but_for_last_digits(found, printed):
    """Whether texts agree, decimal fractions within 0.03: processors differ in the last digits."""
    fraction = re.compile(r"\d+\.\d+")
    numbers = zip(fraction.findall(found), fraction.findall(printed), strict=True)
    return fraction.sub("#", found.strip()) == fraction.sub("#", printed.strip()) and all(
        abs(float(one) - float(other)) <= 0.03 for one, other in numbers
    )


def test_the_readme_shows_what_its_example_prints():
    ((_, printed),) = EXAMPLE.findall(README)
    assert printed


def test_the_readme_is_one_screen_of_words():
    assert len(README.split()) < 450


def test_quoted_accuracy_is_what_the_library_measures():
    quoted = float(re.search(r"^svm +geometry +(0\.\d{4})", MEASURED, re.MULTILINE)[1])
    assert f"**{quoted}**" in README
    X, y, groups = hp.load_dataset("sign_language_digits")
    measured = hp.cross_validate(hp.make_model("svm"), X, y, groups=groups)
    assert measured.accuracy == pytest.approx(quoted, abs=0.001)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_relative_links_and_pictures_exist(page):
    targets = re.findall(r"\]\((?!http)([^)#]+)\)", page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_every_page_is_in_the_contents():
    contents = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    assert [
        p.name for p in (ROOT / "docs").glob("[a-z]*.md") if f"({p.name})" not in contents
    ] == []


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
        (line,) = re.findall(rf"^\| {name} .*$", VIDEO, re.MULTILINE)
        assert line.endswith(f"| {raw} | {steady} |")
    loop = results["loop"]["rows"]
    names = ("read, recognise, draw", "extractor alone", "MediaPipe alone")
    whole, alone, theirs = (f"{loop[name]['median_ms']:.1f}" for name in names)
    assert f"takes {whole} ms from file to picture ({alone} ms of it" in VIDEO
    assert f"takes\n{theirs} ms for that alone" in VIDEO


def test_the_plan_for_a_million_photos_is_that_of_the_measured_times():
    page = (ROOT / "docs" / "at_scale.md").read_text(encoding="utf-8")
    results = {
        name: json.loads((ROOT / f"benchmarks/results/{name}.json").read_text())
        for name in ("extraction", "at_scale")
    }
    folder = results["extraction"]["folder"]["rows"]["native, 2 workers x 1 thread"]
    large = results["at_scale"]["photo"]["rows"]["1920 x 1080"]
    for size, ms in (("336 x 336", 2 * folder["median_ms"]), ("1920 x 1080", large["mean ms"])):
        hours = [f"{1.09e6 * ms / 3.6e6 / workers:.2f} h" for workers in (1, 8, 64)]
        assert "| " + " | ".join([size, f"{ms:g}", *hours]) + " |" in page


def test_the_counts_of_damaged_files_are_those_that_were_read():
    page = (ROOT / "docs" / "trust.md").read_text(encoding="utf-8")
    results = json.loads((ROOT / "benchmarks/results/trust.json").read_text(encoding="utf-8"))
    rows = [
        row for name in results if name[:5] == "fuzz_" for row in results[name]["rows"].values()
    ]
    faults = [sum(row[name] for name in row if name not in NO_FAULT) for row in rows]
    for row, count in zip(rows, faults, strict=True):
        assert f"| {row['files']:,} | {count} |" in page
    assert f"| all | {sum(row['files'] for row in rows):,} | {sum(faults)} |" in page
