"""What each role may do; a role that gains or loses something does so here too."""

from desktop_app.domain.roles import ALLOWED, LABELS, WHAT


def test_roles__ok() -> None:
    everything = set(WHAT)
    assert set(ALLOWED) == set(LABELS)
    assert ALLOWED["administrator"] == everything
    assert ALLOWED["reader"] == {""}
    assert ALLOWED["entry"] == {"", "enter", "exchange"}
    assert everything - ALLOWED["approver"] == {"direct", "administer"}
    assert everything - ALLOWED["city"] == {"administer"}
