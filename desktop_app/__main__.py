"""
`union-desk` and `python -m desktop_app`: the window without arguments or with a package to take in, else a command.
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
    files = [Path(one) for one in given if one.lower().endswith(OPENED)]
    if len(files) == len(given):
        from desktop_app.gui.start import run  # noqa: PLC0415 a command must not wait for Qt

        sys.exit(run(files))
    from desktop_app.cli.app import run as run_command  # noqa: PLC0415 the window must not wait for the commands

    sys.exit(run_command(given))


if __name__ == "__main__":
    main()
