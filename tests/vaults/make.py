"""
Makes a vault of today's format for the museum: `python -m tests.vaults.make FOLDER`.

Run once, with the last commit before the format changes; the folder that comes out is never made again. It is a
county's vault after a little work with the shipped forms: records of three ledgers, a step, an attachment, a
deleted record, a package that went to the city and the receipt that came back.
"""

import shutil
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from desktop_app.actions.attaching import attach_file
from desktop_app.actions.desk import NewDesk, init_city
from desktop_app.actions.exporting import export
from desktop_app.actions.importing import import_package
from desktop_app.actions.pairing import add_office, init_county
from desktop_app.actions.records import Given, add_records, delete_record, edit_record
from desktop_app.actions.steps import take_step
from desktop_app.base.clock import SetClock
from desktop_app.storage.slots import LIGHT
from desktop_app.storage.vault import Vault

PASSPHRASE = "vault-of-then-1"
EMPLOYERS = (
    ("白银红鹭机械有限公司", "91620402MA60000011", 120),
    ("白银铜城商贸有限公司", "91620402MA60000024", 36),
)
EMPLOYER = {
    "region": "620402",
    "industry": "C",
    "economy": "private",
    "has_union": True,
    "union_formed_on": "2019-05-01",
}
PETITION = {"channel": "visit", "petitioner": "某职工", "class": "appeal", "topic": "wages"}


def fill(county: Vault, city: Vault, clock: SetClock, folder: Path) -> None:
    """A little of everything."""
    given = [Given({**EMPLOYER, "name": name, "uscc": code, "n_workers": n}) for name, code, n in EMPLOYERS]
    add_records(county, "employer", given)
    petitions = [
        Given({**PETITION, "registered_on": f"2026-0{n}-11", "summary": f"反映拖欠工资第 {n} 件", "n_people": n})
        for n in range(1, 6)
    ]
    records = add_records(county, "petition", petitions).record_ids
    clock.at += timedelta(minutes=5)
    edit_record(county, records[0], {"summary": "反映拖欠三个月工资"})
    take_step(county, records[1], "accept", {"accepted_on": "2026-02-12", "route": "direct"})
    delete_record(county, records[4], note="重复登记")
    paper = folder / "工资条.txt"
    paper.write_text("一月未发；二月未发。\n" * 40, encoding="utf-8")
    attach_file(county, records[0], paper, field="files")
    for sender, receiver in ((county, city), (city, county)):
        import_package(receiver, export(sender, folder / "stick")[0].file)
    edit_record(county, records[2], {"n_people": 33})  # not sent yet


def make(out: Path) -> None:
    """The vault, without the backups that making it left."""
    clock = SetClock(datetime(2026, 11, 25, 1, tzinfo=UTC))
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "stick").mkdir()
        desk = NewDesk(folder / "city", "city-of-then-1", clock=clock, cost=LIGHT)
        city, _ = init_city(desk, office="620400", name="白银市总工会")
        enrolment = add_office(city, code="620402", name="白银区总工会", out=folder / "stick")
        made = NewDesk(folder / "county", PASSPHRASE, clock=clock, cost=LIGHT)
        county, paired = init_county(made, enrolment=enrolment, out=folder / "stick")
        assert paired.file is not None
        import_package(city, paired.file)
        fill(county, city, clock, folder)
        county.close()
        city.close()
        out.mkdir(parents=True)
        for name in ("vault.db", "vault.keys"):
            shutil.copyfile(folder / "county" / name, out / name)


if __name__ == "__main__":
    make(Path(sys.argv[1]))
