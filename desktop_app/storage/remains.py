"""What one database file still holds, table by table; the file is only read, by its pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from desktop_app.storage import tables
from desktop_app.storage.carving import Carver, Cell, Row, fitted, shape_of
from desktop_app.storage.engine import column_names
from desktop_app.storage.pages import PageFile

_LEDGER = "ledger_"


class Remains:
    """
    A damaged database, or a backup that fills in for it.

    Args:
        pages: The open file.

    Attributes:
        whole: Names of the tables that were read to the end without meeting a page that cannot be read.
    """

    def __init__(self, pages: PageFile) -> None:
        self.pages = pages
        self.carver = Carver(pages)
        self._listed = {one.name: one for one in self.carver.catalogue()}
        self.whole: set[str] = set()

    @property
    def has_catalogue(self) -> bool:
        """Whether the file says which tables it has."""
        return tables.revision.name in self._listed

    def has_table(self, name: str) -> bool:
        """Whether the file has had a table of this name; taken to be so where the catalogue is lost."""
        return name in self._listed or not self.has_catalogue

    def fixed(self, name: str) -> Iterator[Row]:
        """Rows of a fixed table, as wide as it is today."""
        table = tables.fixed.tables[name]
        for key, row in self._walk(name):
            if len(row) <= len(table.columns):
                yield fitted(key, row, table)

    def ledgers(self) -> Iterator[tuple[str, dict[str, Cell]]]:
        """Ledger and cells by column of each record's row."""
        for name, listed in self._listed.items():
            if name.startswith(_LEDGER):
                columns = column_names(listed.sql)
                for _, row in self._walk(name):
                    yield name.removeprefix(_LEDGER), dict(zip(columns, row, strict=False))

    def orphans(self) -> Iterator[tuple[str, Row]]:
        """Table and row of what lies on leaves no tree led to, where its shape can be of one fixed table only."""
        shapes = {name: shape_of(table) for name, table in tables.fixed.tables.items()}
        for key, row in self.carver.orphans():
            names = [name for name, fits in shapes.items() if fits(row)]
            if len(names) == 1:
                yield names[0], fitted(key, row, tables.fixed.tables[names[0]])

    def _walk(self, name: str) -> Iterator[tuple[int, Row]]:
        listed = self._listed.get(name)
        if listed is None:
            return
        before = len(self.pages.unreadable), self.carver.n_broken_rows
        yield from self.carver.rows(listed.root)
        if before == (len(self.pages.unreadable), self.carver.n_broken_rows):
            self.whole.add(name)


@contextmanager
def open_remains(database: Path, key: bytes) -> Iterator[Remains]:
    """
    The remains of a database file.

    Raises:
        OSError: The file cannot be read at all.
    """
    with PageFile(database, key) as pages:
        yield Remains(pages)
