"""Full check of an open vault: pages, the chain of every stream, attachments, and the rows against the revisions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import msgspec
from sqlalchemy import func, inspect, select

from desktop_app.base.errors import VaultError
from desktop_app.domain.revision import chain, chain_start, decode_revision
from desktop_app.storage import tables
from desktop_app.storage.attachments import is_whole
from desktop_app.storage.audit import broken_line
from desktop_app.storage.engine import Connection, read_once
from desktop_app.storage.streams import Stream, digest_at, streams
from desktop_app.storage.vault import DATABASE, Vault

QUICK_BYTES = 32 * 1024 * 1024
"""So much is read in a tenth of a second; more waits for the full check."""

Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Damage:
    """
    One thing that is wrong.

    Attributes:
        what: pages, cipher, chain, attachment, rows, audit.
        where: Page, stream and sequence, digest, or ledger.
    """

    what: str
    where: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What was looked at, and what is wrong with it."""

    n_revisions: int
    n_streams: int
    n_attachments: int
    n_records: int
    damage: tuple[Damage, ...]


def check_integrity(vault: Vault, tell: Tell = lambda _done, _all: None) -> Checked:
    """
    Reads everything once.

    Args:
        tell: Called now and then with how many revisions were read, and how many there are.
    """
    damage: list[Damage] = []
    with vault.outside_transactions() as connection:
        pages = connection.exec_driver_sql("PRAGMA integrity_check(20)").scalars().all()
        damage += [Damage("pages", str(one)) for one in pages if one != "ok"]
        broken = connection.exec_driver_sql("PRAGMA cipher_integrity_check").scalars().all()
        damage += [Damage("cipher", str(one)) for one in broken]
    with vault.read() as connection:
        found = check_contents(vault, connection, tell)
        if line := broken_line(connection):
            damage.append(Damage("audit", str(line)))
    return replace(found, damage=(*damage, *found.damage))


def quick_check(vault: Vault) -> None:
    """
    What is looked at whenever a vault is opened: the end of each chain, and every page while there are few.

    Raises:
        VaultError: damaged.
    """
    path = vault.folder / DATABASE
    with vault.outside_transactions() as connection:
        if path.stat().st_size <= QUICK_BYTES:
            with read_once(connection):
                pages = connection.exec_driver_sql("PRAGMA quick_check(1)").scalars().all()
            if pages != ["ok"]:
                raise VaultError("vault.damaged", path=path)
        for one in streams(connection):
            if one.seq > one.base and digest_at(connection, one, one.seq) != one.digest:
                raise VaultError("vault.damaged", path=path)


def check_contents(vault: Vault, connection: Connection, tell: Tell = lambda _done, _all: None) -> Checked:
    """
    Chains, attachments, and rows against revisions, of what this connection reads.

    Args:
        connection: Of the vault, or with its tables translated to those of a backup of it.
    """
    damage: list[Damage] = []
    found = streams(connection)
    n_all = connection.execute(select(func.count()).select_from(tables.revision)).scalar_one()
    records: dict[str, set[str]] = {}
    n_read = 0
    for one in found:
        for n_here, fault in _chain(connection, one, records):
            n_read += n_here
            tell(n_read, n_all)
            if fault:
                damage.append(Damage("chain", fault))
    digests = connection.execute(select(tables.attachment.c.digest).distinct()).scalars().all()
    damage += [Damage("attachment", one[:12]) for one in digests if not is_whole(connection, one)]
    damage += list(_rows(vault, connection, records))
    n_records = sum(map(len, records.values()))
    return Checked(n_all, len(found), len(digests), n_records, tuple(damage))


def _chain(connection: Connection, stream: Stream, records: dict[str, set[str]]) -> Iterator[tuple[int, str]]:
    """Digests of a stream worked out anew; yields how many more were read, and the first fault."""
    r = tables.revision.c
    query = (
        select(r.rev, r.record, r.body, r.digest)
        .where(r.rev > stream.rev(stream.base), r.rev <= stream.rev((1 << tables.SEQ_BITS) - 1))
        .order_by(r.rev)
        .execution_options(yield_per=2000)
    )
    digest = digest_at(connection, stream, stream.base) or chain_start(stream.office, stream.instance, stream.scope)
    seq, fault, n_new = stream.base, "", 0
    for rev, record, body, there in connection.execute(query):
        seq += 1
        digest = chain(digest, body)
        if not fault and (rev != stream.rev(seq) or digest != there):
            fault = f"{stream.office} {seq}"
        try:
            records.setdefault(decode_revision(body).ledger, set()).add(record)
        except (msgspec.DecodeError, UnicodeDecodeError):
            fault = fault or f"{stream.office} {seq}"
        n_new += 1
        if n_new == 2000:
            yield n_new, ""
            n_new = 0
    if not fault and (seq != stream.seq or digest != stream.digest):
        fault = f"{stream.office} {stream.seq}"
    yield n_new, fault


def _rows(vault: Vault, connection: Connection, records: dict[str, set[str]]) -> Iterator[Damage]:
    """Each record of the revisions has its row, but for those that wait for others; and no row is without revisions."""
    schema = (connection.get_execution_options().get("schema_translate_map") or {}).get(None)
    waiting = Counter(connection.execute(select(tables.held.c.ledger)).scalars())
    for key, rows in vault.rows.items():
        there: set[str] = set()
        if inspect(connection).has_table(rows.table.name, schema=schema):  # else a backup from before the ledger was
            there = set(connection.execute(select(rows.table.c.id)).scalars())
        known = records.get(key, set())
        if there - known or len(known - there) > waiting[key]:
            yield Damage("rows", vault.pack.ledgers[key].label)
