"""One record: its form by sections, its child tables, what is to be done, its files, its history."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QSplitter

from desktop_app.actions.changes import Changes
from desktop_app.actions.entry import look, new_values
from desktop_app.actions.privacy import reveal
from desktop_app.actions.reading import Shown, show_record
from desktop_app.actions.records import Given, add_records, delete_record, edit_record, restore_record
from desktop_app.actions.similar import ALIKE, similar
from desktop_app.base.errors import KnownError, Problem, RecordInvalid
from desktop_app.gui.desk import Address, Desk
from desktop_app.gui.drafting import Drafting
from desktop_app.gui.editors.attachments import AttachmentsEditor
from desktop_app.gui.entry_aids import copy_last, focus_first, leave_field, start_values, toggle_sticky
from desktop_app.gui.form import RecordForm
from desktop_app.gui.letter_panel import LetterPanel
from desktop_app.gui.messages import ask_reason, confirm
from desktop_app.gui.naming import named
from desktop_app.gui.page import Page, column_of, focus_inside
from desktop_app.gui.problem_list import ProblemList, beside
from desktop_app.gui.record_head import RecordHead
from desktop_app.gui.record_tabs import RecordTabs
from desktop_app.gui.similar_strip import SimilarStrip
from desktop_app.gui.unsaved import draft_title, unsaved
from desktop_app.schema.letters import LETTER
from desktop_app.schema.model import Ledger

NEED_REASON = ("record.sealed", "record.needs_reason")
LOOK_PAUSE_MS = 250


class RecordPage(Page):
    """A record of any ledger, drawn from its form; `new/<ledger>` for one that is not there yet."""

    def __init__(self, desk: Desk, address: Address) -> None:
        super().__init__(desk, address, "记录")
        self.record_id = "" if address.kind == "new" else address.key
        self.shown: Shown | None = show_record(desk.vault, self.record_id) if self.record_id else None
        self.ledger: Ledger = desk.vault.pack.ledgers[self.shown.record.ledger if self.shown else address.key]
        self.form = RecordForm(self.ledger, desk, f"record.{self.ledger.key}")
        self.form.edited.connect(self._edited)
        self._has_tried = False
        self._typed: set[str] = set()
        self._problems: tuple[Problem, ...] = ()
        self._timer = QTimer(self, interval=LOOK_PAUSE_MS, singleShot=True)
        self._timer.timeout.connect(self.judge)
        self._arrange()
        self._shortcuts()

    # Drawing

    def _arrange(self) -> None:
        self.head = RecordHead(self.desk, self.ledger)
        self.head.save.clicked.connect(self.save)
        self.head.save_next.clicked.connect(self.save_and_next)
        self.head.discard.clicked.connect(self._discard)
        self.head.delete.clicked.connect(self._delete_or_restore)
        self.head.give_back.clicked.connect(self._give_back)
        column = column_of(self, margin=10, spacing=6)
        column.addWidget(self.head)
        self.drafting = Drafting(self.desk, self)
        column.addWidget(self.drafting)
        self.alike = SimilarStrip(self.desk)
        column.addWidget(self.alike)

        self.tabs = RecordTabs(self)
        self.children_tables, self.steps = self.tabs.children_tables, self.tabs.steps
        self.problems = ProblemList()
        self.problems.chosen.connect(self.tabs.go_to)
        split = named(QSplitter(Qt.Orientation.Horizontal), "record.splitter", "表单与问题")
        split.addWidget(self.tabs)
        self.letter = LetterPanel(self.desk, self) if self.ledger.key == LETTER else None
        self._side = beside(self.problems, self.letter)
        split.addWidget(self._side)
        split.setSizes([600, 510] if self.letter else [880, 230])
        split.setStretchFactor(0, 1)
        column.addWidget(split, 1)

    def _shortcuts(self) -> None:
        for keys, slot in (
            ("Ctrl+S", self.save),
            ("Ctrl+Shift+S", self.save_and_next),
            ("F2", partial(copy_last, self)),
            ("F3", partial(toggle_sticky, self)),
            ("Alt+0", self._go_beside),
        ):
            QShortcut(QKeySequence(keys), self, slot, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def _go_beside(self) -> None:
        """Alt+0: what stands right of the form; there the arrow keys choose and Enter goes to a field."""
        focus_inside(self._side)

    def refresh(self) -> None:
        """Shows the record as it stands in the vault; text being typed stays."""
        typed = self.form.changed() if self._typed else {}
        if self.record_id:
            shown = self.desk.act(lambda: show_record(self.desk.vault, self.record_id))
            if shown is None:
                return
            self.shown = shown
            self.form.fill(shown.record.values)
            self.form.cover_private(shown.record.values, self._reveal)
        else:
            self.form.fill(new_values(self.desk.vault, self.ledger.key))
        self.form.type_in(typed)
        for box in self.form.boxes.values():
            if isinstance(box.editor, AttachmentsEditor):
                box.editor.record_id = self.record_id
        self._show_head()
        self.tabs.read_shown()
        self.judge()
        if self.letter is not None:
            self.letter.refresh()

    def _reveal(self, key: str) -> bool:
        """Whether the person may see a private value; that it was looked at is noted."""
        return self.desk.act(lambda: reveal(self.desk.vault, self.record_id, [key])) is not None

    def put(self, values: Mapping[str, object]) -> None:
        """Types values into the form."""
        self.form.type_in(values)
        for key in values:
            self._edited(key)

    def _show_head(self) -> None:
        shown = self.shown
        title = shown.title if shown else f"新增{self.ledger.label}"
        self.set_title(title)
        locked = self.why_locked()
        self.head.show_record(title, shown, locked)
        self.head.discard.setVisible(bool(self._typed))
        own = self.desk.vault.owner.office
        self.head.give_back.setVisible(self.desk.is_city and shown is not None and shown.record.office != own)
        if self._typed:
            self.titled.emit("*" + title)
        self.form.set_read_only(bool(locked), self._frozen())

    def _give_back(self) -> None:
        if self.shown is not None:
            self.desk.open(f"giveback/{self.shown.record.id}")

    def _frozen(self) -> tuple[str, ...]:
        """Fields that are fixed in the record's state."""
        frozen = self.ledger.workflow.frozen if self.ledger.workflow else None
        if frozen is None or self.shown is None or self.shown.record.values.get("state") not in frozen.states:
            return ()
        return frozen.fields

    def why_locked(self) -> str:
        """Why nothing of the record can be changed here; empty when it can."""
        if self.shown is None:
            return self.desk.why_not("record")
        record = self.shown.record
        if record.is_deleted:
            return "这条记录已删除，只能查看；需要时可以按“恢复”。"
        if record.office != self.desk.vault.owner.office and not self.desk.is_city:
            return f"这条记录属于{self.shown.office_name}，只能由该单位修改。"
        return self.desk.why_not("record")

    # Judging what is typed

    def _edited(self, key: str) -> None:
        self._typed.add(key)
        self.typed()
        self._timer.start()
        if self.letter is not None:
            self.letter.soon()

    def typed(self) -> None:
        """Something on the page was typed: it is marked and will be kept as a draft."""
        self.titled.emit("*" + self.title)
        self.head.discard.show()
        self.drafting.soon()

    # What is not saved

    @property
    def is_typed_in(self) -> bool:
        """Whether a field of the form was changed by the person since it was drawn or saved."""
        return bool(self._typed)

    def start_over(self) -> None:
        """Shows the record as it stands in the vault, or a new one, without what was typed."""
        self._typed.clear()
        for table in self.children_tables.values():
            table.drop_unkept()
        if self.steps is not None:
            self.steps.type_in({})
        self.refresh()

    def _discard(self) -> None:
        if confirm(self, f"放弃“{draft_title(self)}”没有保存的内容？", yes="放弃", no="继续填写"):
            self.drafting.forget()
            self.start_over()

    def judge(self) -> None:
        """Shows what the rules say of the form as it stands."""
        raw = self.form.raw() if not self.record_id else self.form.changed()
        found = self.desk.act(lambda: look(self.desk.vault, self.ledger.key, raw, record_id=self.record_id))
        if found is None:
            return
        is_quiet = not self._has_tried and not self.record_id
        beside = [one for one in found.problems if not is_quiet or one.key in self._typed]
        self.form.show_look(found.derived, found.shown, beside)
        self._show_alike()
        self._problems = found.problems
        self.problems.show_problems(found.problems)

    def _show_alike(self) -> None:
        """Names records much like this one, once the person has typed into the fields that tell."""
        keys = ALIKE.get(self.ledger.key, ())
        raw = {key: self.form.boxes[key].editor.value() for key in keys if key in self._typed}  # type: ignore[union-attr]
        found = similar(self.desk.vault, self.ledger.key, raw, but=self.record_id) if raw else []
        self.alike.show_records(found)

    def problems_now(self) -> tuple[Problem, ...]:
        """What the rules said of the form when they were last asked."""
        return self._problems

    # Doing

    def save(self, _: bool = False, *, note: str = "") -> bool:
        """Writes the record, with a reason where one is asked for; False when something has to be mended first."""
        leave_field(self)
        self._has_tried = True
        vault, errors = self.desk.vault, list[KnownError]()
        if self.record_id:
            fields = self.form.changed()
            if not fields:
                self.desk.messages.say("没有改动，不需要保存。", "hint")
                return True
            write = partial(edit_record, vault, self.record_id, fields, note=note)
        else:
            write = partial(add_records, vault, self.ledger.key, [Given(self.form.raw())], note=note)
        changes = self.desk.act(write, by=self, failed=errors.append)
        if changes is not None:
            self._saved(changes)
            return True
        if errors[0].code in NEED_REASON and not note and (reason := ask_reason(self, str(errors[0]))):
            return self.save(note=reason)
        self._refused(errors[0])
        return False

    def _saved(self, changes: Changes) -> None:
        if not self.record_id:
            self.form.leave_uncovered()
            self.record_id = changes.record_ids[0]
            self.address = Address("record", self.record_id)
        self._typed.clear()
        self.drafting.forget()
        self.refresh()
        if unsaved(self):
            self.drafting.soon()  # a row of a child table, say, that is not kept yet
        self.desk.messages.say(f"已保存：{self.title}")

    def _refused(self, error: KnownError) -> None:
        problems = error.found if isinstance(error, RecordInvalid) else ()
        self.judge()
        if problems:
            self.desk.messages.say(f"还有 {len(problems)} 处需要改正，未保存；请看右侧“问题”。", "error")
            self._show_all(problems)
            self.tabs.go_to(problems[0].key)
        else:
            self.desk.messages.say(str(error), "error")

    def _show_all(self, problems: tuple[Problem, ...]) -> None:
        for one in problems:
            if one.key in self.form.boxes:
                self.form.boxes[one.key].show_problem(one)

    def save_and_next(self) -> None:
        """Saves, then shows an empty form in which the fixed fields keep their values."""
        if not self.save():
            return
        kept = {key: box.editor.value() for key, box in self.form.boxes.items() if box.is_sticky and box.editor}
        self.desk.open(f"new/{self.ledger.key}", kept=kept)
        self.finished.emit()

    def reopen(self, address: Address) -> None:
        """Asked for again, with values to start with."""
        super().reopen(address)
        start_values(self)
        self.drafting.resume(str(address.options.get("draft") or ""))

    def show_now(self) -> None:
        """The values to start with are typed in once the form is drawn."""
        was_stale = self.is_stale
        super().show_now()
        if not was_stale:
            return
        if not self.record_id:
            start_values(self)
        if draft := str(self.address.options.get("draft") or ""):
            self.drafting.resume(draft)
        else:
            self.drafting.offer()

    def take_focus(self) -> None:
        """A new record is typed from its first empty field on."""
        if self.record_id:
            self.tabs.show_tab(self.tabs.currentIndex())
        else:
            focus_first(self)

    def _delete_or_restore(self) -> None:
        assert self.shown is not None
        if self.shown.record.is_deleted:
            if self.desk.act(lambda: restore_record(self.desk.vault, self.record_id), by=self) is not None:
                self.refresh()
            return
        question = f"删除“{self.title}”？"
        if not confirm(self, question, yes="删除", detail="历史仍保留，可以随时恢复。"):
            return
        if self.desk.act(lambda: delete_record(self.desk.vault, self.record_id), by=self) is not None:
            self._typed.clear()
            self.drafting.forget()
            self.refresh()

    def may_leave(self) -> bool:
        """Typed text is kept as a draft."""
        return self.drafting.leave()

    def manual_page(self) -> str:
        """Letters have a page of their own."""
        return "letters" if self.ledger.key == LETTER else "daily"

    def concerns(self, changes: Changes) -> bool:
        """This record, a row of its child tables, or the forms themselves."""
        children = {one.key for one in self.desk.vault.pack.children(self.ledger.key)}
        return self.record_id in changes.record_ids or bool(children & changes.ledgers) or changes.settings

    def heard(self, changes: Changes, initiator: QObject | None) -> None:
        """A new record that is not saved has nothing to redraw."""
        if self.record_id:
            super().heard(changes, initiator)
