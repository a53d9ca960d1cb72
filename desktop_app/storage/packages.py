"""The log of packages that came and went, and the offices they are exchanged with."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy import Connection, delete, func, insert, select, update

from desktop_app.domain.naming import package_name
from desktop_app.storage import tables
from desktop_app.storage.rows import chunks


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
    """Adds a line to the log, in place of a refusal of the same package; its id is given here and returned."""
    p = tables.package
    connection.execute(delete(p).where(p.c.package == entry.package, p.c.direction == "refused"))
    values = {name: getattr(entry, name) for name in Logged.__slots__ if name != "id"}
    result = connection.execute(insert(tables.package), values)
    assert result.inserted_primary_key is not None
    return int(result.inserted_primary_key[0])


def set_report(connection: Connection, id_: int, report: str) -> None:
    """The outcome of an import, JSON, once it is known."""
    connection.execute(update(tables.package).where(tables.package.c.id == id_).values(report=report))


def find_package(connection: Connection, package: str) -> Logged | None:
    """The log line of a package that came or went, by its own id."""
    p = tables.package
    row = connection.execute(select(p).where(p.c.package == package, p.c.direction != "refused")).first()
    return None if row is None else Logged(*row)


def put_refused(connection: Connection, entry: Logged, report: str) -> None:
    """Notes that a package was refused, in place of what was noted of it before."""
    log_package(connection, replace(entry, direction="refused", report=report))


def refusals(connection: Connection, sender: str) -> dict[int, str]:
    """Number → reason of each submission of an office that was refused and has not been taken in since."""
    p = tables.package.c
    query = select(p.number, p.report).where(p.direction == "refused", p.sender == sender).order_by(p.id)
    return {row.number: str(json.loads(row.report).get("reason", "")) for row in connection.execute(query)}


def note_answer(connection: Connection, recipient: str, number: int, outcome: str, reason: str) -> None:
    """Notes what the other side said of a package that was sent to it."""
    p = tables.package
    where = (p.c.direction == "out", p.c.recipient == recipient, p.c.number == number)
    report = json.dumps({"answer": outcome, "reason": reason}, ensure_ascii=False)
    connection.execute(update(p).where(*where).values(report=report))


def answer_of(entry: Logged) -> tuple[str, str]:
    """What the other side said of a package that was sent, and why; the first is empty while it said nothing."""
    found = json.loads(entry.report)
    return str(found.get("answer", "")), str(found.get("reason", ""))


def carriers(connection: Connection, records: Iterable[str], sender: str) -> dict[str, int]:
    """Record → number of the last submission of an office that brought a change to it."""
    r, p = tables.revision.c, tables.package.c
    found: dict[str, int] = {}
    for ids in chunks(list(records)):
        query = (
            select(r.record, func.max(p.number))
            .join_from(tables.revision, tables.package, p.id == r.package)
            .where(r.record.in_(ids), p.sender == sender, p.kind == "submission")
            .group_by(r.record)
        )
        found.update({row[0]: row[1] for row in connection.execute(query)})
    return found


def sent_packages(connection: Connection, kind: str, most: int) -> list[Logged]:
    """The newest packages of a kind that were written, newest first."""
    p = tables.package
    query = select(p).where(p.c.direction == "out", p.c.kind == kind).order_by(p.c.id.desc()).limit(most)
    return [Logged(*row) for row in connection.execute(query)]


def logged_packages(connection: Connection, most: int) -> list[Logged]:
    """The newest lines of the log first; all of them when `most` is -1."""
    p = tables.package
    return [Logged(*row) for row in connection.execute(select(p).order_by(p.c.id.desc()).limit(most))]


def office_names(connection: Connection) -> dict[str, str]:
    """Code → name of every office."""
    return {one.code: one.name for one in offices(connection)}


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


def last_of_kind(connection: Connection, sender: str, kind: str) -> Logged | None:
    """The newest package of a kind that came from an office."""
    p = tables.package
    where = (p.c.direction == "in", p.c.sender == sender, p.c.kind == kind)
    row = connection.execute(select(p).where(*where).order_by(p.c.id.desc()).limit(1)).first()
    return None if row is None else Logged(*row)


def last_logged(connection: Connection, kind: str, sender: str, recipient: str) -> int:
    """Log id of the last package of a kind between two offices, in this direction; 0 for none."""
    p = tables.package.c
    query = select(func.max(p.id)).where(p.kind == kind, p.sender == sender, p.recipient == recipient)
    return int(connection.execute(query).scalar() or 0)
