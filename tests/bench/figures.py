"""The yearly report over a whole vault, against hand-written SQL of the same counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from desktop_app.actions.reporting import make_report
from desktop_app.domain.period import Period, parse_period
from desktop_app.storage.indicators import Indicators
from desktop_app.storage.vault import Vault
from tests.bench.desks import Bench, bare, opened
from tests.bench.measuring import Line, Watch, Words, compared, interleaved

FAMILY = "figures"
_COUNTED = "deleted = 0 AND coalesce(is_counted, 1) = 1"
_YEAR = "BETWEEN '2025-01-01' AND '2025-12-31'"
_END = "'2025-12-31'"


def _sql(amount: str, ledger: str, on: str, more: str = "") -> str:
    where = f"{on} {_YEAR} AND {_COUNTED}" + (f" AND {more}" if more else "")
    return f"SELECT office, {amount} FROM ledger_{ledger} WHERE {where} GROUP BY office"  # noqa: S608 our own words


_N = "count(*)"
STATEMENTS: Mapping[str, str] = {
    "consult_person_times": _sql("sum(n_people)", "consultation", "asked_on"),
    "petition_total": _sql(_N, "petition", "registered_on"),
    "petition_people": _sql("sum(n_people)", "petition", "registered_on"),
    "petition_closed": _sql(_N, "petition", "accepted_on", f"closed_on <= {_END}"),
    "petition_overdue_open": _sql(_N, "petition", "accepted_on", f"closed_on IS NULL AND finish_by < {_END}"),
    "petition_closed_late": _sql(_N, "petition", "accepted_on", f"closed_on > {_END} AND finish_by <= {_END}"),
    "petition_replied": _sql(
        _N, "petition", "accepted_on", f"coalesce(is_unreachable, 0) = 0 AND replied_on <= {_END}"
    ),
    "petition_unreplied_due": _sql(
        _N,
        "petition",
        "accepted_on",
        f"coalesce(is_unreachable, 0) = 0 AND replied_on IS NULL AND finish_by < {_END}",
    ),
    "mediation_success": _sql(_N, "mediation", "agreed_on", "result = 'settled'"),
    "recovered_in_mediation": _sql("sum(agreed_fen)", "mediation", "agreed_on", "result IN ('settled', 'partly')"),
    "risk_events_screened": _sql(_N, "risk", "found_on"),
    "checkup_sessions": _sql("sum(n_sessions)", "outreach", "held_on", "form = 'checkup'"),
    "checkup_beneficiaries": _sql("sum(n_people)", "outreach", "held_on", "form = 'checkup'"),
    "lecture_sessions": _sql("sum(n_sessions)", "outreach", "held_on", "form IN ('lecture', 'talk')"),
    "lecture_audience": _sql("sum(n_people)", "outreach", "held_on", "form IN ('lecture', 'talk')"),
    "pufa_nodes_covered": _sql("count(DISTINCT node)", "outreach", "held_on"),
}
"""One statement for each figure of the ledgers that are filled; the total is the sum of the offices' parts."""
_NODES = f"SELECT count(DISTINCT node) FROM ledger_outreach WHERE held_on {_YEAR} AND {_COUNTED}"  # noqa: S608
"""The one figure whose total is not a sum."""


def measure(bench: Bench) -> list[Line]:
    """Every line of this family."""
    n = bench.n(1_000_000)
    period = parse_period("2025")
    assert period is not None
    folder = bench.filled(n)
    with opened(folder) as vault, bare(folder) as driver:
        _check_same(vault, period, _by_hand(driver))

        def report(watch: Watch) -> None:
            with watch.running():
                make_report(vault, period)

        def by_hand(watch: Watch) -> None:
            with watch.running():
                _by_hand(driver)

        taken = interleaved({"report": report, "by hand": by_hand}, bench.runs)
    words = Words("report", f"yearly report over {n:,} records", "the same counts by hand-written SQL", 2)
    return [compared(FAMILY, words, taken["report"], taken["by hand"])]


def _by_hand(driver: Any) -> dict[str, tuple[int, dict[str, int]]]:
    """Figure → total, and each office's part."""
    driver.execute("BEGIN")
    found = {}
    for key, statement in STATEMENTS.items():
        parts = dict(driver.execute(statement).fetchall())
        found[key] = (sum(parts.values()), parts)
    found["pufa_nodes_covered"] = (driver.execute(_NODES).fetchone()[0], found["pufa_nodes_covered"][1])
    driver.execute("COMMIT")
    return found


def _check_same(vault: Vault, period: Period, by_hand: Mapping[str, tuple[int, dict[str, int]]]) -> None:
    """A yardstick that counts something else measures nothing."""
    with vault.read() as connection:
        indicators = Indicators(vault, connection, period)
        for key, (total, parts) in by_hand.items():
            figure = indicators.figure(vault.pack.indicators[key])
            ours = (figure.total.amount, {code: one.amount for code, one in figure.by_office.items()})
            assert ours == (total, parts), f"{key}: {ours}, by hand {(total, parts)}"
