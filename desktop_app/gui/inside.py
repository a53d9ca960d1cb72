"""
What lies behind the log-in: with it come the database, the packages and every page.

Loaded beside the log-in while the passphrase is typed, since the first window must not wait for it; nothing that
the log-in is made of imports this, or the database, at its head.
"""

from __future__ import annotations

from desktop_app.actions.backups import back_up_on_close, last_test, restore_backup, self_test
from desktop_app.actions.clock import look_at_clock
from desktop_app.actions.desk import open_desk, read_forms
from desktop_app.actions.recovery import has_escrow_file, write_escrow
from desktop_app.actions.repairing import repair_vault, told_repair
from desktop_app.gui.arrive_page import Arrive
from desktop_app.gui.backup_page import told_contents
from desktop_app.gui.frame import Frame
from desktop_app.gui.help_page import help_dialog
from desktop_app.gui.indexing import Indexing
from desktop_app.gui.practice import Practice
from desktop_app.gui.returning import draw_anew, go_back, remember_place
from desktop_app.gui.settings_page import apply_looks, lock_minutes
from desktop_app.gui.setup_page import Setup
from desktop_app.gui.watermark import Watermark
from desktop_app.sync.header import SUFFIX as PACKAGE
from desktop_app.sync.update_file import SUFFIX as UPDATE

__all__ = [
    "PACKAGE",
    "UPDATE",
    "Arrive",
    "Frame",
    "Indexing",
    "Practice",
    "Setup",
    "Watermark",
    "apply_looks",
    "back_up_on_close",
    "draw_anew",
    "go_back",
    "has_escrow_file",
    "help_dialog",
    "last_test",
    "lock_minutes",
    "look_at_clock",
    "open_desk",
    "read_forms",
    "remember_place",
    "repair_vault",
    "restore_backup",
    "self_test",
    "told_contents",
    "told_repair",
    "write_escrow",
]
