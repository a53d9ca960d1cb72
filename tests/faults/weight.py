"""
How much memory an export and an import take: `python -m tests.faults.weight export|import vault other`.

A process of its own, since what a process once had it keeps. The page cache of the database is set small, so
that what grows is ours.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from desktop_app.actions.exporting import export
from desktop_app.actions.importing import import_packages
from desktop_app.base.clock import millis
from desktop_app.domain.revision import Revision, encode_revision
from desktop_app.storage import engine
from desktop_app.storage.streams import Line, append, find_stream
from desktop_app.storage.vault import Vault, open_vault
from tests.helpers.desks import FILES, PASSPHRASE, set_clock

CACHE_KIB = 4096
_BATCH = 5000


def write_many(vault: Vault, n_revisions: int) -> None:
    """Revisions of new employers, past the actions: an export reads nothing else."""
    owner, at = vault.owner, millis(vault.clock.now())
    with vault.write() as connection:
        stream = find_stream(connection, owner.office, owner.instance, owner.office)
        for start in range(0, n_revisions, _BATCH):
            append(connection, stream, list(_lines(vault, at, start, min(n_revisions, start + _BATCH))))


def _lines(vault: Vault, at: int, start: int, end: int) -> Iterator[Line]:
    for n in range(start, end):
        one = Revision(
            id=vault.ids.new(),
            record=vault.ids.new(),
            ledger="employer",
            fields={"name": f"白银市第 {n} 机械制造有限责任公司", "n_workers": n % 997, "founded_on": "2001-05-06"},
            actor=vault.actor,
            at=at,
            pack=vault.pack.version,
        )
        yield Line(one.id, one.record, encode_revision(one))


def _peak_bytes() -> int:
    """The most this process ever had in memory; 0 where nobody says. (`ru_maxrss` is inherited from the parent.)"""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    line = next(one for one in status.read_text(encoding="utf-8").splitlines() if one.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def _main(action: str, folder: str, other: str, cache_kib: int) -> None:
    pragmas = [one for one in engine._PRAGMAS if not one.startswith("cache_size")]
    engine._PRAGMAS = (*pragmas, f"cache_size=-{cache_kib}")  # type: ignore[assignment]
    vault = open_vault(Path(folder), PASSPHRASE, FILES, set_clock())
    idle = _peak_bytes()
    if action == "export":
        written = export(vault, Path(other))[0]
        found = {"n": written.n_revisions, "file": str(written.file)}
    else:
        done, _ = import_packages(vault, [Path(other)])
        found = {"n": done[0].n_revisions, "file": done[0].outcome}
    peak = _peak_bytes()
    vault.close()
    sys.stdout.write(json.dumps({**found, "idle": idle, "growth": peak - idle}))


if __name__ == "__main__":
    _main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
