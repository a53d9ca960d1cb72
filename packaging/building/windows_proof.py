"""The installer tried in the rig as a clerk's PC would: install, work, upgrade with a vault in use, remove."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from building.program import DOORS, NAME, try_program
from building.running import DevError, lines_of, program_version

CITY = ("init", "--role", "city", "--office", "620400", "--name", "Baiyin")  # the rig hands on ASCII words only
EMPLOYER = {
    "name": "白银试验公司",
    "uscc": "91620402MA71ABC01X",
    "region": "620402",
    "industry": "制造业",
    "economy": "private",
    "operation": "normal",
    "n_workers": 20,
    "has_union": False,
}
_PASSPHRASE = "pass-phrase-1"  # noqa: S105 of a vault that holds nothing


class WindowsProof:
    """One round in the rig; `wine` turns words into the command that runs them there."""

    def __init__(self, wine: Callable[..., list[str]], drive: Path) -> None:
        self._wine = wine
        self._local = drive / "users" / (os.environ.get("USER") or "root") / "AppData" / "Local"
        self.place = self._local / "Programs" / NAME
        self.vault = self._local / NAME / "vault"

    def run(self, installer: Path, before: Path | None = None) -> list[str]:
        """
        What was seen, a line for each step.

        Args:
            before: The installer of the version before, to upgrade from.

        Raises:
            DevError: Something is not as a clerk relies on.
        """
        seen = []
        shutil.rmtree(self.vault, ignore_errors=True)  # the rig stays from build to build, and a removal leaves it
        if before is not None:
            self._install(before)
            _check(self._version() != program_version(), "the installer before is of this very version")
            seen.append(f"installed {self._version()}")
        else:
            self._install(installer)
        self._say(*CITY)
        self._say("records", "add", "employer", given=json.dumps(EMPLOYER))
        told = self._say("records", "list", "employer")
        _check(any(str(EMPLOYER["name"]) in line for line in told), f"the record is not listed: {told}")
        seen.append("a record entered")
        if before is not None:
            self._install(installer)
            kept = (self.place / "previous-version").read_text(encoding="utf-8").strip()
            seen.append(f"upgraded to {self._version()}, {kept} kept")
        _check(self._version() == program_version(), f"installed is {self._version()}")
        try_program(self._wine(self.place / f"{NAME}.exe"))
        seen.append("self-test of the installed program passed")
        _check(self._say("records", "list", "employer") == told, "the vault holds something else")
        seen.append("vault made before opens after, with its record")
        self._associated()
        seen.append(".ghpkg opens with the program")
        before_removal = {path: path.read_bytes() for path in self.vault.rglob("*") if path.is_file()}
        self._remove()
        left = sorted(path.name for path in self.place.iterdir()) if self.place.is_dir() else []
        _check(left in ([], ["uninstall.exe"]), f"left behind: {left}")
        _check({path: path.read_bytes() for path in before_removal} == before_removal, "the vault was touched")
        seen.append(f"removed; vault intact ({len(before_removal)} files, byte for byte)")
        return seen

    def _install(self, installer: Path) -> None:
        self._done([str(installer), "/S"])
        names = {f"{door}.exe" for door in DOORS} | {"version", "uninstall.exe"}
        _check(names <= {path.name for path in self.place.iterdir()}, "the installer left no program")

    def _remove(self) -> None:
        # With _?= it works in its place and is waited for; it cannot remove itself then.
        self._done([str(self.place / "uninstall.exe"), "/S", f"_?={_as_windows(self.place)}"])

    def _version(self) -> str:
        return (self.place / "version").read_text(encoding="utf-8").strip()

    def _say(self, *words: str, given: str = "") -> list[str]:
        return self._done([str(self.place / f"{NAME}.exe"), "--vault", _as_windows(self.vault), *words], given)

    def _associated(self) -> None:
        key = r"HKCU\Software\Classes\UnionDesk.Package\shell\open\command"
        lines = self._done(["reg", "query", key, "/ve"])
        _check(any(f"{DOORS[1]}.exe" in line and '"%1"' in line for line in lines), f".ghpkg: {lines}")

    def _done(self, words: Sequence[str], given: str = "") -> list[str]:
        code, lines = lines_of(self._wine(*words), given=given, UNION_DESK_PASSPHRASE=_PASSPHRASE)
        if code:
            raise DevError("\n".join([f"{' '.join(words)} ended with {code}:", *lines]))
        return lines


def _as_windows(path: Path) -> str:
    return "C:\\" + str(path).partition("drive_c/")[2].replace("/", "\\")


def _check(holds: bool, what: str) -> None:
    if not holds:
        raise DevError(f"the installer is not right: {what}")
