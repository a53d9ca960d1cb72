"""
Private values.

Q01 they are masked in what leaves the vault; unmasking is noted with record and field, never with the value
Q02 a person's data are found in every ledger by name, number or telephone, deleted records too, and printed; noted
Q03 what has been kept as long as its form says is listed by year; the form has to say from which day
"""

from pathlib import Path

import pdfplumber
import pytest

from desktop_app.actions.privacy import (
    covered,
    find_person,
    print_person,
    print_removable,
    removable,
    reveal,
    values_of,
)
from desktop_app.actions.reading import covered_history, show_record
from desktop_app.actions.records import delete_record, edit_record
from desktop_app.base.errors import ActionRefused, FormsInvalid
from desktop_app.schema.load import load_pack
from desktop_app.storage.audit import read_audit
from desktop_app.storage.vault import Vault
from tests.helpers.desks import FILES, House, add, add_dispute, record_of

PHONE, ID = "13993301234", "11010519491231002X"


def lines(vault: Vault, what: str) -> list[dict[str, str]]:
    with vault.read() as connection:
        return [one.detail for one in read_audit(connection, what=[what])]


def text_of(path: Path) -> str:
    with pdfplumber.open(path) as pdf:
        return "\n".join(page.extract_text() for page in pdf.pages)


# --- Q01 ------------------------------------------------------------------------------------------


def test_q01_masked_by_default__ok(county: Vault) -> None:
    record = record_of(county, add_dispute(county, phone=PHONE, resident_id=ID))
    (values,) = values_of(county, [record])
    assert (values["phone"], values["resident_id"], values["summary"]) == ("1***", "1***", record.values["summary"])
    assert PHONE not in str(covered_history(county, record.id))
    assert PHONE not in str(show_record(county, record.id).fields)
    assert lines(county, "unmask") == []
    assert covered(county.pack.ledgers["dispute"], {"gone": 1}) == {"gone": 1}


def test_q01_unmasking_is_noted__ok(county: Vault) -> None:
    first, second = add_dispute(county, phone=PHONE), add_dispute(county)
    values = values_of(county, [record_of(county, first), record_of(county, second)], unmask=True)
    assert values[0]["phone"] == PHONE
    assert lines(county, "unmask") == [{"record": first, "fields": "电话"}], "the other has nothing private"
    assert PHONE not in str(lines(county, "unmask"))


def test_q01_reader_may_not__error(county: Vault) -> None:
    record = record_of(county, add_dispute(county, phone=PHONE))
    county.role = "reader"
    with pytest.raises(ActionRefused) as caught:
        values_of(county, [record], unmask=True)
    assert caught.value.code == "role.not_allowed"
    with pytest.raises(ActionRefused) as caught:
        reveal(county, record.id, ["phone"])
    assert caught.value.code == "role.not_allowed"


# --- Q02 ------------------------------------------------------------------------------------------


def test_q02_found_everywhere__ok(county: Vault, tmp_path: Path) -> None:
    dispute = add_dispute(county, phone=PHONE, resident_id=ID, summary="张三欠薪")
    gone = add_dispute(county, facts="证人张三陈述")
    delete_record(county, gone)
    employer = add(county, "employer", name="张三工作室", phone=PHONE)
    add_dispute(county, summary="李四欠薪", phone="13993309999")
    by_name = find_person(county, " 张三 ")
    assert {one.id for one in by_name} == {dispute, gone, employer}
    assert {one.id for one in by_name if one.is_deleted} == {gone}
    assert {one.id for one in find_person(county, PHONE)} == {dispute, employer}
    assert {one.id for one in find_person(county, ID)} == {dispute}
    assert find_person(county, "100%_") == []
    assert PHONE not in str(by_name)
    path = tmp_path / "张三.pdf"
    assert print_person(county, "张三", path) == 3
    printed = text_of(path)
    assert PHONE in printed
    assert "已删除" in printed
    noted = lines(county, "person")
    assert noted[0] == {"words": "张***", "records": "3", "file": "张三.pdf"}
    assert PHONE not in str(noted)


@pytest.mark.parametrize("words", ["", " ", "张"])
def test_q02_too_short__error(county: Vault, tmp_path: Path, words: str) -> None:
    with pytest.raises(ActionRefused) as caught:
        find_person(county, words)
    assert caught.value.code == "person.too_short"
    with pytest.raises(ActionRefused):
        print_person(county, words, tmp_path / "x.pdf")
    assert not list(tmp_path.glob("*.pdf"))


# --- Q03 ------------------------------------------------------------------------------------------


def kept(files: dict[str, str], years: int) -> dict[str, str]:
    path = next(one for one, text in files.items() if 'key = "dispute"' in text)
    text = files[path].replace('key = "dispute"', f'key = "dispute"\nretention_years = {years}', 1)
    pack = files["pack.toml"].replace("version = 1", "version = 2", 1)
    return {**files, path: text, "pack.toml": pack}


def test_q03_listed_by_year__ok(house: House, tmp_path: Path) -> None:
    county = house.county
    old = add_dispute(county, heard_on="2014-12-31")
    add_dispute(county, heard_on="2015-01-01")
    gone = add_dispute(county, heard_on="2010-01-01")
    delete_record(county, gone)
    assert removable(county) == []
    county.adopt(kept(dict(FILES), 10), "program")
    assert [(one.id, one.on, one.years) for one in removable(county)] == [(old, "2014-12-31", 10)]
    assert removable(county, 2024) == []
    assert len(removable(county, 2026)) == 2
    assert print_removable(county, tmp_path / "清单.pdf", 2026) == 2
    assert "2015-01-01" in text_of(tmp_path / "清单.pdf")
    edit_record(county, old, {"heard_on": "2020-01-01"})
    assert removable(county) == []


def test_q03_from_which_day__error() -> None:
    files = kept(dict(FILES), 10)
    path = next(one for one, text in files.items() if 'key = "dispute"' in text)
    files[path] = files[path].replace('\nperiod = "heard_on"', "", 1)
    with pytest.raises(FormsInvalid) as caught:
        load_pack(files)
    assert "form.retention_needs_period" in [one.code for one in caught.value.found]
