"""
M01 over all roles and pages: a button that acts is grey exactly when its action would refuse the role, and says why
M02 no button is left out: what acts is listed with its action, everything else only looks or leads on
M03 a record that a role may not change is shown read-only, with the reason above it
"""

import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.actions.declaring import declare_period
from desktop_app.actions.records import Given, add_records, edit_record
from desktop_app.domain.roles import LABELS, WHAT, Permission, Role
from desktop_app.gui.list_actions import steps_menu
from desktop_app.gui.page import Page
from desktop_app.gui.record_page import RecordPage
from desktop_app.gui.window import Window
from desktop_app.storage.vault import Vault
from tests.gui.test_city_pages import carry
from tests.gui.test_exchange import county, last_year, petition, stick  # noqa: F401 fixtures
from tests.gui.test_window import PACK, form_page, frame_of, list_page, opened, sample
from tests.unit.actions.test_roles import WRITES

ACTS: dict[str, str] = {
    r"record\.(save|save_next)": "records.add_records",
    r"record\.delete": "records._set_deleted",
    r"record\.history\.put_back": "records._change",
    r"record\.give_back|giveback\.go": "returns.add_returns",
    r"record\..*\.uncover": "privacy.reveal",
    r"record\.step\..*": "records._change",
    r"record\..*\.(add|remove)|child\..*\.(add|keep|remove)": "attaching.attach_file",
    r"list\..*\.new": "records.add_records",
    r"list\..*\.delete": "records._set_deleted",
    r"list\..*\.import|excel\.(next|undo|undo_last|judge)": "excel.importing.import_workbook",
    r"letter\.(apply|tidy)": "records._change",
    r"send\.go": "exporting._export_to",
    r"send\.explain": "records._change",
    r"receipt\.go": "exporting._export_to",
    r"receive\.(go|preview)": "importing.import_package",
    r"receive\.undo": "importing.undo_last_import",
    r"conflicts\.(all|\d+\.take\d+)": "conflicts.decide_conflict",
    r"period\.(accept|return|refuse)": "periods.decide_period",
    r"returns\.(settle|reopen)": "records._change",
    r"offices\.(add|again)": "pairing.add_office",
    r"offices\.revoke": "pairing.revoke_office",
    r"params\.go": "publishing.publish_forms",
    r"backup\.place\.(set|clear)": "backups.set_second_place",
    r"backup\.(move|stay)": "backups.stay_here",
    r"users\.(add|set_role|reset|disable)": "users.add_user",
    r"users\.(recovery|escrow\..*)": "recovery.new_recovery_code",
    r"audit\.(print|explain)": "auditing.print_audit",
    r"person\.(find|print)": "privacy.find_person",
    r"letterhead\.(save|test)": "letterhead.write_letterhead",
    r"report\.passage\.(keep|reset)": "narrating.write_passage",
    r"report\.freeze": "freezing.freeze_report",
    r"update\.(go|back)": "updating.install_update",
}
"""Object name of a button → the action it starts."""
ASKS: dict[str, Permission] = {**WRITES, "privacy.reveal": "enter", "privacy.find_person": "enter"}
ASKS |= {"periods.decide_period": "direct", "auditing.print_audit": "administer", "backups.stay_here": "administer"}
ASKS |= {"updating.install_update": "administer"}
ASKS |= {"narrating.write_passage": "enter", "freezing.freeze_report": "enter"}
LOOKS = re.compile(
    r"(home|search|help|journal|passphrase|settings|behind|board|frame|message)\..*"
    r"|.*\.(pick|copy|print|open|columns|back|next|files|stick|clear|keep|test|now|check|repair|look|view|sheet)"
    r"|list\..*\.(steps|export)|record\.(discard|draft\..*)|.*\.calendar|.*\.(new|look_up|pick_\w+)"
    r"|send\.(steps|check).*|send\.steps\.\d+|excel\..*|receive\.update|update\.file|person\.expired.*|report\..*|letter\..*"
    r"|record\..*\.save|offices\.pick|letterhead\..*|qt_.*|params\.forms\.pick"
)
CITY: tuple[str, ...] = ("board", "offices", "params")
COUNTY_ONLY = {r"send\.go", r"send\.explain"}
CITY_ONLY = {
    r"receipt\.go",
    r"period\.(accept|return|refuse)",
    r"offices\.(add|again)",
    r"offices\.revoke",
    r"params\.go",
}
BOTH: tuple[str, ...] = (
    "home",
    "list/petition",
    "new/petition",
    "new/letter",
    "excel/petition",
    "send",
    "receive",
    "conflicts",
)
BOTH += ("returns", "journal", "report", "backup", "update", "users", "audit", "passphrase", "person", "settings")


def buttons_of(page: QWidget) -> list[QPushButton]:
    found: Iterable[QPushButton] = page.findChildren(QPushButton)
    return [one for one in found if one.objectName()]


def action_of(name: str) -> str:
    return next((action for pattern, action in ACTS.items() if re.fullmatch(pattern, name)), "")


def permission_of(vault: Vault, name: str, action: str) -> Permission:
    """What the action of a button asks for; of a step, what its form says."""
    if match := re.fullmatch(r"record\.step\.(\w+)", name):
        ledgers = [vault.pack.ledgers[one] for one in ("petition", "letter")]
        (permit,) = {
            one.workflow.steps[match[1]].permit for one in ledgers if one.workflow and match[1] in one.workflow.steps
        }
        return next(one for one in WHAT if one == permit)
    return ASKS[action]


