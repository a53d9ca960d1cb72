"""Reports that were frozen: what the figures said, over which data, under which pack, with which offices."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select

from desktop_app.storage import tables

TOTAL = ""
"""Stands for the total among the offices of a figure."""


@dataclass(frozen=True, slots=True)
class Run:
    """
    One frozen report.

    Attributes:
        at: UTC milliseconds.
        digest: Over the data: equal digests mean equal records.
        offices: Code → state of its declaration, `undeclared` or `missing`.
        figures: Indicator → office code (`TOTAL` for the total) → the figure as printed.
    """

    id: str
    period: str
    at: int
    actor: str
    digest: str
    pack: int
    pack_digest: str
    offices: Mapping[str, str]
    figures: Mapping[str, Mapping[str, str]]


def data_digest(connection: Connection) -> str:
    """SHA-256 over the last revision of every stream, each of which vouches for those before it."""
    s = tables.stream.c
    query = select(s.office, s.instance, s.scope, s.fork, s.seq, s.digest).where(s.seq > 0)
    whole = hashlib.sha256(b"union-desk/report/1")
    for row in sorted(tuple(one) for one in connection.execute(query)):
        *names, digest = row
        whole.update(json.dumps(names).encode() + bytes(digest))
    return whole.hexdigest()


def put_run(connection: Connection, run: Run) -> None:
    """Keeps a frozen report for good."""
    row = {
        "id": run.id,
        "period": run.period,
        "at": run.at,
        "actor": run.actor,
        "digest": run.digest,
        "pack": run.pack,
        "pack_digest": run.pack_digest,
        "offices": json.dumps(run.offices),
        "figures": json.dumps(run.figures, ensure_ascii=False),
    }
    connection.execute(insert(tables.report_run), row)


def list_runs(connection: Connection, period: str = "") -> list[Run]:
    """The frozen reports, of one period or of all, the newest first."""
    r = tables.report_run.c
    query = select(tables.report_run).order_by(r.at.desc(), r.id.desc())
    if period:
        query = query.where(r.period == period)
    return [_run(row) for row in connection.execute(query)]


def find_run(connection: Connection, run_id: str) -> Run | None:
    """The frozen report of this id, or the only one whose id ends with it."""
    query = select(tables.report_run).where(tables.report_run.c.id.endswith(run_id, autoescape=True))
    found = [_run(row) for row in connection.execute(query)]
    return found[0] if len(found) == 1 and run_id else None


def _run(row: Any) -> Run:
    return Run(
        row.id,
        row.period,
        row.at,
        row.actor,
        row.digest,
        row.pack,
        row.pack_digest,
        json.loads(row.offices),
        json.loads(row.figures),
    )
