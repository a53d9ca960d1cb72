"""An office's letterhead: what stands on every letter it writes; kept in the vault, sent nowhere."""

from __future__ import annotations

import msgspec

from desktop_app.actions.permits import PERMITS
from desktop_app.schema.letters import LetterForms, fill_places
from desktop_app.storage.audit import note
from desktop_app.storage.vault import Vault

_KEY = "letterhead"


class Letterhead(msgspec.Struct, frozen=True, forbid_unknown_fields=False):
    """
    Attributes:
        head: In red at the top; issuer: as it signs. Empty: the office's name.
        series: Kind of letter → the words before 〔year〕; a change is for later numbers only.
        shift_right, shift_down: Where a printer draws too far left or high, tenths of a millimetre.
        seal_mm: Diameter of the seal that is stamped.
    """

    head: str = ""
    issuer: str = ""
    contact: str = ""
    phone: str = ""
    address: str = ""
    series: dict[str, str] = {}
    shift_right: int = 0
    shift_down: int = 0


def read_letterhead(vault: Vault) -> Letterhead:
    """The letterhead, with the office's name where nothing was set."""
    with vault.read() as connection:
        text = vault.meta(connection, _KEY)
    found = msgspec.json.decode(text, type=Letterhead) if text else Letterhead()
    name = vault.owner.name
    return msgspec.structs.replace(found, head=found.head or name, issuer=found.issuer or name)


def write_letterhead(vault: Vault, letterhead: Letterhead) -> None:
    """Keeps it; it holds for what is printed and signed from now on."""
    with vault.write(PERMITS["office"]) as connection:
        vault.set_meta(connection, _KEY, msgspec.json.encode(letterhead).decode())
        note(vault, connection, "letterhead")


def series_of(forms: LetterForms, letterhead: Letterhead, office: str, kind: str) -> str:
    """The words before 〔year〕 in the numbers of a kind."""
    short = forms.shorts.get(office, office)
    return letterhead.series.get(kind) or fill_places(forms.kinds[kind].series, {"short": short}, short)
