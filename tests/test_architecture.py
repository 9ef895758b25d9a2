"""The house: imports point downwards, only the command line prints, the front door is light."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.house import CONTRIBUTING, FLOORS, rooms_below, table, written

PACKAGE = Path(__file__).parents[1] / "handpose"

MODULES = sorted(p for p in PACKAGE.rglob("*.py") if p != PACKAGE / "__init__.py")


def room_of(path):
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imported_rooms(path):
    """(room, line) of each import from handpose in a module."""
    package = ("handpose", *path.relative_to(PACKAGE).parent.parts)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            targets = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join([*start, *([node.module] if node.module else [])])
            targets = [f"{base}.{alias.name}" for alias in node.names]
        else:
            continue
        for target in targets:
            parts = target.split(".")
            if parts[0] == "handpose" and parts[1:] != ["__version__"]:
                yield parts[1] if len(parts) > 1 else "handpose", node.lineno


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_imports_point_only_downwards(path):
    room = room_of(path)
    below = rooms_below(room) | {room}
    wrong = [f"line {line}: {name}" for name, line in imported_rooms(path) if name not in below]
    assert not wrong, f"{room} may import {sorted(below)}"


def test_every_room_is_in_the_plan_and_the_plan_has_no_other():
    planned = [room for rooms in FLOORS for room in rooms]
    assert len(planned) == len(set(planned))
    assert set(planned) == {room_of(path) for path in MODULES}


def test_the_plan_in_contributing_is_this_one():
    """``python -m tests.house`` writes it."""
    text = CONTRIBUTING.read_text("utf-8")
    assert table() in text
    assert written(text) == text


def test_the_reader_of_imports_sees_every_form(tmp_path, monkeypatch):
    monkeypatch.setitem(globals(), "PACKAGE", tmp_path)
    module = tmp_path / "features" / "blocks.py"
    module.parent.mkdir()
    module.write_text(
        "import handpose.cli\nfrom handpose import recognizer\nfrom ..models import make_model\n"
        "from . import normalize\nfrom handpose import __version__\n"
        "def f():\n    from handpose.search.space import Space\n"
    )
    found = [name for name, _ in imported_rooms(module)]
    assert found == ["cli", "recognizer", "models", "features", "search"]


@pytest.mark.parametrize(
    "path",
    [p for p in MODULES if room_of(p) != "cli"],
    ids=lambda p: p.relative_to(PACKAGE).as_posix(),
)
def test_only_the_command_line_prints(path):
    calls = [n for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Call)]
    names = {ast.unparse(call.func) for call in calls}
    assert not names & {"print", "sys.stdout.write", "sys.stderr.write"}


def test_no_module_on_the_load_path_unpickles():
    for path in MODULES:
        text = path.read_text("utf-8")
        assert "pickle.load" not in text
        assert "joblib.load" not in text
        assert "allow_pickle=True" not in text


def test_importing_handpose_imports_no_back_end(run_python):
    heavy = {"torch", "mediapipe", "cv2", "sklearn", "scipy", "pyarrow", "PIL", "matplotlib"}
    (loaded,) = run_python("import handpose, sys; print(*sys.modules)")
    assert not heavy & set(loaded.split())


def test_importing_handpose_takes_less_than_a_third_of_a_second_beyond_numpy(run_python):
    code = (
        "import numpy; from time import process_time as now; start = now()\n"
        "import handpose; print(now() - start)"
    )
    assert min(float(run_python(code)[0]) for _ in range(3)) < 0.3


def test_every_room_is_a_package():
    rooms = [path for path in PACKAGE.rglob("*") if path.is_dir() and list(path.glob("*.py"))]
    assert [room for room in rooms if not (room / "__init__.py").is_file()] == []


def test_the_data_folder_does_not_shadow_a_package_called_datasets():
    assert not (PACKAGE.parent / "datasets" / "__init__.py").exists()
