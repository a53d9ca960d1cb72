"""The log of packages that came and went, and the offices they are exchanged with."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, or_, select, update

from desktop_app.storage import tables


@dataclass(frozen=True, slots=True)
class Office:
    """
    An office as this vault knows it.

    Attributes:
        token: Of the enrolment that has not been answered yet.
        recipient, verify_key: Its public keys; empty until it has registered.
    """

    code: str
    name: str
    role: str
    token: str = ""
    recipient: str = ""
    verify_key: str = ""
    pack: int = 0

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
    number: int
    digest: str
    at: int
    report: str


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
    return (1, "") if row is None else (row.number + 1, row.digest)


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


def last_logged(connection: Connection, kind: str, other: str) -> int:
    """Log id of the last package of a kind exchanged with another office; 0 for none."""
    p = tables.package.c
    query = select(func.max(p.id)).where(p.kind == kind, or_(p.sender == other, p.recipient == other))
    return int(connection.execute(query).scalar() or 0)
