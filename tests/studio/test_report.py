"""The page that one takes away."""

from handpose.studio.report import report
from handpose.studio.session import Studio
from tests.studio.conftest import PaintedExtractor, fill

NAME = "\x1b]0;owned\x07\u202egpj.exe<img src=x>"


def test_the_name_of_a_folder_turns_no_text_round_and_is_no_markup(tmp_path, hands):
    with Studio(tmp_path / NAME, lambda: PaintedExtractor(hands)) as studio:
        studio.open()
        fill(studio)
        studio.train()
        studio.job.wait()
        page = report(studio)
    assert r"<title>\x1b]0;owned\x07\u202egpj.exe&lt;img src=x&gt;</title>" in page
    assert not {"\x1b", "\x07", "\u202e"} & set(page)
