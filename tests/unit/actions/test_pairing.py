"""
Two offices come to know each other's keys, once, and nobody in between.

A01 both screens show the same code
A02 an enrolment is good for one registration, and its token has to be the right one
A03 a file that is not for this step or this office is refused
A05 the city can help from the first day where the county wishes it, and only there
A04 what fails leaves no office, no vault and no file
"""

import errno
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from desktop_app.actions.desk import identity_of, init_city
from desktop_app.actions.exporting import export
from desktop_app.actions.importing import import_package
from desktop_app.actions.pairing import Paired, add_office, init_county
from desktop_app.actions.recovery import has_escrow, read_escrow, write_escrow
from desktop_app.base.errors import ActionRefused, KnownError, PackageError, VaultError
from desktop_app.storage.packages import find_office, offices
from desktop_app.storage.vault import Vault, open_vault
from desktop_app.sync.header import read_header
from desktop_app.sync.identity import new_identity
from desktop_app.sync.lines import Enrolment, FormsFile, Registration, encode_line
from tests.helpers.desks import CITY, COUNTY, FILES, NAMES, Forger, House, dump, new_desk

NEW, NAME = "620422", "会宁县总工会"


@pytest.fixture
def enrolment(house: House) -> Path:
    return add_office(house.city, code=NEW, name=NAME, out=house.stick)


def join(house: House, enrolment: Path, folder: str = NEW) -> tuple[Vault, Paired]:
    return init_county(new_desk(house.folder / folder, house.clock, "张三"), enrolment=enrolment, out=house.stick)


def refusal(call: object, *args: object, **more: object) -> KnownError:
    assert callable(call)
    with pytest.raises(KnownError) as caught:
        call(*args, **more)
    return caught.value


# --- A01 ------------------------------------------------------------------------------------------


def test_a01_same_code_on_both_screens__ok(house: House, enrolment: Path) -> None:
    assert enrolment.name == f"{CITY}-{NEW}-000001-enrolment.ghpkg"
    county, paired = join(house, enrolment)
    assert paired.file is not None
    assert paired.file.name == f"{NEW}-000001-registration.ghpkg"
    done = import_package(house.city, paired.file)
    assert (done.outcome, done.sender) == ("registered", NEW)
    assert done.short_code == paired.short_code
    assert (county.owner.office, county.owner.name, county.actor) == (NEW, NAME, "张三")
    assert county.pack.files == house.city.pack.files
    mine, theirs = identity_of(county).public, identity_of(house.city).public
    with house.city.read() as connection:
        there = find_office(connection, NEW)
    with county.read() as connection:
        here = find_office(connection, CITY)
    assert there
    assert here
    assert (there.recipient, there.verify_key, there.token) == (mine.recipient, mine.verify_key, "")
    assert (here.recipient, here.verify_key) == (theirs.recipient, theirs.verify_key)
    county.close()


def test_a01_recovery_code_opens_the_new_vault__ok(house: House, enrolment: Path) -> None:

    county, paired = join(house, enrolment)
    county.close()
    open_vault(house.folder / NEW, paired.recovery_code, FILES, house.clock).close()


@pytest.mark.parametrize("wished", [True, False])
def test_a05_escrow_from_the_beginning__ok(house: House, enrolment: Path, wished: bool) -> None:
    desk = new_desk(house.folder / NEW, house.clock)
    county, paired = init_county(desk, enrolment=enrolment, out=house.stick, escrow=wished)
    assert has_escrow(county) is wished
    county.close()
    if not wished:
        return
    assert paired.file
    import_package(house.city, paired.file)
    found = read_escrow(house.city, write_escrow(house.folder / NEW, house.stick))
    open_vault(house.folder / NEW, found.code, FILES, house.clock).close()


# --- A02 ------------------------------------------------------------------------------------------


