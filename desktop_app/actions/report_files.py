"""Texts and tables of a period written to files: what they hold is decided elsewhere, here is where they go."""

from __future__ import annotations

from pathlib import Path

from desktop_app.actions.files import replace_file, write_file
from desktop_app.actions.narrating import write_text
from desktop_app.base.clock import today
from desktop_app.base.errors import ActionRefused
from desktop_app.domain.period import Period
from desktop_app.reports.document import document_as_docx, draw_document
from desktop_app.storage.vault import Vault
from desktop_app.typeset.paper import Faces

TEXT_FORMATS = (".docx", ".pdf", ".txt")


def save_text(vault: Vault, period: Period, narrative: str, path: Path, *, replaces: bool = False) -> None:
    """
    Writes a text as DOCX, PDF or plain text, by the ending of the file's name.

    Args:
        replaces: The person has agreed to replace a file that is there.

    Raises:
        ActionRefused: report.bad_format, report.unknown_narrative, record.file_exists.
        KnownError: font.missing, font.missing_glyph, cli.file.
    """
    ending = _ending(path, TEXT_FORMATS)
    written = write_text(vault, period, narrative)
    issuer, signed_on = vault.owner.name, today(vault.clock).isoformat()
    if ending == ".txt":
        content = written.plain().encode()
    elif ending == ".docx":
        content = document_as_docx(written, issuer=issuer, signed_on=signed_on)
    else:
        content = draw_document(written, issuer=issuer, signed_on=signed_on, faces=Faces())
    (replace_file if replaces else write_file)(path, content)


def _ending(path: Path, allowed: tuple[str, ...]) -> str:
    if path.suffix.lower() not in allowed:
        raise ActionRefused("report.bad_format", path=path, allowed="、".join(allowed))
    return path.suffix.lower()
