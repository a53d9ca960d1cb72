"""
The table of threats in the manual: each row has its tests, and each of those tests is there.
"""

import ast
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TESTS: dict[str, list[str]] = tomllib.loads((ROOT / "tests" / "threats.toml").read_text(encoding="utf-8"))


def rows() -> dict[str, list[str]]:
    """The rows of the table by their number."""
    page = (ROOT / "resources" / "help" / "vault.md").read_text(encoding="utf-8")
    part = re.split(r"^## ", page.split("\n## 威胁与防护\n")[1], flags=re.MULTILINE)[0]
    lines = [line.strip("| ").split(" | ") for line in part.splitlines() if re.match(r"\| \d", line)]
    return {cells[0]: cells[1:] for cells in lines}


def test_each_row_has_its_tests() -> None:
    assert list(rows()) == list(TESTS)
    for number, cells in rows().items():
        assert len(cells) == 3, number
        assert all(cells), number
        assert TESTS[number], number


@pytest.mark.parametrize("name", sorted({one for some in TESTS.values() for one in some}))
def test_each_test_is_there(name: str) -> None:
    path, function = name.split("::")
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    assert function in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
