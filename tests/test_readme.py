"""The shop window: what the README shows runs as printed, and its numbers are real."""

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


def test_first_example_recognises_the_three(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    exec(EXAMPLES[0], {})
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
