"""
Places in the sources of a pack.

S01 a fault is placed by the nearest part of its path that begins a line
S02 “did you mean” and lists of names in sentences
"""

import pytest

from desktop_app.base.errors import Problem
from desktop_app.schema.source import SourceFile
from desktop_app.schema.suggest import hint, some

TEXT = """\
# a comment with name = "nothing"
name = "x"

[ field . one ]   # spaces are allowed
"label" = "一"
deep.inner = 1
[[checks]]
key = "a"
[field."two"]
label = "二"
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("name",), 2),
        (("field", "one"), 4),
        (("field", "one", "label"), 5),
        (("field", "one", "deep", "inner"), 6),
        (("field", "one", "unheard_of"), 4),
        (("checks",), 7),
        (("checks", "0", "key"), 8),
        (("field", "two", "label"), 10),
    ],
)
def test_s01_line(path: tuple[str, ...], line: int) -> None:
    assert SourceFile("ledgers/a.toml", TEXT, []).place(path) == f"ledgers/a.toml 第 {line} 行"


@pytest.mark.parametrize("path", [(), ("nowhere",), ("nowhere", "name")])
def test_s01_no_line(path: tuple[str, ...]) -> None:
    assert SourceFile("ledgers/a.toml", TEXT, []).place(path) == "ledgers/a.toml"


def test_s01_second_table_of_a_list_has_its_own_line() -> None:
    text = '[[checks]]\nkey = "a"\n[[checks]]\nkey = "b"\nlevel = "eror"\n'
    faults: list[Problem] = []
    tables = SourceFile("a.toml", text, faults).root().tables("checks")
    tables[1].one_of("level", ("error", "hint"))
    assert [one.place for one in faults] == ["a.toml 第 5 行"]


def test_s01_fault_in_second_table_of_a_list_is_not_placed_in_the_first() -> None:
    text = '[[checks]]\nkey = "a"\nlevel = "error"\n[[checks]]\nkey = "b"\nlevel = "eror"\n'
    faults: list[Problem] = []
    tables = SourceFile("a.toml", text, faults).root().tables("checks")
    tables[1].one_of("level", ("error", "hint"))
    assert [one.place for one in faults] == ["a.toml 第 6 行"]


def test_s01_line_of_a_text_that_looks_like_toml() -> None:
    text = 'opening = """\nname = 1\n[field]\n"""\nname = 2\n'
    assert SourceFile("a.toml", text, []).place(("name",)) == "a.toml 第 5 行"


def test_s02_near_name() -> None:
    assert hint("sumary", ["no", "summary"]) == "，是不是“summary”"
    assert hint("xyz", ["no", "summary"]) == ""


def test_s02_first_names() -> None:
    assert some(["a", "b"]) == "a、b"
    assert some([str(n) for n in range(5)], 3) == "0、1、2等"
