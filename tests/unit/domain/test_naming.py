"""
N01 a package is called by its sender and number, and by its recipient where numbers count for each
N02 missing numbers are named, long runs by their ends, and never more than a line of them
"""

import pytest

from desktop_app.domain.naming import numbers_text, package_name


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


@pytest.mark.parametrize(
    ("numbers", "text"),
    [
        ([], ""),
        ([7], "000007"),
        ([7, 8], "000007、000008"),
        ([3, 7, 8, 9], "000003、000007—000009"),
        (list(range(2, 999_999)), "000002—999998"),
        (list(range(1, 41, 2)), "、".join(f"{n:06}" for n in range(1, 24, 2)) + "等"),
    ],
    ids=["none", "one", "two", "run", "long", "many"],
)
def test_n02_numbers(numbers: list[int], text: str) -> None:
    assert numbers_text(numbers) == text
