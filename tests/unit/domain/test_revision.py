"""
One form of a revision.

R01 what is encoded decodes to the same revision, and encodes to the same bytes
R02 it is one line
R03 what is not a revision is refused
R04 the chain binds author, instance, readers, order and every byte
"""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.base.clock import MOST_AT
from desktop_app.domain.revision import DIGEST_BYTES, Revision, chain, chain_start, decode_revision, encode_revision

_WORDS = st.text(st.characters(codec="utf-8"), max_size=12)
_VALUES = (
    st.none()
    | st.booleans()
    | st.integers(-(10**12), 10**12)
    | _WORDS
    | st.lists(st.integers(0, 9) | _WORDS, max_size=3)
)
REVISIONS = st.builds(
    Revision,
    id=_WORDS,
    record=_WORDS,
    ledger=_WORDS,
    fields=st.dictionaries(_WORDS, _VALUES, max_size=4),
    actor=_WORDS,
    at=st.integers(0, MOST_AT),
    pack=st.integers(1, 99),
    parents=st.lists(_WORDS, max_size=3).map(tuple),
    step=_WORDS,
    note=_WORDS,
    sealed=_WORDS,
)
PLAIN = Revision("r1", "c1", "case", {"summary": "一"}, "甲", 1, 1)


@given(REVISIONS)
def test_r01_round_trip(revision: Revision) -> None:
    body = encode_revision(revision)
    assert decode_revision(body) == revision
    assert encode_revision(decode_revision(body)) == body


def test_r01_spelling() -> None:
    """Stored vaults and sent packages hold these bytes: they do not change."""
    assert encode_revision(PLAIN).decode() == (
        '{"type":"revision","id":"r1","record":"c1","ledger":"case","fields":{"summary":"一"},"actor":"甲","at":1,"pack":1}'
    )
    whole = Revision("r2", "c1", "case", {}, "甲", 1, 1, ("r1",), "finish", "理由", "2025")
    assert json.loads(encode_revision(whole))["parents"] == ["r1"]
    assert list(json.loads(encode_revision(whole)))[-4:] == ["parents", "step", "note", "sealed"]


@given(REVISIONS)
def test_r02_one_line(revision: Revision) -> None:
    assert len(encode_revision(revision).splitlines()) == 1


def test_r02_line_breaks_are_escaped() -> None:
    body = encode_revision(Revision("r1", "c1", "case", {"facts": "一\n二\r\n三"}, "甲", 1, 1))
    assert b"\n" not in body
    assert b"\r" not in body
    assert decode_revision(body).fields == {"facts": "一\n二\r\n三"}


@pytest.mark.parametrize(
    "change",
    [
        {"type": "office"},
        {"id": 1},
        {"fields": []},
        {"at": "1"},
        {"pack": None},
        {"parents": "r1"},
        {"at": 1.5},
        {"at": -1},
        {"pack": -1},
    ],
    ids=str,
)
def test_r03_wrong_value__error(change: dict[str, Any]) -> None:
    with pytest.raises(msgspec.MsgspecError):
        decode_revision(json.dumps(json.loads(encode_revision(PLAIN)) | change).encode())


@pytest.mark.parametrize("key", ["id", "record", "ledger", "fields", "actor", "at", "pack"])
def test_r03_missing_key__error(key: str) -> None:
    data = json.loads(encode_revision(PLAIN))
    del data[key]
    with pytest.raises(msgspec.MsgspecError):
        decode_revision(json.dumps(data).encode())


@pytest.mark.parametrize("body", [b"", b"{", b"null", b"[]", b"\xff", b"{}"])
def test_r03_no_revision__error(body: bytes) -> None:
    with pytest.raises(msgspec.MsgspecError):
        decode_revision(body)


def test_r04_start_binds_office_instance_and_readers() -> None:
    starts = [
        chain_start("620402", "i1", "all"),
        chain_start("620403", "i1", "all"),
        chain_start("620402", "i2", "all"),
        chain_start("620402", "i1", "city"),
        chain_start("62040", "2i1", "all"),
    ]
    assert len(set(starts)) == len(starts)
    assert {len(one) for one in starts} == {DIGEST_BYTES}
    assert starts[0] == chain_start("620402", "i1", "all")


def test_r04_order_counts() -> None:
    start = chain_start("620402", "i1", "all")
    assert chain(chain(start, b"a"), b"b") != chain(chain(start, b"b"), b"a")
    assert chain(chain(start, b"a"), b"c") != chain(chain(start, b"b"), b"c")
    assert chain(start, b"a") != chain(chain_start("620403", "i1", "all"), b"a")
    assert chain(start, b"ab") != chain(chain(start, b"a"), b"b")


@given(REVISIONS, st.data())
def test_r04_every_byte_counts(revision: Revision, data: st.DataObject) -> None:
    body = encode_revision(revision)
    at = data.draw(st.integers(0, len(body) - 1))
    other = body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :]
    start = chain_start("620402", "i1", "all")
    assert chain(start, other) != chain(start, body)
