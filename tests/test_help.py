"""
The manual names every field type, operator, measure and command: what is not in it does not exist.
Its links and pictures are there.
"""

import re
from pathlib import Path
from typing import get_args

import pytest
from typer.main import get_command

from desktop_app.cli.app import app
from desktop_app.schema.clauses import OPERATORS
from desktop_app.schema.model import Measure, Semantics
from desktop_app.schema.types import TYPES

ROOT = Path(__file__).resolve().parents[1]
FORMS = (ROOT / "resources" / "help" / "forms.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("word", [*TYPES, *OPERATORS, *get_args(Measure), *get_args(Semantics)])
def test_grammar_words_are_in_the_manual(word: str) -> None:
    assert f"`{word}`" in FORMS


@pytest.mark.parametrize("command", sorted(getattr(get_command(app), "commands", {})))
def test_commands_are_in_the_readme(command: str) -> None:
    assert command in README


@pytest.mark.parametrize("path", [*sorted((ROOT / "resources" / "help").glob("*.md")), ROOT / "README.md"])
def test_links_and_pictures_are_there(path: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)", path.read_text(encoding="utf-8"))
    missing = [one for one in targets if "://" not in one and not (path.parent / one).exists()]
    assert missing == []
    assert path.read_text(encoding="utf-8").startswith("# ")
