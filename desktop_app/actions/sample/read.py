"""
The grammar of a scenario: which records a sample year has, said in totals and rules instead of rows.

    seed = 2025
    year = 2025
    fill = ["handler"]                          optional fields filled wherever a ledger has them
    [[office]]   code, name, role, short, share (its part of an `n` given as one number), handlers
    [[batch]]    ledger, and how many rows:
        n = 40 | { "620402" = 12, … }           over the offices by share, or for each office
        per = { employer = "season" }           one row for each record of a pool, which the field refers to;
                                                with n only so many of them; chunk = 4 refers to four in one
                                                row; times = 2 makes two rows for each
        pools = ["season"]                      names under which later batches find these rows, beside the
                                                ledger's own; { from = "season", where = { field = value } }
                                                stands for a part of a pool
      what stands in the fields, each kind of rule a table of field = …:
        set = value                             mix = [[value, n], …] exactly so many rows each
        draw = [values]                         cycle = [values] in turn
        between = [low, high]                   spread = total | { total, low, high } adds up exactly
        dates = [first, last]                   after = [field, low, high] days later, maybe negative
        refs = pool                             take = "reference.field", summed over several references
        part = [field, low, high] per cent      a reference named `_so` is remembered and not entered
        text = template | [templates]           { field } { reference.field } { office } { n } or a word list
      fill = [fields]                           optional fields to be filled plausibly
      steps = ["accept", ["close", fields…]]    steps taken, and fields that are entered with them

A field that is required and not named gets a plausible value (`sample.values`). `words` holds the word
lists (`sample.words`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from desktop_app.actions.sample.columns import Always, Between, Column, Cycle, Dates, Draw, Mix, Spread
from desktop_app.actions.sample.plan import (
    ASIDE,
    After,
    BatchPlan,
    CellRule,
    Part,
    SampleOffice,
    Scenario,
    ScenarioInvalid,
    Take,
    Text,
    Use,
)
from desktop_app.base.errors import Problem
from desktop_app.schema.model import Field, Pack
from desktop_app.schema.source import SourceFile, Table
from desktop_app.schema.suggest import hint
from desktop_app.schema.types import ValueFault, parse_value

RULES = ("set", "mix", "draw", "cycle", "between", "spread", "dates", "refs", "take", "part", "after", "text")
_MOST = 10**12
_GRAINS = (1_000_000, 100_000, 10_000, 1_000, 100)
"""Amounts of money are invented in round figures where the total allows: 10,000 yuan down to 1 yuan, in fen."""


def read_scenario(data: Mapping[str, Any], pack: Pack) -> Scenario:
    """
    The scenario these tables say.

    Raises:
        ScenarioInvalid: With every fault of every batch.
    """
    faults: list[Problem] = []
    root = Table(SourceFile("场景", "", faults), data, ())
    offices = read_offices(root)
    tables = root.tables("batch")
    names = _batch_names([one.data for one in tables])
    known: set[str] = set()
    batches = [
        _BatchReader(Table(SourceFile(name, "", faults), one.data, ()), offices, pack, known).read()
        for name, one in zip(names, tables, strict=True)
    ]
    scenario = Scenario(
        seed=root.number("seed", required=True),
        year=root.number("year", required=True),
        offices=offices,
        fill=root.texts("fill"),
        words=root.value("words", dict, required=True) or {},
        batches=tuple(one for one in batches if one),
    )
    root.close()
    if faults:
        raise ScenarioInvalid("record.invalid", faults)
    return scenario


def _batch_names(batches: Sequence[Mapping[str, Any]]) -> list[str]:
    """`employer/season`, `employer/season 2`: does not change when other batches come and go."""
    seen: Counter[str] = Counter()
    names = []
    for one in batches:
        pools = one.get("pools")
        name = "/".join(map(str, [one.get("ledger"), *(pools if isinstance(pools, list) else [])]))
        seen[name] += 1
        names.append(f"场景 {name} {seen[name]}" if seen[name] > 1 else f"场景 {name}")
    return names


def read_offices(root: Table) -> tuple[SampleOffice, ...]:
    """`[[office]]`."""
    found = []
    for one in root.tables("office"):
        role = one.one_of("role", ("city", "county"))
        code, name = one.text("code", required=True), one.text("name", required=True)
        share = one.number("share", 0 if role == "city" else 1)
        found.append(SampleOffice(code, name, role, one.text("short") or name, share, one.texts("handlers")))
        one.close()
    if not found:
        root.fault("form.missing_key", name="office")
    return tuple(found)


class _BatchReader:
    """
    Reads one `[[batch]]`.

    Args:
        known: Pools of the batches before it; its own are added.
    """

    def __init__(self, table: Table, offices: tuple[SampleOffice, ...], pack: Pack, known: set[str]) -> None:
        self._table = table
        self._offices = offices
        self._pack = pack
        self._known = known
        self._columns: dict[str, Column] = {}
        self._cells: dict[str, CellRule] = {}

    def read(self) -> BatchPlan | None:
        """The plan, None when its ledger is not known."""
        table = self._table
        key = table.text("ledger", required=True)
        ledger = self._pack.ledgers.get(key)
        if ledger is None:
            table.fault("form.unknown_ledger", name=key, hint=hint(key, self._pack.ledgers))
            return None
        self._ledger = ledger
        for rule in RULES:
            self._read_rules(rule)
        steps = dict(self._steps())
        plan = BatchPlan(
            name=table.file.name,
            ledger=ledger,
            pools=(key, *table.texts("pools")),
            n=self._numbers(),
            per=self._per(),
            chunk=table.number("chunk", 1),
            times=table.number("times", 1),
            columns=self._columns,
            cells=self._cells,
            fill=tuple(name for name in table.texts("fill") if self._field(table, name)),
            steps=tuple(ledger.workflow.steps[one] for one in steps) if ledger.workflow else (),
            late=steps,
        )
        if plan.n is None and plan.per is None:
            table.fault("form.missing_key", name="n")
        table.close()
        self._known.update(plan.pools)
        return plan

    def _field(self, table: Table, name: str) -> Field | None:
        found = ASIDE if name.startswith("_") else self._ledger.fields.get(name)
        if found is None or found.derive:
            table.fault("form.unknown_field", name, name=name, hint=hint(name, self._ledger.fields))
            return None
        return found

    def _numbers(self) -> Mapping[str, int] | None:
        """Rows for each office; one number is split by the offices' shares."""
        raw = self._table.any("n")
        if raw is None:
            return None
        codes = {one.code: one.share for one in self._offices}
        if isinstance(raw, dict) and all(type(one) is int and one >= 0 for one in raw.values()):
            for code in raw.keys() - codes.keys():
                self._table.fault(
                    "form.bad_value", "n", name="n", value=code, hint=hint(code, codes), allowed="、".join(codes)
                )
            return {code: int(raw.get(code, 0)) for code in codes}
        if type(raw) is int and raw >= 0 and any(codes.values()):
            return share_out(raw, codes)
        self._table.fault("form.wrong_type", "n", name="n", wanted="整数，或 单位代码 = 整数 的表", found=repr(raw))
        return {}

    def _per(self) -> tuple[str, Use] | None:
        inside = self._table.table("per")
        if inside is None:
            return None
        for name in inside.data:
            if self._field(inside, name) and (use := self._use(inside, name)):
                return name, use
        return None

    def _steps(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Steps in the order they are taken, each from the state the one before led to."""
        flow = self._ledger.workflow
        state = flow.start if flow else ""
        known = flow.steps if flow else {}
        for raw in self._table.value("steps", list) or []:
            key, *late = raw if isinstance(raw, list) and raw else [raw]
            if not isinstance(key, str) or key not in known:
                self._table.fault("form.unknown_step", "steps", name=key, hint=hint(str(key), known))
            elif state not in known[key].origins:
                allowed = "、".join(known[key].origins)
                self._table.fault("form.bad_value", "steps", name=key, value=state, hint="", allowed=allowed)
            else:
                state = known[key].target
                yield key, tuple(name for name in late if self._field(self._table, str(name)))

    def _use(self, table: Table, name: str) -> Use | None:
        """A pool by its name, or `{ from, where }`."""
        use = None
        if isinstance(table.any(name), str):
            use = Use(table.text(name))
        elif inside := table.table(name):
            use = Use(inside.text("from", required=True), inside.value("where", dict) or {})
            inside.close()
        if use and use.pool not in self._known:
            near, allowed = hint(use.pool, self._known), "、".join(self._known)
            table.fault("form.bad_value", name, name=name, value=use.pool, hint=near, allowed=allowed)
        return use

    def _read_rules(self, rule: str) -> None:
        inside = self._table.table(rule)
        for name in inside.data if inside else ():
            assert inside is not None
            field = self._field(inside, name)
            if field is None:
                continue
            if name in self._columns or name in self._cells:
                inside.fault("form.shadows", name, name=name)
            try:
                found = self._rule(rule, inside, name, field)
            except ValueFault as fault:
                inside.fault("form.clause_value", name, value=inside.data[name], name=name, detail=fault)
                continue
            except (TypeError, ValueError, KeyError):
                inside.fault(
                    "form.bad_value", name, name=name, value=inside.data[name], hint="", allowed=f"{rule} 的写法"
                )
                continue
            if isinstance(found, CellRule):
                self._cells[name] = found
            elif found is not None:
                self._columns[name] = found

    def _rule(self, rule: str, table: Table, name: str, field: Field) -> Column | CellRule | None:
        raw: Any = table.any(name)
        read: dict[str, Callable[[], Column | CellRule | None]] = {
            "set": lambda: Always(parse_value(raw, field)),
            "mix": lambda: Mix(tuple((parse_value(value, field), int(n)) for value, n in raw)),
            "draw": lambda: Draw(_some([parse_value(one, field) for one in raw])),
            "cycle": lambda: Cycle(_some([parse_value(one, field) for one in raw])),
            "between": lambda: Between(*map(int, raw)),
            "spread": lambda: _spread(raw, field),
            "dates": lambda: Dates(*map(date.fromisoformat, raw)),
            "refs": lambda: self._use(table, name),
            "take": lambda: Take(str(raw)),
            "part": lambda: Part(str(raw[0]), int(raw[1]), int(raw[2])),
            "after": lambda: After(str(raw[0]), int(raw[1]), int(raw[2])),
            "text": lambda: Text(_some([raw] if isinstance(raw, str) else list(raw))),
        }
        return read[rule]()


def _some(values: list[Any]) -> tuple[Any, ...]:
    if not values:
        raise ValueError("empty")
    return tuple(values)


def _spread(raw: Any, field: Field) -> Spread:
    table = raw if isinstance(raw, dict) else {"total": raw}
    if table.keys() - {"total", "low", "high"}:
        raise KeyError
    total, low, high = (parse_value(table[key], field) if key in table else None for key in ("total", "low", "high"))
    assert isinstance(total, int)
    low, high = (1 if low is None else low), (_MOST if high is None else high)
    assert isinstance(low, int)
    assert isinstance(high, int)
    return Spread(total, low, high, _GRAINS if field.type.name == "money" else ())


def share_out(total: int, shares: Mapping[str, int]) -> dict[str, int]:
    """A number split by shares: whole parts first, what is left to the largest remainders."""
    whole = sum(shares.values())
    parts = {code: total * share // whole for code, share in shares.items()}
    order = sorted(shares, key=lambda code: -(total * shares[code] % whole))
    for code in order[: total - sum(parts.values())]:
        parts[code] += 1
    return parts
