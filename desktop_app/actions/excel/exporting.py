"""A ledger as a workbook: an empty one to fill in, or what a list shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from desktop_app.actions.excel.lines import Tell
from desktop_app.actions.listing import RecordList
from desktop_app.actions.permits import PERMITS
from desktop_app.actions.records import find_ledger
from desktop_app.base.errors import ActionRefused
from desktop_app.domain.titles import masked
from desktop_app.exchange.headings import OWNER, RECORD_ID
from desktop_app.exchange.writing import GUIDE, Extra, OutColumn, Shape, Value, write_book
from desktop_app.schema.model import PARENT, STATE, Field, Ledger
from desktop_app.schema.suggest import hint
from desktop_app.schema.types import parse_value, show_value
from desktop_app.storage.audit import note
from desktop_app.storage.reading import Reading
from desktop_app.storage.rows import StoredRecord
from desktop_app.storage.vault import Vault

EXPORTED = "excel.private"
"""Kind of the line that an export of private values leaves in the audit."""
_PAGE = 2000
_LONG_CHARS = 100
_SHAPES: Mapping[str, Shape] = {
    "date": "date",
    "money": "money",
    "count": "number",
    "long_text": "wide",
    "reference": "name",
    "references": "wide",
}


@dataclass(frozen=True, slots=True)
class Exported:
    """A workbook that was written; `covered` are the labels of private fields whose values are masked in it."""

    file: Path
    n_rows: int
    covered: tuple[str, ...]


def make_template(vault: Vault, ledger_name: str, path: Path, *, overwrite: bool = False) -> Path:
    """
    An empty workbook to fill in: headings, drop-downs, and a sheet that says what each column takes.

    Raises:
        ActionRefused: unknown_ledger, file_exists. SheetError: excel.write.
    """
    ledger = find_ledger(vault, ledger_name)
    _refuse_existing(path, overwrite)
    fields = [one for one in _fields(ledger) if not one.derive]
    columns = [_column(one, is_template=True) for one in fields]
    write_book(path, name=ledger.label, columns=columns, rows=(), extras=[_guide(vault, fields)])
    return path


def export_list(
    vault: Vault,
    records: RecordList,
    path: Path,
    *,
    all_fields: bool = True,
    with_private: bool = False,
    overwrite: bool = False,
    tell: Tell = lambda *_: None,
) -> Exported:
    """
    The records of a list as a workbook that can be taken in again.

    Private values are masked, which an import reads as “leave as is”; with them the export is noted in the
    audit. Fields that never leave the office are not in it.

    Args:
        all_fields: Every field; else the list's own columns.

    Raises:
        ActionRefused: file_exists, role.not_allowed. SheetError: excel.write.
    """
    ledger = records.ledger
    _refuse_existing(path, overwrite)
    shown = None if all_fields else set(records.columns)
    fields = [one for one in _fields(ledger) if shown is None or one.key in shown]
    is_city = vault.owner.role == "city"
    columns = [_column(one) for one in fields]
    columns += [OutColumn(OWNER)] if is_city else []
    columns.append(OutColumn(RECORD_ID, is_printed=False))
    private = [one for one in fields if one.private]
    if with_private and private:
        with vault.write(PERMITS["export_private"]) as connection:
            labels = "、".join(one.label for one in private)
            note(vault, connection, EXPORTED, ledger=ledger.label, fields=labels, file=path.name)
    n = write_book(
        path,
        name=ledger.label,
        columns=columns,
        rows=_Rows(vault, fields, is_city=is_city, is_bare=with_private).of(records, tell),
        extras=[_guide(vault, [one for one in fields if not one.derive])],
    )
    return Exported(path, n, () if with_private else tuple(one.label for one in private))


def asked_values(ledger: Ledger, given: Mapping[str, object]) -> dict[str, object]:
    """
    Field key → canonical value, None for “not filled in”, of conditions as a person types them.

    Raises:
        ActionRefused: value.unknown_field. ValueFault: A value cannot be read.
    """
    found: dict[str, object] = {}
    for name, value in given.items():
        field = ledger.fields.get(name) or next((one for one in ledger.fields.values() if one.label == name), None)
        if field is None:
            known = [*ledger.fields, *(one.label for one in ledger.fields.values())]
            raise ActionRefused("value.unknown_field", ledger=ledger.label, name=name, hint=hint(name, known))
        found[field.key] = parse_value(value, field)
    return found


def _refuse_existing(path: Path, overwrite: bool) -> None:
    if not overwrite and path.exists():
        raise ActionRefused("record.file_exists", path=path)


def _fields(ledger: Ledger) -> list[Field]:
    """Fields of a sheet, in the order of the form; what never leaves the office is not among them."""
    order = [key for key in (PARENT,) if key in ledger.fields]
    order += [key for section in ledger.sections for key in section.fields]
    order += [STATE] if STATE in ledger.fields else []
    fields = [ledger.fields[key] for key in order]
    return [one for one in fields if not one.stays and one.type.name != "attachments"]


def _column(field: Field, *, is_template: bool = False) -> OutColumn:
    options: tuple[str, ...] = ()
    if field.type.name == "flag":
        options = ("是", "否")
    elif field.choices:
        options = tuple(field.choices.labels.values())
    shape = _SHAPES.get(field.type.name, "text")
    if field.type.name == "text" and field.max_chars > _LONG_CHARS:
        shape = "wide"
    heading = f"{field.label}（元）" if field.type.name == "money" else field.label
    is_required = is_template and field.required and not field.show_if
    return OutColumn(heading, shape, options, is_open=field.type.name == "choices", is_required=is_required)


class _Rows:
    """Makes the rows of an export."""

    def __init__(self, vault: Vault, fields: Sequence[Field], *, is_city: bool, is_bare: bool) -> None:
        self._vault = vault
        self._fields = fields
        self._is_city = is_city
        self._is_bare = is_bare

    def of(self, records: RecordList, tell: Tell) -> Iterator[list[Value]]:
        """All records of a list, read page by page in one state of the vault."""
        with self._vault.read() as connection:
            n = 0
            for found, total in records.pages(connection, _PAGE):
                reading = Reading(self._vault, connection)
                for field in self._fields:
                    if field.ledger:
                        reading.preload(field.ledger, _referred(field, found))
                n += len(found)
                tell(n, total)
                for one in found:
                    yield self._row(reading, one)

    def _row(self, reading: Reading, record: StoredRecord) -> list[Value]:
        values = record.values
        row: list[Value] = [
            self._cell(reading, field, values[field.key]) if field.key in values else None for field in self._fields
        ]
        if self._is_city:
            row.append(reading.office_name(record.office))
        row.append(record.id)
        return row

    def _cell(self, reading: Reading, field: Field, value: object) -> Value:
        if field.ledger:
            ids = value if isinstance(value, list) else [value]
            return "、".join(reading.title_of(field.ledger, str(one)) for one in ids)
        if field.private and not self._is_bare:
            return masked(field, show_value(value, field))
        kind = field.type.name
        if kind == "date":
            return date.fromisoformat(str(value))
        if kind == "money":
            assert isinstance(value, int)
            return Decimal(value) / 100
        if kind == "count":
            assert isinstance(value, int)
            return value
        return show_value(value, field)


def _referred(field: Field, records: Sequence[StoredRecord]) -> Iterator[str]:
    for record in records:
        value = record.values.get(field.key)
        if value is not None:
            yield from map(str, value if isinstance(value, list) else [value])


_WRITTEN: Mapping[str, str] = {
    "date": "日期，如 2025-03-05、2025.3.5、2025年3月5日",
    "period": "年、季度或月，如 2025、2025-Q1、2025-03",
    "money": "元，最多两位小数；也可写 12.5万元",
    "count": "整数",
    "pair": "分子/分母，如 19/23",
    "flag": "是 或 否",
    "choice": "从下拉列表中选一项",
    "choices": "一项或几项，用顿号隔开",
    "uscc": "18 位统一社会信用代码",
    "resident_id": "18 位身份证号；单元格须为文本",
    "phone": "手机号或带区号的座机号；几个号码用顿号隔开",
    "region": "县区名称",
    "doc_no": "如 白区工监提〔2025〕1号",
    "serial": "可不填，由程序编号",
}


def _guide(vault: Vault, fields: Sequence[Field]) -> Extra:
    lines = [["列", "怎样填写", "说明"]]
    for one in fields:
        written = _WRITTEN.get(one.type.name, "")
        if one.ledger:
            written = f"{vault.pack.ledgers[one.ledger].label}的名称、编号或代码，须已登记"
        elif one.max_chars:
            written = f"文字，不超过 {one.max_chars} 字"
        needed = "必填。" if one.required and not one.show_if else ""
        lines.append([one.label, written, needed + one.help])
    lines += [
        ["", "", ""],
        ["导入时", "空格表示不改动", "要清空一项内容，请在程序里修改"],
        ["遮住的内容", "如 张***，表示不改动", "导出时没有选“包含不公开内容”的，导入时保持原样"],
        [RECORD_ID, "导出时带有，请勿改动", "凭它认出是哪一条记录；新增的行留空"],
    ]
    return Extra(GUIDE, lines)
