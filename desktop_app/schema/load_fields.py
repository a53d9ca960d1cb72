"""Reads the fields of a ledger, and the clauses, checks and derivations that speak about fields."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast, get_args

from desktop_app.base.errors import Level
from desktop_app.schema.clauses import LISTED, OPERATORS, ORDERED
from desktop_app.schema.model import (
    PARENT,
    RESERVED_KEYS,
    STATE,
    AddDays,
    Check,
    Choices,
    Clause,
    Day,
    DayKind,
    Derive,
    Difference,
    Field,
    Holds,
    Other,
)
from desktop_app.schema.source import Table
from desktop_app.schema.suggest import hint, some
from desktop_app.schema.types import TYPES, ValueFault, parse_value

_NAMED_DAY = re.compile(r"(today|period_start|period_end)([+-]\d{1,4})?$")
_PLACE = re.compile(r"\{(\w+)\}")
_SERIAL_PLACE = re.compile(r"\{year\}|\{n(?::0[1-9])?\}")


@dataclass
class Scope:
    """
    What names may be used inside one ledger.

    Attributes:
        fields: This ledger's fields, its state among them.
        others: The fields of every ledger, for `reference.field`.
    """

    fields: Mapping[str, Field]
    others: Mapping[str, Mapping[str, Field]]
    steps: tuple[str, ...] = ()

    def field(self, table: Table, path: str, at: str = "") -> Field | None:
        """The field a path names; a fault is noted, at key `at` of the table, when there is none."""
        key, _, inner = path.partition(".")
        found = self.fields.get(key)
        if found is not None and inner:
            there = self.others.get(found.ledger, {})
            found = there.get(inner)
            if found is None:
                table.fault("form.unknown_field", at, name=path, hint=hint(inner, there))
            return found
        if found is None:
            table.fault("form.unknown_field", at, name=path, hint=hint(key, self.fields))
        return found

    def known(self, table: Table, keys: Iterable[str], at: str = "") -> tuple[str, ...]:
        """The keys that are fields; a fault for each that is not."""
        return tuple(key for key in keys if self.field(table, key, at))

    def template(self, table: Table, key: str, *, required: bool = False, private: bool = True) -> str:
        """
        A text with `{field}` places, each checked; `private` tells whether masked fields may stand in it.

        What stays in the office may not: a title is seen wherever its record is referred to, and goes out with it.
        """
        text = table.text(key, required=required)
        for name in _PLACE.findall(text):
            found = self.fields.get(name)
            if found is None:
                table.fault("form.bad_template", key, value=text, name=name, hint=hint(name, self.fields))
            elif found.private and not private:
                table.fault("form.private_shown", key, name=name, where=key)
            elif found.stays:
                table.fault("form.stays_shown", key, name=name, where=key)
        _check_places(table, key, text, _PLACE)
        return text


def _check_places(table: Table, key: str, text: str, place: re.Pattern[str]) -> None:
    """A brace that belongs to no place would break the text where it is printed."""
    rest = place.sub("", text)
    if stray := re.search(r"[{}].*", rest):
        table.fault("form.bad_template", key, value=text, name=stray[0], hint="")


def read_choices(table: Table, key: str) -> dict[str, Choices]:
    """`[choices]`: lists of code = label."""
    found: dict[str, Choices] = {}
    inside = table.table(key)
    for name, labels in inside.data.items() if inside else ():
        assert inside is not None
        if isinstance(labels, dict) and all(isinstance(one, str) for one in labels.values()):
            found[name] = Choices(name, labels)
        else:
            inside.fault("form.wrong_type", name, name=name, wanted='代码 = "名称" 的表', found=repr(labels))
    return found


def read_fields(table: Table, lists: Mapping[str, Choices], regions: Choices) -> dict[str, tuple[Field, Table]]:
    """First pass: each field without the clauses that may name other fields."""
    found: dict[str, tuple[Field, Table]] = {}
    for key, one in table.named("field"):
        if key in RESERVED_KEYS:
            one.fault("form.reserved_key", name=key)
            continue
        found[key] = (_plain_field(key, one, lists, regions), one)
    return found


def _plain_field(key: str, table: Table, lists: Mapping[str, Choices], regions: Choices) -> Field:
    kind = TYPES[table.one_of("type", TYPES)]
    field = Field(
        key=key,
        label=table.text("label", required=True),
        type=kind,
        required=table.flag("required"),
        help=table.text("help"),
        unit=table.text("unit"),
        max_chars=table.number("max_chars", 80 if kind.name == "text" else 20_000 if kind.name == "long_text" else 0),
        choices=regions if kind.name == "region" else _choices_of(table, kind.name, lists),
        ledger=table.text("ledger", required=kind.name in ("reference", "references")),
        pattern=table.text("pattern", required=kind.name == "serial"),
        private=table.flag("private"),
        stays=table.flag("stays"),
        unique=table.flag("unique"),
        source=table.text("source"),
    )
    if field.pattern:
        _check_places(table, "pattern", field.pattern, _SERIAL_PLACE)
        if "{n" not in field.pattern:
            table.fault("form.bad_template", "pattern", value=field.pattern, name="n", hint="")
    return replace(field, default=_default(table, field))


def _choices_of(table: Table, kind: str, lists: Mapping[str, Choices]) -> Choices | None:
    name = table.text("choices", required=kind in ("choice", "choices"))
    if name and name not in lists:
        table.fault("form.unknown_choices", "choices", name=name, hint=hint(name, lists))
    return lists.get(name)


def _default(table: Table, field: Field) -> object:
    raw = table.any("default")
    if raw is None or (raw == "today" and field.type.day_like):
        return raw
    try:
        return parse_value(raw, field)
    except ValueFault as fault:
        table.fault("form.clause_value", "default", value=raw, name=field.key, detail=fault)
        return None


def finish_field(field: Field, table: Table, scope: Scope) -> Field:
    """Second pass: clauses, checks and derivation of a field, now that all fields are known."""
    steps = table.texts("required_by")
    for name in steps:
        if name not in scope.steps:
            table.fault("form.unknown_step", "required_by", name=name, hint=hint(name, scope.steps))
    if field.ledger and field.ledger not in scope.others:
        table.fault("form.unknown_ledger", "ledger", name=field.ledger, hint=hint(field.ledger, scope.others))
    done = replace(
        field,
        required_by=steps,
        show_if=read_clauses(table.tables("show_if"), scope),
        checks=tuple(_field_check(field, one, scope) for one in table.tables("checks")),
        derive=read_derive(table, field, scope),
    )
    table.close()
    return done


def read_clauses(tables: Iterable[Table], scope: Scope) -> tuple[Clause, ...]:
    """A list of `{ field, operator }`."""
    return tuple(clause for table in tables if (clause := _clause(table, scope, table.text("field", required=True))))


def _clause(table: Table, scope: Scope, path: str) -> Clause | None:
    operators = [key for key in table.data if key in OPERATORS]
    field = scope.field(table, path) if path else None
    if field is None or len(operators) != 1:
        if field is not None:
            table.fault("form.clause_shape", name=path)
        return None
    operator = operators[0]
    if operator not in field.type.operators:
        allowed = some(sorted(field.type.operators), 20)
        table.fault("form.clause_operator", operator=operator, type=field.type.label, name=path, allowed=allowed)
        return None
    operand = _operand(table, operator, field, scope)
    table.close()
    return Clause(path, operator, operand)


def _operand(table: Table, operator: str, field: Field, scope: Scope) -> object:
    raw = table.any(operator)
    if operator == "is_set":
        return table.flag(operator)
    if operator in LISTED:
        return tuple(_literal(table, one, field) for one in table.value(operator, list) or [])
    if operator in ORDERED and isinstance(raw, str):
        if named := _NAMED_DAY.match(raw):
            return Day(cast(Any, named[1]), int(named[2] or 0))
        if raw in scope.fields:
            return Other(raw)
    return _literal(table, raw, field)


def _literal(table: Table, raw: object, field: Field) -> object:
    """A value of the field; choices must be given by code, since labels may change."""
    if not isinstance(raw, str | int | bool):
        table.fault("form.clause_value", value=raw, name=field.key, detail="应为文字、数字或 true、false")
        return None
    if field.choices and raw not in field.choices.labels:
        table.fault(
            "form.unknown_choice",
            choices=field.choices.key,
            name=raw,
            hint=hint(str(raw), field.choices.labels),
        )
        return raw
    if field.choices or field.key == STATE:
        return raw
    try:
        return parse_value(raw, field)
    except ValueFault as fault:
        table.fault("form.clause_value", value=raw, name=field.key, detail=fault)
        return raw


def _levels() -> tuple[str, ...]:
    return get_args(Level)


def _field_check(field: Field, table: Table, scope: Scope) -> Check:
    """`checks = [{ max = 5, level, message }]` of a field: the one operator is about the field itself."""
    operator = next((key for key in table.data if key in OPERATORS), "")
    level = cast(Level, table.one_of("level", _levels()))
    message = table.text("message", required=True)
    source, when = table.text("source"), read_clauses(table.tables("when"), scope)
    must = _clause(table, scope, field.key)
    return Check(f"{field.key}.{operator}", (must,) if must else (), message, level, when, source)


def read_checks(tables: Iterable[Table], scope: Scope) -> Iterator[Check]:
    """`[[checks]]` of a ledger: `key`, `must`, `level`, `message`, and maybe `when` and `source`."""
    for table in tables:
        check = Check(
            key=table.text("key", required=True),
            must=read_clauses(table.tables("must"), scope),
            message=table.text("message", required=True),
            level=cast(Level, table.one_of("level", _levels())),
            when=read_clauses(table.tables("when"), scope),
            source=table.text("source"),
        )
        if not check.must:
            table.fault("form.bad_check", name="must")
        table.close()
        yield check


def read_derive(table: Table, field: Field, scope: Scope) -> Derive | None:
    """`derive = { from, add_days }`, `{ where }` or `{ minus }`."""
    one = table.table("derive")
    if one is None:
        return None
    derive: Derive
    if "add_days" in one.data:
        derive = read_days(one, scope, field.source)
        wanted = "date"
    elif "where" in one.data:
        derive, wanted = Holds(_own_clauses(one, field, scope)), "flag"
    else:
        minus = scope.known(one, one.texts("minus", required=True), "minus")
        start = one.text("from", required=True)
        derive, wanted = Difference("".join(scope.known(one, [start], "from")), minus), "count"
    if field.type.name != wanted:
        one.fault("form.bad_derive", name=field.key, detail=f"类型应为 {wanted}")
    one.close()
    return derive


def _own_clauses(table: Table, field: Field, scope: Scope) -> tuple[Clause, ...]:
    """Clauses that ask nothing but the record itself: a derived value must not change with the day."""
    clauses = read_clauses(table.tables("where"), scope)
    if any("." in one.path or isinstance(one.operand, Day) for one in clauses):
        table.fault("form.bad_derive", name=field.key, detail="只能依据本记录的字段，不能依据当天日期或其他记录")
    return clauses


def read_days(table: Table, scope: Scope, source: str = "") -> AddDays:
    """`{ from, add_days, plus, days, source }`: a last day; every number of days says where it comes from."""
    days, kind = table.any("add_days"), table.text("days") or "calendar"
    found = AddDays(
        start=table.text("from", required=True),
        days=days if isinstance(days, int | str) else 0,
        plus=table.text("plus"),
        kind=kind,
        source=table.text("source") or source,
    )
    _check_kind(table, scope, "from", found.start, "date")
    _check_kind(table, scope, "plus", found.plus, "count")
    if isinstance(days, str):
        _check_kind(table, scope, "add_days", days, "count")
    if kind not in get_args(DayKind):
        _check_kind(table, scope, "days", kind, "choice")
    if isinstance(days, int) and not found.source:
        table.fault("form.needs_source", name="add_days")
    return found


def _check_kind(table: Table, scope: Scope, at: str, key: str, kind: str) -> None:
    field = scope.field(table, key, at) if key else None
    if field is not None and field.type.name != kind:
        table.fault("form.bad_derive", at, name=key, detail=f"“{at}”要用{TYPES[kind].label}字段")


def read_literal(table: Table, raw: object, field: Field) -> object:
    """A value that a form writes into a field; `today` is let through for days."""
    return raw if raw == "today" and field.type.day_like else _literal(table, raw, field)


def system_fields(states: Mapping[str, str] | None, child_of: str) -> dict[str, Field]:
    """The state and the parent as fields, so that clauses and lists can name them like any other."""
    found: dict[str, Field] = {}
    if states:
        found[STATE] = Field(STATE, "状态", TYPES["choice"], choices=Choices(STATE, states))
    if child_of:
        found[PARENT] = Field(PARENT, "所属记录", TYPES["reference"], required=True, ledger=child_of)
    return found
