"""Desks that work with the small pack: a city and two counties, paired once and copied."""

import hashlib
import io
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from desktop_app import __version__
from desktop_app.actions.desk import NewDesk, identity_of, make_desk
from desktop_app.actions.exporting import export
from desktop_app.actions.importing import Imported, import_package
from desktop_app.actions.pairing import add_office, init_county
from desktop_app.actions.records import Given, add_records
from desktop_app.base.clock import SetClock
from desktop_app.schema.load import load_pack
from desktop_app.schema.model import Pack
from desktop_app.storage.audit import END
from desktop_app.storage.packages import Office, next_package, offices
from desktop_app.storage.records import find_record
from desktop_app.storage.rows import StoredRecord
from desktop_app.storage.slots import LIGHT
from desktop_app.storage.vault import Vault, open_vault
from desktop_app.sync.header import FORMAT, Header, seal
from desktop_app.sync.identity import Identity, PublicKeys
from desktop_app.sync.lines import encode_line, preamble
from desktop_app.sync.payload import write_payload
from tests.helpers.small_forms import CONTRACT_TOML, DISPUTE, DISPUTE_TOML, FILES, PROGRESS_TOML, with_version

__all__ = [
    "CONTRACT_TOML",
    "DISPUTE",
    "DISPUTE_TOML",
    "FILES",
    "PROGRESS_TOML",
    "with_version",
]  # who has desks has their forms

CITY, COUNTY, OTHER = "620400", "620402", "620421"
NAMES = {CITY: "白银市总工会", COUNTY: "白银区总工会", OTHER: "靖远县总工会"}
PASSPHRASE = "pass-phrase-1"
START = datetime(2025, 6, 15, 1, tzinfo=UTC)
TODAY = "2025-06-15"


def dump(vault: Vault) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table but the search index, and the audit, which remembers what was taken back."""
    with vault.read() as connection:
        names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
        found = {}
        for name in sorted(one for one in names if not one.startswith("search_") and one != "audit"):
            rows = connection.exec_driver_sql(f'SELECT * FROM "{name}"').mappings()  # noqa: S608
            kept = [row for row in rows if row.get("key") != END]
            cells = (tuple(cell for key, cell in row.items() if key != "search_doc") for row in kept)
            found[name] = sorted(cells, key=repr)
        return found


def record_of(vault: Vault, record: str) -> StoredRecord:
    """A record as it lies in the vault."""
    with vault.read() as connection:
        return find_record(vault, connection, record)


def add(vault: Vault, ledger: str, **values: object) -> str:
    """One record entered through the action; its id."""
    return add_records(vault, ledger, [Given(values)]).record_ids[0]


def add_dispute(vault: Vault, **values: object) -> str:
    """A dispute with what it cannot do without; its id."""
    return add(vault, "dispute", **{**DISPUTE, **values})


@dataclass
class House:
    """A folder with the vaults of all offices and a stick; vaults open when first asked for."""

    folder: Path
    clock: SetClock
    _open: dict[str, Vault] = field(default_factory=dict)

    @property
    def stick(self) -> Path:
        """The folder that stands for the stick."""
        return self.folder / "stick"

    @property
    def city(self) -> Vault:
        """The city's vault."""
        return self.vault(CITY)

    @property
    def county(self) -> Vault:
        """The first county's vault."""
        return self.vault(COUNTY)

    @property
    def other(self) -> Vault:
        """The second county's vault."""
        return self.vault(OTHER)

    def vault(self, office: str) -> Vault:
        """The open vault of an office."""
        if office not in self._open:
            self._open[office] = open_vault(self.folder / office, PASSPHRASE, FILES, self.clock)
        return self._open[office]

    def close(self, office: str = "") -> None:
        """Closes the vault of an office, all of them when none is named."""
        for code in [office] if office else list(self._open):
            if vault := self._open.pop(code, None):
                vault.close()

    def carry(self, sender: Vault, receiver: Vault) -> Imported:
        """One package from the sender to the receiver: exported, carried, taken in."""
        packages = export(sender, self.stick)
        path = next(one.file for one in packages if one.recipient == receiver.owner.office)
        return import_package(receiver, path)


def set_clock() -> SetClock:
    """A clock at the start of every test."""
    return SetClock(START)


def new_desk(folder: Path, clock: SetClock, user: str = "经办人") -> NewDesk:
    """What a desk is made with here: the cheapest slot there may be."""
    return NewDesk(folder, PASSPHRASE, user, clock, LIGHT)


