"""The built program tried on two invented offices: vaults, a letter, packages, a backup and its restoration."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from desktop_app.actions.backups import back_up, find_backup, restore_backup
from desktop_app.actions.desk import NewDesk, init_city, open_desk
from desktop_app.actions.exporting import export
from desktop_app.actions.importing import import_packages
from desktop_app.actions.letters import draft_letter
from desktop_app.actions.pairing import add_office, init_county
from desktop_app.actions.printing import print_letter
from desktop_app.actions.reading import show_record
from desktop_app.actions.records import delete_record
from desktop_app.actions.steps import take_step
from desktop_app.storage.slots import LIGHT
from desktop_app.storage.vault import Vault

CITY, COUNTY = "620400", "620402"
_LETTER: dict[str, object] = {"kind": "tip", "theme": "heat", "addressee": "自检用人单位"}
_SIGNED: dict[str, object] = {"signer": "自检", "signer_post": "副主席"}


class SelfTestFailed(Exception):
    """What a part of the program gave is not what it should give."""


@dataclass
class SelfTest:
    """
    The parts in their order; each stands on what the one before has made in `folder`.

    Nothing here reads or writes a vault of the user's.
    """

    folder: Path
    passphrase: str = ""

    def __post_init__(self) -> None:
        self.passphrase = self.passphrase or secrets.token_hex(16)
        self._stick = self.folder / "stick"
        self._letter = ""

    def parts(self) -> dict[str, Callable[[], None]]:
        """What is tried, by its name on screen."""
        return {"密库": self.vaults, "文书": self.letter, "数据包": self.packages, "备份": self.backup}

    def open(self, office: str) -> Vault:
        """The vault of an office; the caller closes it."""
        return open_desk(self.folder / office, self.passphrase)

    @contextmanager
    def _opened(self, office: str) -> Iterator[Vault]:
        vault = self.open(office)
        try:
            yield vault
        finally:
            vault.close()

    def vaults(self) -> None:
        """A city and a county are made and paired, closed and opened again."""
        self._stick.mkdir(parents=True)
        city, _ = init_city(self._desk(CITY), office=CITY, name="自检市总工会")
        try:
            enrolment = add_office(city, code=COUNTY, name="自检区总工会", out=self._stick)
            county, paired = init_county(self._desk(COUNTY), enrolment=enrolment, out=self._stick)
            county.close()
            _check(paired.file is not None, "没有登记文件")
            done, skipped = import_packages(city, [paired.file] if paired.file else [])
            _check(len(done) == 1 and not skipped, f"登记未成：{skipped}")
        finally:
            city.close()
        with self._opened(COUNTY) as vault:
            _check(vault.owner.office == COUNTY, "打开的密库不对")

    def letter(self) -> None:
        """A letter is drafted, reviewed, signed and printed twice the same."""
        with self._opened(COUNTY) as vault:
            self._letter = draft_letter(vault, _LETTER).record_ids[0]
            take_step(vault, self._letter, "review", {})
            take_step(vault, self._letter, "sign", _SIGNED)
            first, second = (print_letter(vault, self._letter).content for _ in range(2))
            _check(first.startswith(b"%PDF-") and first == second, "两次打印不一致")

    def packages(self) -> None:
        """The county's submission is read by the city, whose receipt is read by the county."""
        with self._opened(COUNTY) as county:
            files = [one.file for one in export(county, self._stick)]
        with self._opened(CITY) as city:
            done, skipped = import_packages(city, files)
            _check(len(done) == 1 and not skipped, f"上报未收：{skipped}")
            number = show_record(city, self._letter).record.values.get("doc_no")
            _check(bool(number), "市级没有文号")
            receipts = [one.file for one in export(city, self._stick)]
        with self._opened(COUNTY) as county:
            done, skipped = import_packages(county, receipts)
            _check(len(done) == 1 and not skipped, f"回执未收：{skipped}")

    def backup(self) -> None:
        """A record that was deleted after a backup is back once it is restored."""
        with self._opened(COUNTY) as vault:
            record = draft_letter(vault, _LETTER).record_ids[0]
            made = back_up(vault).folder
            delete_record(vault, record)
        folder = self.folder / COUNTY
        restore_backup(folder, find_backup(folder, str(made)), self.passphrase)
        with self._opened(COUNTY) as vault:
            _check(not show_record(vault, record).record.is_deleted, "记录没有恢复")

    def _desk(self, office: str) -> NewDesk:
        return NewDesk(self.folder / office, self.passphrase, "自检", cost=LIGHT)


def _check(holds: bool, what: str) -> None:
    if not holds:
        raise SelfTestFailed(what)
