"""Practice in the window: a desk on the sample year in a folder that is gone when it is left."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from desktop_app.actions.practice import Role, open_practice
from desktop_app.gui.tasks import Task, TaskRunner
from desktop_app.storage.vault import Vault

_N_STAGES = 6


class Practice:
    """The folder of one practice. Thread: the window's; the desks are made on the runner's."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="union-desk-practice-", ignore_cleanup_errors=True)

    def begin(
        self,
        runner: TaskRunner,
        role: Role,
        done: Callable[[Vault], None],
        failed: Callable[[BaseException], None],
    ) -> None:
        """Makes the sample desks beside the window; `done` gets the open vault."""
        folder = Path(self._folder.name) / "desks"

        def work(task: Task) -> Vault:
            said: list[str] = []

            def say(stage: str) -> None:
                said.append(stage)
                task.report(len(said), _N_STAGES)

            return open_practice(folder, role, say)

        runner.start("正在准备练习数据", work, done, failed, can_stop=True)

    def end(self) -> None:
        """Takes the folder away; its vault is closed by now."""
        self._folder.cleanup()
