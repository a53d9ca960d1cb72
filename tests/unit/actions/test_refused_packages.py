"""
Packages that are refused, and leave the vault as it was.

E06 what is not for this office, not from it, or speaks for another is refused
E07 a package that fails in the middle leaves the vault as it was
"""

from typing import Any

import pytest

from desktop_app.actions.desk import identity_of
from desktop_app.actions.exporting import export
from desktop_app.actions.importing import import_package
from desktop_app.domain.revision import Revision, chain_start
from desktop_app.sync.header import read_header
from desktop_app.sync.identity import new_identity
from desktop_app.sync.lines import AttachmentPart, FormsFile, Known, StreamStart, encode_line
from tests.helpers.desks import (
    CITY,
    COUNTY,
    DISPUTE,
    NAMES,
    OTHER,
    Forger,
    House,
    add_dispute,
    dump,
)
from tests.unit.actions.test_exchange import refusal, sent

# --- E06 ------------------------------------------------------------------------------------------


def test_e06_another_office_s_receipt__error(house: House) -> None:
    for vault in (house.county, house.other):
        add_dispute(vault)
        house.carry(vault, house.city)
    theirs = next(one.file for one in export(house.city, house.stick) if one.recipient == OTHER)
    before = dump(house.county)
    error = refusal(lambda: import_package(house.county, theirs))
    assert error.code == "package.not_for_us"
    assert OTHER in str(error)
    assert COUNTY in str(error)
    assert dump(house.county) == before


def test_e06_kinds__error(house: House) -> None:
    for sender, recipient, kind in ((house.county, CITY, "receipt"), (house.city, COUNTY, "submission")):
        path = Forger(sender, recipient, house.stick, kind).write()
        assert refusal(lambda: import_package(house.vault(recipient), path)).code == "package.wrong_kind"  # noqa: B023


@pytest.mark.parametrize("sender", ["620499", CITY])
def test_e06_sender_unknown__error(house: House, sender: str) -> None:
    path = Forger(house.county, CITY, house.stick, header={"sender": sender}).write()
    error = refusal(lambda: import_package(house.city, path))
    assert error.code == "package.unknown_sender"
    assert sender in str(error)


@pytest.mark.parametrize("who", ["stranger", "another county"])
def test_e06_signed_by_another__error(house: House, who: str) -> None:

    keys = new_identity() if who == "stranger" else identity_of(house.other)
    path = Forger(house.county, CITY, house.stick, identity=keys).write()
    error = refusal(lambda: import_package(house.city, path))
    assert error.code == "package.wrong_signer"
    assert NAMES[COUNTY] in str(error)


def test_e06_payload_of_another_office__error(house: House) -> None:
    """A county puts its own good header before what another county has sent."""
    add_dispute(house.other)
    stolen = sent(house.other, house).file
    payload = stolen.read_bytes()[read_header(stolen).payload_offset :]
    forger = Forger(house.county, CITY, house.stick)
    before = dump(house.city)
    assert refusal(lambda: import_package(house.city, forger.file(forger.draft(), payload))).code == "package.mismatch"
    assert dump(house.city) == before


def stream_of(office: str, scope: str, instance: str = "a" * 32, first: int = 1, previous: str = "") -> bytes:
    return encode_line(
        StreamStart(office, instance, scope, first, previous or chain_start(office, instance, scope).hex())
    )


def revision(record: str = "1" * 32, **words: Any) -> bytes:
    known: dict[str, Any] = {
        "id": "2" * 32,
        "ledger": "dispute",
        "fields": dict(DISPUTE),
        "actor": "甲",
        "at": 0,
        "pack": 1,
    }
    return encode_line(Revision(record=record, **{**known, **words}))


@pytest.mark.parametrize(
    ("office", "scope"), [(OTHER, OTHER), (OTHER, COUNTY), (COUNTY, OTHER), ("", COUNTY), (COUNTY, CITY)]
)
def test_e06_speaking_for_another__error(house: House, office: str, scope: str) -> None:
    path = Forger(house.county, CITY, house.stick).write(stream_of(office, scope), revision())
    before = dump(house.city)
    assert refusal(lambda: import_package(house.city, path)).code == "package.mismatch"
    assert dump(house.city) == before


def test_e06_record_of_another__error(house: House) -> None:
    record = add_dispute(house.other)
    house.carry(house.other, house.city)
    before = dump(house.city)
    path = Forger(house.county, CITY, house.stick).write(
        stream_of(COUNTY, COUNTY), revision(record, fields={"summary": "x"})
    )
    assert refusal(lambda: import_package(house.city, path)).code == "package.mismatch"
    assert dump(house.city) == before


# --- E07 ------------------------------------------------------------------------------------------

START = stream_of(COUNTY, COUNTY)
WRONG = {
    "a line that is none": ([START, revision(), b"{"], "package.payload"),
    "a chain that does not fit": ([START, revision(), stream_of(COUNTY, COUNTY, first=5)], "package.chain"),
    "a sequence far away": ([START, revision(), stream_of(COUNTY, COUNTY, first=2**63)], "package.payload"),
    "a digest that is none": ([START, revision(), stream_of(COUNTY, COUNTY, previous="zz")], "package.chain"),
    "a revision without a stream": ([revision()], "package.payload"),
    "a line of another kind": ([START, revision(), encode_line(FormsFile("a", "b"))], "package.payload"),
    "a date that is none": ([START, revision(fields={**DISPUTE, "accepted_on": "去年"})], "package.payload"),
    "a list for a text": ([START, revision(fields={**DISPUTE, "summary": ["x"]})], "package.payload"),
    "an attachment that is another": (
        [START, revision(), encode_line(AttachmentPart("0" * 64, 0, b"x"))],
        "package.tampered",
    ),
    "a number too large": ([START, revision(pack=2**70)], "package.payload"),
}


@pytest.mark.parametrize("case", WRONG)
def test_e07_fails_in_the_middle__error(house: House, case: str) -> None:
    add_dispute(house.county)
    house.carry(house.county, house.city)
    lines, code = WRONG[case]
    path = Forger(house.county, CITY, house.stick).write(*lines)
    before = dump(house.city)
    error = refusal(lambda: import_package(house.city, path))
    assert dump(house.city) == before
    assert error.code == code
    assert path.name in str(error)
    add_dispute(house.county)
    assert house.carry(house.county, house.city).ledgers["dispute"]["new"] == 1


def test_e07_acknowledging_what_is_not_there__ok(house: House) -> None:
    """Only a digest that is ours acknowledges; nothing is left unsent by a wrong one."""
    add_dispute(house.county)
    instance = house.county.owner.instance
    lines = [encode_line(Known(COUNTY, instance, COUNTY, 1, "00" * 32)), encode_line(Known(COUNTY, "x", COUNTY, 9, ""))]
    import_package(house.county, Forger(house.city, COUNTY, house.stick, "receipt").write(*lines))
    assert sent(house.county, house).n_revisions == 1
