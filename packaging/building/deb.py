"""
The package for Debian and what descends from it: UOS, Kylin.

Everything lies below /opt/apps/<appid>, as UOS asks of a shop's programs; nothing is done at installation that a
package manager does not do by itself. The two links to the desktop's folders are what other systems look for.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

from building.program import NAME, PRODUCT, commit_time, files_of, size_of
from building.running import ROOT, program_version, run_or_stop
from building.tools import ensure_tools

APP_ID = "org.uniondesk.app"
MIME = "application/x-union-desk-package"
PNG_SIZES = (16, 32, 48, 64, 128, 256)
_GLIBC = re.compile(rb"GLIBC_2\.([0-9]+)")
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
DEPENDS = (
    *("libglib2.0-0", "libegl1", "libgl1", "libdbus-1-3", "libfontconfig1", "libfreetype6", "libstdc++6", "libgcc-s1"),
    *("libx11-6", "libx11-xcb1", "libxcb1", "libxkbcommon0", "libxkbcommon-x11-0", "libxcb-cursor0", "libxcb-icccm4"),
    *("libxcb-image0", "libxcb-keysyms1", "libxcb-randr0", "libxcb-render-util0", "libxcb-render0", "libxcb-shape0"),
    *("libxcb-shm0", "libxcb-sync1", "libxcb-xfixes0", "libxcb-xkb1", "zlib1g"),
)
"""Beside the C library, whose version is read from what was built."""

DESKTOP = f"""[Desktop Entry]
Type=Application
Name={PRODUCT}
Comment=工会法律工作台账、文书、上报和年度数据
Exec=/opt/apps/{APP_ID}/files/start %f
Icon={NAME}
Terminal=false
Categories=Office;
MimeType={MIME};
StartupNotify=true
"""

MIME_TYPE = f"""<?xml version="1.0" encoding="UTF-8"?>
<mime-info xmlns="http://www.freedesktop.org/standards/shared-mime-info">
  <mime-type type="{MIME}">
    <comment>{PRODUCT}数据包</comment>
    <icon name="{NAME}"/>
    <magic priority="60"><match type="string" offset="0" value="GHPKG\\r\\n\\x1a"/></magic>
    <glob pattern="*.ghpkg"/>
  </mime-type>
</mime-info>
"""

# An update by stick needs no administrator, so it goes to the user's own folder; the newer of the two is started.
START = f"""#!/bin/sh
here=/opt/apps/{APP_ID}/files
own="${{XDG_DATA_HOME:-$HOME/.local/share}}/{NAME}/program"
export UNION_DESK_FOR_ALL="$here"
door="${{UNION_DESK_DOOR:-{NAME}-window}}"
if [ -x "$own/$door" ] && [ -r "$own/version" ]; then
    newest=$(cat "$here/version" "$own/version" | sort -V | tail -n 1)
    [ "$newest" = "$(cat "$here/version")" ] || exec "$own/$door" "$@"
fi
exec "$here/$door" "$@"
"""

COMMAND = f"""#!/bin/sh
UNION_DESK_DOOR={NAME} exec /opt/apps/{APP_ID}/files/start "$@"
"""


def make_deb(program: Path, work: Path, dist: Path) -> Path:
    """
    The package of a built program.

    Raises:
        DevError: dpkg-deb is not there, or refused.
    """
    ensure_tools({"dpkg-deb": "dpkg"})
    architecture = ARCHITECTURES[os.uname().machine]
    root = work / "deb"
    shutil.rmtree(root, ignore_errors=True)
    _lay_out(root, program, work / "prepared")
    _write(root / "DEBIAN" / "control", _control(architecture, size_of(root) // 1024, newest_c_library(program)))
    epoch = commit_time()
    for path in [root, *root.rglob("*")]:
        os.utime(path, (epoch, epoch), follow_symlinks=False)
    target = dist / f"{NAME}_{program_version()}_{architecture}.deb"
    command: list[str | Path] = ["dpkg-deb", "--root-owner-group", "-Zxz", "--build", root, target]
    run_or_stop(command, "Packing", SOURCE_DATE_EPOCH=str(epoch))
    return target


def _lay_out(root: Path, program: Path, prepared: Path) -> None:
    app, entries = root / "opt" / "apps" / APP_ID, root / "opt" / "apps" / APP_ID / "entries"
    shutil.copytree(program, app / "files", symlinks=True)
    _write(app / "files" / "start", START, mode=0o755)
    _write(app / "info", json.dumps(_info(), ensure_ascii=False, indent=2) + "\n")
    _write(entries / "applications" / f"{APP_ID}.desktop", DESKTOP)
    _write(entries / "mime" / "packages" / f"{APP_ID}.xml", MIME_TYPE)
    _write(root / "usr" / "bin" / NAME, COMMAND, mode=0o755)
    for folder in ("applications", "mime/packages"):
        for path in files_of(entries / folder):
            _link(root / "usr" / "share" / folder / path.name, path, root)
    for size in PNG_SIZES:
        icon = Path("icons/hicolor") / f"{size}x{size}" / "apps" / f"{NAME}.png"
        _copy(prepared / f"{NAME}-{size}.png", entries / icon)
        _link(root / "usr" / "share" / icon, entries / icon, root)
    drawing = Path("icons/hicolor/scalable/apps") / f"{NAME}.svg"
    _copy(ROOT / "resources" / "icons" / f"{NAME}.svg", entries / drawing)
    _link(root / "usr" / "share" / drawing, entries / drawing, root)
    _copy(program / "LICENSE.txt", root / "usr" / "share" / "doc" / NAME / "copyright")
    for path in files_of(root):
        if not path.is_symlink():
            path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)


def _info() -> dict[str, object]:
    """What UOS reads: nothing of the system is asked for but printing."""
    asked = ("autostart", "notification", "trayicon", "clipboard", "account", "bluetooth", "camera", "audio_record")
    permissions = {name: name == "clipboard" for name in (*asked, "installed_apps")}
    return {
        "appid": APP_ID,
        "name": PRODUCT,
        "version": program_version(),
        "arch": sorted(ARCHITECTURES.values()),
        "permissions": permissions,
        "support-plugins": [],
        "plugins": [],
    }


def newest_c_library(folder: Path) -> str:
    """The version of glibc that the programs and libraries below a folder ask for: that of the system built on."""
    asked = {int(one) for path in files_of(folder) for one in _asked(path)}
    return f"2.{max(asked, default=17)}"


def _asked(path: Path) -> list[bytes]:
    content = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
    return _GLIBC.findall(content) if content.startswith(b"\x7fELF") else []


def _control(architecture: str, kilobytes: int, c_library: str) -> str:
    return f"""Package: {NAME}
Version: {program_version()}
Architecture: {architecture}
Maintainer: {PRODUCT} <union-desk@localhost>
Installed-Size: {kilobytes}
Depends: libc6 (>= {c_library}), {", ".join(DEPENDS)}
Recommends: libcups2, fonts-wqy-zenhei | fonts-noto-cjk
Section: misc
Priority: optional
Description: {PRODUCT}
 离线的工会法律工作台账：录入、文书、上报、汇总和年度数据。不使用网络，数据加密存放在本机。
"""


def _write(path: Path, text: str, *, mode: int = 0o644) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
    path.chmod(mode)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _link(place: Path, target: Path, root: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(Path("/") / target.relative_to(root))
