"""办理: where a record stands, the steps that are open now with their limits, and what each of them asks for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from desktop_app.actions.reading import show_history
from desktop_app.actions.steps import take_step, why_not_step
from desktop_app.base.clock import today
from desktop_app.base.errors import KnownError, RecordInvalid
from desktop_app.domain.limits import due_on
from desktop_app.gui.desk import Desk
from desktop_app.gui.editors.editor import Editor
from desktop_app.gui.form import FieldBox
from desktop_app.gui.naming import named
from desktop_app.gui.page import button, faint, focus_inside, row_of, stops
from desktop_app.schema.model import Step

if TYPE_CHECKING:
    from desktop_app.gui.record_page import RecordPage

ROLES = {"city": "市级", "county": "县级"}


class StepsTab(QScrollArea):
    """The steps of the workflow: open ones with a button, the others with the reason why not."""

    def __init__(self, desk: Desk, page: RecordPage) -> None:
        super().__init__()
        self._desk = desk
        self._page = page
        named(self, "record.steps", "办理")
        self.setWidgetResizable(True)
        self._boxes: dict[str, list[FieldBox]] = {}
        self._typed: dict[str, dict[str, object]] = {}

    def refresh(self) -> None:
        """Draws state, open steps and what has been done, anew."""
        has_focus = self.isAncestorOf(self.window().focusWidget())
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(14, 12, 14, 12)
        shown, workflow = self._page.shown, self._page.ledger.workflow
        assert workflow is not None
        if shown is None:
            column.addWidget(faint("先保存本记录（Ctrl+S），再办理下一个环节。"))
        else:
            state = str(shown.record.values.get("state"))
            label = QLabel(f"现在的状态：{workflow.states.get(state, state)}")
            label.setProperty("kind", "heading")
            column.addWidget(label)
            open_now = [step for key, step in workflow.steps.items() if key in shown.steps]
            if not open_now:
                column.addWidget(faint("已经办完，没有下一个环节。"))
            for step in open_now:
                column.addWidget(self._panel(step))
            rest = [step for key, step in workflow.steps.items() if open_now and key not in shown.steps]
            for step in rest:
                origins = "、".join(f"“{workflow.states[one]}”" for one in step.origins)
                column.addWidget(faint(f"{step.label}：要在{origins}状态下才能办理。"))
            column.addWidget(self._timeline())
        column.addStretch(1)
        self.setWidget(inner)
        before: QWidget = self
        for one in stops(inner):  # made anew, it would come last of all the page
            self.setTabOrder(before, one)
            before = one
        if has_focus:
            focus_inside(inner)  # the button of the step just taken is gone

    def _panel(self, step: Step) -> QFrame:
        frame = named(QFrame(), f"record.step.{step.key}.panel", step.label)
        frame.setProperty("kind", "panel")
        column = QVBoxLayout(frame)
        why = why_not_step(self._desk.vault, self._page.ledger.key, step.key)
        go = button(step.label, f"record.step.{step.key}", kind="primary", why=why)
        limit = QLabel(self._limit(step))
        limit.setProperty("kind", "warning")
        column.addLayout(row_of(go, limit, 1))
        assert self._page.shown is not None
        values = self._page.shown.record.values
        fields = self._page.ledger.fields
        asked = [key for key, one in fields.items() if step.key in one.required_by and key not in ("state", "parent")]
        asked += [key for key in step.sets if key not in asked and key in fields]
        boxes: list[FieldBox] = []
        for key in asked:
            box = FieldBox(fields[key], self._desk, f"record.step.{step.key}")
            assert box.editor is not None
            preset = step.sets.get(key)
            now = today(self._desk.vault.clock).isoformat()
            usual = values.get(key) or (now if preset == "today" else preset)
            box.editor.set_value(self._typed.get(step.key, {}).get(key, usual))
            box.edited.connect(partial(self._edited, step.key, box.editor))
            boxes.append(box)
            column.addWidget(box)
        owner_role = self._desk.vault.owner.role
        if step.by and step.by != owner_role:
            go.setEnabled(False)
            column.addWidget(faint(f"这个环节由{ROLES[step.by]}办理。"))
        elif why:
            column.addWidget(faint(why))
        go.clicked.connect(lambda: self.take(step, boxes))
        self._boxes[step.key] = boxes
        return frame

    def _edited(self, step: str, editor: Editor, key: str) -> None:
        self._typed.setdefault(step, {})[key] = editor.value()
        self._page.typed()

    def typed(self) -> dict[str, dict[str, object]]:
        """What was typed for steps that are not taken yet, by step and field."""
        return self._typed

    def type_in(self, typed: Mapping[str, dict[str, object]]) -> None:
        """Types values for steps, such as those of a draft, in place of what was typed."""
        self._typed = {key: dict(values) for key, values in typed.items()}
        self.refresh()
        if typed:
            self._page.typed()

    def boxes(self, step: str) -> list[FieldBox]:
        """What is asked for a step that is open now."""
        return self._boxes[step]

    def _limit(self, step: Step) -> str:
        assert self._page.shown is not None
        calendar = self._desk.vault.calendar
        last = due_on(step.within, self._page.shown.record.values, calendar) if step.within else None
        if last is None:
            return ""
        left = (date.fromisoformat(last) - today(self._desk.vault.clock)).days
        words = f"还有 {left} 天" if left > 0 else "今天到期" if left == 0 else f"已逾期 {-left} 天"
        unknown = "" if calendar.is_known_year(int(last[:4])) else f"（未导入 {last[:4]} 年节假日表，可能有偏差）"
        return f"期限 {last}，{words}{unknown}"

    def take(self, step: Step, boxes: list[FieldBox]) -> None:
        """Takes a step with what was filled in for it."""
        raw = {box.field.key: box.editor.value() for box in boxes if isinstance(box.editor, Editor)}
        record_id = self._page.record_id

        def refused(error: KnownError) -> None:
            found = {one.key: one for one in error.found} if isinstance(error, RecordInvalid) else {}
            for box in boxes:
                box.show_problem(found.get(box.field.key))
            self._desk.messages.say(str(error), "error")

        typed = self._typed.pop(step.key, None)
        changes = self._desk.act(lambda: take_step(self._desk.vault, record_id, step.key, raw), failed=refused)
        if changes is None and typed is not None:
            self._typed[step.key] = typed
        if changes is not None:
            self._page.drafting.keep()
            self._desk.messages.say(f"已办理：{step.label}")

    def _timeline(self) -> QWidget:
        workflow = self._page.ledger.workflow
        assert workflow is not None
        lines = []
        for event in self._desk.act(lambda: show_history(self._desk.vault, self._page.record_id)) or []:
            if event.step in workflow.steps:
                note = f"（{event.note}）" if event.note else ""
                lines.append(f"{event.at}　{workflow.steps[event.step].label}　{event.actor}{note}")
        label = named(QLabel("\n".join(["办理经过：", *lines]) if lines else ""), "record.steps.timeline")
        if not lines:
            label.hide()
        return label
