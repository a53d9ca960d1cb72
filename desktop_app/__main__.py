"""
`union-desk` and `python -m desktop_app`: the window without arguments, with a vault only, or with files to open;
else a command.
"""

from __future__ import annotations

import sys
from pathlib import Path

from desktop_app.base.crashes import keep_no_dumps

OPENED = (".ghpkg", ".ghupdate")
"""What the system hands to the program when a file is opened with it."""


def main() -> None:
    """Runs one of the two faces; the exit status of a command is 0 ok, 2 usage, 3 refused, 1 our own fault."""
    keep_no_dumps()
    given = sys.argv[1:]
    if given[:1] == ["--self-test"]:
        from desktop_app.gui.self_test import run as run_self_test  # noqa: PLC0415 as below

        sys.exit(run_self_test(given[1:]))
    vault, files = (Path(given[1]), given[2:]) if given[:1] == ["--vault"] and len(given) > 1 else (None, given)
    if all(one.lower().endswith(OPENED) for one in files):
        from desktop_app.gui.start import run  # noqa: PLC0415 a command must not wait for Qt

        sys.exit(run([Path(one) for one in files], vault))
    from desktop_app.cli.app import run as run_command  # noqa: PLC0415 the window must not wait for the commands

    sys.exit(run_command(given))


if __name__ == "__main__":
    main()