def faults(window: Window, vault: Vault, addresses: Iterable[str], seen: set[str], qtbot: QtBot) -> list[str]:
    bad = []
    for address in addresses:
        page = opened(window, address)
        qtbot.waitUntil(lambda: not window.runner.is_busy, timeout=20_000)
        if isinstance(page, RecordPage):
            for at in range(page.tabs.count()):
                page.tabs.setCurrentIndex(at)
        for one in buttons_of(page):
            name = one.objectName()
            action = action_of(name)
            if not action:
                if not LOOKS.fullmatch(name):
                    bad.append(f"{address}: {name} is neither listed as acting nor as looking")
                continue
            seen.add(next(pattern for pattern in ACTS if re.fullmatch(pattern, name)))
            why = vault.why_not(permission_of(vault, name, action))
            told = f"{vault.role} {address}: {name} enabled={one.isEnabled()} says {one.toolTip()!r}"
            if why:
                one.setEnabled(True)  # what its page does once a file, say, is chosen
                if one.isEnabled() or one.toolTip() != why:
                    bad.append(told)
            elif not one.isEnabled() and (
                not one.toolTip() or "角色" in one.toolTip() or LABELS[vault.role] in one.toolTip()
            ):
                bad.append(told)
        if isinstance(page, Page) and page.address.kind != "home":
            frame_of(window).drop(page)
    return bad


@pytest.fixture
def full(vault: Vault, county: Vault, stick: Path) -> tuple[str, str]:  # noqa: F811
    """A petition of the county's that both have changed, and a letter; the period is declared."""
    (record,) = add_records(county, "petition", [petition()]).record_ids
    carry(county, vault, stick)
    edit_record(vault, record, {"summary": "市里改的"})
    edit_record(county, record, {"summary": "县里改的"})
    entered = PACK.ledgers["letter"].entered
    given = Given({one.key: sample(one, "") for one in entered if one.required and not one.ledger})
    (letter,) = add_records(county, "letter", [given]).record_ids
    declare_period(county, last_year(), filler="张三", leader="李四")
    carry(county, vault, stick)
    return record, letter


# M01, M02


@pytest.mark.parametrize("desk", ["county", "city"])
def test_m01_grey_exactly_when_refused(
    window: Window,
    vault: Vault,
    county: Vault,  # noqa: F811
    full: tuple[str, str],
    qtbot: QtBot,
    desk: str,
) -> None:
    record, letter = full
    own, rest = (vault, county) if desk == "city" else (county, vault)
    rest.close()
    addresses = [*BOTH, f"record/{record}", f"record/{letter}"]
    if desk == "city":
        addresses += [*CITY, f"giveback/{record}", f"period/{county.owner.office}/{last_year()}"]
    window.enter(own)
    bad, seen = list[str](), set[str]()
    for role in LABELS:
        own.role = role
        bad += faults(window, own, addresses, seen, qtbot)
    assert not bad, "\n".join(bad)
    not_here = CITY_ONLY if desk == "county" else COUNTY_ONLY
    assert {one for one in ACTS if one not in seen} == not_here


def test_m01_steps_for_several__ok(entered: Window, vault: Vault) -> None:
    vault.role = "entry"
    menu = steps_menu(list_page(entered, "letter"))
    barred = {str(one.data()) for one in menu.actions() if not one.isEnabled()}
    assert "review" in barred
    assert all("审批" in one.toolTip() or "审核" in one.toolTip() for one in menu.actions() if not one.isEnabled())
    workflow = vault.pack.ledgers["letter"].workflow
    assert workflow is not None
    assert all(workflow.steps[one].permit == "approve" for one in barred)


# M03


def test_m03_reader_sees_why_above_the_form__ok(entered: Window, vault: Vault) -> None:
    (record,) = add_records(vault, "petition", [petition()]).record_ids
    vault.role = "reader"
    for address in (f"record/{record}", "new/petition"):
        page = form_page(entered, address)
        assert "只读" in page.head.reason.text()
        assert page.head.reason.isVisible()
        lines: Iterable[QLineEdit] = page.form.sections[next(iter(page.form.sections))].findChildren(QLineEdit)
        assert not [one for one in lines if one.isEnabled() and not one.isReadOnly()]


@pytest.mark.parametrize(("role", "may_type"), [("reader", False), ("entry", True)])
def test_m03_cells_of_child_tables__ok(entered: Window, vault: Vault, qtbot: QtBot, role: Role, may_type: bool) -> None:
    given = {one.key: sample(one, "") for one in PACK.ledgers["training"].entered if one.required and not one.ledger}
    (parent,) = add_records(vault, "training", [Given(given)]).record_ids
    add_records(vault, "trainee", [Given({"name": "李四", "trained_on": "2026-01-05", "parent": parent})])
    vault.role = role
    page = form_page(entered, f"record/{parent}")
    table = page.children_tables["trainee"]
    page.tabs.setCurrentWidget(table)
    assert table.table.rowCount() == 1
    table.table.setCurrentCell(0, 0)
    qtbot.keyClick(table.table, Qt.Key.Key_F2)
    assert (table.table.state() == QAbstractItemView.State.EditingState) is may_type
    table.add_row()
    assert table.table.rowCount() == (2 if may_type else 1)
