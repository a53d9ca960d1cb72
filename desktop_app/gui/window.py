"""The one window: log-in, then the frame with its pages, and back when it is locked."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QMainWindow, QStackedWidget, QWidget

from desktop_app.base.errors import KnownError
from desktop_app.gui.desk import Desk
from desktop_app.gui.greeting import TITLE
from desktop_app.gui.locking import IdleWatch, SessionWatch
from desktop_app.gui.login import Login
from desktop_app.gui.messages import Messages
from desktop_app.gui.naming import named
from desktop_app.gui.remembered import remember_vault
from desktop_app.gui.tasks import Cancelled, TaskRunner
from desktop_app.gui.theme import Theme

if TYPE_CHECKING:
    from desktop_app.actions.practice import Role
    from desktop_app.gui.arrive_page import Arrive
    from desktop_app.gui.doorbell import Doorbell
    from desktop_app.gui.frame import Frame
    from desktop_app.gui.practice import Practice
    from desktop_app.gui.returning import Place
    from desktop_app.gui.setup_page import Setup
    from desktop_app.storage.restore import Contents
    from desktop_app.storage.vault import Vault


class Window(QMainWindow):
    """Owns the runner, the messages and the theme; a vault is open while `frame` is there."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        named(self, "window", TITLE)
        self.setWindowTitle(TITLE)
        self.resize(1366, 720)
        self.theme = theme
        theme.dress(self)
        self.runner = TaskRunner(self)
        self.messages = Messages(self)
        self.desk: Desk | None = None
        self.frame: Frame | None = None
        self._waiting: list[Path] = []
        self._stack = QStackedWidget()
        self.setCentralWidget(self._stack)
        self.login = Login(self.runner)
        self.login.opened.connect(self.enter)
        self._stack.addWidget(self.login)
        self.login.asked.connect(self.set_up)
        self.login.arrive_wanted.connect(self.arrive)
        self.login.practice_wanted.connect(self.practise)
        self._practice: Practice | None = None
        self._arrive: Arrive | None = None
        self._setup: Setup | None = None
        self._explain(self.login)
        self._place: Place | None = None
        self._doorbell: Doorbell | None = None
        self._is_public = False
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        self.idle_watch = IdleWatch(app, self)
        self.idle_watch.idle.connect(self.lock_by_itself)
        self.session_watch = SessionWatch(int(self.winId()), self)
        self.session_watch.away.connect(self.idle_watch.expire)

    @property
    def arrive_page(self) -> Arrive:
        """Where a backup is put into a folder; made when it is first asked for."""
        if self._arrive is None:
            from desktop_app.gui.inside import Arrive  # noqa: PLC0415 see there

            self._arrive = Arrive(self.runner)
            self._arrive.restored.connect(self._arrived)
            self._arrive.left.connect(self._back)
            self._stack.addWidget(self._arrive)
        return self._arrive

    @property
    def setup_page(self) -> Setup:
        """The first start; made when it is first asked for."""
        if self._setup is None:
            from desktop_app.gui.inside import Setup  # noqa: PLC0415 see there

            self._setup = Setup(self.runner)
            self._setup.opened.connect(self._made)
            self._setup.left.connect(self._back)
            self._stack.addWidget(self._setup)
            self._explain(self._setup)
        return self._setup

    def _explain(self, page: QWidget) -> None:
        QShortcut(QKeySequence("F1"), page, self._help, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def enter(self, vault: Vault) -> None:
        """Shows the frame of an open vault."""
        from desktop_app.gui.inside import (  # noqa: PLC0415 see there
            Frame,
            Indexing,
            Watermark,
            apply_looks,
            draw_anew,
            go_back,
            last_test,
            lock_minutes,
            look_at_clock,
            self_test,
        )

        apply_looks(vault, self.theme)
        self.desk = Desk(vault, self.runner, self.messages, self.theme)
        self.desk.locked.connect(self.lock)
        self.desk.restore_wanted.connect(self.restore)
        self.desk.repair_wanted.connect(self.repair)
        self.frame = Frame(self.desk)
        self.desk.forms_changed.connect(partial(draw_anew, self.frame))
        self._stack.addWidget(self.frame)
        self._stack.setCurrentWidget(self.frame)
        self.setWindowTitle(f"{vault.owner.name} — {TITLE}")
        if self._practice is not None:
            self.setWindowTitle(f"练习 — {self.windowTitle()}")
            Watermark(self.frame).show()
        self.idle_watch.minutes = lock_minutes(vault)
        self.idle_watch.touch()
        Indexing(self.desk, self.idle_watch.rested, self.frame)
        self.desk.minutes_changed.connect(self._set_minutes)
        self.desk.open("home")
        if words := self.desk.act(lambda: look_at_clock(vault)):
            self.messages.say(words, "error")
        if last_test(vault).is_due:
            self.desk.run("正在自检备份", lambda _: self_test(vault), lambda _: None, can_stop=True)
        if vault.is_by_code:
            self.desk.open("users")
        elif self._place is not None:
            go_back(self.frame, self._place)
        self._place = None
        self._wait_at(vault.folder)
        self._open_waiting()

    def open_files(self, files: Sequence[Path]) -> None:
        """Opens packages and updates that were given from outside, now or as soon as a vault is open."""
        self._waiting += files
        if self.desk is not None:
            self._open_waiting()
        elif files:
            self.login.say(f"登录后打开“{files[0].name}”。", "hint")

    def wait_at_door(self) -> None:
        """From now on files that another process is given come here, at the log-in too."""
        from desktop_app.gui.doorbell import front_door  # noqa: PLC0415 the log-in does not wait for it

        self._is_public = True
        if self.desk is None:
            self._wait_at(front_door())

    def _wait_at(self, place: Path) -> None:
        from desktop_app.gui.doorbell import Doorbell  # noqa: PLC0415 as above

        self._leave_door()
        self._doorbell = Doorbell(place, self)
        self._doorbell.rang.connect(self._rung)

    def _leave_door(self) -> None:
        if self._doorbell is not None:
            self._doorbell.close()
            self._doorbell = None

    def _rung(self, files: Sequence[Path]) -> None:
        """Files that were opened while the program runs: they come to the front with it."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.raise_()
        self.activateWindow()
        self.open_files(files)

    def _open_waiting(self) -> None:
        from desktop_app.gui.inside import PACKAGE, UPDATE  # noqa: PLC0415 see there

        assert self.desk is not None
        files, self._waiting = self._waiting, []
        if packages := [one for one in files if one.suffix.lower() == PACKAGE]:
            self.desk.open("receive", files=packages)
        for update in (one for one in files if one.suffix.lower() == UPDATE):
            self.desk.open("update", file=update)

    def _help(self) -> None:
        from desktop_app.gui.inside import help_dialog  # noqa: PLC0415 see there

        help_dialog(self, "start").show()

    def practise(self, role: Role) -> None:
        """Opens a throw-away desk on sample data."""
        from desktop_app.gui.inside import Practice  # noqa: PLC0415 see there

        self._practice = Practice()
        self._practice.begin(self.runner, role, self._practice_ready, self._practice_failed)

    def _practice_ready(self, vault: Vault) -> None:
        self.login.set_busy(is_busy=False)
        self.enter(vault)

    def _practice_failed(self, error: BaseException) -> None:
        self.login.set_busy(is_busy=False)
        self._end_practice()
        if isinstance(error, KnownError):
            self.login.say(str(error), "error")
        elif not isinstance(error, Cancelled):
            raise error

    def _end_practice(self) -> None:
        if self._practice is not None:
            self._practice.end()
            self._practice = None

    def _set_minutes(self, minutes: int) -> None:
        self.idle_watch.minutes = minutes

    def lock_by_itself(self) -> None:
        """Nobody is there; work under way is waited for at the next look."""
        if self.frame is not None and not self.runner.is_busy:
            self.lock()

    def set_up(self) -> None:
        """Shows the first start."""
        self._stack.setCurrentWidget(self.setup_page)

    def _made(self, vault: Vault) -> None:
        remember_vault(vault.folder)
        self.enter(vault)

    def _back(self) -> None:
        self._stack.setCurrentWidget(self.login)

    def lock(self) -> bool:
        """Closes the vault and shows the log-in; False while work is under way or text could not be kept."""
        if self.frame is None or self.desk is None:
            return True
        focus = self.focusWidget()
        # Work is stopped when no page refuses any more: a page that stays would wait for its result for ever.
        is_free = self.runner.can_halt
        if is_free and not self.frame.may_leave():
            return False
        if not (is_free and self.runner.halt()):
            self.messages.say(f"“{self.runner.title}”还没有完成，完成后再锁定；能停止的工作可以先按“停止”。", "hint")
            return False
        from desktop_app.gui.inside import remember_place  # noqa: PLC0415 see there

        self._place = remember_place(self.frame, focus)
        QApplication.clipboard().clear()  # what was copied must not be pasted by whoever comes next
        self._stack.setCurrentWidget(self.login)
        self._stack.removeWidget(self.frame)
        self.frame.deleteLater()
        self._leave_door()
        vault, self.frame, self.desk = self.desk.vault, None, None
        if self._practice is None:
            self._close(vault)
        else:
            vault.close()
            self._end_practice()
        self.setWindowTitle(TITLE)
        self.login.show_vaults()
        if self._is_public:
            self.wait_at_door()
        return True

    def _close(self, vault: Vault) -> None:
        """Makes the day's backup and closes; a backup that fails is told and keeps nobody from going home."""
        from desktop_app.gui.inside import back_up_on_close  # noqa: PLC0415 see there

        QApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
        try:
            done = back_up_on_close(vault)
            if done is not None and done.trouble:
                self.login.say(f"已备份；第二存放处没有写成：{done.trouble}", "hint")
        except KnownError as error:
            self.login.say(f"关闭时的备份没有做成：{error}", "error")
        finally:
            QApplication.restoreOverrideCursor()
            vault.close()

    def arrive(self) -> None:
        """Shows where a backup is put into a folder."""
        self._stack.setCurrentWidget(self.arrive_page)

    def _arrived(self, folder: Path, words: str) -> None:
        remember_vault(folder)
        self._back()
        self.login.show_vaults(folder)
        self.login.say(words, "hint")

    def repair(self, secret: str) -> None:
        """Closes the vault and saves what can be read of it into a new one."""
        folder = self.desk.folder if self.desk else None
        if folder is not None and self.lock():
            self.login.show_vaults(folder)
            self.login.mend(secret)

    def restore(self, backup: Path, secret: str) -> None:
        """Closes the vault and puts a backup in its place; then the log-in waits."""
        from desktop_app.gui.inside import restore_backup, told_contents  # noqa: PLC0415 see there

        place = self.desk.folder if self.desk else None
        if place is None or not self.lock():
            return

        def work(_: object) -> Contents:
            return restore_backup(place, backup, secret)

        def done(found: Contents) -> None:
            remember_vault(place)
            self.login.show_vaults(place)
            self.login.say(f"已恢复：{told_contents(found)}请登录。", "hint")

        def failed(error: BaseException) -> None:
            if not isinstance(error, KnownError):
                raise error
            self.login.say(str(error), "error")

        self.runner.start("正在恢复备份", work, done, failed)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 Qt's name
        """Closes the vault once unsaved text is kept; work under way is stopped and undone, or ended."""
        if self.frame is not None and not self.frame.may_leave():
            event.ignore()
            return
        self.runner.shutdown()
        if self.lock():
            self._leave_door()
            if self._setup is not None:
                self._setup.close_vault()
            event.accept()
        else:
            event.ignore()
