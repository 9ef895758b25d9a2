import sys

import pytest

import handpose as hp
from handpose.training.backend import borrowed_torch


@pytest.mark.torch
@pytest.mark.parametrize("threads", [None, 2])
def test_seed_and_threads_are_put_back_after_an_error_too(threads):
    torch = pytest.importorskip("torch")
    before = torch.get_rng_state(), torch.get_num_threads()

    def fail():
        with borrowed_torch("this test", threads) as borrowed:
            assert borrowed is torch
            assert torch.get_num_threads() == (threads or before[1])
            torch.manual_seed(7)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert torch.equal(torch.get_rng_state(), before[0])
    assert torch.get_num_threads() == before[1]


def test_without_torch_one_line_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    message = r'^this test needs an extra: pip install "handpose\[torch\]"$'
    with pytest.raises(hp.MissingExtraError, match=message), borrowed_torch("this test"):
        pass
