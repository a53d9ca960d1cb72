"""
Writes `desktop_app/domain/pinyin_table.py` from the dictionaries of pypinyin, which the program itself then
does without: they cost a second and 50 MB where the first letters of the common characters take 30 KB.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from pathlib import Path

from pypinyin.constants import PHRASES_DICT, PINYIN_DICT

FIRST, LAST = 0x4E00, 0x9FFF
TARGET = Path(__file__).resolve().parent.parent / "desktop_app" / "domain" / "pinyin_table.py"
WIDTH = 110
SHARE = 0.12
"""A second reading counts when so many of the words with the character have it."""
LEAST = 2
SURNAMES = {"单": "s", "仇": "q", "查": "z", "曾": "z", "解": "x", "盖": "g", "区": "o", "朴": "p", "乐": "y"} | {
    "尉": "y",
    "覃": "q",
    "翟": "z",
    "贾": "j",
    "长": "c",
    "重": "c",
    "行": "h",
    "会": "k",
    "车": "j",
    "石": "s",
}


def letter(reading: str) -> str:
    """First letter of a syllable without its tone; the syllables ń and ê are written n and e."""
    plain = unicodedata.normalize("NFD", reading)[0]
    return plain if plain.isascii() and plain.isalpha() else ""


def readings() -> dict[str, str]:
    """Character → its letters, the commonest first, one or two of them."""
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    for phrase, syllables in PHRASES_DICT.items():
        if len(phrase) == len(syllables):
            for char, options in zip(phrase, syllables, strict=True):
                seen[char][letter(options[0])] += 1
    found = {}
    for code in range(FIRST, LAST + 1):
        char = chr(code)
        listed = [letter(one) for one in PINYIN_DICT.get(code, "").split(",") if one]
        counted = seen[char]
        total = counted.total()
        common = [one for one, n in counted.most_common() if n >= LEAST and n / total >= SHARE]
        letters = [*common, *SURNAMES.get(char, ""), *(listed[:1] if not common else [])]
        found[char] = "".join(dict.fromkeys(one for one in letters if one))[:2]
    return found


def main() -> None:
    """Writes the module."""
    table = readings()
    first = "".join(letters[:1] or "." for letters in table.values()).rstrip(".")
    second = "".join(char + letters[1] for char, letters in table.items() if len(letters) > 1)
    pieces = lambda text: "\n".join(f'    "{text[i : i + WIDTH]}"' for i in range(0, len(text), WIDTH))  # noqa: E731
    TARGET.write_text(
        '"""Made by `packaging/make_pinyin.py` from the dictionaries of pypinyin (MIT); not edited by hand."""\n\n'
        f"START = 0x{FIRST:X}\n"
        f"FIRST = (\n{pieces(first)}\n)\n"
        '"""First letter of the commonest reading of each character from `START` on, a dot where there is none."""\n\n'
        f"SECOND = (\n{pieces(second)}\n)\n"
        '"""Character and letter of a second common reading, in pairs."""\n',
        encoding="utf-8",
        newline="\n",
    )


if __name__ == "__main__":
    main()
