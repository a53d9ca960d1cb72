"""
A clause says the same in Python and in SQL.

C01 for every field and operator, over values that are there, empty or missing
C02 through a reference, to records that are there or not
C03 clauses together are ANDed, none at all holds
"""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import sqlcipher3.dbapi2 as sqlcipher
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, create_engine, delete, select
from sqlalchemy.pool import StaticPool

from desktop_app.domain.limits import WorkCalendar
from desktop_app.schema.clauses import LISTED, ORDERED, Frame, holds
from desktop_app.schema.load import load_pack
from desktop_app.schema.model import Clause, Day, Field, Other, Pack
from desktop_app.storage.clauses import Compiler
from desktop_app.storage.rows import LedgerRows, NewRow
from desktop_app.storage.tables import ledger_tables, search_mark
from tests.helpers.desks import FILES

PACK = load_pack(FILES)
DISPUTE, EMPLOYER = PACK.ledgers["dispute"], PACK.ledgers["employer"]
IDS = [f"{n:032x}" for n in range(1, 5)]
DAYS = ["2025-03-01", "2025-03-05", "2025-06-15", "2025-12-31"]
TODAY, START, END = "2025-03-05", "2025-03-01", "2025-12-31"

VALUES: Mapping[str, st.SearchStrategy[Any]] = {
    "text": st.sampled_from(["甲", "乙", "A", "a", "1", "%", "O'Neil"]),
    "count": st.sampled_from([0, 1, 2, 5, 10**12]),
    "date": st.sampled_from(DAYS),
    "period": st.sampled_from(["2025", "2025-Q1", "2025-03"]),
    "flag": st.booleans(),
    "pair": st.sampled_from([[0, 1], [1, 2]]),
    "reference": st.sampled_from(IDS),
    "references": st.lists(st.sampled_from(IDS), unique=True, max_size=3),
    "attachments": st.just([{"digest": "0" * 64, "name": "一.txt", "n_bytes": 1}]),
}
SAME_AS = {"long_text": "text", "serial": "text", "doc_no": "text", "phone": "text", "resident_id": "text"}
SAME_AS |= {"uscc": "text", "money": "count"}


def values_of(field: Field) -> st.SearchStrategy[Any]:
    kind = field.type.name
    if field.choices:
        codes = st.sampled_from(list(field.choices.labels))
        return st.lists(codes, unique=True) if kind == "choices" else codes
    return VALUES[SAME_AS.get(kind, kind)]


def records_of(fields: Mapping[str, Field]) -> st.SearchStrategy[dict[str, Any]]:
    each = {field.key: st.none() | values_of(field) for field in fields.values() if not field.derive}
    return st.fixed_dictionaries({}, optional=each)


def operands(field: Field, operator: str) -> st.SearchStrategy[Any]:
    if operator == "is_set":
        return st.booleans()
    one = values_of(field)
    if operator == "has":
        codes = st.sampled_from(IDS if not field.choices else list(field.choices.labels))
        return st.lists(codes, max_size=2).map(tuple)
    if operator in LISTED:
        return st.lists(one, max_size=3).map(tuple)
    if operator in ORDERED:
        kin = [key for key, other in DISPUTE.fields.items() if other.type.operators == field.type.operators]
        others = st.sampled_from(kin).map(Other)
        if not field.type.day_like:
            return one | others
        named = st.builds(Day, st.sampled_from(["today", "period_start", "period_end"]), st.sampled_from([-1, 0, 1]))
        return one | others | named
    return one


def _paths() -> list[tuple[str, Field]]:
    through = [(f"employer.{key}", field) for key, field in EMPLOYER.fields.items()]
    return [*DISPUTE.fields.items(), *through]


PATHS = [(path, field, operator) for path, field in _paths() for operator in sorted(field.type.operators)]


@st.composite
def clauses(draw: st.DrawFn) -> Clause:
    path, field, operator = draw(st.sampled_from(PATHS))
    return Clause(path, operator, draw(operands(field, operator)))


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    made = create_engine("sqlite://", module=sqlcipher, poolclass=StaticPool)
    search_mark.create(made)
    ledger_tables(PACK).metadata.create_all(made)
    yield made
    made.dispose()


