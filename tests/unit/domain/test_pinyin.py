"""
P01 the table is the one that the dictionaries make
P02 initials, and the second reading of a character
"""

import importlib.util
from types import ModuleType

import pytest

from desktop_app.base.paths import program_dir
from desktop_app.domain.pinyin import initials, readings


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_pinyin", program_dir() / "packaging" / "make_pinyin.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_p01_table_is_current__ok() -> None:
    table = generator().readings()
    assert {char: initials(char) for char in "工会法律保障白银㐀"} == {
        **{char: table[char][0] for char in "工会法律保障白银"},
        "㐀": "㐀",
    }
    wrong = [char for char, letters in table.items() if letters and readings(char) != tuple(letters)]
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("法律援助", ("flyz",)),
        ("A座3楼", ("az3l",)),
        ("单位", ("dw", "sw")),
        ("重庆银行", ("zqyx", "cqyx", "zqyh", "cqyh")),
        ("", ("",)),
    ],
)
def test_p02_readings__ok(text: str, wanted: tuple[str, ...]) -> None:
    assert readings(text) == wanted
