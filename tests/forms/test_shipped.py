"""
Every ledger that is shipped keeps what the forms promise.

M01 the pack loads; every ledger of design section 4 and every figure of domain.md section 7 is declared
M02 every option, state and step can be reached
M03 a record with nothing but what is required can be saved, and one with everything can be named
M04 every legal number says where it comes from; 甘肃省 is named only for the two statutes that were seen
M05 a label names one field, and a value is printed so that it reads back
"""

import re
import string
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.base.paths import forms_dir
from desktop_app.domain.derive import derived_values
from desktop_app.domain.limits import WorkCalendar
from desktop_app.domain.titles import fill_template
from desktop_app.domain.validate import read_values, stopping, validate, with_defaults
from desktop_app.schema.clauses import Frame, holds
from desktop_app.schema.load import load_pack, read_files
from desktop_app.schema.model import PARENT, STATE, Field, Ledger
from desktop_app.schema.types import show_value

FILES = read_files(forms_dir())
PACK = load_pack(FILES)
LEDGERS = list(PACK.ledgers.values())
CALENDAR = WorkCalendar(PACK.holidays)
TODAY = "2025-06-15"
FRAME = Frame(TODAY, "2025-01-01", "2025-12-31")
RECORD_ID = "0" * 31 + "1"

DESIGN_LEDGERS = """
risk incident governance_center outreach publicity consultation legal_team legal_aid supervision_org supervisor letter
rectification mediation mediation_center mediator training contract bargaining_season democracy petition drug_campaign
employer honor policy_document
"""
DOMAIN_INDICATORS = """
zz_counties_stationed zz_station_rate risk_events_screened emergency_response_count sudden_incident_count
honor_pingan_2024
doc_pufa_points doc_pufa_list legal_team_formed checkup_sessions checkup_beneficiaries lecture_sessions lecture_audience
consult_person_times aid_cases_handled recovered_amount brochures_distributed leaflets_distributed pufa_nodes_covered
law_quiz_participation honor_law_quiz
lls_org_count lls_supervisor_count lls_online_trained letters_tip letters_opinion_suggest letters_overdue rectify_rate
mediator_training_persons mediator_training_classes onestop_center_count onestop_partners mediation_success
yaoyue_window yaoyue_theme yaoyue_partners yaoyue_coverage yaoyue_cc_enterprises yaoyue_wage_cc yaoyue_nef_cc
yaoyue_workers yaoyue_nef_workers cc_sign_rate cc_enterprises_yearend cc_uploaded cc_workers_yearend soe_zdh_rate
soe_cwgk_rate soe_zgds_rate honor_cc_contest
petition_closed_rate petition_reply_rate petition_total drug_events honor_drug_2024 drug_commended_units
"""
UNITS = {  # domain.md section 7 prints these in other units than 个 or 人
    "recovered_amount": "万元",
    "consult_person_times": "人次",
    "zz_station_rate": "%",
    "cc_sign_rate": "%",
    "soe_zgds_rate": "%",
    "letters_tip": "份",
    "brochures_distributed": "本",
}
SEEN_STATUTES = ("甘肃省集体合同条例", "甘肃省厂务公开条例")

every_ledger = pytest.mark.parametrize("ledger", LEDGERS, ids=[one.key for one in LEDGERS])


def strings(value: object, at: str = "") -> Iterator[tuple[str, str]]:
    """Every text in TOML data, keys among them, with its path."""
    if isinstance(value, str):
        yield at, value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield at, key
            yield from strings(one, f"{at}.{key}")
    elif isinstance(value, list):
        for n, one in enumerate(value):
            yield from strings(one, f"{at}[{n}]")


def tables(value: object, outside: tuple[Mapping[str, Any], ...] = ()) -> Iterator[tuple[Mapping[str, Any], ...]]:
    """Every table in TOML data, innermost first, with the tables around it."""
    if isinstance(value, dict):
        yield (value, *outside)
        for one in value.values():
            yield from tables(one, (value, *outside))
    elif isinstance(value, list):
        for one in value:
            yield from tables(one, outside)


# --- M01 ------------------------------------------------------------------------------------------


def test_m01_ledgers_of_the_design() -> None:
    assert set(DESIGN_LEDGERS.split()) <= PACK.ledgers.keys()


def test_m01_every_file_is_a_ledger() -> None:
    named = {name.removeprefix("ledgers/").removesuffix(".toml") for name in FILES if name.startswith("ledgers/")}
    assert named == PACK.ledgers.keys()


