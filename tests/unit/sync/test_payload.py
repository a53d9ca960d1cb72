"""
The payload is for its reader alone, says inside who sent it, and cannot fill the PC.

Y01 lines come out as they went in, whatever their number and length
Y02 a payload for somebody else, or stolen and put under another header, is refused
Y03 a line that is none is refused with its number
Y04 a payload that unpacks to too much is stopped on the way
Y05 the standard programs `age` and `zstd` open it with the office's own key
Y06 failures of our own code come through as they are
"""

import io
import os
import random
import shutil
import subprocess
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.base.errors import PackageError
from desktop_app.sync import payload as stream
from desktop_app.sync.header import Header, Sealed
from desktop_app.sync.identity import Identity, new_identity
from desktop_app.sync.lines import AnyLine, AttachmentPart, FormsFile, encode_line, encoded, preamble
from desktop_app.sync.payload import read_payload, verify_payload, write_payload
from tests.unit.sync.test_package import DRAFT

READER, OTHER = new_identity(), new_identity()


def stored(path: Path, content: bytes, header: Header = DRAFT) -> Sealed:
    """A payload alone in a file, under a header that describes it."""
    sealed = Sealed(
        msgspec.structs.replace(header, payload_bytes=len(content), payload_sha256=sha256(content).hexdigest()),
        b"",
        b"",
    )
    path.write_bytes(bytes(sealed.payload_offset) + content)
    return sealed


def packed(lines: list[bytes], *readers: Identity) -> bytes:
    out = io.BytesIO()
    n_bytes, digest = write_payload(out, lines, [one.public for one in readers])
    assert (n_bytes, digest) == (len(out.getvalue()), sha256(out.getvalue()).hexdigest())
    return out.getvalue()


def read(path: Path, sealed: Sealed, identity: Identity | None = READER) -> list[AnyLine]:
    found: list[AnyLine] = []

    def take(line: AnyLine, body: bytes) -> None:
        found.append(line)
        assert encode_line(line) == body

    read_payload(path, sealed, identity, take)
    return found


def refusal(call: Callable[[], object]) -> PackageError:
    with pytest.raises(PackageError) as caught:
        call()
    return caught.value


FIRST = encode_line(preamble(DRAFT))

# --- Y01 ------------------------------------------------------------------------------------------


@given(st.lists(st.binary(max_size=300).map(lambda content: AttachmentPart("0" * 64, 0, content)), max_size=30))
def test_y01_round_trip__ok(tmp_path_factory: pytest.TempPathFactory, lines: list[AnyLine]) -> None:
    path = tmp_path_factory.getbasetemp() / "y01"
    sealed = stored(path, packed([FIRST, *encoded(lines)], READER, OTHER))
    assert read(path, sealed) == read(path, sealed, OTHER) == lines
    assert verify_payload(path, sealed) == sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("n_bytes", [0, 1, 1024 * 1024 - 1, 3 * 1024 * 1024])
def test_y01_long_lines__ok(tmp_path: Path, n_bytes: int) -> None:
    lines: list[AnyLine] = [AttachmentPart("0" * 64, 0, random.Random(1).randbytes(n_bytes))] * 2
    assert read(tmp_path / "p", stored(tmp_path / "p", packed([FIRST, *encoded(lines)], READER))) == lines


def test_y01_unencrypted__ok(tmp_path: Path) -> None:
    lines: list[AnyLine] = [FormsFile("a", "甲")] * 1000
    sealed = stored(tmp_path / "p", packed([FIRST, *encoded(lines)]))
    assert read(tmp_path / "p", sealed, None) == lines


# --- Y02 ------------------------------------------------------------------------------------------


def test_y02_for_somebody_else__error(tmp_path: Path) -> None:
    sealed = stored(tmp_path / "包", packed([FIRST], OTHER))
    error = refusal(lambda: read(tmp_path / "包", sealed))
    assert error.code == "package.tampered"
    assert "包" in str(error)