def make_city(folder: Path, clock: SetClock) -> Vault:
    """A city's vault with the small pack."""
    return make_desk(new_desk(folder, clock), Office(CITY, NAMES[CITY], "city"), FILES)[0]


def _make_house(folder: Path) -> None:
    clock = SetClock(datetime(2025, 1, 2, 1, tzinfo=UTC))
    stick = folder / "stick"
    stick.mkdir(parents=True)
    city = make_city(folder / CITY, clock)
    for code in (COUNTY, OTHER):
        enrolment = add_office(city, code=code, name=NAMES[code], out=stick)
        county, paired = init_county(new_desk(folder / code, clock), enrolment=enrolment, out=stick)
        county.close()
        assert paired.file is not None
        import_package(city, paired.file)
    city.close()
    shutil.rmtree(stick)
    stick.mkdir()


@pytest.fixture(scope="session")
def pack() -> Pack:
    """The small pack, read once."""
    return load_pack(FILES)


@pytest.fixture(scope="session")
def house_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The house as it is made once."""
    folder = tmp_path_factory.mktemp("template") / "house"
    _make_house(folder)
    return folder


@pytest.fixture
def clock() -> SetClock:
    """A set clock, shared by all desks of a test: ids of all offices sort by the order of making."""
    return set_clock()


@pytest.fixture
def house(house_template: Path, tmp_path: Path, clock: SetClock) -> Iterator[House]:
    """A copy of the house for one test."""
    folder = tmp_path / "house"
    shutil.copytree(house_template, folder)
    found = House(folder, clock)
    yield found
    found.close()


@pytest.fixture
def city(house: House) -> Vault:
    """The city's vault."""
    return house.city


@pytest.fixture
def county(house: House) -> Vault:
    """A county's vault."""
    return house.county


@dataclass
class Forger:
    """
    Writes packages that the program itself would not write.

    Attributes:
        sender: Whose header, keys and numbers are used.
        identity: What signs; the sender's own unless a stranger is meant.
        inside: Words of the preamble that differ from the header's.
    """

    sender: Vault
    recipient: str
    folder: Path
    kind: str = "submission"
    identity: Identity | None = None
    inside: Mapping[str, Any] = field(default_factory=dict)
    change_payload: Callable[[bytes], bytes] = bytes
    header: Mapping[str, Any] = field(default_factory=dict)
    readers: tuple[PublicKeys, ...] | None = None

    def draft(self) -> Header:
        """The header before size and digest of the payload are known."""
        vault = self.sender
        keys = self.identity or identity_of(vault)
        with vault.read() as connection:
            number, previous = next_package(connection, vault.owner.office, self.recipient)
        words: dict[str, Any] = {
            "format": FORMAT,
            "kind": self.kind,
            "package": vault.ids.new(),
            "sender": vault.owner.office,
            "recipient": self.recipient,
            "instance": vault.owner.instance,
            "number": number,
            "previous": previous,
            "first": 1,
            "last": 0,
            "pack": vault.pack.version,
            "program": __version__,
            "made_at": 0,
            "signer": keys.public.verify_key,
            "payload_bytes": 0,
            "payload_sha256": "",
        }
        return Header(**{**words, **self.header})

    def write(self, *lines: bytes, without_preamble: bool = False) -> Path:
        """The file, with these lines after the preamble."""
        draft = self.draft()
        first = encode_line(preamble(Header(**{**_fields(draft), **self.inside})))
        out = io.BytesIO()
        write_payload(out, list(lines) if without_preamble else [first, *lines], self._readers())
        return self.file(draft, self.change_payload(out.getvalue()))

    def file(self, draft: Header, payload: bytes) -> Path:
        """The file with this payload under this header, sealed."""
        words = {"payload_bytes": len(payload), "payload_sha256": hashlib.sha256(payload).hexdigest()}
        header = Header(**{**_fields(draft), **words})
        path = self.folder / f"forged-{header.package[-8:]}.ghpkg"
        path.write_bytes(seal(header, self.identity or identity_of(self.sender)) + payload)
        return path

    def _readers(self) -> tuple[PublicKeys, ...]:
        if self.readers is not None:
            return self.readers
        with self.sender.read() as connection:
            there = next(one for one in offices(connection) if one.code == self.recipient)
        return (PublicKeys(there.recipient, there.verify_key),)


def _fields(header: Header) -> dict[str, Any]:
    return {name: getattr(header, name) for name in header.__struct_fields__}
