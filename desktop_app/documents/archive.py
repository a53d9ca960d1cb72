"""A PDF made fit to be kept: PDF/A-2b (ISO 19005-2), checked after writing."""

from __future__ import annotations

import io


def as_pdfa(content: bytes) -> bytes:
    """
    The same pages as PDF/A-2b.

    Raises:
        pikepdf.pdfa.PdfaError: Our own fault: the page holds what the standard forbids.
    """
    import pikepdf.pdfa  # noqa: PLC0415 only who signs waits for the library

    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        for page in pdf.pages:
            del page["/Trans"]  # how a slide would change, which ReportLab writes into every page
        pikepdf.pdfa.save(pdf, out, "2b", deterministic_id=True)
    return out.getvalue()
