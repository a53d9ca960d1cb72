"""
A new vault out of what a damaged one still holds, and of its newest backup where that fills a gap.

Revisions are kept in their streams as far as the chain reaches. What lies behind a gap goes on in a stream of this
office, so that it is chained and sent again; what of a record only its row still says becomes a revision too.
The damaged vault and its backups are only read.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from desktop_app.base.clock import Clock
from desktop_app.base.errors import VaultError
from desktop_app.storage import slots, tables
from desktop_app.storage.backup import list_backups
from desktop_app.storage.engine import errors_of, open_engine, write_version
from desktop_app.storage.filling import fill, put_users
from desktop_app.storage.mending import Gap, Mending
from desktop_app.storage.remains import Remains, open_remains
from desktop_app.storage.slot_users import SLOTS
from desktop_app.storage.slots import SlotFile, Unlocked
from desktop_app.storage.vault import DATABASE, Vault, create_fixed

Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Salvaged:
    """
    What came out, and what did not.

    Attributes:
        backup: The backup that filled in, None when there was none.
        n_unreadable: Pages of the damaged file that could not be read, of `n_pages`.
        n_records: Records that are shown again, deleted ones among them.
        n_from_backup: Revisions that were taken from it.
        n_written_anew: Records of which the last state was read and not how it came about.
        lost: Revisions that are nowhere; `is_end_known` tells whether the ends of the streams could be read, so that
            nothing more is lost than stands here. n_waiting: Records that wait for a lost revision and are not shown.
        lost_files: Names of attachments of which a part is missing.
    """

    folder: Path
    backup: Path | None
    n_pages: int
    n_unreadable: int
    n_revisions: int
    n_records: int
    n_attachments: int
    n_from_backup: int
    n_written_anew: int
    lost: tuple[Gap, ...]
    is_end_known: bool
    n_waiting: int
    lost_files: tuple[str, ...]


def salvage(
    folder: Path,
    secret: str,
    into: Path,
    *,
    files: Mapping[str, str],
    clock: Clock,
    tell: Tell = lambda _done, _all: None,
) -> Salvaged:
    """
    Makes a vault of everything in a damaged one that can be read; it opens with the same passphrases.

    Args:
        into: A folder that does not exist or is empty; it appears only when the new vault is whole.
        files: The program's parameter pack, for a vault whose own is lost.
        tell: Called now and then with how many pages were read, of how many; may raise to stop, and nothing is left.

    Raises:
        VaultError: not_found, wrong_passphrase, slots_damaged, slots_weak, exists, beyond_repair, disk_full, io.
    """
    if into.exists() and (not into.is_dir() or any(into.iterdir())):
        raise VaultError("vault.exists", path=into)
    if not (folder / DATABASE).exists():
        raise VaultError("vault.not_found", path=folder)
    file, slots_path = _slots_of(folder)
    unlocked = slots.open_slot(file, secret, slots_path)
    key = unlocked.key
    part = into.with_name(into.name + ".part")
    try:
        with ExitStack() as stack:
            shutil.rmtree(part, ignore_errors=True)
            part.mkdir(parents=True)
            damaged = stack.enter_context(open_remains(folder / DATABASE, key))
            at, backup = next(_backups(folder, key, stack), (None, None))
            engine = open_engine(part / DATABASE, key)
            stack.callback(engine.dispose)
            with errors_of(part / DATABASE):
                sources = (damaged, backup)
                names = [one.user for one in file.slots if one.kind == "passphrase"]
                found = _build(
                    part, engine, sources, unlocked=unlocked, names=names, clock=clock, files=files, tell=tell
                )
        shutil.copyfile(slots_path, part / SLOTS)
        if into.exists():
            into.rmdir()
        part.replace(into)
    except OSError as error:
        raise VaultError("vault.io", path=error.filename or into, detail=error.strerror or error) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return found(into, at)


def _slots_of(folder: Path) -> tuple[SlotFile, Path]:
    """The key slots of the vault, of its newest backup when its own cannot be read."""
    try:
        return slots.read_slots(folder / SLOTS), folder / SLOTS
    except VaultError:
        for one in list_backups(folder):
            try:
                return slots.read_slots(one.folder / SLOTS), one.folder / SLOTS
            except VaultError:
                continue
        raise


def _backups(folder: Path, key: bytes, stack: ExitStack) -> Iterator[tuple[Path, Remains]]:
    """The backups that can be read at all, newest first."""
    for one in list_backups(folder):
        remains = stack.enter_context(open_remains(one.folder / DATABASE, key))
        if remains.has_catalogue:
            yield one.folder, remains


def _build(
    part: Path,
    engine: Engine,
    sources: tuple[Remains, Remains | None],
    *,
    unlocked: Unlocked,
    names: Sequence[str],
    clock: Clock,
    files: Mapping[str, str],
    tell: Tell,
) -> Callable[[Path, Path | None], Salvaged]:
    """Fills the new vault; what comes back makes the report once its place is known."""
    damaged, backup = sources
    files_read = [one.pages for one in (damaged, backup) if one is not None]
    n_pages = sum(one.n_pages for one in files_read)

    def say() -> None:
        tell(min(sum(one.n_asked for one in files_read), n_pages), n_pages)

    writer = engine.execution_options(rw=True)
    with writer.begin() as connection:
        create_fixed(connection)
        filled = fill(connection, sources, files, clock, say)
        put_users(connection, names, has_had=damaged.has_table(tables.user.name))
        write_version(connection, tables.FORMAT)
    vault = Vault(part, engine, unlocked, clock)
    with vault.write("") as connection:
        mending = Mending(vault, connection, damaged, say)
        lost = mending.mend_streams()
        mending.make_records()
        n_anew = mending.write_anew()
        lost_files = mending.drop_torn_attachments()
        counts = mending.counts()

    def found(into: Path, used: Path | None) -> Salvaged:
        return Salvaged(
            folder=into,
            backup=used,
            n_pages=damaged.pages.n_pages,
            n_unreadable=len(damaged.pages.unreadable),
            n_revisions=counts.n_revisions,
            n_records=counts.n_records,
            n_attachments=counts.n_attachments,
            n_from_backup=filled.n_from_backup,
            n_written_anew=n_anew,
            lost=lost,
            is_end_known=tables.stream.name in damaged.whole,
            n_waiting=counts.n_waiting,
            lost_files=lost_files,
        )

    return found
