"""`union-desk` and `python -m desktop_app`."""

from __future__ import annotations

import sys


def main() -> None:
    """Runs the command line; the exit status is 0 ok, 2 usage, 3 refused, 1 our own fault."""
    from desktop_app.cli.app import run  # noqa: PLC0415 the window will be chosen here without loading the other face

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
