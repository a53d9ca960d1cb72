"""`union-desk` and `python -m desktop_app`: the window without arguments, a command with them."""

from __future__ import annotations

import sys


def main() -> None:
    """Runs one of the two faces; the exit status of a command is 0 ok, 2 usage, 3 refused, 1 our own fault."""
    if len(sys.argv) == 1:
        from desktop_app.gui.start import run  # noqa: PLC0415 a command must not wait for Qt

        sys.exit(run())
    from desktop_app.cli.app import run as run_command  # noqa: PLC0415 the window must not wait for the commands

    sys.exit(run_command(sys.argv[1:]))


if __name__ == "__main__":
    main()
