"""Where figures do not agree, and reports that were frozen."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLabel, QTableWidgetItem, QVBoxLayout, QWidget

from desktop_app.actions.differences import DeclaredOtherwise, Sums, declared_otherwise, sums_apart
from desktop_app.actions.freezing import Comparison, Frozen, compare_run, freeze_report, frozen_reports
from desktop_app.actions.reporting import Report
from desktop_app.domain.charts import Opens
from desktop_app.domain.period import Period, period_words
from desktop_app.gui.desk import Desk
from desktop_app.gui.naming import named
from desktop_app.gui.page import button, faint, row_of
from desktop_app.gui.plain_table import DATA_ROLE, PlainTable
from desktop_app.gui.tasks import Task


@dataclass(frozen=True, slots=True)
class Found:
    """Everything the tab shows of one period."""

    declared: list[DeclaredOtherwise]
    sums: list[Sums]
    runs: list[Frozen]
    comparison: Comparison | None


class DifferenceTab(QWidget):
    """Signals `opened(Opens)` for the records of a cell, `wanted()` when it is to be worked out anew."""

    opened = Signal(object)
    wanted = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        named(self, "report.differences", "差异")
        self._desk = desk
        self._period: Period | None = None
        self.run = named(QComboBox(), "report.run", "与哪次定版比较")
        self.run.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.run.activated.connect(self.wanted)
        self.freeze = button(
            "定版",
            "report.freeze",
            kind="primary",
            tip="把现在的指标表连同数据指纹、参数包版本和单位名单留存",
            why=desk.why_not("freeze"),
        )
        self.freeze.clicked.connect(self._freeze)
        self.told = faint("")
        named(self.told, "report.run.told")
        self.table = PlainTable("report.differences.table", "差异")
        self.table.itemActivated.connect(self._open)
        column = QVBoxLayout(self)
        column.addLayout(row_of(QLabel("与定版比较"), self.run, self.freeze, 1))
        column.addWidget(self.told)
        column.addWidget(self.table, 1)

    def work_out(self, report: Report, run_id: str) -> Found:
        """Works out the differences; not on the window's thread."""
        vault = self._desk.vault
        runs = frozen_reports(vault, report.period)
        known = {one.id for one in runs}
        wanted = run_id if run_id in known else (runs[0].id if runs else "")
        return Found(
            declared_otherwise(vault, report.period),
            sums_apart(report, vault.owner.office) if self._desk.is_city else [],
            runs,
            compare_run(vault, wanted) if wanted else None,
        )

    def show_found(self, period: Period, found: Found) -> None:
        """Shows what `work_out` gave."""
        self._period = period
        self.run.clear()
        for one in found.runs:
            self.run.addItem(f"{one.at} {one.actor}", one.id)
        comparison = found.comparison
        if comparison is not None:
            self.run.setCurrentIndex(self.run.findData(comparison.run.id))
        self.told.setText(_told(period, comparison))
        rows = [*_declared(found.declared), *_sums(found.sums, self._desk.vault.owner.name)]
        rows += _moved(comparison) if comparison else []
        self.table.show_rows(["差异", "指标", "单位", "一边", "另一边", "说明"], rows, n_words=6)

    def _freeze(self) -> None:
        period, vault = self._period, self._desk.vault
        if period is None:
            return

        def work(_: Task) -> Frozen:
            return freeze_report(vault, period)

        self._desk.run("正在定版", work, self._frozen)

    def _frozen(self, run: Frozen) -> None:
        missing = f"，缺 {'、'.join(run.missing)}" if run.missing else ""
        self._desk.messages.say(f"{period_words(run.period)}已定版，数据指纹 {run.digest[:8]}{missing}。")
        self.wanted.emit()

    def _open(self, item: QTableWidgetItem) -> None:
        indicator, office = item.data(DATA_ROLE)
        if self._period is not None and indicator in self._desk.vault.pack.indicators:
            self.opened.emit(Opens(indicator, self._period.label, office))


Cells = list[tuple[str, object]]


def _told(period: Period, found: Comparison | None) -> str:
    if found is None:
        return f"{period_words(period.label)}还没有定版；定版之后，数据再有变动，这里逐格列出。"
    run = found.run
    data = "数据没有变动" if found.is_same_data else "数据有变动"
    pack = "参数包相同" if found.is_same_pack else "参数包已更换"
    missing = f"缺 {'、'.join(run.missing)}" if run.missing else "单位齐全"
    return (
        f"{run.at} {run.actor} 定版：数据指纹 {run.digest[:16]}，参数包第 {run.pack} 版，"
        f"包含 {'、'.join(run.included) or '无'}，{missing}。现在{data}，{pack}，{len(found.moved)} 格不同。"
    )


def _declared(found: list[DeclaredOtherwise]) -> list[Cells]:
    return [
        [
            (text, (one.indicator, one.office))
            for text in ("申报与重算", one.label, one.office_name, f"申报 {one.declared}", f"重算 {one.found}", "")
        ]
        for one in found
    ]


def _sums(found: list[Sums], city: str) -> list[Cells]:
    rows: list[Cells] = []
    for one in found:
        why = [
            f"市本级 {one.own:g}{one.unit}" if one.own else "",
            f"重复 {one.repeated:g}{one.unit}" if one.repeated else "",
        ]
        texts = (
            "县区合计与市级",
            one.label,
            city,
            f"县区合计 {one.counties:g}",
            f"市级 {one.total:g}",
            "，".join(part for part in why if part),
        )
        rows.append([(text, (one.indicator, "")) for text in texts])
    return rows


def _moved(found: Comparison) -> list[Cells]:
    return [
        [
            (text, (one.indicator, one.office))
            for text in ("与定版", one.label, one.office_name, f"定版 {one.before}", f"现在 {one.now}", "")
        ]
        for one in found.moved
    ]
