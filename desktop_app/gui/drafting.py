"""The draft of one form: kept every few seconds while it is typed, offered again, saved or discarded by the person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QLabel

from desktop_app.actions.drafts import discard_draft, keep_draft, my_drafts, new_draft_id
from desktop_app.base.clock import local_text
from desktop_app.base.errors import KnownError
from desktop_app.gui.desk import Desk
from desktop_app.gui.messages import confirm
from desktop_app.gui.naming import named
from desktop_app.gui.page import button, row_of
from desktop_app.gui.unsaved import draft_title, type_in, unsaved
from desktop_app.storage.drafts import Draft

if TYPE_CHECKING:
    from desktop_app.gui.record_page import RecordPage

KEEP_PAUSE_MS = 3000
"""A PC that stops loses no more than what was typed in this time."""


class Drafting(QFrame):
    """
    The strip above a form that offers an earlier draft, and the keeper of the present one.

    Signal `kept()` when what is typed was written.

    It writes on the window's thread, a few milliseconds; while long work holds the vault it waits for the next turn.
    """

    kept = Signal()

    def __init__(self, desk: Desk, page: RecordPage) -> None:
        super().__init__()
        named(self, "record.draft", "草稿")
        self.setProperty("kind", "message-hint")
        self._desk = desk
        self._page = page
        self._id = ""
        self._offered: Draft | None = None
        self._last_error = ""
        self.words = named(QLabel(wordWrap=True), "record.draft.text")
        self.resume_button = button("继续填写", "record.draft.resume", kind="primary")
        self.resume_button.clicked.connect(self._resume_offered)
        self.discard_button = button("丢弃这份草稿", "record.draft.discard")
        self.discard_button.clicked.connect(self._discard_offered)
        row = row_of(self.words, self.resume_button, self.discard_button)
        row.setStretch(0, 1)
        self.setLayout(row)
        self._timer = QTimer(self, interval=KEEP_PAUSE_MS, singleShot=True)
        self._timer.timeout.connect(self._keep_in_turn)
        self.hide()

    @property
    def draft_id(self) -> str:
        """The draft that holds what is typed; empty when nothing was kept."""
        return self._id

    # Keeping

    def soon(self) -> None:
        """Told of every change by the person."""
        if not self._timer.isActive():
            self._timer.start()

    def _keep_in_turn(self) -> None:
        if self._desk.runner.is_busy:
            self._timer.start()
        else:
            self.keep()

    def keep(self) -> bool:
        """Keeps what stands in the form now; False when the vault refuses it, which is said once."""
        self._timer.stop()
        page, vault = self._page, self._desk.vault
        content = unsaved(page)
        try:
            if content:
                self._id = self._id or new_draft_id(vault)
                keep_draft(
                    vault,
                    self._id,
                    ledger=page.ledger.key,
                    record=page.record_id,
                    title=draft_title(page),
                    content=content,
                )
            elif self._id:
                discard_draft(vault, self._id)
                self._id = ""
        except KnownError as error:
            if str(error) != self._last_error:
                self._desk.messages.say(f"草稿没有存下：{error}", "error")
            self._last_error = str(error)
            return False
        self._last_error = ""
        if content:
            self.kept.emit()
        return True

    def forget(self) -> None:
        """The text is saved or no longer wanted."""
        self._timer.stop()
        if self._id:
            self._desk.act(lambda: discard_draft(self._desk.vault, self._id))
            self._id = ""

    def leave(self) -> bool:
        """Asked before the page goes: keeps the text and says so; a question only when it cannot be kept."""
        if not unsaved(self._page):
            self.forget()
            return True
        if self.keep():
            self._desk.messages.say(f"“{draft_title(self._page)}”没有保存，已存为草稿；可在首页继续填写。", "hint")
            return True
        question = f"“{draft_title(self._page)}”没有保存，草稿也没有存下。"
        return confirm(self._page, question, yes="不保存，离开", no="留下", detail=self._last_error)

    # Offering

    def offer(self) -> None:
        """Shows the newest earlier draft of this form, if there is one."""
        page = self._page
        found = self._desk.act(lambda: my_drafts(self._desk.vault, ledger=page.ledger.key, record=page.record_id))
        self._offered = next((one for one in found or [] if one.id != self._id), None)
        if self._offered is not None:
            has_moved = page.shown is not None and self._offered.content.get("heads") != list(page.shown.record.heads)
            words = f"有一份 {local_text(self._offered.at)} 没有保存的草稿：{self._offered.title}。"
            self.words.setText(words + ("此后这条记录又有改动，继续填写后请核对。" if has_moved else ""))
        self.setVisible(self._offered is not None)

    def resume(self, draft_id: str) -> None:
        """Puts a draft of this form into it; what stands in the form is kept as a draft of its own."""
        found = self._desk.act(lambda: my_drafts(self._desk.vault, ledger=self._page.ledger.key)) or []
        one = next((each for each in found if each.id == draft_id), None)
        if one is None or one.id == self._id or not self.keep():
            return
        self._id = one.id
        self._page.start_over()
        type_in(self._page, one.content)
        self.offer()

    def _resume_offered(self) -> None:
        if self._offered is not None:
            self.resume(self._offered.id)

    def _discard_offered(self) -> None:
        offered = self._offered
        if offered is None or not confirm(self._page, f"丢弃草稿“{offered.title}”？", yes="丢弃"):
            return
        if self._desk.act(lambda: discard_draft(self._desk.vault, offered.id)) is not None:
            self.offer()
