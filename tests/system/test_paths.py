import pytest

from handpose.system.paths import inner_path


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("a/b.jpg", "a/b.jpg"),
        (r"a\b.jpg", "a/b.jpg"),
        ("./a//b.jpg", "a/b.jpg"),
        ("take:1/b.jpg", "take:1/b.jpg"),
        ("a..b/...c.jpg", "a..b/...c.jpg"),
        (".hidden/é b.jpg", ".hidden/é b.jpg"),
    ],
)
def test_paths_of_both_worlds_are_understood(text, path):
    assert inner_path(text) == path


@pytest.mark.parametrize(
    "text",
    [
        *("/etc/passwd", "../a.jpg", "a/../../b.jpg", r"a/..\..\x.jpg", r"..\x.jpg", "a/..", ".."),
        *("C:/x.jpg", r"C:\x.jpg", "C:x.jpg", "c:", r"\x.jpg", "//host/share/x.jpg"),
        *(r"\\host\share\x.jpg", r"\\?\C:\x.jpg", "a/.. /x.jpg", "a/.../x.jpg", r"a\..\b.jpg"),
    ],
)
def test_what_leads_out_on_any_system_is_refused_on_every_system(text):
    with pytest.raises(ValueError, match="leads out of the folder"):
        inner_path(text)


@pytest.mark.parametrize(
    ("text", "reason"), [("a\0.jpg", "holds a NUL"), ("", "is empty"), ("./", "is empty")]
)
def test_what_is_no_path_is_refused(text, reason):
    with pytest.raises(ValueError, match=reason):
        inner_path(text)
