"""
Fonts as they lie on an office's PC (typeset/faces.py).

C01 a damaged font file is passed over and the next font is used, which is told; never an error of ours
"""

import random
from pathlib import Path

import pytest

from desktop_app.base.fonts import FontFile, find_fonts
from desktop_app.documents.letter import Letter, Setting, draw_letters
from desktop_app.typeset import faces
from desktop_app.typeset.faces import Fonts
from desktop_app.typeset.paper import Faces

LETTER = Letter(
    "白银市总工会", "市工监提〔2025〕1号", "关于依法支付工资的提示函", "某公司", ("工会" * 90,), "白银市总工会"
)


@pytest.fixture(scope="module")
def sound() -> FontFile:
    """A font of this computer that draws 仿宋."""
    return find_fonts("body")[0]


@pytest.mark.parametrize("n", range(24))
def test_c01_damaged_file_is_passed_over(
    n: int, sound: FontFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(n)
    content = bytearray(sound.path.read_bytes())
    if n % 2:
        content = content[: chance.randrange(len(content) // 2)]
    else:
        for _ in range(40):
            content[chance.randrange(300)] = chance.randrange(256)
    damaged = FontFile(tmp_path / "damaged.ttf", 0, "受损字体")
    damaged.path.write_bytes(content)
    monkeypatch.setattr(faces, "find_fonts", lambda role: (damaged, *find_fonts(role)))
    assert "受损字体" not in [Fonts("body").name, Fonts("heading").name]
    assert draw_letters([LETTER], Setting(), Faces()).startswith(b"%PDF")