@pytest.mark.parametrize("key", DOMAIN_INDICATORS.split())
def test_m01_indicator_of_domain_md(key: str) -> None:
    assert key in PACK.indicators
    assert PACK.indicators[key].listed
    assert PACK.indicators[key].unit == UNITS.get(key, PACK.indicators[key].unit)


def test_m01_seven_parts_of_the_yearly_text() -> None:
    parts = [one.heading for one in PACK.narratives["annual"].paragraphs if one.heading]
    assert [heading[:2] for heading in parts] == ["一、", "二、", "三、", "四、", "五、", "六、", "七、"]


@every_ledger
def test_m01_group_and_source(ledger: Ledger) -> None:
    assert ledger.group in PACK.groups
    assert ledger.source


@every_ledger
def test_m01_parent_shows_its_children(ledger: Ledger) -> None:
    if ledger.child_of:
        parent = PACK.ledgers[ledger.child_of]
        assert ledger in PACK.children(parent.key)
        assert not parent.child_of, "a child's child has no page of its own"
        assert ledger.group == parent.group


# --- M02 ------------------------------------------------------------------------------------------


def _own_and_shared_lists() -> Iterator[tuple[str, str, Mapping[str, str]]]:
    for name, text in FILES.items():
        lists = tomllib.loads(text).get("choices", {})
        yield from ((name, key, labels) for key, labels in lists.items())


LISTS = list(_own_and_shared_lists())


@pytest.mark.parametrize(("file", "key", "labels"), LISTS, ids=[f"{file}:{key}" for file, key, _ in LISTS])
def test_m02_list_of_options_is_used(file: str, key: str, labels: Mapping[str, str]) -> None:
    ledgers = LEDGERS if not file.startswith("ledgers/") else [PACK.ledgers[tomllib.loads(FILES[file])["key"]]]
    users = [
        field
        for ledger in ledgers
        for field in ledger.fields.values()
        if field.choices and (field.choices.key, field.choices.labels) == (key, labels)
    ]
    assert users


@every_ledger
def test_m02_option_is_reached_by_its_label_and_its_code(ledger: Ledger) -> None:
    for field in ledger.entered:
        if field.choices and field.key != STATE:
            assert field.choices.labels
            for code, label in field.choices.labels.items():
                wanted = [code] if field.type.name == "choices" else code
                assert field.type.parse(label, field) == wanted, f"{field.key}: {label}"
                assert field.type.parse(code, field) == wanted, f"{field.key}: {code}"


@every_ledger
def test_m02_option_of_several_survives_a_list(ledger: Ledger) -> None:
    """A list of options is printed with “、” and read back by it."""
    for field in ledger.entered:
        if field.type.name == "choices":
            assert field.choices
            codes = list(field.choices.labels)
            assert field.type.parse(show_value(codes, field), field) == codes


@every_ledger
def test_m02_states_and_steps(ledger: Ledger) -> None:
    flow = ledger.workflow
    if flow is None:
        return
    reached = {flow.start}
    while new := {one.target for one in flow.steps.values() if reached & set(one.origins)} - reached:
        reached |= new
    assert reached == set(flow.states)
    for step in flow.steps.values():
        assert step.origins
        assert set(step.origins) <= reached
    labels = [step.label for step in flow.steps.values()]
    assert len(set(labels)) == len(labels)


@every_ledger
def test_m02_value_set_by_a_step_can_be_read(ledger: Ledger) -> None:
    for step in ledger.workflow.steps.values() if ledger.workflow else ():
        for key, value in step.sets.items():
            field = ledger.fields[key]
            assert not field.derive
            if not (value == "today" and field.type.day_like):
                assert field.type.parse(value, field) == value


@every_ledger
def test_m02_field_needed_by_a_step_can_be_filled_in(ledger: Ledger) -> None:
    for field in ledger.fields.values():
        if field.required_by:
            assert ledger.workflow
            assert set(field.required_by) <= ledger.workflow.steps.keys()
            assert not field.derive


# --- M03 ------------------------------------------------------------------------------------------

_SMALLEST: Mapping[str, object] = {
    "text": "某某",
    "long_text": "某事",
    "serial": "XX2025-00001",
    "count": 1,
    "money": 100,
    "pair": [1, 2],
    "date": "2025-03-05",
    "period": "2025",
    "flag": False,
    "uscc": "91110000101623741K",
    "resident_id": "11010519491231002X",
    "phone": "13800000000",
    "reference": RECORD_ID,
    "references": [RECORD_ID],
    "doc_no": "白区工监提〔2025〕1号",
    "attachments": [{"digest": "0" * 64, "name": "一.pdf", "n_bytes": 1}],
}


