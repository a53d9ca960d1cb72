"""
Which column holds which field (exchange/headings.py).

H01 the day of every form is found under the words offices use for it
"""

import pytest

from desktop_app.base.paths import forms_dir
from desktop_app.exchange.headings import Matcher
from desktop_app.schema.load import load_pack, read_files

PACK = load_pack(read_files(forms_dir()))
DAYS = [
    (ledger.key, field.key)
    for ledger in PACK.ledgers.values()
    for field in ledger.fields.values()
    if field.type.name == "date" and field.label.endswith("日期") and field.label != "日期"
]


@pytest.mark.parametrize(("ledger", "key"), DAYS)
def test_h01_days_by_other_words(ledger: str, key: str) -> None:
    form = PACK.ledgers[ledger]
    label = form.fields[key].label
    matcher = Matcher(form)
    for word in ("时间", " 日 ", "年月日"):
        heading = label.removesuffix("日期") + word
        found = matcher.best(heading)
        assert found, heading
        assert (found.key, found.certainty in {"usual", "label"}) == (key, True), heading
