"""Reads one ledger file: fields first, then everything that speaks about fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from desktop_app.schema.derivation import in_order, sources
from desktop_app.schema.load_fields import (
    Scope,
    finish_field,
    read_checks,
    read_choices,
    read_clauses,
    read_days,
    read_fields,
    read_literal,
    system_fields,
)
from desktop_app.schema.load_indicators import read_indicators, read_windows
from desktop_app.schema.model import (
    PERMITS,
    STATE,
    Choices,
    Field,
    Frozen,
    Ledger,
    ListView,
    Mark,
    Section,
    Step,
    Workflow,
)
from desktop_app.schema.source import SourceFile, Table
from desktop_app.schema.suggest import hint

GRAMMAR = 1
"""Version of the form grammar (2026-11: the first); a pack with a higher `schema` is refused."""

COMMON_SECTION = "其他"


@dataclass
class Draft:
    """A ledger between the two passes: its fields are known, nothing else is read yet."""

    root: Table
    key: str
    label: str
    child_of: str
    states: Mapping[str, str] | None
    fields: dict[str, tuple[Field, Table]]
    common: tuple[str, ...] = ()
    system: dict[str, Field] = field(default_factory=dict)

    @property
    def names(self) -> dict[str, Field]:
        """All fields that a clause may name."""
        return {**{key: pair[0] for key, pair in self.fields.items()}, **self.system}


def draft_ledger(
    file: SourceFile,
    shared: Mapping[str, Choices],
    regions: Choices,
    common: Mapping[str, tuple[Field, Table]],
) -> Draft:
    """First pass over one ledger file."""
    root = file.root()
    key = root.text("key", required=True)
    if key != file.name.rpartition("/")[2].removesuffix(".toml"):
        root.fault("form.file_name", "key", name=key)
    if root.number("schema", required=True) > GRAMMAR:
        root.fault("form.bad_value", "schema", name="schema", value=root.data["schema"], hint="", allowed=GRAMMAR)
    own = read_choices(root, "choices")
    for name in own.keys() & shared.keys():
        root.fault("form.shadows", "choices", name=name)
    fields = read_fields(root, {**shared, **own}, regions)
    child_of = root.text("child_of")
    inherited = {} if child_of or root.flag("bare") else dict(common)
    for name in fields.keys() & inherited.keys():
        root.fault("form.shadows", "field", name=name)
    flow = root.table("workflow")
    states = flow.value("states", dict) if flow else None
    draft = Draft(root, key, root.text("label", required=True), child_of, states, {**fields, **inherited})
    draft.common = tuple(inherited)
    draft.system = system_fields(states, child_of)
    return draft


def finish_ledger(draft: Draft, drafts: Mapping[str, Draft], groups: Mapping[str, str]) -> Ledger:
    """Second pass: the whole ledger, every name checked."""
    root = draft.root
    flow = root.table("workflow")
    steps = tuple((flow.value("step", dict) or {}) if flow else ())
    scope = Scope(draft.names, {key: one.names for key, one in drafts.items()}, steps)
    if draft.child_of and draft.child_of not in drafts:
        root.fault("form.unknown_ledger", "child_of", name=draft.child_of, hint=hint(draft.child_of, drafts))
    fields = {key: finish_field(one, table, scope) for key, (one, table) in draft.fields.items()}
    derived, circle = in_order(fields)
    for one in circle:
        draft.fields[one.key][1].fault("form.bad_derive", "derive", name=one.key, detail="直接或间接依据自己")
    for one in derived:
        told = [key for key in sources(one.derive) if key in fields and fields[key].stays] if one.derive else []
        if told and not one.stays:
            draft.fields[one.key][1].fault("form.stays_derived", "derive", name=one.key, source=told[0])
    ledger = Ledger(
        key=draft.key,
        version=root.number("version", required=True),
        label=draft.label,
        group=root.one_of("group", groups),
        title=scope.template(root, "title", required=True),
        source=root.text("source"),
        fields={**fields, **draft.system},
        sections=_sections(root, draft),
        list=_list_view(root, scope),
        identity=_known(root, "identity", scope),
        match=_match(root, scope, fields),
        child_of=draft.child_of,
        workflow=_workflow(flow, scope) if flow else None,
        checks=tuple(read_checks(root.tables("checks"), scope)),
        windows=tuple(read_windows(root)),
        indicators=tuple(read_indicators(root, draft.key, scope)),
        derived=derived,
        moved=_moved(root, draft.fields),
        retention_years=root.number("retention_years"),
    )
    if ledger.retention_years and not ledger.list.period:
        root.fault("form.retention_needs_period", "retention_years")
    root.close()
    return ledger


def _known(table: Table, key: str, scope: Scope) -> str:
    name = table.text(key)
    if name:
        scope.field(table, name, key)
    return name


def _match(root: Table, scope: Scope, fields: Mapping[str, Field]) -> tuple[tuple[str, ...], ...]:
    """Lists of field keys; nothing that is worked out or kept beside the record can tell it."""
    found = []
    for one in root.value("match", list) or ():
        if not isinstance(one, list) or not one or not all(isinstance(key, str) for key in one):
            root.fault("form.wrong_type", "match", name="match", wanted="字段名列表的列表", found=repr(one))
            continue
        for key in one:
            field = scope.field(root, key, "match") and fields.get(key)
            if field and (field.derive or field.key == STATE or field.type.name == "attachments"):
                root.fault("form.bad_match", "match", name=key)
        found.append(tuple(one))
    return tuple(found)


def _sections(root: Table, draft: Draft) -> tuple[Section, ...]:
    """Tabs in the order of the file; every field stands in exactly one."""
    inside = root.table("sections", required=True)
    sections = [Section(label, inside.texts(label)) for label in inside.data] if inside else []
    if draft.common:
        sections.append(Section(COMMON_SECTION, draft.common))
    where: dict[str, str] = {}
    for section in sections:
        for key in section.fields:
            if key not in draft.fields:
                root.fault("form.unknown_field", "sections", name=key, hint=hint(key, draft.fields))
            elif key in where:
                root.fault("form.in_two_sections", "sections", name=key, first=where[key], second=section.label)
            where[key] = section.label
    for key in draft.fields.keys() - where.keys():
        draft.fields[key][1].fault("form.not_in_section", name=key)
    return tuple(sections)


def _list_view(root: Table, scope: Scope) -> ListView:
    table = root.table("list", required=True)
    if table is None:
        return ListView(())
    view = ListView(
        columns=scope.known(table, table.texts("columns", required=True), "columns"),
        filters=scope.known(table, table.texts("filters"), "filters"),
        search=scope.known(table, table.texts("search"), "search"),
        order=tuple(k for k in table.texts("order") if scope.field(table, k.lstrip("-"), "order")),
        period=_known(table, "period", scope),
        totals=scope.known(table, table.texts("totals"), "totals"),
        marks=tuple(_mark(one, scope) for one in table.tables("marks")),
    )
    table.close()
    return view


def _mark(table: Table, scope: Scope) -> Mark:
    mark = Mark(table.text("style", required=True), read_clauses(table.tables("where"), scope))
    table.close()
    return mark


def _workflow(table: Table, scope: Scope) -> Workflow:
    states = table.value("states", dict, required=True) or {}
    start = table.one_of("start", states)
    steps = {key: _step(key, one, states, scope) for key, one in table.named("step")}
    reached = _reached(start, steps)
    for name in states.keys() - reached:
        table.fault("form.state_unreachable", "states", name=name)
    frozen = table.table("frozen")
    found = Workflow(start, states, steps, _frozen(frozen, states, scope) if frozen else None)
    table.close()
    return found


def _frozen(table: Table, states: Mapping[str, str], scope: Scope) -> Frozen:
    named = table.texts("states", required=True)
    for name in named:
        if name not in states:
            table.fault("form.unknown_state", "states", name=name, hint=hint(name, states))
    fields = scope.known(table, table.texts("fields", required=True), "fields")
    frozen = Frozen(named, fields, scope.known(table, table.texts("reasoned"), "reasoned"))
    table.close()
    return frozen


def _reached(start: str, steps: Mapping[str, Step]) -> set[str]:
    """The states that steps lead to from the first one."""
    reached = {start}
    while more := {one.target for one in steps.values() if reached.intersection(one.origins)} - reached:
        reached |= more
    return reached


def _step(key: str, table: Table, states: Mapping[str, str], scope: Scope) -> Step:
    origins = table.texts("from", required=True)
    for name in origins:
        if name not in states:
            table.fault("form.unknown_state", "from", name=name, hint=hint(name, states))
    within = table.table("within")
    step = Step(
        key=key,
        label=table.text("label", required=True),
        origins=origins,
        target=table.one_of("to", states),
        sets=_sets(table, scope),
        within=read_days(within, scope) if within else None,
        by=table.one_of("by", ("city", "county")) if "by" in table.data else "",
        permit=table.one_of("permit", PERMITS) if "permit" in table.data else "enter",
    )
    if within:
        within.close()
    table.close()
    return step


def _sets(table: Table, scope: Scope) -> Mapping[str, object]:
    sets = table.value("sets", dict) or {}
    fields = {key: scope.field(table, key, "sets") for key in sets if key != STATE}
    return {key: read_literal(table, sets[key], field) for key, field in fields.items() if field}


def _moved(root: Table, fields: Mapping[str, object]) -> Mapping[str, str]:
    moved = root.value("moved", dict) or {}
    for old, new in moved.items():
        if not isinstance(new, str):
            root.fault("form.wrong_type", "moved", name=old, wanted="文字", found=repr(new))
            continue
        if new and not _is_goal(new, moved, fields):
            root.fault("form.moved_target", "moved", name=new, hint=hint(str(new), fields))
        if old in fields:
            root.fault("form.moved_in_use", "moved", name=old)
    return {old: new for old, new in moved.items() if isinstance(new, str)}


def _is_goal(name: str, moved: Mapping[str, object], fields: Mapping[str, object]) -> bool:
    """Whether old names lead to a field or to nothing, and not round in a circle."""
    seen: set[str] = set()
    while name in moved and name not in seen:
        seen.add(name)
        name = str(moved[name])
    return name in fields or not name
