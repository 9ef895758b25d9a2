"""Every benchmark is listed, can be started, and has its section in README.md."""

from importlib import import_module

import pytest

import benchmarks
from benchmarks.runner import HERE, Benchmark, draw, read_results
from handpose.system.extras import is_installed

NAMES = list(benchmarks.QUESTIONS)
EXTRAS = {"keypoint_net": "torch", "search": "optuna"}
"""What importing a benchmark needs."""
WORDS = 280
"""Of README.md for each question, at most."""
README = (HERE / "README.md").read_text(encoding="utf-8")


def benchmark_of(name):
    if name in EXTRAS and not is_installed(EXTRAS[name]):
        pytest.skip(f"{EXTRAS[name]} is not installed")
    package = (HERE / name).is_dir()
    return import_module(f"benchmarks.{name}{'.__main__' if package else ''}").BENCHMARK


def test_the_list_is_that_of_the_folder():
    found = {path.parent.name for path in HERE.glob("*/__main__.py")}
    found |= {path.stem for path in HERE.glob("*.py") if "BENCHMARK = " in path.read_text()}
    assert found == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_benchmark_has_its_name_and_its_results_are_of_its_parts(name):
    benchmark = benchmark_of(name)
    assert isinstance(benchmark, Benchmark)
    assert benchmark.name == name
    assert set(read_results(HERE, benchmark)) <= set(benchmark.parts)
    assert set(benchmark.shown) <= set(benchmark.parts)
    for part in benchmark.parts.values():
        assert part.__doc__, "is the caption of its tables"


@pytest.mark.parametrize("name", NAMES)
def test_pages_are_those_of_the_committed_results(name, tmp_path):
    """What is committed was drawn by this code, from the results beside it."""
    benchmark = benchmark_of(name)
    committed = HERE / (benchmark.page or f"results/{name}.md")
    without_plots = Benchmark(name, benchmark.parts, page=benchmark.page, summary=benchmark.summary)
    draw(without_plots, read_results(HERE, benchmark), tmp_path)
    drawn = (tmp_path / committed.relative_to(HERE)).read_text(encoding="utf-8")
    pictures = [line for line in committed.read_text("utf-8").splitlines() if line[:2] == "!["]
    text = [line for line in committed.read_text("utf-8").split("\n\n") if line[:2] != "!["]
    assert [block for block in drawn.split("\n\n") if block[:2] != "!["] == text
    for line in pictures:
        assert (committed.parent / line.partition("(")[2].rstrip(")")).is_file()


def test_every_question_is_in_the_readme():
    for name, question in benchmarks.QUESTIONS.items():
        assert f"`python -m benchmarks.{name}`" in README, question
        assert f"<!-- {name}: begin -->" in README


def test_the_readme_is_short():
    assert len(README.replace("|", "").split()) < WORDS * len(NAMES)
