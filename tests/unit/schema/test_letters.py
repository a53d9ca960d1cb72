"""
Letters as data (schema/letters.py).

T01 each fault of law, kinds and templates is said at its file and line, alone
T02 a private field or one that stays can stand in no template
T03 a pack without letters loads, and has none
"""

import pytest

from desktop_app.base.errors import FormsInvalid
from desktop_app.base.paths import forms_dir
from desktop_app.schema.load import load_pack, read_files

FILES = read_files(forms_dir())
LAW, KINDS, TIP = "law.toml", "letters/kinds.toml", "letters/tip_wage_arrears.toml"


@pytest.mark.parametrize(
    ("file", "old", "new", "code", "says"),
    [
        (LAW, '20 = ["第二十条", ', '20 = ["第二十条"]\nx = [', "form.wrong_type", "条款"),
        (LAW, 'name = "中华人民共和国工会法"\n', "", "form.missing_key", "name"),
        (LAW, 'source = "', 'sauce = "', "form.missing_key", "source"),
        (KINDS, 'follows = "opinion"', 'follows = "opinions"', "form.bad_value", "opinions"),
        (KINDS, "[kind.tip]", "[kind.hint]", "form.unknown_choice", "hint"),
        (KINDS, "关于{subject}的提示函", "关于{subjekt}的提示函", "form.bad_template", "是不是“subject”"),
        (KINDS, 'to = "handed_to"', 'to = "handed_too"', "form.unknown_field", "是不是“handed_to”"),
        (KINDS, 'day_kind = "working"', 'day_kind = "workday"', "form.bad_value", "workday"),
        (TIP, '"labor_50"', '"labor_51"', "form.unknown_choice", "labor_51"),
        (TIP, 'themes = ["wage_arrears"]', 'themes = ["wages"]', "form.unknown_choice", "wages"),
        (TIP, 'kind = "tip"', 'kind = "tipp"', "form.bad_value", "是不是“tip”"),
        (TIP, "{n_people}", "{n_persons}", "form.bad_template", "n_persons"),
        (TIP, "{n_people}", "{previous.n_persons}", "form.bad_template", "n_persons"),
        (TIP, "closing = ", "ending = ", "form.missing_key", "closing"),
    ],
)
def test_t01_fault_is_said(file: str, old: str, new: str, code: str, says: str) -> None:
    assert old in FILES[file]
    with pytest.raises(FormsInvalid) as caught:
        load_pack({**FILES, file: FILES[file].replace(old, new, 1)})
    first = next(one for one in caught.value.found if one.code == code)
    assert says in first.message
    assert first.place.startswith(file)


@pytest.mark.parametrize("place", ["{complainant}", "{previous.complainant}"])
@pytest.mark.parametrize("key", ["facts", "demands", "closing"])
def test_t02_private_field_is_refused(place: str, key: str) -> None:
    text = FILES[TIP].replace(f'{key} = """\n', f'{key} = """\n{place}', 1)
    with pytest.raises(FormsInvalid) as caught:
        load_pack({**FILES, TIP: text})
    assert [one.code for one in caught.value.found] == ["form.private_shown"]


def test_t03_pack_without_letters() -> None:
    from tests.helpers.desks import FILES as SMALL  # noqa: PLC0415 the name is the test's

    pack = load_pack(SMALL)
    assert not pack.letters.kinds
    assert not pack.letters.for_kind("tip")


def test_t03_themes_come_first() -> None:
    letters = load_pack(FILES).letters
    assert letters.for_kind("opinion", "overtime")[0].key == "opinion_overtime"
    assert letters.for_kind("opinion", "heat")[0].key == "opinion_general"
    assert letters.articles["union_23_1"].name == "第二十三条第（一）项"
