"""
Makes the package vectors: `python -m tests.vectors.make`.

Keys and clock are fixed. Ids, and with them sizes and ciphertexts, come out new each time; what each file is
and how it is answered does not. `index.toml` is written by hand and says the answers.
"""

import hashlib
import io
import tempfile
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pyrage
import pyrage.x25519
import zstandard

from desktop_app.actions.desk import AGE, SIGN, make_desk
from desktop_app.actions.exporting import export
from desktop_app.actions.records import Given, add_records
from desktop_app.base.clock import SetClock
from desktop_app.domain.revision import Revision, chain, chain_start, encode_revision
from desktop_app.storage import tables
from desktop_app.storage.packages import Office, put_office
from desktop_app.storage.vault import Vault, open_vault
from desktop_app.sync.header import MAGIC, Header, read_header, seal
from desktop_app.sync.identity import Identity
from desktop_app.sync.lines import StreamStart, encode_line, new_seal, preamble
from desktop_app.sync.payload import write_payload
from tests.exchange.world import CITY, DISPUTE, FILES, NAMES, PASSPHRASE, A, B, new_desk

HERE = Path(__file__).parent
MADE_AT = datetime(2026, 1, 5, 1, tzinfo=UTC)
INSTANCES = {CITY: "0" * 31 + "1", A: "0" * 31 + "2", B: "0" * 31 + "3"}
BOMB_BYTES = 80 * 1024 * 1024


def keys() -> dict[str, Identity]:
    """The fixed keys, by office."""
    found = tomllib.loads(HERE.joinpath("keys.toml").read_text(encoding="utf-8"))
    return {name: Identity(one["age"], one["sign"]) for name, one in found.items()}


def _role(office: str) -> str:
    return "city" if office == CITY else "county"


def vault_with_keys(folder: Path, office: str, clock: SetClock) -> Vault:
    """A vault of an office with its fixed keys, that knows the city and both counties."""
    known = keys()
    vault, _ = make_desk(new_desk(folder, clock), Office(office, NAMES[office], _role(office)), FILES)
    with vault.write() as connection:
        m = tables.meta
        for key, value in ((AGE, known[office].age), (SIGN, known[office].sign), ("instance", INSTANCES[office])):
            connection.execute(m.update().where(m.c.key == key).values(value=value))
        for code in (CITY, A, B):
            public = known[code].public
            put_office(connection, Office(code, NAMES[code], _role(code), "", public.recipient, public.verify_key))
    vault.close()
    return open_vault(folder, PASSPHRASE, FILES, clock)


@dataclass(frozen=True)
class Package:
    """A whole package as its parts."""

    header: Header
    start: bytes
    payload: bytes

    @property
    def whole(self) -> bytes:
        return self.start + self.payload


def read(path: Path) -> Package:
    """A package file taken apart."""
    sealed, whole = read_header(path), path.read_bytes()
    return Package(sealed.header, whole[: sealed.payload_offset], whole[sealed.payload_offset :])


def under(header: Header, payload: bytes, signer: Identity, **words: Any) -> bytes:
    """A payload under a header that is changed, made to fit and signed."""
    fitting = {"payload_bytes": len(payload), "payload_sha256": hashlib.sha256(payload).hexdigest()}
    changed = msgspec.structs.replace(header, signer=signer.public.verify_key, **{**fitting, **words})
    return seal(changed, signer) + payload


def packed(header: Header, *lines: bytes, reader: Identity, without_preamble: bool = False) -> bytes:
    """A payload of these lines."""
    out = io.BytesIO()
    first = [] if without_preamble else [encode_line(preamble(header))]
    write_payload(out, [*first, *lines], [reader.public])
    return out.getvalue()


def bomb(header: Header, reader: Identity) -> bytes:
    """A payload of few bytes that unpacks to one endless line; packed in one go, not as the program does."""
    whole = zstandard.ZstdCompressor().compress(encode_line(preamble(header)) + b"\n" + bytes(BOMB_BYTES))
    return bytes(pyrage.encrypt(whole, [pyrage.x25519.Recipient.from_str(reader.public.recipient)]))


def flipped(content: bytes, at: int) -> bytes:
    """One bit other."""
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


