from __future__ import annotations

import shutil

import pytest

import handpose as hp
from handpose.cli import main
from tests.command_lines import run_main


@pytest.fixture
def run(capfd, monkeypatch):
    """Run a command: ``run("recognize", path, "--json")``."""
    monkeypatch.setenv("COLUMNS", "200")
    return lambda *arguments: run_main(main, capfd, arguments)


@pytest.fixture(scope="session")
def table(people, tmp_path_factory):
    """A landmark table: 158 hands of 49 people, ten labels."""
    path = tmp_path_factory.mktemp("table") / "people.parquet"
    hp.write_table(people[::3], path)
    return path


@pytest.fixture(scope="session")
def model_file(model, digits, tmp_path_factory):
    """A model file that notes which extractor its landmarks came from."""
    card = hp.ModelCard(extractor=digits.provenance)
    return hp.save_model(model, tmp_path_factory.mktemp("model") / "digits.handpose", card)


@pytest.fixture
def photos(tmp_path, rendered_folder):
    """A folder of six rendered hands, two of each label, each by two subjects."""
    root = tmp_path / "photos"
    for label in "157":
        (root / label).mkdir(parents=True)
        for k in (0, 2):
            shutil.copy(rendered_folder / label / f"render{k}.jpg", root / label)
    return root
