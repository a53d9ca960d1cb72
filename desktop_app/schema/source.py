"""Strict reading of one TOML table: every fault is noted with file, line and key, and reading goes on."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from desktop_app.base.errors import Problem, problem
from desktop_app.schema.suggest import hint, some

Path = tuple[str, ...]

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(#.*)?$")
_LONG_TEXT = re.compile(r"\"\"\"|'''")
_KEY = re.compile(r"\s*([\w.\-]+|\"[^\"]+\")\s*=")
_NAME = re.compile(r"[a-z][a-z0-9_]*$")
_KINDS: dict[type, str] = {str: "文字", bool: "true 或 false", int: "整数", list: "列表", dict: "表"}


class SourceFile:
    """One file of the pack: its text, its data and the faults found in it."""

    def __init__(self, name: str, text: str, faults: list[Problem]) -> None:
        self.name = name
        self._text = text
        self._faults = faults
        self.data: dict[str, Any] = {}
        self.is_broken = False
        try:
            self.data = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            detail, _, line = str(error).partition(" (at line ")
            place = f"{name} 第 {line.split(',')[0]} 行" if line else name
            faults.append(problem("form.toml", place=place, detail=detail))
            self.is_broken = True

    @cached_property
    def _lines(self) -> dict[Path, int]:
        """Where each table header and each key at the start of a line stands (tomllib does not tell)."""
        found: dict[Path, int] = {}
        counts: Counter[Path] = Counter()
        table: Path = ()
        is_inside = False  # of a text that runs over several lines
        for number, line in enumerate(self._text.splitlines(), 1):
            was_inside, is_inside = is_inside, is_inside != bool(len(_LONG_TEXT.findall(line)) % 2)
            if was_inside:
                continue
            if header := _HEADER.match(line):
                table = tuple(part.strip().strip('"') for part in header[2].split("."))
                found.setdefault(table, number)
                if header[1] == "[[":
                    table = (*table, str(counts[table]))
                    counts[table[:-1]] += 1
                    found[table] = number
            elif key := _KEY.match(line):
                found.setdefault((*table, *key[1].strip('"').split(".")), number)
        return found

    def place(self, path: Path) -> str:
        """`ledgers/petition.toml 第 12 行`, by the nearest part of the path that starts a line."""
        for length in range(len(path), 0, -1):
            if line := self._lines.get(path[:length]):
                return f"{self.name} 第 {line} 行"
        return self.name

    def fault(self, code: str, path: Path, **context: Any) -> None:
        """Notes a fault at a key path; of a file that is no TOML nothing more is said."""
        if not self.is_broken:
            self._faults.append(
                problem(code, place=self.place(path), key=".".join(one for one in path if not one.isdigit()), **context)
            )

    def root(self) -> Table:
        """The whole file as a table."""
        return Table(self, self.data, ())


class Table:
    """One table of a file; `close` complains of the keys that nobody asked for."""

    def __init__(self, file: SourceFile, data: Mapping[str, Any], path: Path) -> None:
        self.file = file
        self.data = data
        self.path = path
        self._asked: dict[str, None] = {}

    def fault(self, code: str, key: str = "", /, **context: object) -> None:
        """Notes a fault at this table, or at one of its keys."""
        self.file.fault(code, (*self.path, key) if key else self.path, **context)

    def value(self, key: str, kind: type, *, required: bool = False) -> Any:
        """The value of this kind, None when absent or of another kind (which is noted)."""
        self._asked[key] = None
        found = self.data.get(key)
        if found is None:
            if required:
                self.fault("form.missing_key", name=key)
            return None
        if type(found) is not kind:
            self.fault("form.wrong_type", key, name=key, wanted=_KINDS[kind], found=repr(found))
            return None
        return found

    def any(self, key: str) -> Any:
        """The value of whatever kind, None when absent."""
        self._asked[key] = None
        return self.data.get(key)

    def text(self, key: str, *, required: bool = False) -> str:
        """Text, empty when absent."""
        return self.value(key, str, required=required) or ""

    def number(self, key: str, default: int = 0, *, required: bool = False) -> int:
        """A whole number."""
        found = self.value(key, int, required=required)
        return default if found is None else int(found)

    def flag(self, key: str) -> bool:
        """true or false; false when absent."""
        return bool(self.value(key, bool))

    def texts(self, key: str, *, required: bool = False) -> tuple[str, ...]:
        """A list of texts, empty when absent."""
        found = self.value(key, list, required=required) or []
        if all(isinstance(one, str) for one in found):
            return tuple(found)
        self.fault("form.wrong_type", key, name=key, wanted="文字列表", found=repr(found))
        return ()

    def one_of(self, key: str, allowed: Iterable[str], *, default: str = "") -> str:
        """One of the allowed words; the default when absent; without a default it is required."""
        options = list(allowed)
        word = self.text(key, required=not default) or default
        if word and word not in options:
            self.fault(
                "form.bad_value",
                key,
                name=key,
                value=word,
                hint=hint(word, options),
                allowed=some(options, 30),
            )
            return options[0] if options else ""
        return word or (options[0] if options else "")

    def table(self, key: str, *, required: bool = False) -> Table | None:
        """A table inside this one."""
        found = self.value(key, dict, required=required)
        return None if found is None else Table(self.file, found, (*self.path, key))

    def tables(self, key: str) -> list[Table]:
        """A list of tables."""
        found = self.value(key, list) or []
        if all(isinstance(one, dict) for one in found):
            return [Table(self.file, one, (*self.path, key, str(at))) for at, one in enumerate(found)]
        self.fault("form.wrong_type", key, name=key, wanted="表的列表", found=repr(found))
        return []

    def named(self, key: str) -> Iterator[tuple[str, Table]]:
        """The tables inside table `key`, by their names, which must be plain keys."""
        inside = self.table(key)
        for name in inside.data if inside else ():
            assert inside is not None
            if not _NAME.match(name):
                inside.fault("form.bad_key", name, name=name)
            elif table := inside.table(name):
                yield name, table

    def close(self) -> None:
        """Complains of each key that was not asked for."""
        for key in self.data:
            if key not in self._asked:
                self.fault("form.unknown_key", key, name=key, hint=hint(key, self._asked))
