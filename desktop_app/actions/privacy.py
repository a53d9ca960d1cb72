"""Private values: masked unless asked for, and each asking is in the audit; a person's data; what is kept too long."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from desktop_app.actions.files import write_file
from desktop_app.actions.permits import PERMITS
from desktop_app.base.clock import today
from desktop_app.base.errors import ActionRefused
from desktop_app.documents.table import Cell, Form, FormRow, draw_forms, labelled
from desktop_app.domain.titles import masked
from desktop_app.schema.model import Ledger
from desktop_app.schema.types import show_value
from desktop_app.storage.audit import note
from desktop_app.storage.engine import Connection
from desktop_app.storage.people import expired, records_with
from desktop_app.storage.reading import Reading
from desktop_app.storage.records import find_record
from desktop_app.storage.rows import StoredRecord
from desktop_app.storage.vault import Vault
from desktop_app.typeset.paper import Faces

FEWEST_CHARS = 2


@dataclass(frozen=True, slots=True)
class Found:
    """A record in which a person's data stand; `fields` are label and value, private ones masked."""

    id: str
    ledger: str
    title: str
    is_deleted: bool
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Removable:
    """A record that has been kept as long as its form says; `on` is its own date."""

    id: str
    ledger: str
    title: str
    on: str
    years: int


def covered(ledger: Ledger, values: dict[str, object]) -> dict[str, object]:
    """Values as anybody at this desk may see them."""
    fields = ledger.fields
    return {
        key: masked(fields[key], show_value(value, fields[key])) if key in fields and fields[key].private else value
        for key, value in values.items()
    }


def values_of(vault: Vault, records: Sequence[StoredRecord], *, unmask: bool = False) -> list[dict[str, object]]:
    """
    Values of records for the outside, private ones masked.

    Args:
        unmask: They are not, which the audit notes.

    Raises:
        ActionRefused: role.not_allowed.
    """
    ledgers = vault.pack.ledgers
    if not unmask:
        return [covered(ledgers[one.ledger], dict(one.values)) for one in records]
    for record in records:
        private = [key for key in record.values if key in ledgers[record.ledger].fields]
        reveal(vault, record.id, [key for key in private if ledgers[record.ledger].fields[key].private])
    return [dict(one.values) for one in records]


def reveal(vault: Vault, record_id: str, fields: Collection[str]) -> bool:
    """
    Notes that somebody looks at private fields of a record; nothing to note is no act.

    Raises:
        ActionRefused: role.not_allowed, not_found.
    """
    if not fields:
        return True
    with vault.write(PERMITS["private"]) as connection:
        record = find_record(vault, connection, record_id)
        known = vault.pack.ledgers[record.ledger].fields
        labels = "、".join(known[key].label for key in fields)
        note(vault, connection, "unmask", record=record.id, fields=labels)
    return True


def find_person(vault: Vault, words: str) -> list[Found]:
    """
    Every record in which a name, an identity number or a telephone stands; the audit notes that it was looked for.

    Raises:
        ActionRefused: role.not_allowed, person.too_short.
    """
    with vault.write(PERMITS["private"]) as connection:
        found = [
            _found(vault.pack.ledgers[one.ledger], reading.title(one), one, bare=False)
            for reading, one in _looked_for(vault, connection, words)
        ]
        note(vault, connection, "person", words=words[:1] + "***", records=str(len(found)))
    return found


def _looked_for(vault: Vault, connection: Connection, words: str) -> list[tuple[Reading, StoredRecord]]:
    text = words.strip()
    if len(text) < FEWEST_CHARS:
        raise ActionRefused("person.too_short", n=FEWEST_CHARS)
    reading = Reading(vault, connection)
    return [(reading, one) for rows in vault.rows.values() for one in records_with(connection, rows, text)]


def _found(ledger: Ledger, title: str, record: StoredRecord, *, bare: bool) -> Found:
    fields = []
    for key, value in record.values.items():
        one = ledger.fields.get(key)
        if one is not None and not one.ledger and one.type.name != "attachments":
            text = show_value(value, one)
            fields.append((one.label, text if bare else masked(one, text)))
    return Found(record.id, ledger.label, title, record.is_deleted, tuple(fields))


def print_person(vault: Vault, words: str, path: Path) -> int:
    """
    Writes what is held of a person as PDF, with the private values: it is for that person.

    Returns:
        How many records.

    Raises:
        ActionRefused: role.not_allowed, person.too_short, record.file_exists. KnownError: font.missing, cli.file.
    """
    with vault.write(PERMITS["private"]) as connection:
        looked_for = _looked_for(vault, connection, words)
        found = [
            _found(vault.pack.ledgers[one.ledger], reading.title(one), one, bare=True) for reading, one in looked_for
        ]
        note(vault, connection, "person", words=words[:1] + "***", records=str(len(found)), file=path.name)
    rows: list[FormRow] = []
    for one in found:
        state = "（已删除）" if one.is_deleted else ""
        rows.append(FormRow((Cell(f"{one.ledger}　{one.title}{state}", 12, is_label=True),)))
        rows += [labelled((label, text), label=3) for label, text in one.fields]
    form = Form(
        "个人资料查询结果",
        tuple(rows),
        above=(vault.owner.name, f"查询日期 {today(vault.clock).isoformat()}"),
        below=(f"查询线索：{words.strip()}。共 {len(found)} 条记录。只列本机密库中的内容；请核对查询人身份后交付。",),
    )
    write_file(path, draw_forms([form], Faces(), author=vault.owner.name))
    return len(found)


def removable(vault: Vault, year: int = 0) -> list[Removable]:
    """
    Records that have been kept for the years of their form at the beginning of a year; nothing is removed.

    Args:
        year: The present one when 0.
    """
    now = year or today(vault.clock).year
    found = []
    with vault.read() as connection:
        reading = Reading(vault, connection)
        for rows in vault.rows.values():
            years = rows.ledger.retention_years
            if not years:
                continue
            for one in expired(connection, rows, str(now - years)):
                on = str(one.values[rows.ledger.list.period])
                found.append(Removable(one.id, rows.ledger.label, reading.title(one), on, years))
    return found


def print_removable(vault: Vault, path: Path, year: int = 0) -> int:
    """
    Writes the list as PDF, for whoever decides.

    Returns:
        How many records.

    Raises:
        ActionRefused: record.file_exists. KnownError: font.missing, cli.file.
    """
    found = removable(vault, year)
    heads, shares = ("台账", "记录", "日期", "保管年限"), (3, 4, 3, 2)
    rows = [FormRow(tuple(Cell(one, share, is_label=True) for one, share in zip(heads, shares, strict=True)))]
    for one in found:
        texts = (one.ledger, one.title, one.on, f"{one.years} 年")
        rows.append(FormRow(tuple(Cell(text, share) for text, share in zip(texts, shares, strict=True))))
    form = Form(
        "到期可清理资料清单",
        tuple(rows),
        above=(vault.owner.name, f"{year or today(vault.clock).year}年"),
        below=(
            f"共 {len(found)} 条。保管年限取自参数包，可按本单位档案规定修改；是否清理由本单位决定。",
            "负责人签字：　　　　　　　　日期：",
        ),
    )
    write_file(path, draw_forms([form], Faces(), author=vault.owner.name))
    return len(found)
