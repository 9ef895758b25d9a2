import inspect

import pytest

import handpose as hp
from handpose import errors


def test_every_error_can_be_caught_as_one_and_every_warning_too():
    raised = [
        c for _, c in inspect.getmembers(errors, inspect.isclass) if c.__module__ == errors.__name__
    ]
    assert {c.__name__ for c in raised} <= set(hp.__all__)
    for kind in raised:
        base = hp.HandposeWarning if issubclass(kind, Warning) else hp.HandposeError
        assert issubclass(kind, base)


@pytest.mark.parametrize(
    ("kind", "builtin"),
    [
        (hp.ImageError, ValueError),
        (hp.DatasetError, ValueError),
        (hp.LandmarksError, ValueError),
        (hp.ModelFileError, ValueError),
        (hp.UnknownNameError, ValueError),
        (hp.OptionError, ValueError),
        (hp.AssetError, RuntimeError),
        (hp.StoreError, RuntimeError),
        (hp.WorkerError, RuntimeError),
        (hp.MissingExtraError, ImportError),
    ],
)
def test_errors_are_also_the_builtin_that_a_program_would_expect(kind, builtin):
    assert issubclass(kind, builtin)


def test_an_unknown_name_lists_the_known_ones_and_guesses():
    message = str(hp.UnknownNameError("classifier", "svn", ["mlp", "svm"]))
    assert message == "unknown classifier 'svn' (did you mean 'svm'?); known: mlp, svm"
    assert "did you mean" not in str(hp.UnknownNameError("classifier", "zzz", ["mlp"]))


def test_a_missing_extra_names_the_pip_command():
    assert 'pip install "handpose[torch]"' in str(hp.MissingExtraError("training", "torch"))
