"""Runs the examples of docs/python.md, and compares what they print with the page."""

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parents[3] / "docs" / "python.md"
EXAMPLE = re.compile(
    r"^```python\n(.*?)^```\n(?:\n^```text\n(.*?)^```\n)?", re.MULTILINE | re.DOTALL
)


def test_examples_print_what_the_page_shows(night, capsys):
    pytest.importorskip("pandas")
    pytest.importorskip("astropy")
    examples = EXAMPLE.findall(PAGE.read_text())
    assert len(examples) == PAGE.read_text().count("```python")
    names = {}
    for code, expected in examples:
        exec(code, names)  # noqa: S102
        assert strip_lines(capsys.readouterr().out) == strip_lines(expected), code
    assert list(Path("clean").iterdir())


def strip_lines(text):
    return [line.rstrip() for line in text.splitlines()]
