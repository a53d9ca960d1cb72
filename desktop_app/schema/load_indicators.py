"""Reads the windows and indicators of a ledger, and checks how indicators lean on each other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import cast, get_args

from desktop_app.schema.load_fields import Scope, read_clauses
from desktop_app.schema.model import Clause, Indicator, Ledger, Measure, Semantics, Window
from desktop_app.schema.source import Table
from desktop_app.schema.suggest import hint

_MONTH_DAY = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")
_SCALES = {"万元": 1_000_000, "元": 100}
"""Stored fen in one printed unit."""


def read_windows(root: Table) -> Iterator[Window]:
    """`[window.bargaining_season]`: `label`, `from = "03-01"`, `to = "05-31"`, and `[…years]` that differ."""
    for key, table in root.named("window"):
        years = {
            year: (one.text("from", required=True), one.text("to", required=True))
            for year, one in (
                (year, inside.table(year)) for inside in [table.table("years")] if inside for year in inside.data
            )
            if one
        }
        window = Window(
            key,
            table.text("label", required=True),
            table.text("from", required=True),
            table.text("to", required=True),
            years,
        )
        for day in (window.start, window.end, *(day for span in years.values() for day in span)):
            if not _MONTH_DAY.match(day):
                table.fault("form.bad_value", name=key, value=day, hint="", allowed="月-日，如 03-01")
        table.close()
        yield window


def read_indicators(root: Table, ledger: str, scope: Scope) -> Iterator[Indicator]:
    """`[indicator.key]`; the shape is checked by measure and semantics."""
    for key, table in root.named("indicator"):
        measure = cast(Measure, table.one_of("measure", get_args(Measure)))
        unit = table.text("unit")
        indicator = Indicator(
            key=key,
            ledger=ledger,
            label=table.text("label", required=True),
            unit=unit,
            measure=measure,
            semantics=cast(Semantics, table.one_of("semantics", get_args(Semantics), default="flow")),
            on=_field(table, "on", scope),
            since=_field(table, "since", scope),
            until=scope.known(table, table.texts("until"), "until"),
            window=table.text("window"),
            of=_parts(table, measure),
            per=_field(table, "per", scope),
            where=read_clauses(table.tables("where"), scope),
            each=_each(table, scope),
            approximate=_field(table, "approximate", scope),
            digits=table.number("digits", 2 if unit == "万元" else 0),
            shows=scope.template(table, "shows", private=False),
            listed=not table.flag("part"),
            note=table.text("note"),
        )
        yield _checked(indicator, table, scope)
        table.close()


def _field(table: Table, key: str, scope: Scope) -> str:
    name = table.text(key)
    return name if not name or scope.field(table, name, key) else ""


def _each(table: Table, scope: Scope) -> tuple[Clause, ...]:
    """Clauses about the records that `of` refers to."""
    tables = table.tables("each")
    field = scope.fields.get(str(table.data.get("of")))
    if tables and (field is None or not field.ledger):
        table.fault("form.bad_measure", "each", name=table.path[-1], detail="each 只能用于关联记录字段")
        return ()
    there = scope.others.get(field.ledger, {}) if field else {}
    return read_clauses(tables, Scope(there, scope.others))


def _parts(table: Table, measure: str) -> tuple[str, ...]:
    """What is measured: one field, or for ratio and total the indicators they are made of."""
    if measure == "ratio":
        return (table.text("numerator", required=True), table.text("denominator", required=True))
    if measure == "total":
        return table.texts("of", required=True)
    return (table.text("of", required=True),) if measure in ("sum", "distinct", "sum_max") else ()


def _checked(one: Indicator, table: Table, scope: Scope) -> Indicator:
    """The indicator with its scale, after the rules of its measure and semantics."""
    if one.measure in ("ratio", "total", "offices"):
        return replace(one, scale=_SCALES.get(one.unit, 1))
    found = scope.known(table, one.of, "of")
    timed = one.since or (one.on if one.semantics != "stock" else "") or _is_period(one, scope)
    faults = {
        f"{one.semantics} 需要 on（存量需要 since，或期段字段的 on）": not timed,
        "window 需要写明活动窗口": (one.semantics == "window") != bool(one.window),
        "sum_max 需要 per": (one.measure == "sum_max") != bool(one.per),
    }
    for detail, wrong in faults.items():
        if wrong:
            table.fault("form.bad_measure", name=one.key, detail=detail)
    is_money = any(scope.fields[key].type.name == "money" for key in found)
    return replace(one, scale=_SCALES.get(one.unit, 100) if is_money else 1)


def _is_period(one: Indicator, scope: Scope) -> bool:
    return bool(one.on) and scope.fields[one.on].type.name == "period"


def check_indicators(ledgers: Mapping[str, Ledger], tables: Mapping[str, Table]) -> None:
    """Keys are unique over the pack, parts and windows exist, and nothing leans on itself."""
    known: dict[str, Indicator] = {}
    windows = {w.key for ledger in ledgers.values() for w in ledger.windows}
    for ledger in ledgers.values():
        for one in ledger.indicators:
            if one.key in known:
                tables[ledger.key].file.fault(
                    "form.duplicate_indicator", ("indicator", one.key), name=one.key, other=known[one.key].ledger
                )
            known[one.key] = one
            if one.window and one.window not in windows:
                tables[ledger.key].file.fault(
                    "form.bad_measure",
                    ("indicator", one.key),
                    name=one.key,
                    detail=f"没有活动窗口“{one.window}”{hint(one.window, windows)}",
                )
    for one in known.values():
        for part in one.of if one.measure in ("ratio", "total") else ():
            if part not in known:
                tables[one.ledger].file.fault(
                    "form.unknown_indicator", ("indicator", one.key), name=part, hint=hint(part, known)
                )
        if _leans_on(one.key, one, known, set()):
            tables[one.ledger].file.fault("form.indicator_cycle", ("indicator", one.key), name=one.key)


def _leans_on(key: str, one: Indicator, known: Mapping[str, Indicator], seen: set[str]) -> bool:
    if one.measure not in ("ratio", "total") or one.key in seen:
        return False
    seen.add(one.key)
    return any(part == key or (part in known and _leans_on(key, known[part], known, seen)) for part in one.of)
