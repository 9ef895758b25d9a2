import pytest

from handpose.cli.greedy import repeat_options


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("--classifier svm gbdt mlp", "--classifier svm --classifier gbdt --classifier mlp"),
        ("DIR --classifier svm", "DIR --classifier svm"),
        ("--classifier svm DIR", "--classifier svm DIR"),
        ("--classifier svm gbdt DIR knn", "--classifier svm --classifier gbdt DIR knn"),
        ("--classifier svm --json gbdt", "--classifier svm --json gbdt"),
        ("--classifier unknown svm", "--classifier unknown --classifier svm"),
        ("--classifier", "--classifier"),
        (
            "--features angles all --classifier svm knn",
            "--features angles --features all --classifier svm --classifier knn",
        ),
        ("--classifier svm all", "--classifier svm all"),
        ("--folds 3 svm", "--folds 3 svm"),
        ("", ""),
    ],
)
def test_an_option_takes_every_known_value_that_follows(given, expected):
    assert repeat_options(given.split()) == expected.split()
