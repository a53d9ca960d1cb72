"""
M01 sentences are the window's too: none names an option of a command, and a command adds its own
"""

import pytest

from desktop_app.base.codes import SENTENCES
from desktop_app.cli.hints import _HINTS, with_hint

OF_COMMANDS = {"vault.no_passphrase", "vault.no_new_passphrase"}
"""Beside `cli.*`, what only a command can raise."""


def test_m01_no_sentence_names_an_option__ok() -> None:
    naming = {code for code, text in SENTENCES.items() if "--" in text and not code.startswith("cli.")}
    assert naming <= OF_COMMANDS


@pytest.mark.parametrize("code", sorted(_HINTS))
def test_m01_hints_stand_behind_their_sentence__ok(code: str) -> None:
    assert code in SENTENCES
    assert with_hint(code, "不行。").startswith("不行。（")


def test_m01_no_hint_where_none_helps__ok() -> None:
    assert with_hint("vault.gone", "不行。") == "不行。"
