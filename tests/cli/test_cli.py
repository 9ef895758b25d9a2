"""What holds for every command: help, exit codes, errors in one line."""

import os
import subprocess
import sys

import pytest

import handpose as hp
from handpose import cli
from handpose.cli import main

COMMANDS = [
    (),
    ("demo",),
    ("recognize",),
    ("extract",),
    ("train",),
    ("evaluate",),
    ("data",),
    ("data", "list"),
    ("data", "fetch"),
    ("data", "show"),
    ("assets",),
    ("assets", "list"),
    ("assets", "fetch"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("option", ["--help", "-h"])
def test_every_command_explains_itself(run, command, option):
    ran = run(*command, option)
    assert ran.code == 0
    assert "Usage:" in ran.out
    assert " ".join([*command, "["]) in ran.out.replace("COMMAND", "[")
    assert "--help" in ran.out


def test_the_help_lists_the_commands_of_the_contract(run):
    text = run("--help").out
    for name in ("demo", "recognize", "extract", "train", "evaluate", "data", "assets"):
        assert name in text


def test_the_version_is_printed(run):
    ran = run("--version")
    assert (ran.code, ran.out) == (0, f"handpose {hp.__version__}\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ["no-such-command"],
        ["--no-such-option"],
        ["recognize"],
        ["extract", "folder"],
        ["train", "folder"],
        ["evaluate", "rendered_hands", "--folds", "1"],
        ["evaluate", "rendered_hands", "--folds", "many"],
        ["evaluate", "rendered_hands", "--model", "digits", "--classifier", "svm"],
        ["recognize", "a.jpg", "--min-score", "2"],
        ["data", "show", "rendered_hands"],
        ["evaluate", "rendered_hands", "--classifier", "svn"],
        ["evaluate", "rendered_hands", "--features", "everything"],
        ["recognize", "a.jpg", "--extractor", "nobody"],
        ["data", "fetch", "nothing"],
        ["data", "show", "nothing", "-o", "a.png"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_code_2_with_nothing_on_standard_output(run, arguments):
    ran = run(*arguments)
    assert ran.code == 2
    assert ran.out == ""
    assert ran.err


def test_a_name_that_is_almost_right_is_guessed(run):
    ran = run("evaluate", "rendered_hands", "--classifier", "svn")
    assert "did you mean 'svm'" in ran.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["evaluate", "absent"],
        ["train", "absent", "-o", "m.handpose"],
        ["extract", "absent", "-o", "t.parquet"],
        ["recognize", "absent.jpg"],
        ["recognize", "absent.jpg", "--model", "absent.handpose"],
        ["assets", "fetch", "--from", "absent.whl"],
        ["data", "fetch", "sign_language_digits", "--from", "absent.zip"],
    ],
    ids=" ".join,
)
def test_an_input_that_is_not_there_is_code_1_and_named_in_one_line(
    run, arguments, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    ran = run(*arguments)
    assert ran.code == 1
    assert ran.out == ""
    (line,) = ran.complaints
    assert "absent" in line
    assert list(tmp_path.iterdir()) == []


def test_debug_shows_the_error_itself():
    with pytest.raises(hp.DatasetError, match="absent"):
        main(["--debug", "evaluate", "absent"])


def test_an_error_nobody_thought_of_is_one_line_and_debug_is_named(run, monkeypatch):
    def fail(*_, **__):
        raise KeyError("a\nb")

    monkeypatch.setattr(sys.modules["handpose.cli.evaluate"], "load", fail)
    ran = run("evaluate", "rendered_hands")
    assert ran.code == 1
    (line,) = ran.complaints
    assert "KeyError" in line
    assert "--debug" in line
    with pytest.raises(KeyError):
        main(["--debug", "evaluate", "rendered_hands"])


def test_an_interrupt_is_code_130(run, monkeypatch):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(sys.modules["handpose.cli.evaluate"], "load", interrupt)
    assert run("evaluate", "rendered_hands").code == 130


def test_the_installed_command_says_the_same_as_the_module(tmp_path):
    command = [sys.executable, "-c", "from handpose.cli import main; main()", "evaluate", "absent"]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=120, cwd=tmp_path
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("handpose: absent: no such folder, table or data set")
    assert done.stderr.count("\n") == 1


@pytest.mark.skipif(os.name == "nt", reason="needs a Unix pipe")
def test_a_reader_that_leaves_early_is_no_error_message(rendered_folder, tmp_path):
    code = "from handpose.cli import main; main()"
    script = f'"{sys.executable}" -c "{code}" data list | true'
    done = subprocess.run(
        ["sh", "-c", script], capture_output=True, text=True, check=False, timeout=120
    )
    assert "Traceback" not in done.stderr
    assert "internal error" not in done.stderr


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_the_list_of_commands_says_what_each_command_says(name, run):
    assert f" {cli.COMMANDS[name]}" in run(name, "--help").out


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["no-such-command"]])
def test_help_imports_no_command(arguments, run_python):
    code = (
        "import sys; from handpose.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit: pass\n"
        "print(*sys.modules)"
    )
    loaded = set(run_python(code, *arguments)[-1].split())
    assert not loaded & {"numpy", "cv2", "sklearn", "scipy", "pyarrow", "PIL", "torch", "joblib"}
    assert not [name for name in loaded if name.startswith("handpose.cli.re")]


def test_python_dash_m_is_the_command(run_python):
    code = "import runpy; runpy.run_module('handpose', None, '__main__')"
    assert run_python(code, "--version")[0] == f"handpose {hp.__version__}"
