"""Where this computer keeps fonts that can print Chinese; whoever draws loads them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from desktop_app.base.errors import KnownError
from desktop_app.base.paths import fonts_dir

Role = Literal["body", "heading", "kai", "title", "song"]
"""仿宋 for text, 黑体 and 楷体 for headings, 小标宋 for titles and issuers, 宋体 for page numbers."""


@dataclass(frozen=True, slots=True)
class FontFile:
    """A font on this computer; `index` counts the fonts of a collection (.ttc), `name` is for people."""

    path: Path
    index: int
    name: str


# TrueType outlines only: the PDF library cannot embed others. Names in lower case: Windows has both spellings.
# wqy-microhei is left out because it draws ℃ blank.
_NAMES = {
    "simfang.ttf": "仿宋",
    "simhei.ttf": "黑体",
    "simsun.ttc": "宋体",
    "simkai.ttf": "楷体",
    "fzxbsjw.ttf": "方正小标宋简体",
    "fzxbsk.ttf": "方正小标宋",
    "stzhongs.ttf": "华文中宋",
    "fandolfang-regular.ttf": "Fandol 仿宋",
    "fandolhei-regular.ttf": "Fandol 黑体",
    "fandolkai-regular.ttf": "Fandol 楷体",
    "fandolsong-regular.ttf": "Fandol 宋体",
    "notoserifcjksc-bold.ttf": "思源宋体 Bold",
    "msyh.ttc": "微软雅黑",
    "simsunb.ttf": "宋体-ExtB",
    "wqy-zenhei.ttc": "文泉驿正黑",
    "lxgwwenkai-light.ttf": "霞鹜文楷",
}

# Rare characters of people's names stand in the later ones only.
_RARE = ("lxgwwenkai-light.ttf", "msyh.ttc", "simsunb.ttf", "wqy-zenhei.ttc")
_FANG = ("simfang.ttf", "fandolfang-regular.ttf")
_HEI = ("simhei.ttf", "fandolhei-regular.ttf")
_KAI = ("simkai.ttf", "fandolkai-regular.ttf")
_SONG = ("simsun.ttc", "fandolsong-regular.ttf")
_TITLE = ("fzxbsjw.ttf", "fzxbsk.ttf", "notoserifcjksc-bold.ttf", "stzhongs.ttf")
_ORDER: dict[Role, tuple[str, ...]] = {
    "body": (*_FANG, *_SONG, *_HEI, *_KAI, *_RARE),
    "heading": (*_HEI, *_SONG, *_FANG, *_KAI, *_RARE),
    "kai": (*_KAI, *_FANG, *_SONG, *_HEI, *_RARE),
    "title": (*_TITLE, *_SONG, *_HEI, *_RARE),
    "song": (*_SONG, *_FANG, *_RARE),
}
OFFICIAL: Mapping[Role, str] = {
    "body": _FANG[0],
    "heading": _HEI[0],
    "kai": _KAI[0],
    "title": _TITLE[0],
    "song": _SONG[0],
}
"""The file that GB/T 9704 has in mind for each role; any other is a substitute, and is called one."""


def font_folders() -> list[Path]:
    """Folders in which systems keep fonts, for all users and for this one; not all of them need exist."""
    folders = []
    if windows := os.environ.get("WINDIR"):
        folders.append(Path(windows) / "Fonts")
    if local := os.environ.get("LOCALAPPDATA"):
        folders.append(Path(local) / "Microsoft" / "Windows" / "Fonts")
    if os.name != "nt":
        own = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "fonts"
        folders += [Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), own]
    return [*folders, fonts_dir()]


def find_fonts(role: Role, folders: Sequence[Path] | None = None) -> tuple[FontFile, ...]:
    """
    The fonts for a role, best first; a character that one lacks is looked for in the next.

    Args:
        folders: Where to look, in order and with subfolders; `font_folders()` when None.

    Raises:
        KnownError: font.missing.
    """
    places = font_folders() if folders is None else folders
    found: dict[str, Path] = {}
    for path in _files(places):
        found.setdefault(path.name.lower(), path)
    fonts = tuple(FontFile(found[file], 0, _NAMES[file]) for file in _ORDER[role] if file in found)
    if not fonts:
        raise no_fonts(places)
    return fonts


def no_fonts(folders: Sequence[Path]) -> KnownError:
    """The error for a computer without a font that can be used."""
    return KnownError("font.missing", names="、".join(_NAMES), folders="、".join(map(str, folders)))


def _files(folders: Sequence[Path]) -> Iterator[Path]:
    for folder in folders:
        for parent, inner, names in os.walk(folder):  # a folder that is not there has no files
            inner.sort()
            yield from (Path(parent) / name for name in sorted(names) if name.lower() in _NAMES)
