"""Canonical values of every field type, for Hypothesis."""

from typing import Any

from hypothesis import strategies as st

from desktop_app.schema.model import Field

_TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=20)
_IDS = st.integers(1, 2**64).map("{:032x}".format)
_FILE = st.fixed_dictionaries({"digest": _IDS, "name": _TEXT, "n_bytes": st.integers(0, 2**40)})
_BY_TYPE: dict[str, st.SearchStrategy[Any]] = {
    "count": st.integers(0, 10**12),
    "money": st.integers(0, 10**12),
    "date": st.dates().map(lambda day: day.isoformat()),
    "flag": st.booleans(),
    "pair": st.tuples(st.integers(0, 9), st.integers(10, 99)).map(list),
    "reference": _IDS,
    "references": st.lists(_IDS, min_size=1, max_size=3, unique=True),
    "attachments": st.lists(_FILE, min_size=1, max_size=2),
}


def values_for(field: Field) -> st.SearchStrategy[Any]:
    """None or a canonical value of the field, as far as storing goes."""
    if field.choices:
        codes = st.sampled_from(list(field.choices.labels))
        several = st.lists(codes, unique=True, min_size=1)
        return st.none() | (several if field.type.name == "choices" else codes)
    return st.none() | _BY_TYPE.get(field.type.name, _TEXT)
