"""Taking the newest import of a workbook back."""

from __future__ import annotations

from desktop_app.actions.changes import Changes
from desktop_app.actions.excel.lines import Tell
from desktop_app.actions.permits import PERMITS
from desktop_app.base.errors import ActionRefused
from desktop_app.storage.reading import Reading
from desktop_app.storage.records import find_record
from desktop_app.storage.sheet_imports import SheetImport, last_sheet_import, take_back, touched_since
from desktop_app.storage.vault import Vault


def undo_last_sheet(vault: Vault, *, tell: Tell = lambda *_: None) -> tuple[str, Changes]:
    """
    Takes the newest import of a workbook back.

    Returns:
        The file's name, and what changed.

    Raises:
        ActionRefused: excel.no_undo, excel.undo_changed, record.sealed.
    """
    with vault.write(PERMITS["sheet"]) as connection:
        entry = last_sheet_import(connection)
        if entry is None:
            raise ActionRefused("excel.no_undo")
        if changed := touched_since(vault, connection, entry):
            title = Reading(vault, connection).title(find_record(vault, connection, changed[0]))
            raise ActionRefused("excel.undo_changed", name=entry.file, n=len(changed), title=title)
        take_back(vault, connection, entry, f"撤销导入 {entry.file}", tell)
    return entry.file, Changes(frozenset({entry.ledger}))


def last_sheet(vault: Vault) -> SheetImport | None:
    """The newest import of a workbook that was not taken back."""
    with vault.read() as connection:
        return last_sheet_import(connection)