@pytest.fixture
def second(house: House, enrolment: Path) -> tuple[Path, Path]:
    """Registrations of two vaults made from one enrolment."""
    files = []
    for folder in (NEW, "second"):
        house.stick.joinpath(f"out-{folder}").mkdir()
        county, paired = init_county(
            new_desk(house.folder / folder, house.clock), enrolment=enrolment, out=house.stick / f"out-{folder}"
        )
        county.close()
        assert paired.file
        files.append(paired.file)
    return files[0], files[1]


def test_a02_second_registration__error(house: House, second: tuple[Path, Path]) -> None:
    import_package(house.city, second[0])
    before = dump(house.city)
    error = refusal(import_package, house.city, second[1])
    assert error.code == "package.token"
    assert second[1].name in str(error)
    assert dump(house.city) == before


def test_a02_registration_again__ok(house: House, second: tuple[Path, Path]) -> None:
    import_package(house.city, second[0])
    before = dump(house.city)
    assert import_package(house.city, second[0]).outcome == "repeated"
    assert dump(house.city) == before


@pytest.mark.parametrize("token", ["", "0" * 32, "登记码"])
def test_a02_wrong_token__error(house: House, enrolment: Path, token: str) -> None:
    county, _ = join(house, enrolment)
    before = dump(house.city)
    keys = identity_of(county).public
    forger = Forger(county, CITY, house.stick, "registration")
    path = forger.write(encode_line(Registration(token, keys.recipient, keys.verify_key)))
    assert refusal(import_package, house.city, path).code == "package.token"
    assert dump(house.city) == before
    county.close()


def test_a02_registration_signed_by_another_key__error(house: House, enrolment: Path) -> None:
    """The keys in a registration are those that signed it; else somebody could register keys he does not hold."""
    county, _ = join(house, enrolment)
    with county.read() as connection:
        office = find_office(connection, CITY)
    assert office
    stranger, keys = new_identity(), identity_of(county).public
    forger = Forger(county, CITY, house.stick, "registration", stranger)
    path = forger.write(encode_line(Registration(office.token, keys.recipient, keys.verify_key)))
    assert refusal(import_package, house.city, path).code == "package.mismatch"
    county.close()


# --- A03 ------------------------------------------------------------------------------------------


def test_a03_registration_of_an_unknown_office__error(house: House, enrolment: Path) -> None:
    county, _ = join(house, enrolment)
    forger = Forger(county, CITY, house.stick, "registration", header={"sender": "620499"})
    path = forger.write(encode_line(Registration("x", "y", "z")))
    error = refusal(import_package, house.city, path)
    assert error.code == "package.unknown_sender"
    assert "620499" in str(error)
    county.close()


def test_a03_county_made_from_another_kind__error(house: House) -> None:

    path = export(house.county, house.stick)[0].file
    error = refusal(join, house, path)
    assert error.code == "package.wrong_kind"
    assert "上报" in str(error)
    assert not (house.folder / NEW).exists()


@pytest.mark.parametrize("change", [{"office": "620499"}, {"verify_key": "00" * 32}, {"recipient": "age1zzz"}])
def test_a03_enrolment_that_contradicts_itself__error(house: House, change: dict[str, str]) -> None:
    keys = identity_of(house.city).public
    words: dict[str, Any] = {
        "number": 0,
        "office": NEW,
        "name": NAME,
        "city_name": NAMES[CITY],
        "token": "1",
        "recipient": keys.recipient,
    }
    line = Enrolment(**{**words, "verify_key": keys.verify_key, **change})
    forms = [encode_line(FormsFile(path, text)) for path, text in FILES.items()]
    path = Forger(house.city, NEW, house.stick, "enrolment", readers=()).write(encode_line(line), *forms)
    assert refusal(join, house, path).code == "package.mismatch"
    assert not (house.folder / NEW).exists()


