"""N01 a package is called by its sender and number, and by its recipient where numbers count for each."""

import pytest

from desktop_app.domain.naming import package_name


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("submission", "620402-000017-submission"),
        ("registration", "620402-000017-registration"),
        ("receipt", "620402-620400-000017-receipt"),
        ("enrolment", "620402-620400-000017-enrolment"),
        ("parameters", "620402-620400-000017-parameters"),
    ],
)
def test_n01_name(kind: str, name: str) -> None:
    assert package_name(kind, "620402", "620400", 17) == name