class Both:
    """Records in tables and in memory, asked the same question."""

    def __init__(self, connection: Connection, pack: Pack) -> None:
        built = ledger_tables(pack).ledgers
        calendar = WorkCalendar({})
        self.rows = {key: LedgerRows(pack.ledgers[key], table, calendar) for key, table in built.items()}
        self.connection = connection
        self.records: dict[str, dict[str, Mapping[str, object]]] = {}

    def put(self, ledger: str, records: Mapping[str, Mapping[str, object]]) -> None:
        rows = self.rows[ledger]
        self.connection.execute(delete(rows.table))
        rows.put(self.connection, [NewRow(key, "620402", "h", 1, values) for key, values in records.items()])
        loaded = rows.load(self.connection, list(records))
        self.records[ledger] = {key: one.values for key, one in loaded.items()}

    def frame(self) -> Frame:
        fields = DISPUTE.fields
        return Frame(TODAY, START, END, lambda key, id_: self.records[fields[key].ledger].get(id_))

    def in_python(self, asked: list[Clause]) -> set[str]:
        frame = self.frame()
        return {key for key, values in self.records["dispute"].items() if holds(asked, values, frame)}

    def in_sql(self, asked: list[Clause]) -> set[str]:
        table = self.rows["dispute"].table
        compiler = Compiler(DISPUTE, table, {key: one.table for key, one in self.rows.items()}, self.frame())
        return set(self.connection.execute(select(table.c.id).where(compiler.where(asked))).scalars())


EMPLOYERS = st.dictionaries(st.sampled_from(IDS[:3]), records_of(EMPLOYER.fields), min_size=1)
DISPUTES = st.lists(records_of(DISPUTE.fields), min_size=1, max_size=8)


@given(EMPLOYERS, DISPUTES, st.lists(clauses(), max_size=3))
def test_c01_c03_python_and_sql_agree__ok(
    engine: Engine, employers: dict[str, Any], disputes: list[dict[str, Any]], asked: list[Clause]
) -> None:
    with engine.begin() as connection:
        both = Both(connection, PACK)
        both.put("employer", employers)
        both.put("dispute", {f"{n:032d}": values for n, values in enumerate(disputes)})
        assert both.in_sql(asked) == both.in_python(asked)


@pytest.mark.parametrize(("path", "operator"), [(path, operator) for path, _, operator in PATHS])
def test_c01_each_operator_on_each_field__ok(engine: Engine, path: str, operator: str) -> None:
    """Each pair by itself, on records with every value of the pool, so that none is left to chance."""
    field = next(one for key, one in _paths() if key == path)
    pool, asked_for = _some(values_of(field)), _some(operands(field, operator))
    holder: list[dict[str, Any]] = [{"employer": IDS[0]}, {}, {"employer": IDS[3]}]
    with engine.begin() as connection:
        both = Both(connection, PACK)
        for value in [*pool, None]:
            is_inner = path.startswith("employer.")
            both.put("employer", {IDS[0]: {path.partition(".")[2]: value} if is_inner else {}})
            own = holder if is_inner or field.derive else [{path: value}]
            both.put("dispute", {f"{n:032d}": values for n, values in enumerate(own)})
            for operand in asked_for:
                asked = [Clause(path, operator, operand)]
                assert both.in_sql(asked) == both.in_python(asked), (value, operand)


def _some(strategy: st.SearchStrategy[Any]) -> list[Any]:
    """A fixed handful of values of a strategy."""
    found: list[Any] = []

    @settings(max_examples=20, derandomize=True)
    @given(strategy)
    def collect(value: Any) -> None:
        if value not in found and len(found) < 6:
            found.append(value)

    collect()
    return found


@pytest.mark.parametrize(
    ("clause", "wanted"),
    [
        (Clause("n_people", "min", 5), {"b"}),
        (Clause("is_urgent", "is", False), {"b", "c"}),
        (Clause("topic", "not_in", ("wages",)), {"b", "c"}),
        (Clause("topic", "is_set", False), {"c"}),
        (Clause("partners", "has", ("court", "justice")), {"a"}),
        (Clause("heard_on", "not_after", Day("today")), {"a"}),
        (Clause("n_settled", "max", Other("n_people")), {"a"}),
        (Clause("employer.name", "is", "甲"), {"a"}),
        (Clause("employer.name", "is_set", False), {"b", "c"}),
        (Clause("employer.kinds", "has", ("bureau",)), {"a"}),
    ],
    ids=lambda value: "".join(sorted(value)) if isinstance(value, set) else str(value),
)
def test_c02_known_answers__ok(engine: Engine, clause: Clause, wanted: set[str]) -> None:
    """Agreement alone would also be had by two answers that are both wrong."""
    with engine.begin() as connection:
        both = Both(connection, PACK)
        both.put("employer", {IDS[0]: {"name": "甲", "kinds": ["bureau"]}, IDS[1]: {"name": "乙", "kinds": ["court"]}})
        a = {"n_people": 2, "n_settled": 1, "is_urgent": True, "topic": "wages", "employer": IDS[0]}
        a |= {"partners": ["justice"], "heard_on": TODAY}
        b = {"n_people": 5, "n_settled": 6, "topic": "injury", "heard_on": "2025-03-06", "employer": IDS[3]}
        both.put("dispute", {"a": a, "b": {**b, "partners": ["bureau"]}, "c": {"is_urgent": False}})
        assert both.in_sql([clause]) == both.in_python([clause]) == wanted
