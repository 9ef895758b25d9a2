import pytest

torch = pytest.importorskip("torch")
own_randomness = pytest.importorskip("handpose.training.randomness").own_randomness

pytestmark = pytest.mark.torch


@pytest.mark.parametrize("threads", [None, 2])
def test_seed_and_threads_are_put_back_after_an_error_too(threads):
    before = torch.get_rng_state(), torch.get_num_threads()

    def fail():
        with own_randomness(threads):
            assert torch.get_num_threads() == (threads or before[1])
            torch.manual_seed(7)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert torch.equal(torch.get_rng_state(), before[0])
    assert torch.get_num_threads() == before[1]