@pytest.mark.parametrize(
    "change",
    [
        {"sender": "620421"},
        {"recipient": "620421"},
        {"kind": "receipt"},
        {"package": "9" * 32},
        {"instance": "3" * 32},
        {"number": 18},
        {"first": 2},
        {"last": 9},
    ],
    ids=str,
)
def test_y02_stolen_payload__error(tmp_path: Path, change: dict[str, Any]) -> None:
    header = msgspec.structs.replace(DRAFT, **change)
    sealed = stored(tmp_path / "包", packed([FIRST], READER), header)
    taken: list[AnyLine] = []
    error = refusal(lambda: read_payload(tmp_path / "包", sealed, READER, lambda line, _: taken.append(line)))
    assert error.code == "package.mismatch"
    assert taken == []


@pytest.mark.parametrize("identity", [READER, None])
@pytest.mark.parametrize("cut", [1, 20, 100])
def test_y02_cut_inside__error(tmp_path: Path, identity: Identity | None, cut: int) -> None:
    """A sender whose disk failed half-way: signed, and yet not whole."""
    lines = [FIRST, *[encode_line(FormsFile(str(n), "甲" * n)) for n in range(50)]]
    content = packed(lines, *([identity] if identity else []))[:-cut]
    sealed = stored(tmp_path / "包", content)
    assert refusal(lambda: read(tmp_path / "包", sealed, identity)).code in {"package.tampered", "package.payload"}


@pytest.mark.parametrize("content", [b"", b"age-encryption.org/v1\n", bytes(100)])
def test_y02_no_payload_at_all__error(tmp_path: Path, content: bytes) -> None:
    for identity in (READER, None):
        sealed = stored(tmp_path / "包", content)
        assert refusal(lambda: read(tmp_path / "包", sealed, identity)).code.startswith("package.")  # noqa: B023


# --- Y03 ------------------------------------------------------------------------------------------

GOOD = encode_line(FormsFile("a", "b"))
BAD_LINES = [
    b"",
    b"{",
    b"null",
    b"[]",
    b"\xff\xfe",
    b'{"type":"letter"}',
    b'{"type":"form"}',
    b'{"type":"form","path":"a","text":"b","more":1}',
    b'{"type":"form","path":1,"text":"b"}',
    b'{"type":"form","path":"a\xff","text":"b"}',
    b'{"type":"attachment","digest":"0","part":0,"content":"*"}',
    b'{"type":"revision","id":"1"}',
    b'{"type":"revision","fields":' + b"[" * 20_000,
    b'{"type":"revision","fields":{"a":' + b"[" * 20_000,
    b'{"more":' + b"[" * 20_000,
    b"[" * 100_000,
]


@pytest.mark.parametrize("bad", BAD_LINES, ids=lambda bad: repr(bad[:40]))
def test_y03_bad_line__error(tmp_path: Path, bad: bytes) -> None:
    sealed = stored(tmp_path / "包", packed([FIRST, GOOD, bad, GOOD], READER))
    error = refusal(lambda: read(tmp_path / "包", sealed))
    assert error.code == "package.payload"
    assert "第 3 行" in str(error)


@pytest.mark.parametrize("first", [GOOD, b"", b"{}", FIRST + b" "])
def test_y03_no_preamble__error(tmp_path: Path, first: bytes) -> None:
    sealed = stored(tmp_path / "包", packed([first, GOOD], READER))
    if first == FIRST + b" ":
        assert read(tmp_path / "包", sealed) == [FormsFile("a", "b")]
    else:
        assert refusal(lambda: read(tmp_path / "包", sealed)).code in {"package.payload", "package.mismatch"}


def test_y03_second_preamble_is_for_the_reader_to_refuse__ok(tmp_path: Path) -> None:
    sealed = stored(tmp_path / "包", packed([FIRST, FIRST], READER))
    assert read(tmp_path / "包", sealed) == [preamble(DRAFT)]


def test_y03_last_line_without_end__error(tmp_path: Path) -> None:
    content = zstandard.ZstdCompressor().compress(FIRST + b"\n" + GOOD)
    error = refusal(lambda: read(tmp_path / "包", stored(tmp_path / "包", content), None))
    assert error.code == "package.payload"
    assert "第 2 行" in str(error)


# --- Y04 ------------------------------------------------------------------------------------------