def make_all(good: Package, longer: Package, other: Package) -> dict[str, bytes]:
    """Every vector by name; `good` and `longer` are two packages of one county, `other` is another county's."""
    k = keys()
    county, city = k[A], k[CITY]

    def mine(*lines: bytes, without_preamble: bool = False) -> bytes:
        return under(good.header, packed(good.header, *lines, reader=city, without_preamble=without_preamble), county)

    def start(first: int, office: str = A, scope: str = A) -> bytes:
        before = chain_start(office, INSTANCES[A], scope).hex() if first == 1 else "00" * 32
        return encode_line(StreamStart(office, INSTANCES[A], scope, first, before))

    revision = encode_revision(Revision("1" * 32, "2" * 32, "dispute", dict(DISPUTE), "甲", 0, 1))
    citys = StreamStart(CITY, INSTANCES[CITY], A, 1, chain_start(CITY, INSTANCES[CITY], A).hex())
    end = chain(bytes.fromhex(citys.previous), revision).hex()
    false_seal = new_seal(county, office=CITY, instance=INSTANCES[CITY], scope=A, seq=1, digest=end)
    encoded = msgspec.json.encode(good.header)
    loose = encoded.replace(b":", b": ", 1)
    domain = b"union-desk/package/1\0"
    not_canonical = MAGIC + len(loose).to_bytes(4, "big") + loose + county.signature(domain + loose) + good.payload
    cut_payload = good.payload[: len(good.payload) // 2]
    return {
        "good": good.whole,
        "empty": b"",
        "not_a_package": "这不是数据包，是改了名的说明。\n".encode(),
        "not_a_package_zip": b"PK\x03\x04" + bytes(60),
        "flipped_magic": flipped(good.whole, 0),
        "cut_in_the_magic": good.whole[: len(MAGIC) + 2],
        "cut_in_the_header": good.whole[: len(good.start) // 2],
        "cut_in_the_signature": good.whole[: len(good.start) - 1],
        "cut_after_the_header": good.start,
        "cut_in_the_payload": good.whole[:-1],
        "trailing_byte": good.whole + b"\0",
        "trailing_package": good.whole + good.whole,
        "flipped_header_length": flipped(good.whole, len(MAGIC)),
        "flipped_header": flipped(good.whole, len(good.start) // 2),
        "flipped_signature": flipped(good.whole, len(good.start) - 1),
        "flipped_payload_start": flipped(good.whole, len(good.start)),
        "flipped_payload_end": flipped(good.whole, len(good.whole) - 1),
        "another_spelling": not_canonical,
        "swapped_headers_long": good.start + longer.payload,
        "swapped_headers_short": longer.start + good.payload,
        "swapped_payload_of_same_size": good.start + longer.payload[: len(good.payload)],
        "signed_by_wrong_office": under(good.header, good.payload, k[B]),
        "signed_again_by_stranger": under(good.header, good.payload, k["stranger"]),
        "names_right_key_but_signed_by_stranger": seal(good.header, k["stranger"]) + good.payload,
        "unknown_sender": under(good.header, good.payload, k["stranger"], sender="620499"),
        "sent_by_ourselves": under(good.header, good.payload, city, sender=CITY),
        "addressed_elsewhere": under(good.header, good.payload, county, recipient=B),
        "newer_version": under(good.header, good.payload, county, format=2, program="9.0.0"),
        "newer_version_unsigned": flipped(under(good.header, good.payload, county, format=2), len(good.start) - 1),
        "wrong_kind_receipt": under(good.header, good.payload, county, kind="receipt"),
        "wrong_kind_parameters": under(good.header, good.payload, county, kind="parameters"),
        "stolen_payload": under(other.header, good.payload, k[B]),
        "own_payload_under_another_number": under(good.header, good.payload, county, number=99),
        "own_payload_under_another_id": under(good.header, good.payload, county, package="f" * 32),
        "for_another_reader": under(good.header, packed(good.header, reader=k[B]), county),
        "not_encrypted": under(good.header, b'{"type":"preamble"}\n', county),
        "payload_cut_and_signed": under(good.header, cut_payload, county),
        "zip_bomb": under(good.header, bomb(good.header, city), county),
        "no_preamble": mine(start(1), revision, without_preamble=True),
        "nothing_inside": mine(without_preamble=True),
        "line_that_is_no_json": mine(start(1), b'{"type":"revision"'),
        "line_of_unknown_type": mine(b'{"type":"surprise"}'),
        "line_that_does_not_belong": mine(b'{"type":"form","path":"pack.toml","text":""}'),
        "revision_without_a_stream": mine(revision),
        "chain_that_does_not_fit": mine(start(5), revision),
        "stream_of_another_office": mine(start(1, office=B), revision),
        "records_of_another_office": mine(start(1, scope=B), revision),
        "in_the_citys_name": mine(encode_line(citys), revision),
        "in_the_citys_name_sealed_by_the_county": mine(encode_line(citys), revision, encode_line(false_seal)),
    }


def main(folder: Path = HERE) -> None:
    """Writes every vector in place of the old ones."""
    clock = SetClock(MADE_AT)
    with tempfile.TemporaryDirectory() as work:
        packages: list[Package] = []
        for office, n_records in ((A, 1), (A, 40), (B, 1)):
            place = Path(work) / f"{len(packages)}"
            place.mkdir()
            vault = vault_with_keys(place / "vault", office, clock)
            add_records(vault, "dispute", [Given(DISPUTE)] * n_records)
            packages.append(read(export(vault, place)[0].file))
            vault.close()
        for old in folder.glob("*.ghpkg"):
            old.unlink()
        for name, content in make_all(*packages).items():
            folder.joinpath(f"{name}.ghpkg").write_bytes(content)


if __name__ == "__main__":
    main()
