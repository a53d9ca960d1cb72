"""
A small pack of four ledgers, and desks that work with it: a city and two counties, paired once and copied.

The pack has every field type, a child ledger, a workflow with limits, and an indicator of each measure.
"""

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
from desktop_app.storage.packages import Office, next_package, offices
from desktop_app.storage.records import find_record
from desktop_app.storage.rows import StoredRecord
from desktop_app.storage.slots import LIGHT
from desktop_app.storage.vault import Vault, open_vault
from desktop_app.sync.header import FORMAT, Header, seal
from desktop_app.sync.identity import Identity, PublicKeys
from desktop_app.sync.lines import encode_line, preamble
from desktop_app.sync.payload import write_payload

CITY, COUNTY, OTHER = "620400", "620402", "620421"
NAMES = {CITY: "白银市总工会", COUNTY: "白银区总工会", OTHER: "靖远县总工会"}
PASSPHRASE = "pass-phrase-1"
START = datetime(2025, 6, 15, 1, tzinfo=UTC)
TODAY = "2025-06-15"

PACK_TOML = """
schema = 1
version = 1
label = "试验参数包"
[groups]
daily = "日常"
roster = "名册"
"""
CHOICES_TOML = """
[choices]
topic = { wages = "欠薪", contract = "合同", injury = "工伤" }
partner = { court = "法院", bureau = "人社", justice = "司法" }
"""
COMMON_TOML = """
[field]
is_counted = { type = "flag", label = "计入统计", default = true }
explanation = { type = "long_text", label = "情况说明", max_chars = 500 }
"""
REGIONS_TOML = """
[regions]
620402 = "白银区"
620421 = "靖远县"
"""
EMPLOYER_TOML = """
schema = 1
key = "employer"
version = 1
label = "用人单位"
group = "roster"
title = "{name}"
identity = "uscc"
[field]
name = { type = "text", label = "名称", required = true }
uscc = { type = "uscc", label = "信用代码" }
phone = { type = "phone", label = "电话", private = true }
region = { type = "region", label = "所在县区" }
n_workers = { type = "count", label = "职工数", unit = "人" }
is_large = { type = "flag", label = "规模以上" }
founded_on = { type = "date", label = "成立日期" }
kinds = { type = "choices", label = "合作部门", choices = "partner" }
[sections]
"基本" = ["name", "uscc", "phone", "region", "n_workers", "is_large", "founded_on", "kinds"]
[list]
columns = ["name"]
order = ["name"]
"""
DISPUTE_TOML = """
schema = 1
key = "dispute"
version = 1
label = "争议"
group = "daily"
title = "{case_no} {summary}"
[field]
case_no = { type = "serial", label = "编号", pattern = "ZY{year}-{n:04}" }
heard_on = { type = "date", label = "接待日期", required = true, default = "today" }
accepted_on = { type = "date", label = "受理日期", required_by = ["close"] }
period = { type = "period", label = "期段" }
topic = { type = "choice", label = "主题", choices = "topic", required = true }
partners = { type = "choices", label = "联合单位", choices = "partner" }
n_people = { type = "count", label = "人数", unit = "人", required = true, default = 1 }
n_settled = { type = "count", label = "已解决人数", unit = "人" }
n_left = { type = "count", label = "未解决人数", unit = "人", derive = { from = "n_people", minus = ["n_settled"] } }
amount = { type = "money", label = "金额" }
rate = { type = "pair", label = "履行率" }
is_urgent = { type = "flag", label = "紧急" }
is_group = { type = "flag", label = "集体", derive = { where = [{ field = "n_people", min = 5 }] } }
employer = { type = "reference", label = "涉事单位", ledger = "employer" }
witnesses = { type = "references", label = "相关单位", ledger = "employer" }
code = { type = "uscc", label = "信用代码" }
resident_id = { type = "resident_id", label = "身份证号", private = true }
phone = { type = "phone", label = "电话", private = true }
place = { type = "region", label = "所在县区" }
doc_no = { type = "doc_no", label = "文号" }
summary = { type = "text", label = "摘要", max_chars = 60, required = true }
facts = { type = "long_text", label = "事实" }
files = { type = "attachments", label = "材料" }
[field.finish_by]
type = "date"
label = "办理到期"
derive = { from = "accepted_on", add_days = 60, days = "calendar" }
source = "试验条例第一条"
[sections]
"登记" = ["case_no", "heard_on", "accepted_on", "period", "topic", "partners", "summary", "facts", "files"]
"数字" = ["n_people", "n_settled", "n_left", "amount", "rate", "is_urgent", "is_group", "finish_by"]
"人员" = ["employer", "witnesses", "code", "resident_id", "phone", "place", "doc_no"]
[list]
columns = ["case_no", "heard_on", "summary"]
order = ["-heard_on"]
period = "heard_on"
[workflow]
start = "registered"
states = { registered = "已登记", accepted = "办理中", closed = "已办结" }
[workflow.step]
accept = { label = "受理", from = ["registered"], to = "accepted", sets = { accepted_on = "today" } }
[workflow.step.close]
label = "办结"
from = ["accepted"]
to = "closed"
within = { from = "accepted_on", add_days = 60, days = "calendar", source = "试验条例第一条" }
[[checks]]
key = "accept_after_hearing"
must = [{ field = "accepted_on", not_before = "heard_on" }]
level = "error"
message = "受理日期不能早于接待日期。"
[[checks]]
key = "settled_within"
must = [{ field = "n_settled", max = "n_people" }]
level = "explain"
message = "已解决人数多于人数。"
[indicator.disputes]
label = "争议件数"
unit = "件"
measure = "count"
on = "heard_on"
[indicator.disputes_at]
label = "涉事单位"
unit = "家"
measure = "distinct"
of = "employer"
on = "heard_on"
"""
PROGRESS_TOML = """
schema = 1
key = "progress"
version = 1
label = "办理进展"
group = "daily"
title = "{done_on} {note}"
child_of = "dispute"
[field]
done_on = { type = "date", label = "日期", required = true }
note = { type = "text", label = "进展", required = true }
[sections]
"进展" = ["done_on", "note"]
[list]
columns = ["done_on", "note"]
order = ["done_on"]
[indicator.progress_rows]
label = "进展条数"
unit = "条"
measure = "count"
on = "done_on"
"""
CONTRACT_TOML = """
schema = 1
key = "contract"
version = 1
label = "集体合同"
group = "daily"
title = "{name}"
[field]
name = { type = "text", label = "名称", required = true }
employers = { type = "references", label = "覆盖企业", ledger = "employer" }
host = { type = "reference", label = "牵头企业", ledger = "employer" }
signed_on = { type = "date", label = "签订日期" }
starts_on = { type = "date", label = "生效日期" }
ends_on = { type = "date", label = "到期日期" }
ended_on = { type = "date", label = "终止日期" }
quarter = { type = "period", label = "期段" }
n_workers = { type = "count", label = "覆盖职工", unit = "人" }
value = { type = "money", label = "金额" }
is_about = { type = "flag", label = "约数" }
is_good = { type = "flag", label = "履约良好" }
[sections]
"合同" = ["name", "employers", "host", "signed_on", "starts_on", "ends_on", "ended_on", "quarter", "n_workers", "value"]
"标记" = ["is_about", "is_good"]
[list]
columns = ["name"]
period = "signed_on"
[window.season]
label = "要约季"
from = "03-01"
to = "05-31"
years = { 2024 = { from = "04-01", to = "06-30" } }
[indicator.contracts]
label = "合同数"
unit = "份"
measure = "count"
on = "signed_on"
[indicator.contract_workers]
label = "覆盖职工"
unit = "人"
measure = "sum"
of = "n_workers"
on = "signed_on"
approximate = "is_about"
[indicator.contract_value]
label = "金额"
unit = "万元"
measure = "sum"
of = "value"
on = "signed_on"
[indicator.contract_employers]
label = "签订企业"
unit = "家"
measure = "distinct"
of = "employers"
on = "signed_on"
[indicator.large_employers]
label = "签订的规上企业"
unit = "家"
measure = "distinct"
of = "employers"
on = "signed_on"
each = [{ field = "is_large", is = true }]
[indicator.in_force]
label = "有效合同"
unit = "份"
measure = "count"
semantics = "stock"
since = "starts_on"
until = ["ends_on", "ended_on"]
[indicator.quarterly]
label = "季报合同"
unit = "份"
measure = "count"
semantics = "stock"
on = "quarter"
[indicator.quarters]
label = "期段合同"
unit = "份"
measure = "count"
on = "quarter"
[indicator.in_season]
label = "要约季合同"
unit = "份"
measure = "count"
semantics = "window"
window = "season"
on = "signed_on"
[indicator.workers_once]
label = "覆盖职工（不重复）"
unit = "人"
measure = "sum_max"
of = "n_workers"
per = "employers"
on = "signed_on"
approximate = "is_about"
[indicator.good_contracts]
part = true
label = "履约良好"
unit = "份"
measure = "count"
on = "signed_on"
where = [{ field = "is_good", is = true }]
[indicator.good_rate]
label = "履约率"
unit = "%"
measure = "ratio"
numerator = "good_contracts"
denominator = "contracts"
digits = 1
[indicator.contracts_and_workers]
label = "合计"
unit = "项"
measure = "total"
of = ["contracts", "contract_workers"]
[indicator.first_contract]
label = "合同名称"
unit = "项"
measure = "count"
semantics = "event"
on = "signed_on"
shows = "{name}"
[indicator.n_offices]
label = "县区数"
unit = "个"
measure = "offices"
"""

