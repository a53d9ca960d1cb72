"""
Records of every ledger of the real forms, made up at random, dates on the edges of periods above all.

Most of the records are such as some indicator asks for, and many share what they refer to with the one
before: else few would be counted at all, and no two about the same thing.
"""

import random
from collections.abc import Mapping

from desktop_app.schema.model import DELETED, PARENT, STATE, Clause, Field, Ledger, Pack
from desktop_app.storage.records import Writing, find_record
from desktop_app.storage.vault import Vault

EDGES = (
    *("2024-12-31", "2025-01-01", "2025-03-01", "2025-03-31", "2025-04-01", "2025-05-31", "2025-06-01"),
    *("2025-06-30", "2025-07-01", "2025-12-31", "2026-01-01"),
)
LABELS = ("2024", "2024-Q4", "2024-12", *["2025"] * 6, "2025-Q1", "2025-Q2", "2025-03", "2025-04", "2026", "2026-01")
IDENTITIES = tuple(f"91620402MA71ABC{n:02}X" for n in range(6))


def fill_random_year(vault: Vault, chance: random.Random, owners: tuple[str, ...], n: int) -> None:
    """`n` records in every ledger for one of the owners each; some are deleted, some refer to those."""
    ids: dict[str, list[str]] = {}
    wishes = _wishes(vault.pack)
    with vault.write() as connection:
        writing = Writing(vault, connection)
        for ledger in sorted(vault.pack.ledgers.values(), key=_depth):
            row: dict[str, object] = {}
            for _ in range(n):
                shared = {one.key: row.get(one.key) for one in ledger.fields.values() if one.ledger}
                row = _row(ledger, chance, ids)
                if chance.random() < 0.4:
                    row.update({key: value for key, value in shared.items() if value is not None})
                if ledger.key in wishes and chance.random() < 0.75:
                    row.update(_fitting(chance.choice(wishes[ledger.key]), chance))
                ids.setdefault(ledger.key, []).extend(writing.add(ledger.key, [row], owner=chance.choice(owners)))
        for made in ids.values():
            for one in chance.sample(made, len(made) // 8):
                writing.change(find_record(vault, connection, one), {DELETED: True})


def _wishes(pack: Pack) -> dict[str, list[tuple[Clause, ...]]]:
    """Ledger → the conditions under which indicators count a record of it, or tell it apart."""
    found: dict[str, list[tuple[Clause, ...]]] = {}
    for one in pack.indicators.values():
        if one.where:
            found.setdefault(one.ledger, []).append(one.where)
        field = pack.ledgers[one.ledger].fields.get(one.of[0]) if one.each else None
        if field:
            found.setdefault(field.ledger, []).append(one.each)
    return found


def _fitting(clauses: tuple[Clause, ...], chance: random.Random) -> dict[str, object]:
    """Values that meet those of the clauses that are about the record's own words, choices and days."""
    row: dict[str, object] = {}
    for one in clauses:
        if one.operator == "is" and isinstance(one.operand, bool | int | str):
            row[one.path] = one.operand
        elif one.operator == "in" and isinstance(one.operand, tuple):
            row[one.path] = chance.choice(one.operand)
        elif one.operator == "not_after":
            row[one.path] = EDGES[0]
    return {key: value for key, value in row.items() if "." not in key}


def _depth(ledger: Ledger) -> tuple[bool, int]:
    return bool(ledger.child_of), sum(bool(one.ledger) for one in ledger.fields.values())


def _row(ledger: Ledger, chance: random.Random, ids: Mapping[str, list[str]]) -> dict[str, object]:
    row = {one.key: _value(one, chance, ids) for one in ledger.fields.values() if not one.derive}
    if ledger.workflow:
        row[STATE] = chance.choice(list(ledger.workflow.states))
    if ledger.child_of:
        row[PARENT] = chance.choice(ids[ledger.child_of])
    return {key: value for key, value in row.items() if value is not None}


def _value(field: Field, chance: random.Random, ids: Mapping[str, list[str]]) -> object:
    if chance.random() < (0.05 if field.required else 0.25):
        return None
    if field.ledger:
        there = ids.get(field.ledger, [])
        if field.type.column == "json":
            return chance.sample(there, min(len(there), chance.randrange(4)))
        return chance.choice(there) if there else None
    if field.choices:
        codes = list(field.choices.labels)
        if field.type.column == "json":
            return chance.sample(codes, min(len(codes), chance.randrange(3)))
        return chance.choice(codes)
    found: dict[str, object] = {
        "count": chance.choice((0, 1, 2, 99, 100, 101, 500)),
        "money": chance.randrange(10**9),
        "pair": [chance.randrange(9), 9],
        "date": chance.choice(EDGES) if chance.random() < 0.7 else _day(chance),
        "period": chance.choice(LABELS),
        "flag": chance.random() < 0.6,
        "uscc": chance.choice(IDENTITIES),
        "attachments": None,
    }
    return found.get(field.type.name, f"{field.key}{chance.randrange(5)}")


def _day(chance: random.Random) -> str:
    return f"{chance.randint(2024, 2026)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