def smallest(field: Field) -> object:
    if field.choices:
        first = next(iter(field.choices.labels))
        return [first] if field.type.name == "choices" else first
    return _SMALLEST[field.type.name]


def minimal(ledger: Ledger, given: Mapping[str, object] | None = None, step: str = "") -> dict[str, object]:
    """A record of what is required and shown, and nothing else; filled in by the order of the form."""
    values = with_defaults(ledger, given or {}, FRAME)
    if ledger.workflow:
        values.setdefault(STATE, ledger.workflow.start)
    while missing := [
        one
        for one in ledger.entered
        if (one.required or step in one.required_by)
        and values.get(one.key) is None
        and holds(one.show_if, values, FRAME)
    ]:
        values[missing[0].key] = smallest(missing[0])
    return values | derived_values(ledger, values, CALENDAR)


def errors(ledger: Ledger, values: Mapping[str, object], step: str = "") -> list[str]:
    return [str(one) for one in stopping(validate(ledger, values, FRAME, step=step))]


def mended(ledger: Ledger, values: Mapping[str, object], step: str = "") -> dict[str, object]:
    """The record with what its rules ask for beside what is required, such as the day of a result."""
    broken = stopping(validate(ledger, values, FRAME, step=step))
    assert {one.code for one in broken} <= {"ledger.check"}, list(map(str, broken))
    return {**values, **{one.key: smallest(ledger.fields[one.key]) for one in broken}}


@every_ledger
def test_m03_minimal_record_is_saved(ledger: Ledger) -> None:
    assert errors(ledger, minimal(ledger)) == []


@every_ledger
def test_m03_minimal_record_reads_back_as_typed(ledger: Ledger) -> None:
    values = minimal(ledger)
    typed = {
        field.label: values[field.key]
        if field.ledger or field.type.name == "attachments"
        else show_value(values[field.key], field)
        for field in ledger.entered
        if field.key != STATE and values.get(field.key) is not None
    }
    again, problems = read_values(ledger, typed)
    assert [str(one) for one in problems] == []
    assert again == {key: one for key, one in values.items() if key in again}
    assert len(again) == len(typed)


@every_ledger
def test_m03_every_option_leaves_a_record_that_can_be_saved(ledger: Ledger) -> None:
    for field in ledger.entered:
        if field.type.name in ("choice", "flag") and field.key != STATE:
            options: list[object] = list(field.choices.labels) if field.choices else [True, False]
            for option in options:
                values = minimal(ledger, {field.key: option})
                assert errors(ledger, mended(ledger, values)) == [], f"{field.key} = {option}"


@every_ledger
def test_m03_every_step_can_be_taken(ledger: Ledger) -> None:
    for step in ledger.workflow.steps.values() if ledger.workflow else ():
        for origin in step.origins:
            sets = {key: TODAY if value == "today" else value for key, value in step.sets.items()}
            values = minimal(ledger, {**sets, STATE: origin}, step.key)
            after = mended(ledger, values | {STATE: step.target}, step.key)
            assert errors(ledger, after, step.key) == [], f"{step.key} from {origin}"


_WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=12).filter(str.strip)


def _any_value(field: Field) -> st.SearchStrategy[Any]:
    if field.choices:
        codes = st.sampled_from(list(field.choices.labels))
        return st.lists(codes, min_size=1, unique=True) if field.type.name == "choices" else codes
    plain = _WORDS | st.just("{name} {0} {")
    of_type: Mapping[str, st.SearchStrategy[Any]] = {
        "text": plain,
        "long_text": plain,
        "count": st.integers(0, 10**12),
        "money": st.integers(0, 10**12),
        "flag": st.booleans(),
    }
    return of_type.get(field.type.name, st.just(smallest(field)))


def templates(ledger: Ledger) -> list[str]:
    return [ledger.title, *(one.shows for one in ledger.indicators if one.shows)]


@every_ledger
def test_m03_places_of_templates_are_fields(ledger: Ledger) -> None:
    for template in templates(ledger):
        for _, name, form, conversion in string.Formatter().parse(template):
            assert name is None or (name in ledger.fields and not form and not conversion), template


