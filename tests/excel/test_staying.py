"""
What stays in the office is in no workbook, whatever the form and whatever is asked for.

N01 any texts of the shipped forms marked `stays`: their values are in no cell of an export or a template; a title,
    which other ledgers show, cannot be made of them (L01 in tests/unit/schema)
"""

import random
import re
import shutil
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from desktop_app.actions.excel.exporting import export_list, make_template
from desktop_app.actions.listing import RecordList
from desktop_app.base.clock import SetClock
from desktop_app.base.paths import forms_dir
from desktop_app.schema.load import read_files
from desktop_app.schema.model import Field
from desktop_app.storage.records import Writing
from desktop_app.storage.vault import Vault, open_vault
from tests.excel.conftest import NOW, PASSPHRASE
from tests.excel.test_round_trip import depth, row_of

TEXTS = {"text", "long_text", "phone", "serial", "doc_no"}
_FIELD = re.compile(r'^(\w+) = \{ type = "(\w+)",(?!.*stays)', re.MULTILINE)
WORD = re.compile("Q[0-9a-f]{15}")
_TEMPLATE = re.compile(r"^(?:title|shows) = .*", re.MULTILINE)
BY_LETTERS = "ledgers/letter.toml"
"""Words of letters may not be made of what stays; this form has such a field of its own."""


def marked(chance: random.Random, version: int) -> dict[str, str]:
    """The shipped forms, in which about a third of all texts that no title is made of stay in the office."""
    files = dict(read_files(forms_dir()))
    for path, text in files.items():
        if path.startswith("ledgers/") and path != BY_LETTERS:
            shown = set(re.findall(r"\{(\w+)\}", "".join(_TEMPLATE.findall(text))))
            files[path] = _FIELD.sub(partial(_mark, chance, shown), text)
    raised = re.sub(r"^version = \d+", f"version = {version}", files["pack.toml"], count=1, flags=re.MULTILINE)
    return {**files, "pack.toml": raised}


def _mark(chance: random.Random, shown: set[str], found: re.Match[str]) -> str:
    stays = found[2] in TEXTS and found[1] not in shown and chance.random() < 0.35
    return f"{found[0]} stays = true," if stays else found[0]


def texts_of(book: Path) -> str:
    """Everything in a workbook, what no cell shows too."""
    with zipfile.ZipFile(book) as found:
        return "\n".join(found.read(name).decode("utf-8", "replace") for name in found.namelist())


def fill(vault: Vault, chance: random.Random) -> dict[str, str]:
    """Records in every ledger; the values of what stays, and whose they are."""
    ids: dict[str, list[str]] = {}
    secrets: dict[str, str] = {}

    def word(field: Field, ledger: str) -> str:
        made = f"Q{chance.randrange(1 << 60):015x}"
        if field.stays:
            secrets[made] = f"{ledger}.{field.key}"
        return made

    with vault.write() as connection:
        writing = Writing(vault, connection)
        for _ in range(2):  # twice, since ledgers refer to each other
            for ledger in sorted(vault.pack.ledgers.values(), key=depth):
                rows = [row_of(ledger, n, ids) for n in range(3)]
                for row in rows:
                    for key in row:
                        field = ledger.fields[key]
                        if field.type.name in TEXTS and not field.choices:
                            row[key] = word(field, ledger.key)
                ids[ledger.key] = writing.add(ledger.key, rows)
    return secrets


@pytest.mark.long
def test_n01_in_no_workbook__ok(made: Path, tmp_path: Path, sweep: Callable[[int, int], int]) -> None:
    for seed in range(sweep(1, 20)):
        chance = random.Random(seed)
        files = marked(chance, 900_000)
        here = tmp_path / str(seed)
        shutil.copytree(made, here / "vault")
        vault = open_vault(here / "vault", PASSPHRASE, files, SetClock(NOW))
        assert vault.pack.files == files
        secrets = fill(vault, chance)
        assert len(secrets) > 100
        told: set[str] = set()
        for key in vault.pack.ledgers:
            written = [make_template(vault, key, here / f"{key}.xlsx")]
            for n in range(4):
                path = here / f"{key}-{n}.xlsx"
                export_list(vault, RecordList(vault, key), path, all_fields=n % 2 == 0, with_private=n < 2)
                written.append(path)
            words = {word for path in written for word in WORD.findall(texts_of(path))}
            assert {secrets[word] for word in words & secrets.keys()} == set(), key
            told |= words
        assert told, "what does not stay is there"
        vault.close()
