import re
from importlib import import_module

import pytest
from PIL import Image


def test_the_demo_compares_recognises_draws_and_says_what_to_try_next(
    run, tmp_path, digits, rendered, monkeypatch
):
    """On an eighth of the photos and a third of the renders: enough to see that it works."""
    pytest.importorskip("matplotlib")
    shipped = {"sign_language_digits": digits[::8], "rendered_hands": rendered[::3]}
    monkeypatch.setattr(import_module("handpose.cli.demo"), "load_dataset", shipped.get)
    ran = run("demo", "--out", tmp_path / "demo")
    assert ran.code == 0
    assert "258 photos" in ran.out
    rows = dict(re.findall(r"^(svm|gbdt|mlp)\s+geometry\s+([\d.]+)", ran.out, re.MULTILINE))
    assert set(rows) == {"svm", "gbdt", "mlp"}
    assert max(map(float, rows.values())) > 0.95
    right, total = map(int, re.search(r"(\d+) of (\d+) rendered hands", ran.out).groups())
    assert total == 20
    assert right >= 17
    assert "handpose recognize YOUR_PHOTO.jpg" in ran.out.splitlines()[-3]
    for name in ("gestures.jpg", "confusion.png"):
        with Image.open(tmp_path / "demo" / name) as picture:
            assert min(picture.size) > 400
    assert len(list((tmp_path / "demo" / "annotated").glob("*.jpg"))) == 20
