"""The log of packages that came and went, and the offices they are exchanged with."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, or_, select, update

from desktop_app.domain.naming import package_name
from desktop_app.storage import tables


@dataclass(frozen=True, slots=True)
class Office:
    """
    An office as this vault knows it.

    Attributes:
        token: Of the enrolment that has not been answered yet.
        recipient, verify_key: Its public keys; empty until it has registered.
        number: Of the last package it had from this office before this vault was made.
    """

    code: str
    name: str
    role: str
    token: str = ""
    recipient: str = ""
    verify_key: str = ""
    pack: int = 0
    number: int = 0

    @property
    def is_paired(self) -> bool:
        """Whether its keys are known."""
        return bool(self.recipient)


@dataclass(frozen=True, slots=True)
class Logged:
    """One package as logged; `digest` is SHA-256 of the file, `at` UTC milliseconds of the import or export."""

    id: int
    package: str
    direction: str
    kind: str
    sender: str
    recipient: str
    instance: str
    number: int
    digest: str
    at: int
    report: str

    @property
    def name(self) -> str:
        """As its file is called."""
        return package_name(self.kind, self.sender, self.recipient, self.number)


def offices(connection: Connection) -> list[Office]:
    """All offices, the city first, then by code."""
    o = tables.office.c
    return [Office(*row) for row in connection.execute(select(tables.office).order_by(o.role != "city", o.code))]


def find_office(connection: Connection, code: str) -> Office | None:
    """The office with this code."""
    row = connection.execute(select(tables.office).where(tables.office.c.code == code)).first()
    return None if row is None else Office(*row)


def put_office(connection: Connection, office: Office) -> None:
    """Adds an office or replaces what is known of it."""
    values = {name: getattr(office, name) for name in Office.__slots__}
    connection.execute(insert(tables.office).prefix_with("OR REPLACE"), values)


def retire_key(connection: Connection, office: Office, at: int) -> None:
    """The office's present key signs no more from now on."""
    row = {"verify_key": office.verify_key, "office": office.code, "at": at}
    connection.execute(insert(tables.retired_key).prefix_with("OR REPLACE"), row)


def retired_keys(connection: Connection) -> set[str]:
    """Keys that sign no more."""
    return set(connection.execute(select(tables.retired_key.c.verify_key)).scalars())


def next_package(connection: Connection, sender: str, recipient: str) -> tuple[int, str]:
    """Number of the next package of this pair, and the digest of the file before it."""
    p = tables.package.c
    query = (
        select(p.number, p.digest)
        .where(p.sender == sender, p.recipient == recipient)
        .order_by(p.number.desc(), p.id.desc())
        .limit(1)
    )
    row = connection.execute(query).first()
    if row is not None:
        return row.number + 1, row.digest
    office = find_office(connection, recipient)
    return (office.number if office else 0) + 1, ""


def log_package(connection: Connection, entry: Logged) -> int:
    """Adds a line to the log; its id is given here and returned."""
    values = {name: getattr(entry, name) for name in Logged.__slots__ if name != "id"}
    result = connection.execute(insert(tables.package), values)
    assert result.inserted_primary_key is not None
    return int(result.inserted_primary_key[0])


def set_report(connection: Connection, id_: int, report: str) -> None:
    """The outcome of an import, JSON, once it is known."""
    connection.execute(update(tables.package).where(tables.package.c.id == id_).values(report=report))


def find_package(connection: Connection, package: str) -> Logged | None:
    """The log line of a package by its own id."""
    row = connection.execute(select(tables.package).where(tables.package.c.package == package)).first()
    return None if row is None else Logged(*row)


def note_answer(connection: Connection, recipient: str, number: int, outcome: str) -> None:
    """Notes what the other side said of a package that was sent to it."""
    p = tables.package
    where = (p.c.direction == "out", p.c.recipient == recipient, p.c.number == number)
    connection.execute(update(p).where(*where).values(report=json.dumps({"answer": outcome})))


def answer_of(entry: Logged) -> str:
    """What the other side said of a package that was sent: `accepted`, `missing`, empty while it said nothing."""
    return str(json.loads(entry.report).get("answer", ""))


def sent_packages(connection: Connection, kind: str, most: int) -> list[Logged]:
    """The newest packages of a kind that were written, newest first."""
    p = tables.package
    query = select(p).where(p.c.direction == "out", p.c.kind == kind).order_by(p.c.id.desc()).limit(most)
    return [Logged(*row) for row in connection.execute(query)]


def numbers_from(connection: Connection, sender: str) -> list[int]:
    """Numbers of the submissions that came from an office, rising."""
    p = tables.package.c
    query = select(p.number).where(p.direction == "in", p.sender == sender, p.kind == "submission")
    return sorted(connection.execute(query).scalars())


def missing_numbers(connection: Connection, sender: str, recipient: str, up_to: int = 0) -> list[int]:
    """Numbers between the first and the highest that came (or `up_to`) which never did."""
    p = tables.package.c
    query = select(p.number).where(p.direction == "in", p.sender == sender, p.recipient == recipient)
    seen = set(connection.execute(query).scalars())
    return [n for n in range(min(seen, default=up_to), max(seen | {up_to})) if n not in seen]


def n_packages(connection: Connection) -> int:
    """How many packages came and went."""
    return connection.execute(select(func.count()).select_from(tables.package)).scalar_one()


def last_from(connection: Connection, sender: str) -> Logged | None:
    """The package with the highest number that came from an office."""
    p = tables.package
    query = select(p).where(p.c.direction == "in", p.c.sender == sender).order_by(p.c.number.desc(), p.c.id.desc())
    row = connection.execute(query.limit(1)).first()
    return None if row is None else Logged(*row)


def last_logged(connection: Connection, kind: str, other: str) -> int:
    """Log id of the last package of a kind exchanged with another office; 0 for none."""
    p = tables.package.c
    query = select(func.max(p.id)).where(p.kind == kind, or_(p.sender == other, p.recipient == other))
    return int(connection.execute(query).scalar() or 0)