@every_ledger
@given(data=st.data())
def test_m03_every_record_can_be_named(ledger: Ledger, data: st.DataObject) -> None:
    entered = {field.key: st.none() | _any_value(field) for field in ledger.entered}
    values: dict[str, object] = data.draw(st.fixed_dictionaries({}, optional=entered))
    values |= derived_values(ledger, values, CALENDAR)
    for template in templates(ledger):
        text = fill_template(template, ledger, values, {RECORD_ID: "某单位"})
        assert "\n" not in text
        assert RECORD_ID not in text
        for field in ledger.fields.values():
            whole = values.get(field.key)
            if field.private and isinstance(whole, str) and len(whole) > 8 and f"{{{field.key}}}" in template:
                assert whole not in text


@every_ledger
def test_m03_minimal_record_has_a_title(ledger: Ledger) -> None:
    assert fill_template(ledger.title, ledger, minimal(ledger), {RECORD_ID: "某单位"})


# --- M04 ------------------------------------------------------------------------------------------

LEDGER_FILES = [name for name in FILES if name.startswith("ledgers/")]
_NO_STATUTE = re.compile(r"(domain|design)\.md")


def _is_source(text: object) -> bool:
    """A statute, or the plain word that it is only suggested; our own notes are neither."""
    return isinstance(text, str) and bool(text) and not _NO_STATUTE.search(text)


@pytest.mark.parametrize("name", LEDGER_FILES)
def test_m04_number_of_days_says_where_it_comes_from(name: str) -> None:
    found = [around for around in tables(tomllib.loads(FILES[name])) if isinstance(around[0].get("add_days"), int)]
    for around in found:
        assert _is_source(around[0].get("source")) or _is_source(around[1].get("source")), around[0]


@every_ledger
def test_m04_default_of_a_limit_says_where_it_comes_from(ledger: Ledger) -> None:
    limits = [one.derive for one in ledger.derived] + [
        one.within for one in (ledger.workflow.steps.values() if ledger.workflow else ())
    ]
    for rule in limits:
        days = getattr(rule, "days", None)
        if isinstance(days, str) and ledger.fields[days].default is not None:
            assert _is_source(ledger.fields[days].source), days


@every_ledger
def test_m04_bound_in_days_or_people_says_where_it_comes_from(ledger: Ledger) -> None:
    """A rule of level error that compares a field with a number of its own is law, not arithmetic."""
    rules = [*ledger.checks, *(check for field in ledger.fields.values() for check in field.checks)]
    for check in rules:
        numbers = [one for one in check.must if one.operator in ("min", "max") and isinstance(one.operand, int)]
        if numbers and check.level == "error":
            assert _is_source(check.source), check.key


@pytest.mark.parametrize("name", FILES)
def test_m04_gansu_is_named_for_seen_statutes_only(name: str) -> None:
    for at, text in strings(tomllib.loads(FILES[name])):
        rest = text
        for statute in SEEN_STATUTES:
            rest = rest.replace(statute, "")
        assert "甘肃" not in rest, f"{at}: {text}"


# --- M05 ------------------------------------------------------------------------------------------


@every_ledger
def test_m05_label_names_one_field(ledger: Ledger) -> None:
    labels = [field.label for field in ledger.fields.values()]
    assert sorted({one for one in labels if labels.count(one) > 1}) == []


@every_ledger
def test_m05_label_is_no_other_fields_key(ledger: Ledger) -> None:
    assert not {field.label for field in ledger.fields.values()} & ledger.fields.keys()


def test_m05_labels_of_ledgers_and_indicators() -> None:
    ledgers = [one.label for one in LEDGERS]
    indicators = [one.label for one in PACK.indicators.values()]
    assert sorted({one for one in ledgers if ledgers.count(one) > 1}) == []
    assert sorted({one for one in indicators if indicators.count(one) > 1}) == []


@every_ledger
def test_m05_serial_pattern_can_be_filled(ledger: Ledger) -> None:
    for field in ledger.fields.values():
        if field.type.name == "serial":
            numbers = {field.pattern.format(year=2025, n=n) for n in (1, 2, 123_456)}
            assert len(numbers) == 3
            assert field.pattern.format(year=2026, n=1) not in numbers


@every_ledger
def test_m05_columns_and_totals_can_be_shown(ledger: Ledger) -> None:
    assert ledger.list.columns
    for key in ledger.list.totals:
        assert ledger.fields[key].type.name in ("count", "money"), key
    if ledger.list.period:
        assert ledger.fields[ledger.list.period].type.name in ("date", "period")
    assert PARENT not in ledger.list.columns
    assert not any(ledger.fields[key].private and ledger.fields[key].stays for key in ledger.list.columns)
