"""
P05 What was typed in the window is in no file and not in the clipboard once it is locked: vault, draft, settings.
"""

from pathlib import Path

from PySide6.QtGui import QGuiApplication

from desktop_app.actions.desk import open_desk
from desktop_app.actions.drafts import my_drafts
from desktop_app.gui.remembered import remember_vault
from desktop_app.gui.window import Window
from desktop_app.storage.vault import Vault
from tests.gui.conftest import PASSPHRASE
from tests.gui.test_window import form_page, line_of
from tests.unit.storage.test_plaintext import MARKS, readable


def test_p05_locked(entered: Window, vault: Vault, tmp_path: Path) -> None:
    remember_vault(vault.folder)
    page = form_page(entered, "new/petition")
    for key, mark in (("petitioner", MARKS[2]), ("summary", MARKS[0])):
        line_of(page, key).setText(mark)
        line_of(page, key).textEdited.emit(mark)
    QGuiApplication.clipboard().setText(MARKS[2])
    assert entered.lock()
    assert QGuiApplication.clipboard().text() == ""
    names = {one.name for one in tmp_path.rglob("*") if one.is_file()}
    assert {"vault.db", "vault.keys", "window.json"} <= names
    assert readable(tmp_path) == []
    again = open_desk(vault.folder, PASSPHRASE)
    assert [one.content["fields"] for one in my_drafts(again)] == [{"petitioner": MARKS[2], "summary": MARKS[0]}]
    again.close()
