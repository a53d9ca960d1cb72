"""
A package is taken whole and as it was written, or refused with a code of its own.

K01 the header has one spelling and comes back as it was
K02 every flipped byte, every cut and every byte more is refused, with a `package.*` code and the file's name
K03 a newer format names the program to ask for, and only a whole header may say so
K04 who signed: the sender named, by the key known for it
K05 a header made to confuse is refused like any other
K06 a package that cannot be written leaves nothing on the PC
"""

import inspect
import struct
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.base.clock import MOST_AT, local_text
from desktop_app.base.errors import PackageError
from desktop_app.sync import header as grammar
from desktop_app.sync import package
from desktop_app.sync.header import MAGIC, SIGNATURE_BYTES, Header, Sealed, is_signed, read_header, seal
from desktop_app.sync.identity import Identity, PublicKeys, is_signed_by, new_identity, short_code
from desktop_app.sync.lines import AnyLine, FormsFile, encode_line
from desktop_app.sync.package import check_package, write_package
from desktop_app.sync.payload import read_payload

SENDER, READER, STRANGER = new_identity(), new_identity(), new_identity()
DRAFT = Header(
    format=1,
    kind="submission",
    package="1" * 32,
    sender="620402",
    recipient="620400",
    instance="2" * 32,
    number=17,
    previous="",
    first=1,
    last=0,
    pack=1,
    program="0.1.0",
    made_at=0,
    signer=SENDER.public.verify_key,
    payload_bytes=0,
    payload_sha256="",
)
LINES = [FormsFile("一.toml", "甲"), FormsFile("二.toml", "乙")]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of a small package."""
    folder = tmp_path_factory.mktemp("whole")
    lines = map(encode_line, LINES)
    path, _ = write_package(folder, DRAFT, lines, identity=SENDER, readers=[READER.public], workplace=folder)
    assert path.name == "620402-000017-submission.ghpkg"
    return path.read_bytes()


def take(path: Path) -> list[AnyLine]:
    """The whole way of a package into an office: header, signature, payload."""
    sealed = read_header(path)
    check_package(path, sealed, SENDER.public.verify_key, "白银区总工会")
    found: list[AnyLine] = []
    read_payload(path, sealed, READER, lambda line, _: found.append(line))
    return found


def refusal(path: Path, call: Callable[[Path], object] = take) -> PackageError:
    with pytest.raises(PackageError) as caught:
        call(path)
    assert caught.value.code.startswith("package.")
    assert path.name in str(caught.value)
    return caught.value


def written(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "包.ghpkg"
    path.write_bytes(content)
    return path


def sealed_bytes(encoded: bytes, identity: Identity = SENDER, payload: bytes = b"") -> bytes:
    """A file whose header is spelt as given, signed as it stands."""
    signature = identity.signature(b"union-desk/package/1\0" + encoded)
    return MAGIC + struct.pack(">I", len(encoded)) + encoded + signature + payload


# --- K01 ------------------------------------------------------------------------------------------

ID, CODE = st.from_regex(r"\A[0-9a-f]{32}\Z"), st.from_regex(r"\A[0-9]{6}\Z")
DIGEST = st.just("") | st.from_regex(r"\A[0-9a-f]{64}\Z")
SEQ = st.integers(0, 2**40 - 1)
HEADERS = st.builds(
    Header,
    format=st.just(1),
    kind=st.sampled_from(["enrolment", "registration", "submission", "receipt", "parameters"]),
    package=ID,
    sender=CODE,
    recipient=CODE,
    instance=ID,
    number=st.integers(1, 999_999),
    previous=DIGEST,
    first=SEQ,
    last=SEQ,
    pack=st.integers(0, 2**31 - 1),
    program=st.text(max_size=40),
    made_at=st.integers(0, MOST_AT),
    signer=st.just(SENDER.public.verify_key),
    payload_bytes=st.integers(0, 50),
    payload_sha256=DIGEST,
)


@given(HEADERS)
def test_k01_round_trip__ok(tmp_path_factory: pytest.TempPathFactory, header: Header) -> None:
    path = tmp_path_factory.getbasetemp() / "k01.ghpkg"
    path.write_bytes(seal(header, SENDER) + bytes(header.payload_bytes))
    sealed = read_header(path)
    assert sealed.header == header
    assert sealed.file_bytes == path.stat().st_size
    assert is_signed(sealed, SENDER.public.verify_key)
    assert not is_signed(sealed, STRANGER.public.verify_key)


@pytest.mark.parametrize(
    "respell",
    [
        lambda encoded: encoded.replace(b":", b": ", 1),
        lambda encoded: b" " + encoded,
        lambda encoded: encoded + b"\n",
        lambda encoded: encoded.replace(b'"number":17', b'"number":17.0'),
        lambda encoded: encoded.replace(b'"620402"', b'"\\u003620402"'),
        lambda encoded: encoded.replace(b'{"format":1,"kind":"submission"', b'{"kind":"submission","format":1'),
        lambda encoded: encoded.replace(b'{"format":1', b'{"format":1,"format":1'),
        lambda encoded: encoded.replace(b"{", b'{"more":1,', 1),
        lambda encoded: encoded.replace(b',"previous":""', b""),
        lambda encoded: encoded.replace(b'"submission"', b'"letter"'),
        lambda encoded: encoded.replace(b'"number":17', b'"number":"17"'),
    ],
)
def test_k01_another_spelling__error(tmp_path: Path, respell: Callable[[bytes], bytes]) -> None:
    """Signed as it stands, so only the spelling is at fault."""
    encoded = msgspec.json.encode(DRAFT)
    assert read_header(written(tmp_path, sealed_bytes(encoded))).header == DRAFT
    changed = respell(encoded)
    assert changed != encoded
    assert refusal(written(tmp_path, sealed_bytes(changed)), read_header).code == "package.tampered"


def test_k01_file_names__ok() -> None:
    receipt = msgspec.structs.replace(DRAFT, kind="receipt", sender="620400", recipient="620402", number=3)
    assert receipt.file_name == "620400-620402-000003-receipt.ghpkg"
    assert DRAFT.file_name == "620402-000017-submission.ghpkg"


# --- K02 ------------------------------------------------------------------------------------------


def test_k02_untouched__ok(tmp_path: Path, whole: bytes) -> None:
    assert take(written(tmp_path, whole)) == LINES


def test_k02_every_flipped_byte__error(tmp_path: Path, whole: bytes) -> None:
    codes = set()
    for place in range(len(whole)):
        for flip in (0x01, 0x80, 0xFF):
            content = bytearray(whole)
            content[place] ^= flip
            codes.add(refusal(written(tmp_path, bytes(content))).code)
    assert codes == {"package.not_a_package", "package.tampered", "package.truncated"}


def test_k02_every_cut__error(tmp_path: Path, whole: bytes) -> None:
    for n_bytes in range(len(whole)):
        error = refusal(written(tmp_path, whole[:n_bytes]))
        if n_bytes == 0:
            assert error.code == "package.empty"
        elif n_bytes < len(MAGIC):
            assert error.code == "package.not_a_package"
        else:
            assert error.code == "package.truncated", n_bytes
            assert str(n_bytes) in str(error)


@pytest.mark.parametrize("tail", [b"\0", b"\n", b"x" * 100])
def test_k02_more_behind__error(tmp_path: Path, whole: bytes, tail: bytes) -> None:
    assert refusal(written(tmp_path, whole + tail)).code == "package.tampered"


@pytest.mark.parametrize("content", [b"PK\x03\x04" + bytes(200), "台账".encode("gbk") * 50, b"GHPKG\n\x1a" + bytes(99)])
def test_k02_something_else__error(tmp_path: Path, content: bytes) -> None:
    assert refusal(written(tmp_path, content)).code == "package.not_a_package"


@pytest.mark.parametrize("what", ["missing", "folder"])
def test_k02_cannot_be_read__error(tmp_path: Path, what: str) -> None:
    path = tmp_path / "包.ghpkg"
    if what == "folder":
        path.mkdir()
    assert refusal(path).code == "package.read"


def test_k02_changes_while_it_is_read__error(tmp_path: Path, whole: bytes) -> None:
    """Verified, and exchanged before it is read: the digest is taken again on the way."""
    path = written(tmp_path, whole)
    sealed = read_header(path)
    other = tmp_path / "other"
    other.mkdir()
    lines = map(encode_line, LINES)
    again, _ = write_package(other, DRAFT, lines, identity=SENDER, readers=[READER.public], workplace=other)
    path.write_bytes(again.read_bytes())  # the same lines, encrypted anew
    assert refusal(path, lambda one: read_payload(one, sealed, READER, lambda *_: None)).code == "package.tampered"


# --- K03, K04 -------------------------------------------------------------------------------------


def newer(**more: Any) -> bytes:
    words = {**msgspec.to_builtins(DRAFT), "format": 2, "program": "3.7.1", **more}
    return msgspec.json.encode(words)


@pytest.mark.parametrize("more", [{}, {"surprise": [1, 2]}, {"kind": "letter"}, {"number": "十七"}])
def test_k03_newer_format__error(tmp_path: Path, more: dict[str, Any]) -> None:
    error = refusal(written(tmp_path, sealed_bytes(newer(**more))), read_header)
    assert error.code == "package.too_new"
    assert "3.7.1" in str(error)


def test_k03_newer_format_tampered__error(tmp_path: Path) -> None:
    """A damaged header is not said to be newer: the clerk would look for a program that does not exist."""
    content = sealed_bytes(newer()).replace(b"3.7.1", b"3.9.1")
    assert refusal(written(tmp_path, content), read_header).code == "package.tampered"


def test_k04_signed_by_a_stranger__error(tmp_path: Path, whole: bytes) -> None:
    """Somebody puts his own header, in the sender's name, before the sender's payload."""
    sealed = read_header(written(tmp_path, whole))
    forged = msgspec.structs.replace(sealed.header, signer=STRANGER.public.verify_key)
    path = written(tmp_path, seal(forged, STRANGER) + whole[sealed.payload_offset :])
    assert read_header(path).header.signer == STRANGER.public.verify_key  # whole in itself
    error = refusal(path)
    assert error.code == "package.wrong_signer"
    assert "白银区总工会" in str(error)


def test_k04_signer_named_is_not_who_signed__error(tmp_path: Path, whole: bytes) -> None:
    sealed = read_header(written(tmp_path, whole))
    path = written(tmp_path, seal(sealed.header, STRANGER) + whole[sealed.payload_offset :])
    assert refusal(path).code == "package.tampered"


@pytest.mark.parametrize("key", ["", "zz", "00", "ff" * 32, "é" * 64, "0" * 64])
def test_k04_no_key_has_signed_nothing__ok(key: str) -> None:
    assert not is_signed_by(key, bytes(SIGNATURE_BYTES), b"")
    assert not is_signed_by(key, SENDER.signature(b"x"), b"x")


def test_k04_short_code_hangs_on_everything__ok() -> None:
    city, county, other = SENDER.public, READER.public, STRANGER.public
    code = short_code(city, county, "token")
    assert len(code) == 11
    changed = [
        short_code(other, county, "token"),
        short_code(city, other, "token"),
        short_code(county, city, "token"),
        short_code(city, county, "token2"),
        short_code(PublicKeys(other.recipient, city.verify_key), county, "token"),
        short_code(PublicKeys(city.recipient, other.verify_key), county, "token"),
        short_code(city, PublicKeys(other.recipient, county.verify_key), "token"),
        short_code(city, PublicKeys(county.recipient, other.verify_key), "token"),
    ]
    assert len({code, *changed}) == 1 + len(changed)


# --- K05 ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n_bytes", [grammar.MAX_HEADER_BYTES + 1, 2**31, 2**32 - 1])
def test_k05_header_too_long__error(tmp_path: Path, n_bytes: int) -> None:
    path = written(tmp_path, MAGIC + struct.pack(">I", n_bytes) + bytes(100))
    assert refusal(path, read_header).code == "package.tampered"


def test_k05_header_of_nothing__error(tmp_path: Path) -> None:
    assert refusal(written(tmp_path, MAGIC + bytes(4) + bytes(100)), read_header).code == "package.truncated"


@pytest.mark.parametrize(
    "encoded",
    [
        b"null",
        b"[]",
        b"{}",
        b'"x"',
        b"\xff\xfe",
        b'{"signer":1}',
        b'{"signer":"\xff"}',
        b"[" * 60000,
        b'{"signer":"00","x":' + b"[" * 60000,
    ],
    ids=lambda encoded: repr(encoded[:20]),
)
def test_k05_header_is_something_else__error(tmp_path: Path, encoded: bytes) -> None:
    assert refusal(written(tmp_path, sealed_bytes(encoded)), read_header).code == "package.tampered"


@pytest.mark.parametrize("words", [{"payload_bytes": -1}, {"payload_bytes": 2**62}, {"payload_bytes": 1}])
def test_k05_size_that_is_not_true__error(tmp_path: Path, words: dict[str, Any]) -> None:
    header = msgspec.structs.replace(DRAFT, **words)
    code = refusal(written(tmp_path, seal(header, SENDER)), read_header).code
    assert code in {"package.truncated", "package.tampered"}


@pytest.mark.parametrize(
    "words",
    [
        *({"number": n} for n in (-5, 0, 10**6, 10**12, 2**70)),  # each number below a package's is a gap to be named
        *({"pack": n} for n in (-1, 2**31, 2**70)),
        *({"made_at": at} for at in (-1, MOST_AT + 1, 2**60)),
        *({"first": seq} for seq in (-1, 2**40)),
        {"last": 10**30},
        *({"sender": code} for code in ("", "../..", "62040２", "620402\n", "\x1b[2J")),
        {"recipient": "62040"},
        *({"package": one} for one in ("", "1" * 31, "A" * 32, "../../x")),
        {"instance": "\u202e"},
        {"program": "9" * 41},
        {"previous": "zz"},
    ],
    ids=str,
)
def test_k05_out_of_range__error(tmp_path: Path, words: dict[str, Any]) -> None:
    encoded = msgspec.json.encode({**msgspec.to_builtins(DRAFT), **words})
    assert refusal(written(tmp_path, sealed_bytes(encoded)), read_header).code == "package.tampered"


def test_k05_last_instant__ok() -> None:
    assert local_text(MOST_AT) == "9999-12-31 08:00"


def test_k05_sealed_offsets__ok() -> None:
    encoded = msgspec.json.encode(DRAFT)
    sealed = Sealed(DRAFT, encoded, bytes(SIGNATURE_BYTES))
    assert sealed.payload_offset == len(MAGIC) + 4 + len(encoded) + SIGNATURE_BYTES


# --- K06 ------------------------------------------------------------------------------------------


def test_k06_stick_fails__error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The payload is let go: else Windows cannot remove it, and that is told in place of what ails the stick."""
    handed: list[Generator[bytes, None, None]] = []

    def fails(target: Path, pieces: Generator[bytes, None, None], _: int) -> str:
        handed.append(pieces)
        assert next(pieces)
        assert next(pieces)
        raise PackageError("package.write", path=target, detail="x")

    monkeypatch.setattr(package, "write_to_stick", fails)
    with pytest.raises(PackageError):
        write_package(
            tmp_path, DRAFT, map(encode_line, LINES), identity=SENDER, readers=[READER.public], workplace=tmp_path
        )
    assert inspect.getgeneratorstate(handed[0]) == inspect.GEN_CLOSED
    assert list(tmp_path.iterdir()) == []