FILES: Mapping[str, str] = {
    "pack.toml": PACK_TOML,
    "choices.toml": CHOICES_TOML,
    "common.toml": COMMON_TOML,
    "regions.toml": REGIONS_TOML,
    "ledgers/employer.toml": EMPLOYER_TOML,
    "ledgers/dispute.toml": DISPUTE_TOML,
    "ledgers/progress.toml": PROGRESS_TOML,
    "ledgers/contract.toml": CONTRACT_TOML,
}

DISPUTE: Mapping[str, object] = {"heard_on": "2025-03-05", "topic": "wages", "summary": "欠薪三个月"}
"""What a dispute cannot do without."""


def with_version(files: Mapping[str, str], version: int, **more: str) -> dict[str, str]:
    """The files under another pack version, some of them replaced; `ledgers__x` stands for `ledgers/x.toml`."""
    pack = files["pack.toml"].replace("version = 1", f"version = {version}")
    named = {f"{name.replace('__', '/')}.toml": value for name, value in more.items()}
    return {**files, "pack.toml": pack, **named}


def dump(vault: Vault) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table but the search index, and the audit, which remembers what was taken back."""
    with vault.read() as connection:
        names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
        found = {}
        for name in sorted(one for one in names if not one.startswith("search_") and one != "audit"):
            rows = connection.exec_driver_sql(f'SELECT * FROM "{name}"').mappings()  # noqa: S608
            cells = (tuple(cell for key, cell in row.items() if key != "search_doc") for row in rows)
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
