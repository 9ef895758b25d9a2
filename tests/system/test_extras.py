import sys

import pytest

import handpose as hp
from handpose.system.extras import is_installed, require


def test_what_is_installed_is_known_without_importing_it(monkeypatch):
    monkeypatch.delitem(sys.modules, "wave", raising=False)
    assert is_installed("wave")
    assert "wave" not in sys.modules
    require("wave", "sound", "plots")


@pytest.mark.parametrize("how", ["absent", "hidden", "refused", "folder"])
def test_what_is_not_names_the_extra(monkeypatch, tmp_path, how):
    name = f"toy_{how}"
    if how == "hidden":
        monkeypatch.setitem(sys.modules, name, None)
    elif how == "folder":  # of the current folder, with nothing of a package in it
        (tmp_path / name).mkdir()
        monkeypatch.syspath_prepend(tmp_path)
    elif how == "refused":
        monkeypatch.setattr(sys, "meta_path", [_Refusing(), *sys.meta_path])
    assert not is_installed(name)
    with pytest.raises(hp.MissingExtraError, match=r'toys need.*pip install "handpose\[plots\]"'):
        require(name, "toys need that:", "plots")


class _Refusing:
    def find_spec(self, name, *_):
        if name.startswith("toy_"):
            raise ImportError(name)
