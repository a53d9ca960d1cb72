"""Looking through the audit, and printing it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from desktop_app.actions.files import write_file
from desktop_app.actions.permits import PERMITS
from desktop_app.base.clock import local_text, today
from desktop_app.base.errors import ActionRefused
from desktop_app.documents.table import Cell, Form, FormRow, draw_forms
from desktop_app.domain.audit import KINDS, told
from desktop_app.schema.suggest import some
from desktop_app.storage.audit import LOOKED_INTO, Noted, broken_line, cut_line, note, read_audit
from desktop_app.storage.vault import Vault
from desktop_app.typeset.paper import Faces


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the audit as people read it; `kind` is the label of `what`."""

    id: int
    at: str
    actor: str
    what: str
    kind: str
    detail: str


def audit_lines(vault: Vault, *, what: Sequence[str] = (), words: str = "", limit: int | None = None) -> list[Line]:
    """
    The lines, newest first.

    Args:
        what: Kinds by code or label; all when empty.
        words: In the user's name or in what it concerned.

    Raises:
        ActionRefused: role.not_allowed, audit.unknown_kind.
    """
    vault.require(PERMITS["audit"])
    codes = [_kind(one) for one in what]
    with vault.read() as connection:
        return [_line(one) for one in read_audit(connection, what=codes, words=words, limit=limit)]


def _kind(name: str) -> str:
    found = next((code for code, label in KINDS.items() if name in (code, label)), None)
    if found is None:
        raise ActionRefused("audit.unknown_kind", name=name, known=some(KINDS.values()))
    return found


def _line(one: Noted) -> Line:
    return Line(one.id, local_text(one.at), one.actor, one.what, KINDS.get(one.what, one.what), told(one.detail))


def audit_fault(vault: Vault) -> int:
    """Number of the first line that was changed or is missing; 0 for none."""
    with vault.read() as connection:
        return broken_line(connection)


def missing_line(vault: Vault) -> int:
    """Number of the first line that was cut off and that nobody has looked into yet; 0 for none."""
    with vault.read() as connection:
        return cut_line(connection)


def look_into_cut(vault: Vault, why: str) -> None:
    """
    Says why lines are missing at the end of the audit, in a line of its own; the notice of it ends.

    Raises:
        ActionRefused: role.not_allowed, audit.not_cut, audit.no_reason.
    """
    with vault.write(PERMITS["audit"]) as connection:
        line = cut_line(connection)
        if not line:
            raise ActionRefused("audit.not_cut")
        if not why.strip():
            raise ActionRefused("audit.no_reason")
        note(vault, connection, LOOKED_INTO, line=str(line), why=why.strip())


def print_audit(vault: Vault, path: Path, *, what: Sequence[str] = (), words: str = "") -> int:
    """
    Writes the lines as a PDF.

    Returns:
        How many.

    Raises:
        ActionRefused: role.not_allowed, audit.unknown_kind, record.file_exists. KnownError: font.missing.
    """
    lines = audit_lines(vault, what=what, words=words)
    head = [Cell(one, share, is_label=True, centred=True) for one, share in zip(_HEADS, _SHARES, strict=True)]
    rows = [FormRow(tuple(head))]
    for one in lines:
        texts = (str(one.id), one.at, one.actor, one.kind, one.detail)
        rows.append(FormRow(tuple(Cell(text, share) for text, share in zip(texts, _SHARES, strict=True))))
    fault = audit_fault(vault)
    state = f"第 {fault} 行起与链不符，记录被改动过。" if fault else "各行首尾相接，没有改动。"
    form = Form(
        "审计记录",
        tuple(rows),
        above=(vault.owner.name, f"打印日期 {today(vault.clock).isoformat()}"),
        below=(f"共 {len(lines)} 行。{state}",),
    )
    write_file(path, draw_forms([form], Faces(), author=vault.owner.name))
    return len(lines)


_HEADS, _SHARES = ("行", "时间", "用户", "事项", "内容"), (1, 3, 2, 2, 4)
