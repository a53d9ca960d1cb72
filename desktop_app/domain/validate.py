"""
Validation of one record: raw input → canonical values, then the rules of its form.

Levels: `error` must be mended before saving; `explain` is open until the field 情况说明 gives a reason;
`hint` is only said. Problems are data; who calls decides what they stop.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from desktop_app.base.errors import Problem, problem
from desktop_app.schema.clauses import Frame, fields_in, holds
from desktop_app.schema.model import PARENT, Check, Field, Ledger
from desktop_app.schema.suggest import hint
from desktop_app.schema.types import ValueFault, parse_value

EXPLANATION = "explanation"
"""The common field in which a reason for a problem of level `explain` stands."""


def read_values(ledger: Ledger, raw: Mapping[str, object], place: str = "") -> tuple[dict[str, object], list[Problem]]:
    """
    Canonical values of what was given, by field key, and what could not be read.

    Labels are accepted for keys; old keys are read through `[moved]`. None stands for “made empty”.
    """
    values: dict[str, object] = {}
    problems: list[Problem] = []
    fields = ledger.fields
    for name, one in raw.items():
        field = fields.get(name) or _by_other_name(ledger, name)
        if field is None or (field.key not in ledger.fields):
            known = [*fields, *(f.label for f in fields.values())]
            problems.append(
                problem(
                    "value.unknown_field",
                    place=place,
                    key=name,
                    ledger=ledger.label,
                    name=name,
                    hint=hint(name, known),
                )
            )
        elif field.derive or field.key == "state":
            problems.append(problem("value.derived", place=place, key=field.key, label=field.label))
        else:
            try:
                values[field.key] = parse_value(one, field)
            except ValueFault as fault:
                problems.append(Problem(fault.code, str(fault), place, field.key))
    return values, problems


def _by_other_name(ledger: Ledger, name: str) -> Field | None:
    key = name
    while key in ledger.moved:
        key = ledger.moved[key]
    return ledger.fields.get(key) or next((f for f in ledger.fields.values() if f.label == name), None)


def with_defaults(ledger: Ledger, values: Mapping[str, object], frame: Frame) -> dict[str, object]:
    """The values of a new record, defaults filled in where nothing was given and the field is shown."""
    full = dict(values)
    for field in ledger.entered:
        if field.default is not None and field.key not in full and holds(field.show_if, full, frame):
            full[field.key] = frame.today if field.default == "today" and field.type.day_like else field.default
    return full


def validate(
    ledger: Ledger, values: Mapping[str, object], frame: Frame, *, step: str = "", place: str = ""
) -> list[Problem]:
    """
    Every rule a whole record breaks, errors first by the order of the form.

    Args:
        values: All values, the derived ones among them.
        step: The step about to be taken, whose `required_by` fields must be there.
    """
    return [*_missing(ledger, values, frame, step, place), *_broken(ledger, values, frame, place)]


def _missing(ledger: Ledger, values: Mapping[str, object], frame: Frame, step: str, place: str) -> Iterator[Problem]:
    for field in ledger.entered:
        is_needed = field.required or step in field.required_by
        if is_needed and values.get(field.key) is None and holds(field.show_if, values, frame):
            yield problem("value.required", place=place, key=field.key, label=field.label)


def _broken(ledger: Ledger, values: Mapping[str, object], frame: Frame, place: str) -> Iterator[Problem]:
    for field in ledger.entered:
        value = values.get(field.key)
        if value is None:
            continue
        if field.type.doubt and (found := field.type.doubt(value, field)):
            yield Problem(found.code, found.message, place, field.key, found.level)
        for check in field.checks:
            yield from _verdict(check, values, frame, place)
    for check in ledger.checks:
        yield from _verdict(check, values, frame, place)


def _verdict(check: Check, values: Mapping[str, object], frame: Frame, place: str) -> Iterator[Problem]:
    """The rule's problem when it is broken; a rule about empty fields says nothing."""
    named = [key for key in fields_in(one for one in check.must if one.operator != "is_set") if key != PARENT]
    if any(values.get(key) is None for key in named) or not holds(check.when, values, frame):
        return
    if holds(check.must, values, frame):
        return
    message = check.message if not check.source else f"{check.message}（{check.source}）"
    key = named[0] if named else check.must[0].path
    if check.level == "explain" and not values.get(EXPLANATION):
        yield problem("record.explain", place=place, key=key, level="explain", message=message)
    elif check.level != "explain":
        yield Problem("ledger.check", message, place, key, check.level)


def stopping(problems: list[Problem]) -> list[Problem]:
    """Those that keep a record from being saved; a missing reason is asked for later, before a submission."""
    return [one for one in problems if one.level == "error"]