def test_y04_bomb__error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "_FREE_BYTES", 100_000)
    monkeypatch.setattr(stream, "_MOST_PER_BYTE", 2)
    lines = [encode_line(FormsFile(str(n), "甲" * 1000)) for n in range(1000)]
    sealed = stored(tmp_path / "包", packed([FIRST, *lines], READER))
    n_taken = 0

    def take(_line: AnyLine, _body: bytes) -> None:
        nonlocal n_taken
        n_taken += 1

    error = refusal(lambda: read_payload(tmp_path / "包", sealed, READER, take))
    assert error.code == "package.too_large"
    assert "包" in str(error)
    assert n_taken < 100


def test_y04_one_endless_line__error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "_MAX_LINE_BYTES", 300_000)
    content = zstandard.ZstdCompressor().compress(FIRST + b"\n" + b"x" * 3_000_000)
    assert refusal(lambda: read(tmp_path / "包", stored(tmp_path / "包", content), None)).code == "package.too_large"


def test_y04_window_of_a_gigabyte__error(tmp_path: Path) -> None:
    parameters = zstandard.ZstdCompressionParameters(window_log=30, compression_level=1)
    packer = zstandard.ZstdCompressor(compression_params=parameters).compressobj()  # no size is known: whole window
    content = packer.compress(FIRST + b"\n") + packer.flush()
    assert refusal(lambda: read(tmp_path / "包", stored(tmp_path / "包", content), None)).code == "package.tampered"


def test_y04_within_the_limit__ok(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "_FREE_BYTES", len(FIRST) + len(GOOD) + 2)
    monkeypatch.setattr(stream, "_MOST_PER_BYTE", 0)
    sealed = stored(tmp_path / "包", packed([FIRST, GOOD], READER))
    assert len(read(tmp_path / "包", sealed)) == 1
    sealed = stored(tmp_path / "包", packed([FIRST, GOOD, b""], READER))
    assert refusal(lambda: read(tmp_path / "包", sealed)).code == "package.too_large"


# --- Y05 ------------------------------------------------------------------------------------------


@pytest.mark.skipif(not shutil.which("age"), reason="the age program is not to be had on this system")
def test_y05_standard_programs__ok(tmp_path: Path) -> None:
    lines: list[AnyLine] = [FormsFile("甲.toml", "乙"), AttachmentPart("0" * 64, 0, os.urandom(5000))]
    (tmp_path / "payload").write_bytes(packed([FIRST, *encoded(lines)], OTHER, READER))
    (tmp_path / "key").write_text(READER.age + "\n", encoding="utf-8")
    command = ["age", "--decrypt", "-i", str(tmp_path / "key"), str(tmp_path / "payload")]
    opened = subprocess.run(command, capture_output=True, check=True).stdout
    unpacked = zstandard.ZstdDecompressor().decompressobj().decompress(opened)
    *found, rest = unpacked.split(b"\n")
    assert found == [FIRST, *map(encode_line, lines)]
    assert rest == b""


# --- Y06 ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reader", [(), (READER,)])
def test_y06_lines_that_fail__error(reader: tuple[Identity, ...]) -> None:
    def lines() -> Iterator[bytes]:
        yield FIRST
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_payload(io.BytesIO(), lines(), [one.public for one in reader])


@pytest.mark.parametrize("reader", [(), (READER,)])
def test_y06_out_that_fails__error(reader: tuple[Identity, ...]) -> None:
    class Full(io.BytesIO):
        def write(self, _data: object) -> int:
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        write_payload(Full(), [random.Random(1).randbytes(300_000)], [one.public for one in reader])


@pytest.mark.parametrize("identity", [READER, None])
@pytest.mark.parametrize("error", [KeyError("x"), OSError(5, "x"), PackageError("package.token", name="包")])
def test_y06_taking_that_fails__error(tmp_path: Path, identity: Identity | None, error: Exception) -> None:
    sealed = stored(tmp_path / "包", packed([FIRST, GOOD, GOOD], *([identity] if identity else [])))
    n_calls = 0

    def take(_line: AnyLine, _body: bytes) -> None:
        nonlocal n_calls
        n_calls += 1
        raise error

    with pytest.raises(type(error)) as caught:
        read_payload(tmp_path / "包", sealed, identity, take)
    assert caught.value is error
    assert n_calls == 1