@pytest.mark.parametrize("number", [-1, 10**6, 2**70])
def test_a03_enrolment_with_a_number_out_of_range__error(house: House, number: int) -> None:
    keys = identity_of(house.city).public
    line = Enrolment(NEW, NAME, NAMES[CITY], keys.recipient, keys.verify_key, "1", number)
    path = Forger(house.city, NEW, house.stick, "enrolment", readers=()).write(encode_line(line))
    assert refusal(join, house, path).code == "package.payload"
    assert not (house.folder / NEW).exists()


def test_a03_county_takes_no_enrolment_later__error(house: House) -> None:
    keys = identity_of(house.city).public
    line = encode_line(Enrolment(COUNTY, NAMES[COUNTY], "x", keys.recipient, keys.verify_key, "t", 0))
    path = Forger(house.city, COUNTY, house.stick, "enrolment", readers=()).write(line)
    assert refusal(import_package, house.county, path).code == "package.wrong_kind"


# --- A04 ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("62042", "office.bad_code"),
        ("６２０４２２", "office.bad_code"),
        ("620422\n", "office.bad_code"),
        (COUNTY, "office.exists"),
        (CITY, "office.exists"),
    ],
)
def test_a04_office_cannot_be_added__error(house: House, code: str, wanted: str) -> None:
    error = refusal(add_office, house.city, code=code, name="某", out=house.stick)
    assert (error.code, code in str(error)) == (wanted, True)
    assert list(house.stick.iterdir()) == []


def test_a04_only_the_city__error(house: House) -> None:
    assert refusal(add_office, house.county, code=NEW, name=NAME, out=house.stick).code == "office.city_only"


def test_a04_stick_full_while_adding__error(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    before = dump(house.city)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=0))
    with pytest.raises(PackageError) as caught:
        add_office(house.city, code=NEW, name=NAME, out=house.stick)
    assert caught.value.code == "package.no_space"
    assert dump(house.city) == before
    monkeypatch.undo()
    path = add_office(house.city, code=NEW, name=NAME, out=house.stick)
    assert read_header(path).header.number == 1


def test_a04_stick_fails_while_joining__error(house: House, enrolment: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(shutil, "disk_usage", fail)
    with pytest.raises(PackageError) as caught:
        join(house, enrolment)
    assert caught.value.code == "package.write"
    assert not (house.folder / NEW).exists()
    assert list(house.stick.iterdir()) == [enrolment]


def test_a04_folder_in_use__error(house: House, enrolment: Path) -> None:
    with pytest.raises(VaultError) as caught:
        join(house, enrolment, COUNTY)
    assert caught.value.code == "vault.exists"
    assert house.county.owner.office == COUNTY


def test_a04_faulty_pack_in_the_enrolment__error(house: House) -> None:
    keys = identity_of(house.city).public
    line = encode_line(Enrolment(NEW, NAME, "x", keys.recipient, keys.verify_key, "t", 0))
    path = Forger(house.city, NEW, house.stick, "enrolment", readers=()).write(
        line, encode_line(FormsFile("pack.toml", "x"))
    )
    assert refusal(join, house, path).code == "form.invalid"
    assert not (house.folder / NEW).exists()


def test_offices_city_first__ok(house: House, enrolment: Path) -> None:
    with house.city.read() as connection:
        found = offices(connection)
    assert [(one.code, one.is_paired) for one in found] == [
        (CITY, True),
        (COUNTY, True),
        ("620421", True),
        (NEW, False),
    ]


def test_unpaired_county_sends_nothing_yet__error(house: House, enrolment: Path) -> None:
    county, _ = join(house, enrolment)
    path = Forger(county, CITY, house.stick).write()
    with pytest.raises(PackageError) as caught:
        import_package(house.city, path)
    assert caught.value.code == "package.unknown_sender"
    county.close()


def test_desk_with_a_bad_code__error(tmp_path: Path, house: House) -> None:

    with pytest.raises(ActionRefused) as caught:
        init_city(new_desk(tmp_path / "x", house.clock), office="1", name="某")
    assert caught.value.code == "office.bad_code"
