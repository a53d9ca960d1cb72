"""The text of a period, from the same figures as the table."""

from __future__ import annotations

from desktop_app.actions.reporting import make_report
from desktop_app.base.errors import ActionRefused
from desktop_app.domain.indicators import Figure
from desktop_app.domain.period import Period
from desktop_app.reports.narrative import plain_text
from desktop_app.schema.suggest import hint
from desktop_app.storage.vault import Vault


def write_year(vault: Vault, period: Period, narrative: str = "annual") -> str:
    """
    The yearly text as plain text.

    Raises:
        ActionRefused: report.unknown_narrative.
    """
    known = vault.pack.narratives
    if narrative not in known:
        raise ActionRefused("report.unknown_narrative", name=narrative, hint=hint(narrative, known))
    figures = {row.indicator.key: Figure(row.indicator, row.total) for row in make_report(vault, period).rows}
    return plain_text(known[narrative], figures, period)
