"""What a fault leaves: no copy of the program's memory, which holds the key and names, and a report without data."""

from __future__ import annotations

import os
import platform
import traceback
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from desktop_app import __version__

_NO_ERROR_BOX, _NO_CRITICAL_BOX = 0x0002, 0x0001  # SEM_NOGPFAULTERRORBOX, SEM_FAILCRITICALERRORS
_NO_HEAP_IN_REPORT = 0x0001  # WER_FAULT_REPORTING_FLAG_NOHEAP


def keep_no_dumps() -> None:
    """No core file, and no heap in what Windows would report; a system that refuses is left as it is."""
    if os.name == "nt":
        _no_windows_reports()
        return
    import resource  # noqa: PLC0415 not on Windows

    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _no_windows_reports() -> None:
    import ctypes  # noqa: PLC0415 only there

    with suppress(OSError, AttributeError):
        ctypes.windll.kernel32.SetErrorMode(_NO_ERROR_BOX | _NO_CRITICAL_BOX)  # type: ignore[attr-defined,unused-ignore]
        ctypes.windll.wer.WerSetFlags(_NO_HEAP_IN_REPORT)  # type: ignore[attr-defined,unused-ignore]


def report_text(kind: type[BaseException], trace: TracebackType | None) -> str:
    """Versions and places in the program, nothing a person has typed."""
    frames = traceback.extract_tb(trace)
    files = [one.filename.replace("\\", "/") for one in frames]
    places = [f"{Path(file).name}:{one.lineno} {one.name}" for file, one in zip(files, frames, strict=True)]
    head = f"union-desk {__version__}, Python {platform.python_version()}, {platform.platform()}"
    return "\n".join([head, kind.__name__, *places])
