"""What needs no torch does not import it where it is installed: it takes a second and 190 MB."""

import pytest

from handpose.classifiers import CLASSIFIERS, NEED_TORCH

RECOGNIZE = """
import sys
import handpose as hp
image = hp.read_image(sys.argv[2])
recognizer = hp.load_recognizer(sys.argv[1])
gestures = [*recognizer.recognize(image).gestures]
for _ in recognizer.stream([image] * 3):
    pass
print(*gestures, "torch" in sys.modules)
"""

FIT = """
import sys
import handpose as hp
from handpose.classifiers import CLASSIFIERS, NEED_TORCH
data = hp.load_dataset("sign_language_digits")[::20]
for name in [name for name in CLASSIFIERS if name not in NEED_TORCH]:
    hp.make_model(name, augmentation=None).fit(data.X, data.y).predict(data.X)
    print(name, "torch" in sys.modules)
"""


@pytest.mark.parametrize(("model", "gesture"), [("digits", "5"), ("hagrid", "palm")])
def test_recognising_does_not_import_torch(model, gesture, rendered_folder, run_python):
    assert run_python(RECOGNIZE, model, rendered_folder / "5" / "render0.jpg") == [
        f"{gesture} False"
    ]


def test_fitting_and_predicting_do_not_import_torch(run_python):
    lines = run_python(FIT)
    assert len(lines) == len(CLASSIFIERS.keys() - set(NEED_TORCH))
    assert all(line.endswith(" False") for line in lines)
