"""The packages that came and went, with the report that was kept of each import."""

from __future__ import annotations

import json
from dataclasses import dataclass

import msgspec

from desktop_app.actions.importing import Imported
from desktop_app.actions.status import told_answer
from desktop_app.base.clock import local_text
from desktop_app.base.errors import ActionRefused
from desktop_app.storage.engine import Connection
from desktop_app.storage.packages import (
    Logged,
    Office,
    answer_of,
    last_from,
    last_of_kind,
    logged_packages,
    office_names,
    offices,
)
from desktop_app.storage.vault import Vault

MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Passed:
    """
    One package that came, went or was refused.

    Attributes:
        direction: in, out or refused. other: Name of the office it came from or went to.
        told: Of one that went the answer, of a refused one the reason; else empty.
        report: What its import came to, None for one that was not merged.
    """

    id: int
    name: str
    direction: str
    kind: str
    other: str
    at: str
    told: str
    report: Imported | None


def packages_log(vault: Vault, most: int = MOST_SHOWN) -> list[Passed]:
    """The newest packages first."""
    with vault.read() as connection:
        names = office_names(connection)
        return [_passed(one, names, vault.owner.office) for one in logged_packages(connection, most)]


def package_report(vault: Vault, name: str) -> Passed:
    """
    The newest package whose name is this or begins with it.

    Raises:
        ActionRefused: package.not_logged.
    """
    found = [one for one in packages_log(vault, -1) if name and one.name.startswith(name)]
    if not found:
        raise ActionRefused("package.not_logged", name=name)
    return found[0]


@dataclass(frozen=True, slots=True)
class KnownOffice:
    """
    A county as the city knows it.

    Attributes:
        is_enrolled: An enrolment file is out and has not been answered yet.
        short_code: Of its last registration, to be compared by telephone; empty before.
    """

    code: str
    name: str
    is_paired: bool
    is_enrolled: bool
    short_code: str
    last_package: str
    pack: int


def known_counties(vault: Vault) -> list[KnownOffice]:
    """The counties, by code."""
    with vault.read() as connection:
        known = [one for one in offices(connection) if one.role == "county"]
        return [_known(connection, one) for one in known]


def _known(connection: Connection, one: Office) -> KnownOffice:
    last, joined = last_from(connection, one.code), last_of_kind(connection, one.code, "registration")
    return KnownOffice(
        code=one.code,
        name=one.name,
        is_paired=one.is_paired,
        is_enrolled=bool(one.token),
        short_code=str(json.loads(joined.report).get("short_code", "")) if joined and one.is_paired else "",
        last_package=f"{last.number:06} {local_text(last.at)}" if last else "",
        pack=one.pack,
    )


def _passed(one: Logged, names: dict[str, str], own: str) -> Passed:
    other = one.recipient if one.sender == own else one.sender
    kept = json.loads(one.report)
    report = msgspec.convert(kept, Imported) if one.direction == "in" and kept else None
    told = "" if report else str(kept.get("reason") or "")
    if one.direction == "out" and one.kind == "submission":
        told = told_answer(*answer_of(one))
    return Passed(one.id, one.name, one.direction, one.kind, names.get(other, other), local_text(one.at), told, report)
