"""The first start: a vault is made, its recovery code written down and typed back, the county registered."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop_app.actions.desk import DEFAULT_USER, NewDesk, init_city
from desktop_app.actions.pairing import init_county
from desktop_app.actions.recovery import print_recovery_code
from desktop_app.base.errors import KnownError
from desktop_app.domain.recovery_code import plain_code, wrong_groups
from desktop_app.gui.naming import named
from desktop_app.gui.page import button, faint, heading, put_in_middle, row_of
from desktop_app.gui.remembered import default_folder
from desktop_app.gui.secrets import Meter, fault_of, secret_line
from desktop_app.gui.tasks import TaskRunner
from desktop_app.storage.vault import Vault

_COUNTY, _CITY = 0, 1


class Setup(QWidget):
    """
    Signals: `opened(Vault)` once the recovery code has been typed back; `left()` to go back to the log-in.

    The vault stays open while its code is shown, so that nothing has to be typed twice.
    """

    opened = Signal(object)
    left = Signal()

    def __init__(self, runner: TaskRunner) -> None:
        super().__init__()
        named(self, "setup", "第一次使用")
        self._runner = runner
        self._vault: Vault | None = None
        self._code = ""
        self.steps = QStackedWidget()
        self.steps.addWidget(self._ask())
        self.steps.addWidget(self._show_code())
        card = QFrame()
        card.setProperty("kind", "panel")
        card.setFixedWidth(640)
        inner = QVBoxLayout(card)
        inner.setContentsMargins(28, 20, 28, 20)
        inner.addWidget(heading("第一次使用"))
        inner.addWidget(self.steps)
        put_in_middle(card, self, "setup.room", "第一次使用")

    def _ask(self) -> QWidget:
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        form = QFormLayout()
        self._form = form
        self.role = named(QComboBox(), "setup.role", "本单位是")
        self.role.addItems(["县区总工会", "市总工会"])
        self.role.currentIndexChanged.connect(self._role_chosen)
        self.enrolment, enrolment_row = self._path("setup.enrolment", "入网文件", self._pick_enrolment)
        self.out, out_row = self._path("setup.out", "登记文件写到", self._pick_out)
        self.escrow = named(QCheckBox("同时设立，口令和恢复码都丢了可请市里帮助打开"), "setup.escrow", "市级代管")
        self.escrow.setToolTip("市里平时拿不到密库，也打不开；以后可以在“用户”页取消或再设立")
        self.office = named(QLineEdit(), "setup.office", "单位代码")
        self.office.setPlaceholderText("6 位行政区划代码，如 620400")
        self.office_name = named(QLineEdit(), "setup.name", "单位名称")
        self.user = named(QLineEdit(DEFAULT_USER), "setup.user", "经办人姓名")
        self.folder, folder_row = self._path("setup.folder", "密库放在", self._pick_folder)
        self.folder.setText(str(default_folder()))
        self.passphrase = secret_line("setup.passphrase", "口令")
        self.again = secret_line("setup.again", "再输一遍口令")
        self.again.returnPressed.connect(self.make)
        self.meter = Meter("setup.strength", self.passphrase)
        rows: list[tuple[str, QWidget | QHBoxLayout]] = [
            ("本单位是", self.role),
            ("市里给的入网文件", enrolment_row),
            ("登记文件写到（U盘）", out_row),
            ("市级代管", self.escrow),
            ("单位代码", self.office),
            ("单位名称", self.office_name),
            ("经办人姓名", self.user),
            ("密库放在", folder_row),
            ("口令", self.passphrase),
            ("口令强度", self.meter),
            ("再输一遍口令", self.again),
        ]
        for label, widget in rows:
            form.addRow(label, widget)
        self._county_rows = (enrolment_row, out_row, self.escrow)
        self._city_rows = (self.office, self.office_name)
        column.addLayout(form)
        column.addWidget(faint("口令只有您知道，忘记后只能用恢复码打开。密库要放在本机硬盘上，不能放在U盘或网络盘。"))
        self.problem = named(QLabel(wordWrap=True), "setup.problem")
        self.problem.setProperty("kind", "error")
        self.problem.hide()
        column.addWidget(self.problem)
        self.back = button("返回登录", "setup.back")
        self.back.clicked.connect(self.left)
        self.go = button("建立密库", "setup.go", kind="primary")
        self.go.clicked.connect(self.make)
        column.addLayout(row_of(self.back, 1, self.go))
        self._role_chosen(_COUNTY)
        return box

    def _path(self, name: str, label: str, pick: Callable[[], None]) -> tuple[QLineEdit, QHBoxLayout]:
        line = named(QLineEdit(), name, label)
        choose = button("选择……", f"{name}.pick")
        choose.clicked.connect(pick)
        return line, row_of(line, choose)

    def _role_chosen(self, role: int) -> None:
        for row in self._county_rows:
            self._form.setRowVisible(row, role == _COUNTY)
        for line in self._city_rows:
            self._form.setRowVisible(line, role == _CITY)

    def _pick_enrolment(self) -> None:
        found, _ = QFileDialog.getOpenFileName(self, "选择入网文件", filter="数据包 (*.ghpkg)")
        if found:
            self.enrolment.setText(found)
            self.out.setText(self.out.text() or str(Path(found).parent))

    def _pick_out(self) -> None:
        if found := QFileDialog.getExistingDirectory(self, "登记文件写到哪里"):
            self.out.setText(found)

    def _pick_folder(self) -> None:
        if found := QFileDialog.getExistingDirectory(self, "密库放在哪个文件夹里"):
            self.folder.setText(str(Path(found) / "密库"))

    def _fault(self) -> str:
        """What keeps the vault from being made, in words; empty for nothing."""
        is_county = self.role.currentIndex() == _COUNTY
        has_office = self.office.text().strip() and self.office_name.text().strip()
        faults = (
            (is_county and not _path_of(self.enrolment).is_file(), "请先选择市里给的入网文件（.ghpkg）。"),
            (is_county and not _path_of(self.out).is_dir(), "请选择登记文件写到哪里：一般是带来入网文件的U盘。"),
            (not is_county and not has_office, "请填写单位代码和单位名称。"),
            (not self.user.text().strip(), "请填写经办人姓名；每次修改都会记上它。"),
        )
        return next((text for is_wrong, text in faults if is_wrong), "") or fault_of(self.passphrase, self.again)

    def make(self) -> None:
        """Makes the vault beside the window; about a second goes into deriving the key."""
        fault = self._fault()
        self._say(fault)
        if fault:
            return
        desk = NewDesk(Path(self.folder.text().strip()), self.passphrase.text(), self.user.text().strip())
        enrolment, out = Path(self.enrolment.text().strip()), Path(self.out.text().strip())
        office, name = self.office.text().strip(), self.office_name.text().strip()
        is_county, escrow = self.role.currentIndex() == _COUNTY, self.escrow.isChecked()

        def work(_: object) -> tuple[Vault, str, str]:
            if not is_county:
                vault, code = init_city(desk, office=office, name=name)
                return vault, code, ""
            vault, paired = init_county(desk, enrolment=enrolment, out=out, escrow=escrow)
            words = f"登记文件已写出：{paired.file}\n核对码 {paired.short_code}：请给市里打电话，两边应当一致。"
            return vault, paired.recovery_code, words

        self.go.setEnabled(False)
        self._runner.start("正在建立密库", work, self._made, self._refused)

    def _refused(self, error: BaseException) -> None:
        self.go.setEnabled(True)
        if not isinstance(error, KnownError):
            raise error
        self._say(str(error))

    def _made(self, found: tuple[Vault, str, str]) -> None:
        self.go.setEnabled(True)
        self._vault, self._code, words = found
        self.passphrase.clear()
        self.again.clear()
        self.code.setText(self._code)
        self.pairing.setText(words)
        self.pairing.setVisible(bool(words))
        self.typed.clear()
        self.steps.setCurrentIndex(1)
        self.typed.setFocus()

    def _say(self, text: str) -> None:
        self.problem.setText(text)
        self.problem.setVisible(bool(text))

    def _show_code(self) -> QWidget:
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(QLabel("密库已建立。下面是恢复码，只显示这一次，请抄在纸上锁好："))
        self.code = named(QLabel(wordWrap=True), "setup.code")
        self.code.setProperty("kind", "title")
        column.addWidget(self.code)
        self.print_code = button("存为可打印的一页（PDF）……", "setup.print", tip="打印后锁好，再删除这个文件")
        self.print_code.clicked.connect(self._print)
        column.addLayout(row_of(self.print_code, 1))
        column.addWidget(
            faint("口令忘记时，凭恢复码可以打开密库，别无他法；拿到恢复码的人也能打开，不要和电脑放在一起。")
        )
        self.pairing = named(QLabel(wordWrap=True), "setup.pairing")
        self.pairing.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(self.pairing)
        self.typed = named(QLineEdit(), "setup.typed", "照着输入一遍恢复码")
        self.typed.setPlaceholderText("照着纸上抄的输入一遍，证明抄对了")
        self.typed.returnPressed.connect(self.confirm)
        column.addWidget(self.typed)
        self.wrong = named(QLabel(wordWrap=True), "setup.wrong")
        self.wrong.setProperty("kind", "error")
        column.addWidget(self.wrong)
        self.enter = button("进入工作台", "setup.enter", kind="primary")
        self.enter.clicked.connect(self.confirm)
        column.addLayout(row_of(1, self.enter))
        column.addStretch(1)
        return box

    def _print(self) -> None:
        path, _ = QFileDialog.getSaveFileName(self, "恢复码存到", "恢复码.pdf", "PDF (*.pdf)")
        if path and self._vault is not None:
            try:
                print_recovery_code(self._vault, self._code, Path(path))
            except KnownError as error:
                self.wrong.setText(str(error))

    def confirm(self) -> None:
        """Goes on once the code was typed back rightly; spaces, hyphens and case do not count."""
        if plain_code(self.typed.text()) != plain_code(self._code) or wrong_groups(self.typed.text()):
            groups = "、".join(map(str, wrong_groups(self.typed.text())))
            where = f"第 {groups} 组有误，" if groups else ""
            self.wrong.setText(f"和上面的恢复码不一样，{where}请对照纸上抄的再输一遍。")
            return
        assert self._vault is not None
        vault, self._vault, self._code = self._vault, None, ""
        self.code.clear()
        self.typed.clear()
        self.wrong.clear()
        self.steps.setCurrentIndex(0)
        self.opened.emit(vault)

    def close_vault(self) -> None:
        """When the program ends before the code was typed back."""
        if self._vault is not None:
            self._vault.close()
            self._vault = None


def _path_of(line: QLineEdit) -> Path:
    """What stands in a line as a path; nothing there is a path that does not exist."""
    return Path(line.text().strip() or " ")
