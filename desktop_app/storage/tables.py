"""Tables: the fixed ones of every vault, and one per ledger built from its form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)
from sqlalchemy.types import TypeEngine

from desktop_app.schema.model import PARENT, STATE, Field, Ledger, Pack

FORMAT_MAJOR, FORMAT_MINOR = 1, 1
"""Vault format. 2026-11: 1.0, the first; 1.1: seals, users, audit, drafts. Newer minors open, newer majors do not."""
FORMAT = FORMAT_MAJOR * 1000 + FORMAT_MINOR

SEQ_BITS = 40
"""`revision.rev` is stream number and sequence in one integer: `stream << 40 | seq`."""

fixed = MetaData()

meta = Table("meta", fixed, Column("key", String, primary_key=True), Column("value", String, nullable=False))

office = Table(
    "office",
    fixed,
    Column("code", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("role", String, nullable=False),  # city | county
    Column("token", String, nullable=False, default=""),  # of the enrolment file that is out
    Column("recipient", String, nullable=False, default=""),  # age X25519 public key, empty until registered
    Column("verify_key", String, nullable=False, default=""),  # Ed25519 public key, hexadecimal
    Column("pack", Integer, nullable=False, default=0),  # parameter pack it last wrote under
    Column("number", Integer, nullable=False, default=0),  # last package it had from us before this vault
)

stream = Table(
    "stream",
    fixed,
    Column("id", Integer, primary_key=True),
    Column("office", String, nullable=False),  # author
    Column("instance", String, nullable=False),  # of the author's vault
    Column("scope", String, nullable=False),  # office that owns the records
    Column("fork", String, nullable=False, default=""),  # of a copied vault: id of its first own revision
    Column("base", Integer, nullable=False, default=0),  # sequence at which a fork left its stream
    Column("seq", Integer, nullable=False, default=0),  # last revision here
    Column("digest", LargeBinary, nullable=False),  # of that revision
    Column("sent", Integer, nullable=False, default=0),  # last one put into a package
    Column("acked", Integer, nullable=False, default=0),  # last one the other side has
    UniqueConstraint("office", "instance", "scope", "fork"),
)

reached = Table(
    "reached",
    fixed,
    Column("scope", String, primary_key=True),
    Column("copy", String, primary_key=True),  # of the other side's vault: the fork it writes in, usually empty
    Column("stream", Integer, primary_key=True),
    Column("seq", Integer, nullable=False),  # last one that copy says it has
    Column("age", Integer, nullable=False),  # packages of other copies since its last
)

seal = Table(
    "seal",
    fixed,
    Column("stream", Integer, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("signature", String, nullable=False),  # of the author over the chain up to here, hexadecimal
)

user = Table(
    "user",
    fixed,
    Column("name", String, primary_key=True),
    Column("role", String, nullable=False),
    Column("is_active", Integer, nullable=False),
)

audit = Table(
    "audit",
    fixed,
    Column("id", Integer, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("actor", String, nullable=False),
    Column("what", String, nullable=False),
    Column("detail", String, nullable=False),  # JSON, keys sorted
    Column("digest", LargeBinary, nullable=False),  # SHA-256 over the digest before and this line
)

revision = Table(
    "revision",
    fixed,
    Column("rev", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("id", String, nullable=False),
    Column("record", String, nullable=False, index=True),
    Column("body", LargeBinary, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("package", Integer),  # the package that brought it, NULL for our own
)

local_value = Table(
    "local_value",
    fixed,
    Column("record", String, primary_key=True),
    Column("field", String, primary_key=True),  # one that stays in the office
    Column("value", String, nullable=False),  # JSON
)

conflict = Table(
    "conflict",
    fixed,
    Column("record", String, primary_key=True),
    Column("field", String, primary_key=True),
    Column("ledger", String, nullable=False),
    Column("choices", String, nullable=False),  # JSON: [[revision id, value], …], the shown one first
)

held = Table(
    "held",
    fixed,
    Column("record", String, primary_key=True),
    Column("ledger", String, nullable=False),
    Column("why", String, nullable=False),  # ledger: unknown to the pack | revision: a parent has not arrived
)

retired_key = Table(
    "retired_key",
    fixed,
    Column("verify_key", String, primary_key=True),  # Ed25519 public key, hexadecimal, that signs no more
    Column("office", String, nullable=False),
    Column("at", Integer, nullable=False),  # when it was replaced, UTC milliseconds
)

attachment = Table(
    "attachment",
    fixed,
    Column("digest", String, primary_key=True),  # SHA-256 of the whole content
    Column("part", Integer, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

attachment_use = Table(
    "attachment_use",
    fixed,
    Column("rev", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),  # the revision it travels with
    Column("digest", String, primary_key=True),
)

package = Table(
    "package",
    fixed,
    Column("id", Integer, primary_key=True),
    Column("package", String, nullable=False, unique=True),  # its own id
    Column("direction", String, nullable=False),  # in | out | refused
    Column("kind", String, nullable=False),
    Column("sender", String, nullable=False),
    Column("recipient", String, nullable=False),
    Column("instance", String, nullable=False),  # of the sender's vault
    Column("number", Integer, nullable=False),
    Column("digest", String, nullable=False),  # SHA-256 of the file
    Column("at", Integer, nullable=False),
    Column("report", String, nullable=False),
    Index("package_by_office", "sender", "recipient", "number"),
)

draft = Table(
    "draft",
    fixed,
    Column("id", String, primary_key=True),
    Column("user", String, nullable=False),
    Column("ledger", String, nullable=False),
    Column("record", String, nullable=False),  # being changed; empty for a new one
    Column("title", String, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("content", String, nullable=False),  # JSON, as the form made it
)

search_mark = Table(
    "search_mark",
    fixed,
    Column("name", String, primary_key=True),  # given | indexed
    Column("n", BigInteger, nullable=False),
)

sheet_import = Table(
    "sheet_import",
    fixed,
    Column("id", Integer, primary_key=True),
    Column("at", Integer, nullable=False),
    Column("actor", String, nullable=False),
    Column("ledger", String, nullable=False),
    Column("file", String, nullable=False),  # its name, without the folder
    Column("spans", String, nullable=False),  # JSON: [[first rev, last rev], …] of what it wrote
    Column("counters", String, nullable=False),  # JSON: counter → its number before
)

report_run = Table(
    "report_run",
    fixed,
    Column("id", String, primary_key=True),
    Column("period", String, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("actor", String, nullable=False),
    Column("digest", String, nullable=False),  # over the last revision of every stream, hexadecimal
    Column("pack", Integer, nullable=False),
    Column("pack_digest", String, nullable=False),
    Column("offices", String, nullable=False),  # JSON: code → state of its declaration, undeclared or missing
    Column("figures", String, nullable=False),  # JSON: indicator → texts by office, the total under ""
)

counter = Table("counter", fixed, Column("name", String, primary_key=True), Column("n", Integer, nullable=False))

forms = Table(
    "forms",
    fixed,
    Column("version", Integer, primary_key=True),
    Column("digest", String, nullable=False),
    Column("origin", String, nullable=False),  # program | package
    Column("files", String, nullable=False),  # JSON: path → text
)

_COLUMNS: dict[str, type[TypeEngine[Any]]] = {
    "text": String,
    "integer": Integer,
    "flag": Integer,
    "json": String,
}


@dataclass(frozen=True)
class Tables:
    """The tables of all ledgers of a pack, by ledger key."""

    ledgers: dict[str, Table]
    metadata: MetaData


_last: list[tuple[Pack, Tables]] = []


def ledger_tables(pack: Pack) -> Tables:
    """The tables that the forms of a pack describe; those of the pack asked for last are kept, as the pack is."""
    for known, tables in _last:
        if known is pack:
            return tables
    metadata = MetaData()
    made = Tables({key: _ledger_table(ledger, metadata) for key, ledger in pack.ledgers.items()}, metadata)
    _last[:] = [(pack, made)]
    return made


def _ledger_table(ledger: Ledger, metadata: MetaData) -> Table:
    own = [field_column(field) for field in ledger.fields.values() if field.key not in (STATE, PARENT)]
    table = Table(
        f"ledger_{ledger.key}",
        metadata,
        Column("id", String, primary_key=True),
        Column("office", String, nullable=False),
        Column("head", String, nullable=False),  # revision id; several joined by a space after a divergence
        Column("conflicts", Integer, nullable=False, default=0),
        Column("deleted", Integer, nullable=False, default=0),
        Column("pack", Integer, nullable=False),
        Column("unknown", Integer, nullable=False, default=0),  # a revision has fields this pack does not know
        Column("state", String),
        Column("parent", String),
        Column("due_on", String),
        Column("search_doc", BigInteger),  # number in the search index; a new one when the searched values change
        *own,
    )
    Index(f"{table.name}_search", table.c.search_doc)
    if ledger.child_of:
        Index(f"{table.name}_parent", table.c.parent)
    if ledger.list.order:
        order = [table.c[key.lstrip("-")] for key in ledger.list.order]
        Index(f"{table.name}_order", table.c.deleted, *order)
    if ledger.list.period:
        Index(f"{table.name}_period", table.c[ledger.list.period])
    if ledger.workflow:
        Index(f"{table.name}_due", table.c.due_on, sqlite_where=table.c.due_on.is_not(None))
    return table


def field_column(field: Field) -> Column[object]:
    """The column of one form field."""
    return Column(field.key, _COLUMNS[field.type.column]())
