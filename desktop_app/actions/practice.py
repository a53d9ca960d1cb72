"""Practice: a throw-away desk on the sample year, as it stood on the last day of that year."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Literal

from desktop_app.actions.demo import PASSPHRASE, play_offices
from desktop_app.actions.desk import open_desk
from desktop_app.base.clock import CHINA, Clock, ShiftedClock, SystemClock
from desktop_app.storage.slots import LIGHT
from desktop_app.storage.vault import Vault

Role = Literal["county", "city"]
_COUNTY = "620421"


def open_practice(folder: Path, role: Role, say: Callable[[str], None] = lambda _: None) -> Vault:
    """
    Makes the sample desks in an empty folder and opens one: a county's in a few seconds, or the city's with all five.

    The packages it writes are signed by keys that no real desk knows, so that practice never mixes with work.

    Args:
        say: Told each stage as it begins; may raise to stop.

    Raises:
        ScenarioInvalid: The sample has faults. VaultError, PackageError: The disk.
    """
    clock = last_day(SystemClock())
    city, offices = play_offices(folder, say=say, cost=LIGHT, only=_COUNTY if role == "county" else "", clock=clock)
    return open_desk(folder / (city if role == "city" else offices[0]), PASSPHRASE, clock=clock)


def last_day(real: Clock, year: int = 2025) -> Clock:
    """A clock that shows the morning of the sample year's last day and runs on like the real one."""
    return ShiftedClock(real, datetime(year, 12, 31, 9, tzinfo=CHINA) - real.now())
