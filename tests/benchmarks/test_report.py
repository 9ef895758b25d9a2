import pytest

from benchmarks.report import cell, markdown_table, page_text, part_section

STAMP = {
    "date": "2026-01-01",
    "machine": {"processor": "a processor", "cores": 2, "system": "Linux"},
    "versions": {"numpy": "2.0", "torch": None},
}


def speed(setup):
    """How fast?"""


def memory(setup):
    """How large?"""


RESULT = {"rows": {"ours": {"ms": 2.5}}, "images": 1234.5, "load_before": None, "measured": STAMP}


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("accuracy", 0.99806, "0.9981"),
        ("difference", 0.00096991, "0.001"),
        ("fit_seconds", 12.3456, "12.35"),
        ("p99_us", 1234.5, "1,234"),
        ("mcnemar_p", 0.00001, "< 0.001"),
        ("sign_flip_p", 0.0123, "0.012"),
        ("wrong", 4, "4"),
        ("below_bar", True, "yes"),
        ("contender", "a|b", "a\\|b"),
        ("file_mb", None, "\N{EN DASH}"),
        ("photos_per_gesture", 165.0, "165"),
        ("sizes", [1.5, 2], "1.5, 2"),
    ],
)
def test_numbers_are_rounded_sensibly(column, value, expected):
    assert cell(column, {column: value}) == expected


def test_rows_with_names_and_rows_without():
    named = markdown_table({"ours": {"ms": 2.5}, "theirs": {"ms": 5.0, "found": 3}})
    assert named.splitlines() == [
        "|  | ms | found |",
        "| --- | ---: | ---: |",
        "| ours | 2.5 |  |",
        "| theirs | 5 | 3 |",
    ]
    table = markdown_table([{"contender": "a", "side": "pixels", "low": 0.9956, "high": 1.0}])
    assert table.splitlines() == [
        "| contender | 95 % |",
        "| --- | --- |",
        "| a | 0.9956\N{EN DASH}1 |",
    ]
    assert markdown_table([]) == "(nothing)"


def test_a_part_shows_facts_tables_notes_and_its_own_plots():
    result = RESULT | {
        "tables": {"more": {"caption": "About more", "rows": [{"a": 1}]}},
        "notes": ["Beware."],
    }
    text = part_section("speed", speed, result, ["speed", "speed_all", "other"])
    assert text.split("\n\n")[:3] == [
        "## speed",
        "How fast?",
        "*images: 1,234*",
    ]
    assert "About more.\n\n| a |" in text
    assert "- Beware." in text
    assert [line for line in text.splitlines() if line.startswith("!")] == [
        "![speed](plots/speed.png)",
        "![speed_all](plots/speed_all.png)",
    ]


def test_a_page_says_once_how_parts_were_measured_together():
    parts = {"speed": speed, "memory": memory}
    other = RESULT | {"measured": STAMP | {"date": "2026-02-02", "quick": True}}
    text = page_text("example", parts, {"speed": RESULT, "memory": RESULT})
    assert "- speed, memory: 2026-01-01, a processor, 2 cores, Linux; numpy 2.0." in text
    assert "torch" not in text
    text = page_text("example", parts, {"speed": RESULT, "memory": other}, summary="# Summary")
    assert text.startswith("# Summary\n\nMade by `python -m benchmarks.example`.")
    assert "numbers mean little" in text.split("- memory: 2026-02-02")[1]
